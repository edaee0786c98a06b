"""Knows who watches what and which of it has to run again; no I/O of its own, and safe to use from any thread.

Transactions are numbered, and of each snapshot of the database it is known which of them it holds (snapshots.py). So of
each change it is known whether a run has seen it, and of each snapshot whether all changes in it have been heard of:
only then is it known which subscriptions they touch, and that what goes to a client belongs together.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from sys import intern
from typing import Any, NamedTuple

from interview_stream.server.live.index import Index
from interview_stream.server.live.outcomes import Answer, Identity, Ran, Result
from interview_stream.server.live.registry import Credentials, WatchedQuery
from interview_stream.server.live.sets import EVERYTHING, Read, WriteSet
from interview_stream.server.live.snapshots import FIRST, Change, Seen

log = logging.getLogger(__name__)

# A process that commits tells of it at once; one that was killed in between never does.
HEARSAY_TIMEOUT_S = 0.5
_MOST_CHANGES = 1000
_MOST_CALLS = 20
_SETTLED_AT_ONCE = 200


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


class Outcome(NamedTuple):
    """What the due queries of one client gave, run as one person."""

    watcher: "Watcher"
    identity: Identity
    ran: list[tuple[Subscription, Ran]]


Alike = tuple[int, int, int]
"""Number, run and what the client has: whoever has the same of them is told the same."""


class Hub:
    """All watchers of this process."""

    def __init__(self) -> None:
        self.wake: Callable[[set[Watcher]], None] = lambda watchers: None
        """Called, from any thread, when something of these became due."""
        self._news = threading.Condition()
        self._watchers: set[Watcher] = set()
        self._viewers: dict[Credentials, Viewer] = {}
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

    def add(self, credentials: Credentials, patch_bytes: int | None = None) -> "Watcher":
        """`patch_bytes`: of the smallest result of which a part may be sent; none where the client knows no patches."""
        with self._news:
            viewer = self._viewers.setdefault(credentials, Viewer(credentials))
            watcher = Watcher(self, viewer, patch_bytes)
            self._watchers.add(watcher)
            viewer.watchers.add(watcher)
        return watcher

    def remove(self, watcher: "Watcher") -> None:
        with self._news:
            self._watchers.discard(watcher)
            for subscription in watcher.subscriptions.values():
                self._index.drop(subscription)
            watcher.subscriptions.clear()
            watcher.due.clear()
            viewer = watcher.viewer
            viewer.watchers.discard(watcher)
            if not viewer.watchers and self._viewers.get(viewer.credentials) is viewer:
                del self._viewers[viewer.credentials]
                self._forget(viewer)

    def publish(self, writes: WriteSet) -> None:
        with self._news:
            change = Change(self._place, writes)
            self._place += 1
            self._changes.append(change)
            woken: set[Watcher] = set()
            for reader in self._index.meeting(writes):
                if isinstance(reader, Viewer):
                    self._forget(reader)
                    for watcher in reader.watchers:
                        woken.update(one.watcher for one in watcher.subscriptions.values() if one.told_of(change))
                elif reader.told_of(change):
                    woken.add(reader.watcher)
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

    def known(self, reads: frozenset[Read]) -> frozenset[Read]:
        """The same set as the one that others who read the same are filed under: comparing them is cheap."""
        with self._news:
            return self._index.known(reads)

    def take_due(self, watchers: Iterable["Watcher"], seen: Seen | None = None) -> list[Sequence[Subscription]]:
        """What has to run now for each client; the caller runs it and hands the outcomes to `settle`.

        Before a snapshot is taken, all of it: what is due now, the snapshot will hold. After it was taken: what is due
        by changes that it holds.
        """
        with self._news:
            return [watcher.take_due(seen) if watcher.due else () for watcher in watchers]

    def settle(self, outcomes: Sequence[Outcome], seen: Seen) -> list[list[Answer]]:
        """Note the end of runs on one snapshot; returns what each client does not have.

        Some hundreds at a time, so that a transaction that tells what it wrote does not wait for thousands. Those who
        are told alike are given the same objects.
        """
        told: list[list[Answer]] = []
        alike: dict[Alike, Answer] = {}
        for start in range(0, len(outcomes), _SETTLED_AT_ONCE):
            with self._news:
                missed = self._missed_by(seen)
                for watcher, identity, runs in outcomes[start : start + _SETTLED_AT_ONCE]:
                    answers = []
                    for one, ran in runs:
                        later = missed(ran, identity) if missed else ()
                        if (answer := watcher.settle(one, ran, seen, later, alike)) is not None:
                            answers.append(answer)
                    told.append(answers)
        return told

    def _missed_by(self, seen: Seen) -> Callable[[Ran, Identity], Sequence[Change]] | None:
        """Looks once for all who read the same; none if nothing was missed. With the lock held, as long as it is."""
        if self._place == seen.heard:
            return None
        known: dict[tuple[int, int], list[Change]] = {}

        def missed(ran: Ran, identity: Identity) -> list[Change]:
            key = id(ran), id(identity)
            if key not in known:
                known[key] = self.missed(seen, ran.reads, identity.reads)
            return known[key]

        return missed

    def missed(self, seen: Seen, *reads: frozenset[Read]) -> list[Change]:
        """The changes that meet any of these reads and are not in what they saw. With the lock held."""
        if self._place == seen.heard:
            return []
        if self._changes and self._changes[0].place > seen.heard:
            return [Change(self._place, EVERYTHING)]
        later = []
        for change in reversed(self._changes):
            if change.place < seen.heard:
                break
            if not seen.holds(change) and change.writes.meets(chain(*reads)):
                later.append(change)
        return later

    def identity(self, viewer: Viewer, seen: Seen) -> Identity | None:
        """Who it is, where that is known well enough for this snapshot."""
        with self._news:
            known = viewer.identity
            return known if known is not None and known.is_fresh and not self.missed(seen, known.reads) else None

    def keep(self, viewer: Viewer, identity: Identity, seen: Seen) -> None:
        """A refusal is found anew each time; and what changed meanwhile is not worth keeping."""
        with self._news:
            known = viewer.identity
            if identity.refusal is None and viewer.watchers and not self.missed(seen, identity.reads):
                viewer.identity = identity
                # What is on screen may rest on what was read before.
                before = identity.reads if known is None else known.reads
                self._index.put(viewer, identity.reads if before == identity.reads else identity.reads | before)

    def _forget(self, viewer: Viewer) -> None:
        viewer.identity = None
        self._index.drop(viewer)

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

    __slots__ = ("_hub", "_index", "_news", "_patch_bytes", "due", "subscriptions", "viewer")

    def __init__(self, hub: Hub, viewer: Viewer, patch_bytes: int | None) -> None:
        self.viewer = viewer
        self._patch_bytes = patch_bytes
        self.subscriptions: dict[int, Subscription] = {}
        self.due: dict[Subscription, None] = {}
        """What is called for and does not run, in this order."""
        self._hub = hub
        self._news = hub._news  # noqa: SLF001 - a hub and its watchers are one thing, with one lock
        self._index = hub._index  # noqa: SLF001

    def __len__(self) -> int:
        return len(self.subscriptions)

    def watch(self, number: int, query: WatchedQuery, args: dict[str, Any], has: str | None = None) -> None:
        """`has` is the etag of what the client shows already. A number that is in use is taken over."""
        with self._news:
            self.forget(number)
            subscription = self.subscriptions[number] = Subscription(number, query, args, self, has)
            subscription.call(FIRST)
        self._hub.wake({self})

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
        is_worth_it = self._patch_bytes is not None and len(ran.result.data) >= self._patch_bytes
        base, subscription.base = subscription.base, ran.result if is_worth_it else None
        key = subscription.number, id(ran), id(base)
        answer = alike.get(key)
        if answer is None:
            answer = alike[key] = Answer(subscription.number, etag, ran.result.data, base=base)
        return answer

    def forget(self, number: int) -> None:
        """With the lock held."""
        subscription = self.subscriptions.pop(number, None)
        if subscription is not None:
            self.due.pop(subscription, None)
            self._index.drop(subscription)
