"""What later apps do when a candidate changes; they register here, so candidates know none of them."""

from collections.abc import Callable
from uuid import UUID

ChangeHandler = Callable[[UUID], None]

_handlers: list[ChangeHandler] = []


def on_change(handler: ChangeHandler) -> ChangeHandler:
    """Call `handler` inside the transaction that gives a candidate another name or address."""
    _handlers.append(handler)
    return handler


def announce_change(candidate_id: UUID) -> None:
    for handler in _handlers:
        handler(candidate_id)
