"""HTTP doors of candidates; all of them are for members only."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.candidates import actions, queries
from interview_stream.server.candidates.schemas import CandidateIn, CandidateRecordOut, CandidateSummaryOut, MergeIn
from interview_stream.server.lib.pages import PageOut

router = Router(tags=["candidates"])


@router.get("/candidates", response=PageOut[CandidateSummaryOut])
def list_candidates(
    request: HttpRequest, text: str = "", after: str = "", upto: str = ""
) -> PageOut[CandidateSummaryOut]:
    return queries.list_candidates(actor_of(request), text=text, after=after, upto=upto)


@router.post("/candidates", response={201: CandidateRecordOut})
def create_candidate(request: HttpRequest, body: CandidateIn) -> Status[CandidateRecordOut]:
    return Status(201, queries.record_out(actions.create_candidate(actor_of(request), wanted=body)))


@router.get("/candidates/{uuid:candidate_id}", response=CandidateRecordOut)
def get_candidate(request: HttpRequest, candidate_id: UUID) -> CandidateRecordOut:
    return queries.get_candidate(actor_of(request), candidate_id=candidate_id)


@router.put("/candidates/{uuid:candidate_id}", response=CandidateRecordOut)
def change_candidate(request: HttpRequest, candidate_id: UUID, body: CandidateIn) -> CandidateRecordOut:
    actor = actor_of(request)
    actions.change_candidate(actor, candidate_id=candidate_id, wanted=body)
    return queries.get_candidate(actor, candidate_id=candidate_id)


@router.post("/candidates/{uuid:candidate_id}/merge", response=CandidateRecordOut)
def merge_candidates(request: HttpRequest, candidate_id: UUID, body: MergeIn) -> CandidateRecordOut:
    """Two rows turned out to be one person: the other's interviews and links move to this one."""
    actor = actor_of(request)
    actions.merge_candidates(actor, candidate_id=candidate_id, other_id=body.candidate_id)
    return queries.get_candidate(actor, candidate_id=candidate_id)
