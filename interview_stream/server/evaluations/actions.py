"""What interviewers write down of a candidate, and what is decided."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.audit import Act as AuditAct
from interview_stream.server.accounts.models import Role
from interview_stream.server.evaluations.models import Comment, Decision, Note, Scorecard
from interview_stream.server.evaluations.schemas import CommentIn, DecisionIn, ScorecardIn
from interview_stream.server.evaluations.skills import skills_with
from interview_stream.server.interviews import states
from interview_stream.server.interviews.actions import note_activity
from interview_stream.server.interviews.auditing import record_of
from interview_stream.server.interviews.endings import on_end
from interview_stream.server.interviews.models import Assignment, Interview
from interview_stream.server.interviews.observing import is_observed_by
from interview_stream.server.interviews.schemas import Act, InterviewState
from interview_stream.server.lib.problems import Conflict, Forbidden, Invalid, NotFound


@transaction.atomic
def write_note(actor: Actor, *, interview_id: UUID, text: str) -> None:
    member = member_among(actor)
    interview = Interview.objects.editable_by(actor).one(interview_id)
    Note.objects.create(interview=interview, author=member.user, text=text)


@transaction.atomic
def change_note(actor: Actor, *, note_id: UUID, text: str) -> None:
    """The moment stays: it says when the thought came."""
    note = _note(actor, note_id)
    note.text = text
    note.save(update_fields=["text"])


@transaction.atomic
def delete_note(actor: Actor, *, note_id: UUID) -> None:
    _note(actor, note_id).delete()


@transaction.atomic
def save_scorecard(actor: Actor, *, interview_id: UUID, wanted: ScorecardIn) -> None:
    card = _own_card(actor, interview_id)
    known = {skill.key for skill in skills_with(card.interview, set(card.ratings))}
    if (wanted.ratings.keys() | wanted.moments.keys()) - known:
        raise Invalid.value("ratings", "There is no such skill.")
    card.ratings = {skill: int(level) for skill, level in wanted.ratings.items()}
    card.moments = {
        skill: [{"at": moment.at.isoformat(), "text": moment.text} for moment in cited]
        for skill, cited in wanted.moments.items()
        if cited
    }
    card.overall = wanted.overall
    card.summary = wanted.summary
    card.changed_at = timezone.now()
    card.save()


@transaction.atomic
def submit_scorecard(actor: Actor, *, interview_id: UUID) -> None:
    """From now on it cannot be changed, and the others' can be read: in this order, so that nobody is swayed."""
    card = _own_card(actor, interview_id)
    if card.overall is None:
        raise Conflict("Say what you think overall first.", slug="scorecard-incomplete")
    card.submitted_at = timezone.now()
    card.save()
    note_completeness(card.interview)


@transaction.atomic
def write_comment(actor: Actor, *, interview_id: UUID, wanted: CommentIn) -> None:
    member = member_among(actor)
    interview = Interview.objects.editable_by(actor).one(interview_id)
    _refuse_observers(member, interview)
    Comment.objects.create(interview=interview, author=member.user, stars=wanted.stars, text=wanted.text)


@transaction.atomic
def delete_comment(actor: Actor, *, comment_id: UUID) -> None:
    member_among(actor)
    comment = Comment.objects.editable_by(actor).filter(pk=comment_id).first()
    if comment is None:
        raise NotFound("There is no such comment.")
    comment.delete()


@transaction.atomic
def decide(actor: Actor, *, interview_id: UUID, wanted: DecisionIn) -> None:
    member, interview = _to_decide(actor, interview_id, Act.DECIDE)
    Decision.objects.create(interview=interview, outcome=wanted.outcome, reason=wanted.reason, by=member.user)
    note_activity(actor, interview, Act.DECIDE, reason=wanted.reason)
    record_of(interview, member.user, AuditAct.DECIDED, detail=wanted.outcome.value)


