"""What members see of candidates; each read answers HTTP and can be watched."""

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.candidates.schemas import (
    CandidateLink,
    CandidatePageOut,
    CandidateRecordOut,
    CandidateSummaryOut,
)
from interview_stream.server.lib.problems import Invalid
from interview_stream.server.live import query

PAGE = 50


@query("candidates.list")
def list_candidates(actor: Actor, *, search: str = "", before: str | None = None) -> CandidatePageOut:
    """One page, who came last first; `before` is what the page above it gave as `older`."""
    member_among(actor)
    wanted = Candidate.objects.visible_to(actor).matching(search)
    if before is not None:
        at, last_id = _place(before)
        wanted = wanted.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last_id))
    # Interviews are a later app's, so they come through the reverse relation, not an import.
    found = list(wanted.prefetch_related("invitations__interview")[: PAGE + 1])
    shown = found[:PAGE]
    older = f"{shown[-1].created_at.isoformat()} {shown[-1].id}" if len(found) > PAGE else None
    return CandidatePageOut(candidates=[_summary(each) for each in shown], older=older)


@query("candidates.get")
def get_candidate(actor: Actor, *, candidate_id: UUID) -> CandidateRecordOut:
    member_among(actor)
    return record_out(Candidate.objects.visible_to(actor).one(candidate_id))


def record_out(candidate: Candidate) -> CandidateRecordOut:
    return CandidateRecordOut(
        id=candidate.id,
        name=candidate.name or None,
        email=candidate.email or None,
        links=[CandidateLink(**link) for link in candidate.links],
        created_at=candidate.created_at,
    )


def _summary(candidate: Candidate) -> CandidateSummaryOut:
    interviews = [invitation.interview for invitation in candidate.invitations.all()]
    newest = max(interviews, key=lambda each: each.scheduled_for or each.created_at, default=None)
    return CandidateSummaryOut(
        id=candidate.id,
        name=candidate.name or None,
        email=candidate.email or None,
        interviews_count=len(interviews),
        newest_title=newest.title if newest else None,
        newest_at=(newest.scheduled_for or newest.created_at) if newest else None,
    )


def _place(before: str) -> tuple[datetime, UUID]:
    try:
        at, last_id = before.split()
        return datetime.fromisoformat(at).astimezone(UTC), UUID(last_id)
    except (ValueError, OverflowError):
        raise Invalid("There is no such page. Read the list from its beginning.") from None
