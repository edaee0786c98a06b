"""Which function is told which of the media engine's events; apps register, each event is handled at most once."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from livekit.protocol.webhook import WebhookEvent

from interview_stream.server.calls.models import HandledEvent
from interview_stream.server.interviews.models import Interview

log = logging.getLogger(__name__)

EventHandler = Callable[[Interview, WebhookEvent], None]

OwnEventHandler = Callable[[Interview, WebhookEvent, Any], None]
"""Also given what an event of a kind that only our own engine has says beside LiveKit's fields."""

_handlers: dict[str, list[EventHandler]] = {}
_own_handlers: dict[str, tuple[str, OwnEventHandler]] = {}


def on(event: str, handler: EventHandler) -> None:
    """Call `handler` inside the transaction that notes the event; what leaves the database belongs on commit."""
    _handlers.setdefault(event, []).append(handler)


def on_own(event: str, member: str, handler: OwnEventHandler) -> None:
    """The same for an event of our own; `member` of its body is handed over, as it came."""
    _own_handlers[event] = (member, handler)


@transaction.atomic
def handle(event: WebhookEvent, body: Mapping[str, Any]) -> None:
    """Rooms that are not an interview's (made with the media key by other programs) are nobody's business here.

    `body` is the event as it came.
    """
    handlers = _handlers.get(event.event, ())
    own = _own_handlers.get(event.event)
    interview = _interview_of(event)
    if not (handlers or own) or interview is None:
        return
    if event.id and not HandledEvent.objects.get_or_create(event_id=event.id)[1]:
        return
    log.debug("%s of interview %s", event.event, interview.id)
    for handler in handlers:
        handler(interview, event)
    if own is not None:
        member, own_handler = own
        own_handler(interview, event, body.get(member))


def _interview_of(event: WebhookEvent) -> Interview | None:
    name = event.room.name or event.egress_info.room_name
    try:
        interview_id = UUID(name)
    except ValueError:
        return None
    return Interview.objects.select_for_update().filter(id=interview_id).first()
