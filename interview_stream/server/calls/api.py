"""HTTP door of calls: entering the room of an interview."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.calls import actions
from interview_stream.server.calls.schemas import JoinOut

router = Router(tags=["calls"])


@router.post("/interviews/{uuid:interview_id}/join", response=JoinOut)
def join_call(request: HttpRequest, interview_id: UUID) -> JoinOut:
    """A media token for this person and this interview. Also works while the media engine restarts."""
    origin = f"{request.scheme}://{request.get_host()}"
    return actions.join_call(actor_of(request), interview_id=interview_id, origin=origin)
