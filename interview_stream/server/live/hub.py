"""Knows who watches what and which of it has to run again; no I/O of its own, and safe to use from any thread.

Transactions are numbered, and of each snapshot of the database it is known which of them it holds (snapshots.py). So of
each change it is known whether a run has seen it, and of each snapshot whether all changes in it have been heard of:
only then is it known which subscriptions they touch, and that what goes to a client belongs together.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from interview_stream.server.live.index import Index
from interview_stream.server.live.registry import Credentials, WatchedQuery
from interview_stream.server.live.sets import EVERYTHING, Read, WriteSet
from interview_stream.server.live.sharing import Asker
from interview_stream.server.live.snapshots import FIRST, Change, Seen

log = logging.getLogger(__name__)

# A process that commits tells of it at once; one that was killed in between never does.
HEARSAY_TIMEOUT_S = 0.5
# Whose eyes a client sees with is asked again after this time, because sessions and links also end by the clock.
IDENTITY_S = 10.0
_MOST_CHANGES = 1000
_MOST_CALLS = 20


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


@dataclass(eq=False)
class Subscription:
    """One watched query of one connection, under the number that the client gave it."""

    number: int
    query: WatchedQuery
    args: dict[str, Any]
    watcher: "Watcher"
    sent: str | None
    """Etag of the result that the client has."""
    is_answered: bool = False
    is_running: bool = False
    seen: Seen | None = None
    """What the last run saw."""
    calls: list[Change] = field(default_factory=lambda: [FIRST])
    """The changes that call for a run, up to some; none when it is not due."""

    @cached_property
    def key(self) -> tuple[str, str]:
        """The same for the same question."""
        return self.query.name, self.query.key(self.args)

    def call(self, change: Change) -> None:
        if len(self.calls) < _MOST_CALLS:
            self.calls.append(change)
        else:
            self.calls[:1] = [FIRST]

    def is_due(self, seen: Seen | None) -> bool:
        return bool(self.calls) and not self.is_running and (seen is None or any(map(seen.holds, self.calls)))


@dataclass(frozen=True)
class Outcome:
    """What one run gave: a result or a problem, and what was read on the way."""

    subscription: Subscription
    result: Result | None
    problem: dict[str, Any] | None
    reads: frozenset[Read]


@dataclass(frozen=True)
class Answer:
    """What a client is to be told under one number; no data where it has the result already."""

    number: int
    etag: str | None = None
    data: bytes | None = None
    problem: dict[str, Any] | None = None


Reader = Any
"""In the index: a subscription, or a watcher by what was read to know who is behind it."""


class Hub:
    """All watchers of this process."""

    def __init__(self) -> None:
        self.wake: Callable[[set[Watcher]], None] = lambda watchers: None
        """Called, from any thread, when something of these became due."""
        self._news = threading.Condition()
        self._watchers: set[Watcher] = set()
        self._index: Index[Reader] = Index()
        self._changes: deque[Change] = deque(maxlen=_MOST_CHANGES)
        self._place = 1
        self._known: int | None = None
        self._ahead: set[tuple[int, int]] = set()
        """Numbers heard of before those that come before them."""

    def __len__(self) -> int:
        return len(self._watchers)

    @property
    def place(self) -> int:
        """How many changes have been heard of; a snapshot that is taken later holds them all."""
        return self._place

    def add(self, credentials: Credentials) -> "Watcher":
        watcher = Watcher(self, credentials)
        with self._news:
            self._watchers.add(watcher)
        return watcher

    def remove(self, watcher: "Watcher") -> None:
        with self._news:
            self._watchers.discard(watcher)
            for subscription in watcher.subscriptions.values():
                self._index.drop(subscription)
            watcher.subscriptions.clear()
            watcher.forget_identity()

    def publish(self, writes: WriteSet) -> None:
        with self._news:
            change = Change(self._place, writes)
            self._place += 1
            self._changes.append(change)
            woken: set[Watcher] = set()
            for reader in self._index.meeting(writes):
                if isinstance(reader, Watcher):
                    reader.forget_identity()
                    touched = list(reader.subscriptions.values())
                else:
                    touched = [reader]
                # Of one that runs the reads are known at its end only.
                called = [one for one in touched if not (one.is_running or (one.seen and one.seen.holds(change)))]
                for subscription in called:
                    subscription.call(change)
                    woken.add(subscription.watcher)
            self._note_number(writes)
            self._news.notify_all()
        if woken:
            self.wake(woken)

    def hear_of_all(self, number: int) -> None:
        """Wait until every change up to this number is known, so that everything it touches is due."""
        with self._news:
            if self._known is None:
                self._known = number
                self._catch_up()
            if self._news.wait_for(lambda: self._known is not None and self._known >= number, HEARSAY_TIMEOUT_S):
                return
            lost = WriteSet(None, self._known + 1, number)
        log.warning("Nothing was heard of changes %s to %s; everything is taken as changed.", lost.first, lost.last)
        self.publish(lost)

    def missed(self, seen: Seen, reads: frozenset[Read]) -> list[Change]:
        """The changes that meet these reads and are not in what they saw. With the lock held."""
        if self._changes and self._changes[0].place > seen.heard:
            return [Change(self._place, EVERYTHING)]
        later = []
        for change in reversed(self._changes):
            if change.place < seen.heard:
                break
            if not seen.holds(change) and change.writes.meets(reads):
                later.append(change)
        return later

    def _note_number(self, writes: WriteSet) -> None:
        if writes.first is not None and writes.last is not None and self._watchers:
            self._ahead.add((writes.first, writes.last))
            self._catch_up()
        elif not self._watchers:
            self._known = None  # The first snapshot for the next client will tell.
            self._ahead.clear()

    def _catch_up(self) -> None:
        for first, last in sorted(self._ahead):
            if self._known is None or first > self._known + 1:
                break
            self._known = max(self._known, last)
            self._ahead.discard((first, last))


class Watcher:
    """The subscriptions of one connection."""

    def __init__(self, hub: Hub, credentials: Credentials) -> None:
        self.credentials = credentials
        self.subscriptions: dict[int, Subscription] = {}
        self.identity: Identity | None = None
        self._hub = hub
        self._news = hub._news  # noqa: SLF001 - a hub and its watchers are one thing, with one lock
        self._index = hub._index  # noqa: SLF001

    def __len__(self) -> int:
        return len(self.subscriptions)

    @property
    def has_due(self) -> bool:
        with self._news:
            return any(subscription.is_due(None) for subscription in self.subscriptions.values())

    def watch(self, number: int, query: WatchedQuery, args: dict[str, Any], has: str | None = None) -> None:
        """`has` is the etag of what the client shows already. A number that is in use is taken over."""
        with self._news:
            self._forget(number)
            self.subscriptions[number] = Subscription(number, query, args, self, has)
        self._hub.wake({self})

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is watched in this block runs together, also when a run begins meanwhile in another thread."""
        with self._news:
            yield

    def unwatch(self, number: int) -> None:
        with self._news:
            self._forget(number)

    def take_due(self, seen: Seen | None = None) -> list[Subscription]:
        """What has to run now; the caller runs it and hands the outcomes to `settle`.

        Before a snapshot is taken, all of it: what is due now, the snapshot will hold. After it was taken: what is due
        by changes that it holds.
        """
        with self._news:
            due = [subscription for subscription in self.subscriptions.values() if subscription.is_due(seen)]
            for subscription in due:
                subscription.calls, subscription.is_running = [], True
            return due

    def settle(self, outcomes: Iterable[Outcome], identity: Identity, seen: Seen) -> list[Answer]:
        """Note the end of runs on one snapshot, as one person; returns what the client does not have."""
        with self._news:
            self._keep(identity, seen)
            answers = [self._settle(outcome, identity, seen) for outcome in outcomes]
        return [answer for answer in answers if answer is not None]

    def forget_identity(self) -> None:
        self.identity = None
        self._index.drop(self)

    def _keep(self, identity: Identity, seen: Seen) -> None:
        """A refusal is found anew each time; and what changed meanwhile is not worth keeping."""
        is_new = identity is not self.identity and identity.refusal is None
        if is_new and self in self._hub._watchers and not self._hub.missed(seen, identity.reads):  # noqa: SLF001
            self.identity = identity
            self._index.put(self, identity.reads)

    def _settle(self, outcome: Outcome, identity: Identity, seen: Seen) -> Answer | None:
        subscription = outcome.subscription
        subscription.is_running, subscription.seen = False, seen
        if self.subscriptions.get(subscription.number) is not subscription:
            return None
        if outcome.result is None:
            # The right to see this may be gone for good, so nothing more comes under this number.
            self._forget(subscription.number)
            return Answer(subscription.number, problem=outcome.problem or {})
        for change in self._hub.missed(seen, outcome.reads | identity.reads):
            subscription.call(change)
        self._index.put(subscription, outcome.reads)
        etag = outcome.result.etag
        is_same, is_answered = etag == subscription.sent, subscription.is_answered
        subscription.sent, subscription.is_answered = etag, True
        if is_same:
            return None if is_answered else Answer(subscription.number, etag)
        return Answer(subscription.number, etag, outcome.result.data)

    def _forget(self, number: int) -> None:
        subscription = self.subscriptions.pop(number, None)
        if subscription is not None:
            self._index.drop(subscription)
