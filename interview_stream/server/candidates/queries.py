"""What members see of candidates; each read answers HTTP and can be watched."""

from uuid import UUID

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.candidates.schemas import CandidateLink, CandidateRecordOut, CandidateSummaryOut
from interview_stream.server.lib.pages import PageOut, page_of
from interview_stream.server.live import query

PAGE = 50


@query("candidates.list")
def list_candidates(actor: Actor, *, text: str = "", after: str = "", upto: str = "") -> PageOut[CandidateSummaryOut]:
    """Who came last first, in pages (lib/pages.py); `text` are words in the name or the address."""
    member_among(actor)
    # Interviews are a later app's, so they come through the reverse relation, not an import.
    found = Candidate.objects.visible_to(actor).matching(text).prefetch_related("invitations__interview")
    return page_of(found, ["-created_at", "-id"], _summary, after=after, upto=upto, size=PAGE)


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
