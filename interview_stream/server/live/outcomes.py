"""Who watches, and what a run gives them."""

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from interview_stream.server.live.sets import Read
from interview_stream.server.live.sharing import Asker

# Whose eyes a client sees with is asked again after this time, because sessions and links also end by the clock.
IDENTITY_S = 10.0


@dataclass(frozen=True)
class Identity:
    """Who is behind a connection, or why nobody is; and what was read to find that out."""

    actor: Any
    refusal: dict[str, Any] | None
    reads: frozenset[Read]
    found_at: float = field(default_factory=time.monotonic)

    @cached_property
    def asker(self) -> Asker:
        return Asker(self.actor)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.found_at < IDENTITY_S


@dataclass(frozen=True)
class Result:
    """What a query gave, as JSON text and its name."""

    data: bytes
    etag: str


@dataclass(frozen=True)
class Ran:
    """What one run gave, a result or a problem, and what was read on the way; for all who share it."""

    result: Result | None
    problem: dict[str, Any] | None
    reads: frozenset[Read]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is to be told under one number; no data where it has the result already."""

    number: int
    etag: str | None = None
    data: bytes | None = None
    problem: dict[str, Any] | None = None
    base: Result | None = None
    """What the client has, where it may be told what to change in it."""
