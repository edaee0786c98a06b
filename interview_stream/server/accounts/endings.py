"""What later apps do when a session or somebody's access ends; they register here, so accounts knows none of them."""

from collections.abc import Callable
from uuid import UUID

SessionHandler = Callable[[str], None]
AccessHandler = Callable[[int, UUID], None]

AccountHandler = Callable[[int], None]
ErasureHandler = Callable[[UUID], None]
LockdownHandler = Callable[[], None]

_erasure_handlers: list[ErasureHandler] = []
_session_handlers: list[SessionHandler] = []
_access_handlers: list[AccessHandler] = []
_account_handlers: list[AccountHandler] = []
_lockdown_handlers: list[LockdownHandler] = []


def on_session_end(handler: SessionHandler) -> SessionHandler:
    """Call `handler` with the key of each session that ends; what leaves the database belongs on commit."""
    _session_handlers.append(handler)
    return handler


def announce_session_end(session_key: str) -> None:
    for handler in _session_handlers:
        handler(session_key)


def on_access_change(handler: AccessHandler) -> AccessHandler:
    """Call `handler` with a person and an organisation after they left it, were removed, or got another role."""
    _access_handlers.append(handler)
    return handler


def announce_access_change(user_id: int, organisation_id: UUID) -> None:
    for handler in _access_handlers:
        handler(user_id, organisation_id)


def on_account_end(handler: AccountHandler) -> AccountHandler:
    """Call `handler` with a person in the transaction that deletes their account.

    What is theirs alone goes, and where their name or address is written down it becomes FORMER_NAME, or nothing.
    """
    _account_handlers.append(handler)
    return handler


def announce_account_end(user_id: int) -> None:
    for handler in _account_handlers:
        handler(user_id)


def on_erasure(handler: ErasureHandler) -> ErasureHandler:
    """Call `handler` in the transaction that erases an organisation, while its rows are there.

    What the database does not hold (files, rooms) goes on commit.
    """
    _erasure_handlers.append(handler)
    return handler


def announce_erasure(organisation_id: UUID) -> None:
    for handler in _erasure_handlers:
        handler(organisation_id)


def on_lockdown(handler: LockdownHandler) -> LockdownHandler:
    """Call `handler` in the transaction that ends everybody's access at once: what it gave out must let nobody in."""
    _lockdown_handlers.append(handler)
    return handler


def announce_lockdown() -> None:
    for handler in _lockdown_handlers:
        handler()
