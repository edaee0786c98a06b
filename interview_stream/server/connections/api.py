"""HTTP door of connections."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.connections import queries
from interview_stream.server.connections.schemas import ConnectionsOut

router = Router(tags=["connections"])


@router.get("/interviews/{uuid:interview_id}/connections", response=ConnectionsOut)
def get_connections(request: HttpRequest, interview_id: UUID, call_id: UUID | None = None) -> ConnectionsOut:
    """How everybody's connection was in a call of the interview: the given one, or the newest."""
    return queries.get_connections(actor_of(request), interview_id=interview_id, call_id=call_id)
