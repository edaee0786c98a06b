"""A candidate's rounds: as the team sees them, and as the candidate does who has an account."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q

from interview_stream.server.accounts.actor import Actor, Member, member_among, user_among
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.interviews import states
from interview_stream.server.interviews.attachments import attachment_out
from interview_stream.server.interviews.links import link_url
from interview_stream.server.interviews.models import Attachment, Interview, Invitation
from interview_stream.server.interviews.queries import interview_out, with_relations
from interview_stream.server.interviews.schemas import (
    CandidateFileOut,
    InterviewKind,
    InterviewOut,
    OwnInterviewOut,
)
from interview_stream.server.live import query


@query("interviews.of_candidate")
def list_rounds(actor: Actor, *, candidate_id: UUID) -> list[InterviewOut]:
    """All interviews of one candidate, the newest first."""
    member = member_among(actor)
    candidate = Candidate.objects.visible_to(actor).one(candidate_id)
    found = with_relations(Interview.objects.visible_to(actor).filter(invitation__candidate=candidate))
    rounds = sorted(found, key=lambda each: each.scheduled_for or each.created_at, reverse=True)
    return [interview_out(member, interview) for interview in rounds]


@query("candidates.files")
def list_candidate_files(actor: Actor, *, candidate_id: UUID) -> list[CandidateFileOut]:
    """Résumés, and what the candidate sent, of all rounds."""
    member_among(actor)
    candidate = Candidate.objects.visible_to(actor).one(candidate_id)
    found = (
        Attachment.objects.visible_to(actor)
        .filter(Q(is_resume=True) | Q(is_by_candidate=True), interview__invitation__candidate=candidate)
        .select_related("file", "added_by", "interview")
    )
    return [
        CandidateFileOut(
            interview_id=each.interview_id, interview_title=each.interview.title, file=attachment_out(each)
        )
        for each in found
    ]


@query("interviews.own")
def list_own_interviews(actor: Actor) -> list[OwnInterviewOut]:
    """Interviews to which the signed-in person is invited as the candidate: by an address that they have proven."""
    user = user_among(actor)
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    mine = Q(pk__in=[])
    for email in proven:
        mine |= Q(email__iexact=email)
    found = Invitation.objects.filter(mine).exclude(email="").select_related("interview__organisation")
    invitations = sorted(
        found, key=lambda each: each.interview.scheduled_for or each.interview.created_at, reverse=True
    )
    # A key is one organisation's, and these are others' interviews too.
    is_key = isinstance(actor, Member) and actor.scopes is not None
    return [_own_out(invitation, shows_link=not is_key) for invitation in invitations]


def _own_out(invitation: Invitation, *, shows_link: bool) -> OwnInterviewOut:
    interview = invitation.interview
    return OwnInterviewOut(
        id=interview.id,
        title=interview.title,
        organisation_name=interview.organisation.name,
        state=states.as_candidates_see(interview.state),
        scheduled_for=interview.scheduled_for,
        duration_minutes=interview.duration_minutes,
        kind=InterviewKind(interview.kind),
        link_url=link_url(invitation) if shows_link and not interview.is_over else None,
    )
