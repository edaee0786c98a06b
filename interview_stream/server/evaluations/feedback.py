"""Feedback for the candidate: put together of chosen parts, sent by those who decide, and taken back by them."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.audit import Act
from interview_stream.server.evaluations.actions import may_decide, refuse_candidates
from interview_stream.server.evaluations.links import feedback_behind, feedback_url
from interview_stream.server.evaluations.models import Comment, Decision, Feedback, Scorecard
from interview_stream.server.evaluations.schemas import FeedbackContent, FeedbackIn, FeedbackSkill, Outcome
from interview_stream.server.evaluations.skills import skills_with
from interview_stream.server.interviews.auditing import record_of
from interview_stream.server.interviews.models import Interview
from interview_stream.server.kits.skills import Level
from interview_stream.server.lib.problems import Conflict, Forbidden, Invalid


def preview_feedback(actor: Actor, *, interview_id: UUID, wanted: FeedbackIn) -> FeedbackContent:
    return _composed(*_to_give(actor, interview_id), wanted)


@transaction.atomic
def send_feedback(actor: Actor, *, interview_id: UUID, wanted: FeedbackIn) -> None:
    """What was sent before is taken back by it: the candidate has one feedback at a time."""
    from interview_stream.server.evaluations.tasks import send_feedback_mail

    member, interview = _to_give(actor, interview_id)
    address = interview.invitation.email
    if not address:
        raise Conflict("The candidate has no e-mail address. Add it to the interview first.", slug="no-address")
    content = _composed(member, interview, wanted)
    interview.feedbacks.filter(revoked_at=None).update(revoked_at=timezone.now())
    feedback = Feedback.objects.create(
        interview=interview, content=content.model_dump(mode="json"), address=address, by=member.user
    )
    send_feedback_mail.enqueue(str(feedback.id))
    record_of(interview, member.user, Act.FEEDBACK_SENT, detail=address)


@transaction.atomic
def revoke_feedback(actor: Actor, *, interview_id: UUID) -> None:
    member, interview = _entitled(actor, interview_id)
    if interview.feedbacks.filter(revoked_at=None).update(revoked_at=timezone.now()):
        record_of(interview, member.user, Act.FEEDBACK_REVOKED)


def read_feedback(token: str) -> FeedbackContent:
    return FeedbackContent(**feedback_behind(token).content)


def organisation_of(feedback_id: str) -> UUID | None:
    return Feedback.objects.filter(id=feedback_id).values_list("interview__organisation_id", flat=True).first()


def mail_of(feedback: Feedback) -> EmailMessage:
    content = FeedbackContent(**feedback.content)
    greeting = f"Hello {content.candidate_name}," if content.candidate_name else "Hello,"
    text = (
        f"{greeting}\n\n"
        f"{content.organisation_name} has feedback for you on “{content.title}”. Read it here:\n"
        f"{feedback_url(feedback)}\n\nPlease keep the link to yourself."
    )
    headers = {"Auto-Submitted": "auto-generated"}
    subject = f"Feedback on {content.title}"
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [feedback.address], headers=headers)


def _entitled(actor: Actor, interview_id: UUID) -> tuple[Member, Interview]:
    member = member_among(actor)
    related = Interview.objects.editable_by(actor).select_related("invitation", "organisation", "kit_version")
    interview = related.one(interview_id)
    if not may_decide(member, interview):
        raise Forbidden("Only owners, admins and who planned the interview give feedback.")
    refuse_candidates(member, interview)
    return member, interview


def _to_give(actor: Actor, interview_id: UUID) -> tuple[Member, Interview]:
    member, interview = _entitled(actor, interview_id)
    if not interview.decisions.filter(reopened_at=None).exists():
        raise Conflict("Decide first; feedback comes after the decision.", slug="not-decided")
    return member, interview


def _composed(member: Member, interview: Interview, wanted: FeedbackIn) -> FeedbackContent:
    """Only of what the sender may read themselves."""
    cards = list(Scorecard.objects.visible_to(member).filter(interview=interview, submitted_at__isnull=False))
    comments = Comment.objects.visible_to(member).filter(interview=interview, pk__in=wanted.comment_ids)
    if len(comments) < len(set(wanted.comment_ids)):
        raise Invalid("One of these comments is not there any more. Look again.")
    outcome = Decision.objects.filter(interview=interview, reopened_at=None).values_list("outcome", flat=True).get()
    return FeedbackContent(
        title=interview.title,
        organisation_name=interview.organisation.name,
        candidate_name=interview.invitation.name,
        message=wanted.message,
        outcome=Outcome(outcome) if wanted.includes_outcome else None,
        skills=_skills(interview, cards, wanted.skills),
        comments=[comment.text for comment in comments],
    )


def _skills(interview: Interview, cards: list[Scorecard], chosen: list[str]) -> list[FeedbackSkill]:
    scored = {skill for card in cards for skill in card.ratings}
    found = []
    for skill in skills_with(interview, scored):
        levels = sorted(card.ratings[skill.key] for card in cards if skill.key in card.ratings)
        if skill.key in chosen and levels:
            level = Level(levels[len(levels) // 2])
            found.append(FeedbackSkill(name=skill.name, level=level, meaning=skill.anchors[level - 1]))
    return found
