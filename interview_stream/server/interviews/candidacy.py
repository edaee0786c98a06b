"""Which candidate an interview is with: found again by address, corrected with it, and shown with all their rounds."""

from uuid import UUID

from django.db import transaction

from interview_stream.server.accounts.actor import Actor
from interview_stream.server.candidates.actions import known_candidate
from interview_stream.server.candidates.changes import on_change
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.interviews.notices import tell
from interview_stream.server.interviews.schemas import InterviewIn
from interview_stream.server.interviews.states import OVER


def candidate_for(actor: Actor, interview: Interview, wanted: InterviewIn) -> Candidate | None:
    if wanted.candidate_id is not None:
        return Candidate.objects.visible_to(actor).one(wanted.candidate_id)
    return known_candidate(interview.organisation, name=wanted.candidate_name or "", email=wanted.candidate_email or "")


def follow_correction(invitation: Invitation) -> None:
    """Not saved yet. The plan says another name or address: that of the same person, or of somebody else?

    An address that another candidate has is theirs. Otherwise it is a correction where nobody else's interviews would
    change by it, and somebody new where the candidate has had other rounds.
    """
    candidate, organisation = invitation.candidate, invitation.interview.organisation
    email, name = invitation.email, invitation.name
    if candidate is not None and (candidate.name, candidate.email) == (name, email):
        return
    taken = organisation.candidates.filter(email__iexact=email).first() if email else None
    if taken is not None and taken != candidate:
        invitation.candidate = taken
        if candidate is not None and not _has_other_rounds(candidate, invitation):
            candidate.delete()
        return
    if candidate is None or (_has_other_rounds(candidate, invitation) and _is_somebody_else(candidate, invitation)):
        invitation.candidate = known_candidate(organisation, name=name, email=email)
        return
    candidate.name, candidate.email = name or candidate.name, email or candidate.email
    candidate.save()


@on_change
@transaction.atomic
def _carry_over(candidate_id: UUID) -> None:
    """A corrected name or address reaches the interviews that are still to come, and is mailed."""
    coming = Invitation.objects.filter(candidate=candidate_id).exclude(interview__state__in=OVER)
    for invitation in coming.select_related("candidate", "interview__organisation"):
        assert invitation.candidate
        invitation.name, invitation.email = invitation.candidate.name, invitation.candidate.email
        invitation.save(update_fields=["name", "email"])
        tell(invitation.interview)


def _has_other_rounds(candidate: Candidate, invitation: Invitation) -> bool:
    return candidate.invitations.exclude(pk=invitation.pk).exists()


def _is_somebody_else(candidate: Candidate, invitation: Invitation) -> bool:
    if invitation.email and candidate.email:
        return invitation.email.casefold() != candidate.email.casefold() and invitation.name != candidate.name
    return bool(invitation.name) and invitation.name != candidate.name