@transaction.atomic
def reopen(actor: Actor, *, interview_id: UUID, reason: str) -> None:
    member, interview = _to_decide(actor, interview_id, Act.REOPEN)
    interview.decisions.filter(reopened_at=None).update(reopened_at=timezone.now())
    note_activity(actor, interview, Act.REOPEN, reason=reason)
    record_of(interview, member.user, AuditAct.DECISION_REOPENED, detail=reason)
    note_completeness(interview)


def note_completeness(interview: Interview) -> None:
    """It is evaluated once all who held it have submitted, in whatever order that and its end come.

    Nobody waits for the card of somebody who has left; but nobody's card at all is no evaluation.
    """
    submitted = set(interview.scorecards.filter(submitted_at__isnull=False).values_list("author_id", flat=True))
    is_missing = holders_of(interview).exclude(user_id__in=submitted).exists()
    if not submitted or is_missing or not states.can(interview.state, Act.EVALUATE):
        return
    interview.state = states.after(interview.state, Act.EVALUATE)
    interview.save(update_fields=["state"])
    note_activity(None, interview, Act.EVALUATE)


@on_end
def _end(interview_id: UUID) -> None:
    note_completeness(Interview.objects.select_for_update().get(id=interview_id))


def follow_access(user_id: int, organisation_id: UUID) -> None:
    """What waited for the scorecard of somebody who has left is complete without it."""
    ended = Interview.objects.filter(organisation_id=organisation_id, state=InterviewState.ENDED)
    for interview in ended.filter(assignments__user_id=user_id).select_for_update():
        note_completeness(interview)


def holders_of(interview: Interview) -> QuerySet[Assignment]:
    """Those who hold it and belong to the organisation still."""
    members = interview.organisation.memberships.filter(user__is_active=True)
    return interview.assignments.filter(user_id__in=members.values("user_id"))


def may_decide(actor: Member, interview: Interview) -> bool:
    """Owners, admins, and whoever planned the interview."""
    return actor.role in (Role.OWNER, Role.ADMIN) or interview.created_by_id == actor.user.pk


def _to_decide(actor: Actor, interview_id: UUID, act: Act) -> tuple[Member, Interview]:
    member = member_among(actor)
    interview = Interview.objects.editable_by(actor).select_for_update().one(interview_id)
    if not may_decide(member, interview):
        raise Forbidden("Only owners, admins and who planned the interview decide.")
    refuse_candidates(member, interview)
    interview.state = states.after(interview.state, act)
    interview.save(update_fields=["state"])
    return member, interview


def _own_card(actor: Actor, interview_id: UUID) -> Scorecard:
    member = member_among(actor)
    interview = Interview.objects.editable_by(actor).select_for_update().one(interview_id)
    if interview.state in (InterviewState.CANCELLED, InterviewState.NO_SHOW):
        states.after(interview.state, Act.DECIDE)
    _refuse_observers(member, interview)
    card = Scorecard.objects.get_or_create(interview=interview, author=member.user)[0]
    if card.submitted_at is not None:
        raise Conflict("You have submitted your scorecard; it stays as it is.", slug="scorecard-submitted")
    return card


def _refuse_observers(member: Member, interview: Interview) -> None:
    if is_observed_by(interview, member.user.pk):
        raise Forbidden("You watch this interview; those who hold it judge.", slug="observers-only-watch")
    refuse_candidates(member, interview)


def refuse_candidates(member: Member, interview: Interview) -> None:
    if interview.invitation.email.casefold() == member.user.email.casefold():
        raise Forbidden("You are the candidate of this interview; others judge.", slug="candidates-do-not-judge")


def _note(actor: Actor, note_id: UUID) -> Note:
    member_among(actor)
    note = Note.objects.editable_by(actor).filter(pk=note_id).first()
    if note is None:
        raise NotFound("There is no such note.")
    return note


def delete_unshared_of(user_id: int) -> None:
    """Of a person who deletes their account: what nobody but they could read."""
    Note.objects.filter(author_id=user_id).delete()
    Scorecard.objects.filter(author_id=user_id, submitted_at=None).delete()
