"""What is read of chats."""

from uuid import UUID

from interview_stream.server.accounts.actor import Actor, Guest, Member, Nobody
from interview_stream.server.chat.models import Message
from interview_stream.server.chat.schemas import Channel, MessageOut
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.problems import Unauthenticated
from interview_stream.server.live import query


@query("chat.messages")
def list_messages(actor: Actor, *, interview_id: UUID) -> list[MessageOut]:
    """All that this person may read, the oldest first; a guest who was not let in reads nothing."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to read this.")
    interview = Interview.objects.visible_to(actor).one(interview_id)
    return [message_out(actor, each) for each in Message.objects.visible_to(actor).filter(interview=interview)]


def message_out(actor: Member | Guest, message: Message) -> MessageOut:
    mine = message.invitation_id == actor.guest_id if isinstance(actor, Guest) else message.user_id == actor.user.pk
    return MessageOut(
        id=message.id,
        channel=Channel(message.channel),
        author=message.author,
        is_candidate=message.invitation_id is not None,
        is_mine=mine,
        text=message.text,
        at=message.at,
    )
