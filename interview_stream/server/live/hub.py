"""Knows who watches what and which of it has to run again; no I/O of its own, and safe to use from any thread.

Transactions are numbered in the order of their commits, and a snapshot of the database has the number of the last one
in it. So of each change it is known whether a run has seen it, and of each snapshot whether all changes in it have been
heard of: only then is it known which subscriptions they touch, and that what goes to a client belongs together.
"""

import hashlib
import logging
import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from interview_stream.server.live.index import Index
from interview_stream.server.live.registry import Credentials, WatchedQuery
from interview_stream.server.live.sets import EVERYTHING, Read, WriteSet

log = logging.getLogger(__name__)

# A process that commits tells of it at once; one that was killed in between never does.
HEARSAY_TIMEOUT_S = 0.5
_MOST_MEANWHILE = 200


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
    due: float | None = 0
    """The number of the change that calls for a run; None when there is none."""
    seen: float = 0
    """The number of the snapshot that the last run saw."""
    is_running: bool = False
    meanwhile: list[tuple[float, WriteSet]] = field(default_factory=list)
    """Changes during a run, whose reads are known at its end only."""


@dataclass(frozen=True)
class Outcome:
    """What one run gave: a result as JSON text or a problem, and what was read on the way."""

    subscription: Subscription
    result: bytes | None
    problem: dict[str, Any] | None
    reads: frozenset[Read]


@dataclass(frozen=True)
class Answer:
    """What a client is to be told under one number; no data where it has the result already."""

    number: int
    etag: str | None = None
    data: bytes | None = None
    problem: dict[str, Any] | None = None


class Hub:
    """All watchers of this process."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._watchers: set[Watcher] = set()
        self._index: Index[Subscription] = Index()
        self._running: set[Subscription] = set()
        self._known: int | None = None
        self._ahead: set[tuple[int, int]] = set()
        """Numbers heard of before those that come before them."""

    def __len__(self) -> int:
        return len(self._watchers)

    def add(self, credentials: Credentials, wake: Callable[[], None]) -> "Watcher":
        """`wake` is called, from any thread, when something became due."""
        watcher = Watcher(self, credentials, wake)
        with self._news:
            self._watchers.add(watcher)
        return watcher

    def remove(self, watcher: "Watcher") -> None:
        with self._news:
            self._watchers.discard(watcher)
            for subscription in watcher.subscriptions.values():
                self._index.drop(subscription)
            watcher.subscriptions.clear()
            # Nobody waits for these any more.
            self._running -= {subscription for subscription in self._running if subscription.watcher is watcher}

    def publish(self, writes: WriteSet) -> None:
        number = math.inf if writes.last is None else writes.last
        with self._news:
            woken = set()
            for subscription in self._index.meeting(writes):
                if not subscription.is_running and subscription.seen < number:
                    subscription.due = max(subscription.due or 0, number)
                    woken.add(subscription.watcher)
            for subscription in self._running:
                if len(subscription.meanwhile) >= _MOST_MEANWHILE:
                    subscription.meanwhile[:] = [(max(number, subscription.meanwhile[0][0]), EVERYTHING)]
                else:
                    subscription.meanwhile.append((number, writes))
            self._note_number(writes)
            self._news.notify_all()
        for watcher in woken:
            watcher.wake()

    def hear_of_all(self, number: float) -> None:
        """Wait until every change up to this number is known, so that everything it touches is due."""
        with self._news:
            if self._known is None:
                self._known = int(number)
                self._catch_up()
            if self._news.wait_for(lambda: self._known is not None and self._known >= number, HEARSAY_TIMEOUT_S):
                return
            lost = WriteSet(None, self._known + 1, int(number))
        log.warning("Nothing was heard of changes %s to %s; everything is taken as changed.", lost.first, lost.last)
        self.publish(lost)

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

    def __init__(self, hub: Hub, credentials: Credentials, wake: Callable[[], None]) -> None:
        self.credentials = credentials
        self.wake = wake
        self.subscriptions: dict[int, Subscription] = {}
        self._hub = hub
        self._news = hub._news  # noqa: SLF001 - a hub and its watchers are one thing, with one lock
        self._index, self._running = hub._index, hub._running  # noqa: SLF001

    def __len__(self) -> int:
        return len(self.subscriptions)

    def watch(self, number: int, query: WatchedQuery, args: dict[str, Any], has: str | None = None) -> None:
        """`has` is the etag of what the client shows already. A number that is in use is taken over."""
        with self._news:
            self._forget(number)
            self.subscriptions[number] = Subscription(number, query, args, self, has)
        self.wake()

    def unwatch(self, number: int) -> None:
        with self._news:
            self._forget(number)

    def take_due(self, seen: float | None = None) -> list[Subscription]:
        """What has to run now; the caller runs it and hands the outcomes to `settle`.

        Before a snapshot is taken, all of it: what is due now, the snapshot will hold. After it was taken, with its
        number: what is due by changes that it holds.
        """
        with self._news:
            due = [
                subscription
                for subscription in self.subscriptions.values()
                if subscription.due is not None and not subscription.is_running and _is_in(subscription.due, seen)
            ]
            for subscription in due:
                subscription.due, subscription.is_running = None, True
                self._running.add(subscription)
            return due

    def settle(self, outcomes: Iterable[Outcome], seen: float) -> list[Answer]:
        """Note the end of runs on the snapshot of this number; returns what the client does not have."""
        with self._news:
            answers = [self._settle(outcome, seen) for outcome in outcomes]
            if any(subscription.due is not None for subscription in self.subscriptions.values()):
                self.wake()
        return [answer for answer in answers if answer is not None]

    def _settle(self, outcome: Outcome, seen: float) -> Answer | None:
        subscription = outcome.subscription
        subscription.is_running, subscription.seen = False, seen
        self._running.discard(subscription)
        if self.subscriptions.get(subscription.number) is not subscription:
            return None
        if outcome.result is None:
            # The right to see this may be gone for good, so nothing more comes under this number.
            self._forget(subscription.number)
            return Answer(subscription.number, problem=outcome.problem or {})
        missed = [n for n, writes in subscription.meanwhile if n > seen and writes.meets(outcome.reads)]
        subscription.due = max(missed, default=None)
        subscription.meanwhile.clear()
        self._index.put(subscription, outcome.reads)
        etag = hashlib.sha256(outcome.result).hexdigest()[:24]
        is_same, is_answered = etag == subscription.sent, subscription.is_answered
        subscription.sent, subscription.is_answered = etag, True
        if is_same:
            return None if is_answered else Answer(subscription.number, etag)
        return Answer(subscription.number, etag, outcome.result)

    def _forget(self, number: int) -> None:
        subscription = self.subscriptions.pop(number, None)
        if subscription is not None:
            self._index.drop(subscription)


def _is_in(due: float, seen: float | None) -> bool:
    return seen is None or due <= seen
