"""What later apps do when an interview ends; they register here, so that interviews need know none of them."""

from collections.abc import Callable
from uuid import UUID

EndHandler = Callable[[UUID], None]

_handlers: list[EndHandler] = []


def on_end(handler: EndHandler) -> EndHandler:
    """Call `handler` inside the transaction that ends an interview; what leaves the database belongs on commit."""
    _handlers.append(handler)
    return handler


def announce_end(interview_id: UUID) -> None:
    for handler in _handlers:
        handler(interview_id)
