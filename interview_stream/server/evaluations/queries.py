"""What a member may read of notes, scorecards, comments and decisions; each read can be watched."""

from uuid import UUID

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.evaluations.actions import may_decide
from interview_stream.server.evaluations.links import feedback_url
from interview_stream.server.evaluations.models import Comment, Decision, Feedback, Note, Scorecard, still_scored_by
from interview_stream.server.evaluations.moments import moment_out
from interview_stream.server.evaluations.schemas import (
    CommentOut,
    DecisionOut,
    EvaluationOut,
    FeedbackContent,
    FeedbackOut,
    NoteOut,
    Outcome,
    RoundEvaluationOut,
    ScorecardOut,
    ScorerOut,
)
from interview_stream.server.evaluations.skills import skills_with
from interview_stream.server.interviews.models import Interview
from interview_stream.server.kits.skills import Level
from interview_stream.server.live import query


@query("notes.list")
def list_notes(actor: Actor, *, interview_id: UUID) -> list[NoteOut]:
    """One's own, in the order in which they were written."""
    member_among(actor)
    interview = Interview.objects.visible_to(actor).one(interview_id)
    found = Note.objects.visible_to(actor).filter(interview=interview)
    return [NoteOut(id=note.pk, at=note.at, text=note.text) for note in found]


@query("evaluations.get")
def get_evaluation(actor: Actor, *, interview_id: UUID) -> EvaluationOut:
    member = member_among(actor)
    interview = Interview.objects.visible_to(actor).select_related("kit_version").one(interview_id)
    cards = list(Scorecard.objects.visible_to(actor).filter(interview=interview).select_related("author"))
    mine = next((card for card in cards if card.author_id == member.user.pk), None)
    comments = Comment.objects.visible_to(actor).filter(interview=interview).select_related("author")
    return EvaluationOut(
        skills=skills_with(interview, {skill for card in cards for skill in card.ratings}),
        mine=scorecard_out(mine) if mine else None,
        others=[scorecard_out(card) for card in cards if card is not mine],
        are_others_hidden=still_scored_by(member).filter(pk=interview.pk).exists(),
        scorers=_scorers(interview),
        comments=[
            CommentOut(
                id=comment.pk,
                author=_person(comment.author),
                at=comment.at,
                stars=comment.stars,
                text=comment.text,
                is_mine=comment.author_id == member.user.pk,
            )
            for comment in comments
        ],
        decision=_decision(actor, interview),
        may_decide=may_decide(member, interview),
        feedback=_feedback(actor, interview),
    )


@query("evaluations.of_candidate")
def list_candidate_evaluations(actor: Actor, *, candidate_id: UUID) -> list[RoundEvaluationOut]:
    """What this member may read of a candidate's rounds; those that they score themselves first stay closed."""
    member_among(actor)
    candidate = Candidate.objects.visible_to(actor).one(candidate_id)
    interviews = Interview.objects.visible_to(actor).filter(invitation__candidate=candidate)
    cards = Scorecard.objects.visible_to(actor).filter(interview__in=interviews, submitted_at__isnull=False)
    found: dict[UUID, list[ScorecardOut]] = {}
    for card in cards.select_related("author"):
        found.setdefault(card.interview_id, []).append(scorecard_out(card))
    return [
        RoundEvaluationOut(
            interview_id=interview.id,
            skills=skills_with(interview, {skill for card in found[interview.id] for skill in card.ratings}),
            scorecards=found[interview.id],
            decision=_decision(actor, interview),
        )
        for interview in interviews.select_related("kit_version")
        if interview.id in found
    ]


def _scorers(interview: Interview) -> list[ScorerOut]:
    """Who has submitted is no secret, and reminds those who have not; so this looks at all cards, but not into them."""
    submitted = {
        card.author_id: card.author
        for card in interview.scorecards.filter(submitted_at__isnull=False).select_related("author")
    }
    holders = {each.user_id: each.user for each in interview.assignments.select_related("user")}
    people = {**holders, **submitted}
    return [ScorerOut(person=_person(user), has_submitted=pk in submitted) for pk, user in people.items()]


def _feedback(actor: Actor, interview: Interview) -> FeedbackOut | None:
    found = Feedback.objects.visible_to(actor).filter(interview=interview, revoked_at=None).select_related("by").first()
    if found is None:
        return None
    return FeedbackOut(
        id=found.id,
        content=FeedbackContent(**found.content),
        address=found.address,
        by=_person(found.by),
        at=found.at,
        sent_at=found.sent_at,
        url=feedback_url(found),
    )


def _decision(actor: Actor, interview: Interview) -> DecisionOut | None:
    found = (
        Decision.objects.visible_to(actor).filter(interview=interview, reopened_at=None).select_related("by").first()
    )
    if found is None:
        return None
    return DecisionOut(outcome=Outcome(found.outcome), reason=found.reason, by=_person(found.by), at=found.at)


def scorecard_out(card: Scorecard) -> ScorecardOut:
    # Recordings are a later app's, so they come through the reverse relation, not an import.
    recordings = list(card.interview.recordings.all()) if card.moments else []
    return ScorecardOut(
        author=_person(card.author),
        ratings={skill: Level(level) for skill, level in card.ratings.items()},
        moments={skill: [moment_out(moment, recordings) for moment in cited] for skill, cited in card.moments.items()},
        overall=Level(card.overall) if card.overall else None,
        summary=card.summary,
        changed_at=card.changed_at,
        submitted_at=card.submitted_at,
    )


def _person(user: User) -> PersonOut:
    return PersonOut(id=user.pk, name=user.name)
