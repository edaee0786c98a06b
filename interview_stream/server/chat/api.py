"""HTTP doors of chats."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts.actor import Guest, Member, actor_of
from interview_stream.server.chat import actions, queries
from interview_stream.server.chat.schemas import MessageIn, MessageOut

router = Router(tags=["chat"])


@router.get("/interviews/{uuid:interview_id}/messages", response=list[MessageOut])
def list_messages(request: HttpRequest, interview_id: UUID) -> list[MessageOut]:
    return queries.list_messages(actor_of(request), interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/messages", response={201: MessageOut})
def write_message(request: HttpRequest, interview_id: UUID, body: MessageIn) -> Status[MessageOut]:
    actor = actor_of(request)
    written = actions.write_message(actor, interview_id=interview_id, wanted=body)
    assert isinstance(actor, Member | Guest)
    return Status(201, queries.message_out(actor, written))
