"""What later apps do when an interview or a personal link ends; they register here, so interviews know none of them."""

from collections.abc import Callable
from uuid import UUID

EndHandler = Callable[[UUID], None]

_handlers: list[EndHandler] = []
_link_handlers: list[EndHandler] = []


def on_end(handler: EndHandler) -> EndHandler:
    """Call `handler` inside the transaction that ends an interview; what leaves the database belongs on commit."""
    _handlers.append(handler)
    return handler


def announce_end(interview_id: UUID) -> None:
    for handler in _handlers:
        handler(interview_id)


def on_link_end(handler: EndHandler) -> EndHandler:
    """Like `on_end`, for the old link of an interview that is given a new one."""
    _link_handlers.append(handler)
    return handler


def announce_link_end(interview_id: UUID) -> None:
    for handler in _link_handlers:
        handler(interview_id)
