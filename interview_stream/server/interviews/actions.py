"""What changes interviews: planning, renaming, ending, and handing out the candidate's link."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.interviews.endings import announce_end, announce_link_end
from interview_stream.server.interviews.links import invitation_of
from interview_stream.server.interviews.models import Interview, Invitation, link_expiry
from interview_stream.server.interviews.schemas import InterviewIn, InterviewPatchIn, InterviewState
from interview_stream.server.lib.problems import Conflict


def create_interview(actor: Actor, *, wanted: InterviewIn) -> Interview:
    member = member_among(actor)
    with transaction.atomic():
        interview = Interview.objects.create(
            organisation=member.organisation,
            created_by=member.user,
            title=wanted.title,
            scheduled_for=wanted.scheduled_for,
            duration_minutes=wanted.duration_minutes,
        )
        Invitation.objects.create(
            interview=interview,
            name=wanted.candidate_name or "",
            email=wanted.candidate_email or "",
            link_expires_at=link_expiry(interview),
        )
    return interview


@transaction.atomic
def change_interview(actor: Actor, *, interview_id: UUID, wanted: InterviewPatchIn) -> None:
    interview = _open_interview(actor, interview_id)
    given = wanted.model_fields_set
    interview.title = wanted.title or interview.title
    interview.duration_minutes = wanted.duration_minutes or interview.duration_minutes
    invitation = interview.invitation
    if "scheduled_for" in given:
        interview.scheduled_for = wanted.scheduled_for
        invitation.link_expires_at = link_expiry(interview, not_before=timezone.now())
    if "candidate_name" in given:
        invitation.name = wanted.candidate_name or ""
    if "candidate_email" in given:
        invitation.email = wanted.candidate_email or ""
    interview.save()
    invitation.save()


@transaction.atomic
def end_interview(actor: Actor, *, interview_id: UUID) -> None:
    member_among(actor)
    interview = Interview.objects.editable_by(actor).select_for_update().one(interview_id)
    if interview.is_ended:
        return
    interview.state = InterviewState.ENDED
    interview.ended_at = timezone.now()
    interview.save()
    announce_end(interview.id)


@transaction.atomic
def renew_candidate_link(actor: Actor, *, interview_id: UUID) -> None:
    """Links are signed, not stored: counting the version up is what kills the old one, and who holds it is put out."""
    invitation = _open_interview(actor, interview_id).invitation
    invitation.link_version += 1
    invitation.link_expires_at = link_expiry(invitation.interview, not_before=timezone.now())
    invitation.save()
    announce_link_end(interview_id)


@transaction.atomic
def name_guest(actor: Actor, *, name: str) -> None:
    invitation = invitation_of(actor)
    invitation.name = name
    invitation.save(update_fields=["name"])


def _open_interview(actor: Actor, interview_id: UUID) -> Interview:
    member_among(actor)
    interview = Interview.objects.editable_by(actor).select_for_update().one(interview_id)
    if interview.is_ended:
        raise Conflict("This interview has ended.", slug="interview-ended")
    return interview
