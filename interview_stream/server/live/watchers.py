"""What the pages of one viewer watch: their subscriptions, and those that several alike pages have in common."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from interview_stream.server.live.index import Index
from interview_stream.server.live.outcomes import Answer, Identity, Ran, Result
from interview_stream.server.live.registry import Credentials, WatchedQuery
from interview_stream.server.live.sets import Read
from interview_stream.server.live.snapshots import FIRST, Change, Seen

_MOST_CALLS = 20


@dataclass(eq=False, slots=True)
class Subscription:
    """One watched query of one connection, under the number that the client gave it.

    Thousands are gone through for one change, so they are kept small: what costs time is to fetch them from memory.
    """

    number: int
    query: WatchedQuery
    args: dict[str, Any]
    watcher: "Watcher"
    sent: str | None
    """Etag of the result that the client has."""
    is_answered: bool = False
    is_running: bool = False
    base: Result | None = None
    """That result itself, if it was sent by this connection and is worth a patch."""
    seen: Seen | None = None
    """What the last run saw."""
    calls: tuple[Change, ...] = ()
    """The changes that call for a run, up to some; none when it is not due."""
    filed: frozenset[Read] | None = None
    """What it is in the index by."""
    key: tuple[str, str] = field(init=False)
    """The same for the same question."""

    def __post_init__(self) -> None:
        self.key = intern(self.query.name), intern(self.query.key(self.args))

    def told_of(self, change: Change) -> bool:
        """Whether that makes it due. Of one that runs the reads are known at its end only."""
        if self.is_running or (self.seen is not None and self.seen.holds(change)):
            return False
        self.call(change)
        return True

    def is_like(self, other: "Subscription") -> bool:
        """Whether both ask and show the same, read the same for it, and are at rest."""
        return (
            self.query is other.query
            and self.key == other.key
            and self.sent == other.sent
            and self.filed is other.filed
            and (self.base is None) == (other.base is None)
            and self.is_answered
            and other.is_answered
            and not (self.is_running or other.is_running)
        )

    def call(self, change: Change) -> None:
        """It has to run, and does not now."""
        self.watcher.due[self] = None
        if len(self.calls) < _MOST_CALLS:
            self.calls += (change,)
        else:
            self.calls = (FIRST, *self.calls[1:])


class Viewer:
    """Somebody behind credentials, with all connections that show the same ones."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.watchers: set[Watcher] = set()
        self.identity: Identity | None = None


Reader = Subscription | Viewer
"""In the index: a viewer by what was read to find out who it is."""


Alike = tuple[int, int, int]
"""Number, run and what the client has: whoever has the same of them is told the same."""


Wake = Callable[[set["Watcher"]], None]


class Watcher:
    """The subscriptions of one page, or of several of one viewer that watch and have the same (pages.py)."""

    __slots__ = ("_index", "_news", "_wake", "due", "patch_bytes", "subscriptions", "viewer")

    def __init__(self, news: threading.Condition, index: Index[Reader], wake: Wake, viewer: Viewer) -> None:
        self.viewer = viewer
        self.patch_bytes: int | None = None
        self.subscriptions: dict[int, Subscription] = {}
        self.due: dict[Subscription, None] = {}
        """What is called for and does not run."""
        self._news = news  # A hub and its watchers are one thing, with one lock.
        self._index = index
        self._wake = wake

    def __len__(self) -> int:
        return len(self.subscriptions)

    def watch(self, number: int, query: WatchedQuery, args: dict[str, Any], has: str | None = None) -> None:
        """`has` is the etag of what the client shows already. A number that is in use is taken over."""
        with self._news:
            self.forget(number)
            subscription = self.subscriptions[number] = Subscription(number, query, args, self, has)
            subscription.call(FIRST)
        self._wake({self})

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is watched in this block runs together, also when a run begins meanwhile in another thread."""
        with self._news:
            yield

    def unwatch(self, number: int) -> None:
        with self._news:
            self.forget(number)

    def take_due(self, seen: Seen | None = None) -> list[Subscription]:
        """See `Hub.take_due`, which this is for one client. With the lock held."""
        if seen is None:
            taken = list(self.due)
            self.due.clear()
        else:
            taken = [one for one in self.due if any(map(seen.holds, one.calls))]
            for subscription in taken:
                del self.due[subscription]
        if len(taken) > 1:  # The same order for alike pages, so that they are told by the same text.
            taken.sort(key=lambda one: one.number)
        for subscription in taken:
            subscription.calls, subscription.is_running = (), True
        return taken

    def settle(
        self, subscription: Subscription, ran: Ran, seen: Seen, missed: Sequence[Change], alike: dict[Alike, Answer]
    ) -> Answer | None:
        """What the client does not have; `missed` is what the run has not seen and should have. With the lock held."""
        subscription.is_running, subscription.seen = False, seen
        if self.subscriptions.get(subscription.number) is not subscription:
            return None
        if ran.result is None:
            # The right to see this may be gone for good, so nothing more comes under this number.
            self.forget(subscription.number)
            return Answer(subscription.number, problem=ran.problem or {})
        for change in missed:
            subscription.call(change)
        if subscription.filed is not ran.reads:  # As a rule it has read the same, which is then the same set.
            self._index.put(subscription, ran.reads)
            subscription.filed = ran.reads
        etag = ran.result.etag
        is_same, is_answered = etag == subscription.sent, subscription.is_answered
        subscription.sent, subscription.is_answered = etag, True
        if is_same:
            return None if is_answered else Answer(subscription.number, etag)
        is_worth_it = self.patch_bytes is not None and len(ran.result.data) >= self.patch_bytes
        base, subscription.base = subscription.base, ran.result if is_worth_it else None
        key = subscription.number, id(ran), id(base)
        answer = alike.get(key)
        if answer is None:
            answer = alike[key] = Answer(subscription.number, etag, ran.result.data, base=base)
        return answer

    def state(self) -> object:
        """Equal for those that watch the same and have the same results. While it is engaged, it stays so."""
        return tuple((number, one.key, one.sent) for number, one in self.subscriptions.items())

    def copy_to(self, other: "Watcher") -> None:
        """Let `other`, which has none yet, go on from the same state; none of it runs now."""
        with self._news:
            for number, subscription in self.subscriptions.items():
                same = other.subscriptions[number] = copy(subscription)
                same.watcher = other
                if same.filed is not None:
                    self._index.put(same, same.filed)
            for subscription in self.due:
                other.due[other.subscriptions[subscription.number]] = None

    def stands_for(self, other: "Watcher") -> bool:
        """Whether all is alike and nothing is to be done; from then on this may be used instead of `other`.

        Of what one of them has seen and the other has not, nothing was worth a run; it counts as not seen.
        """
        with self._news:
            if (
                self.due
                or other.due
                or self.viewer is not other.viewer
                or self.patch_bytes != other.patch_bytes
                or self.subscriptions.keys() != other.subscriptions.keys()
            ):
                return False
            pairs = [(one, other.subscriptions[number]) for number, one in self.subscriptions.items()]
            if not all(one.is_like(another) for one, another in pairs):
                return False
            for one, another in pairs:
                if one.seen is not None and another.seen is not None and one.seen is not another.seen:
                    one.seen = one.seen.common(another.seen)
            return True

    def forget(self, number: int) -> None:
        """With the lock held."""
        subscription = self.subscriptions.pop(number, None)
        if subscription is not None:
            self.due.pop(subscription, None)
            self._index.drop(subscription)
