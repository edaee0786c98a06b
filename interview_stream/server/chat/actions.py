"""What changes chats: writing. Nothing is changed or taken back, so that what was said stays on the record."""

from uuid import UUID

from django.db import transaction

from interview_stream.server.accounts.account_end import FORMER_NAME
from interview_stream.server.accounts.actor import Actor, Guest, Nobody
from interview_stream.server.calls.floor import interview_of_speaker, require_admitted
from interview_stream.server.chat.models import Message
from interview_stream.server.chat.schemas import Channel, MessageIn
from interview_stream.server.lib.problems import Conflict, Forbidden, Unauthenticated

MAX_MESSAGES = 5000
"""Of one interview; a program that writes without end must not fill the disk."""


@transaction.atomic
def write_message(actor: Actor, *, interview_id: UUID, wanted: MessageIn) -> Message:
    """A message that was sent before, because its answer was lost, is written once."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to write.")
    interview = interview_of_speaker(actor, interview_id)
    if isinstance(actor, Guest) and wanted.channel != Channel.EVERYONE:
        raise Forbidden("This channel is not yours.")
    require_admitted(actor)
    known = Message.objects.visible_to(actor).filter(id=wanted.id, interview=interview).first()
    if known is not None:
        return known
    if Message.objects.filter(interview=interview).count() >= MAX_MESSAGES:
        raise Conflict("This chat is full.", slug="chat-full")
    if Message.objects.filter(id=wanted.id).exists():
        raise Conflict("This message cannot be written. Type it anew.", slug="message-id-taken")
    return Message.objects.create(
        id=wanted.id,
        interview=interview,
        channel=wanted.channel,
        user=None if isinstance(actor, Guest) else actor.user,
        invitation_id=actor.guest_id if isinstance(actor, Guest) else None,
        author=actor.name,
        text=wanted.text,
    )


def unname_author(user_id: int) -> None:
    """What somebody wrote who deletes their account stays said; by whom is not told any more."""
    Message.objects.filter(user_id=user_id).update(author=FORMER_NAME)
