"""Which operations take an `Idempotency-Key`; what it does is the app's of the same name."""

from collections.abc import Callable
from typing import Any, TypeVar

HEADER = "Idempotency-Key"

View = TypeVar("View", bound=Callable[..., Any])


def without_keys(view: View) -> View:
    """For operations whose answer is of the moment or a secret, or which wait for others between their transactions.

    They can be repeated by their nature, and a key that comes along is not looked at.
    """
    view.takes_keys = False  # type: ignore[attr-defined]
    return view


def takes_keys(view: Callable[..., Any], method: str) -> bool:
    return method.upper() not in ("GET", "HEAD", "OPTIONS") and getattr(view, "takes_keys", True)
