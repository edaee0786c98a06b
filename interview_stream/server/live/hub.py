"""Knows who watches what and which of it has to run again; no I/O of its own, and safe to use from any thread.

Transactions are numbered, and of each snapshot of the database it is known which of them it holds (snapshots.py). So of
each change it is known whether a run has seen it, and of each snapshot whether all changes in it have been heard of:
only then is it known which subscriptions they touch, and that what goes to a client belongs together.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from interview_stream.server.live.index import Index
from interview_stream.server.live.outcomes import Answer, Identity, Ran
from interview_stream.server.live.registry import Credentials
from interview_stream.server.live.sets import EVERYTHING, Read, WriteSet
from interview_stream.server.live.snapshots import Change, Seen
from interview_stream.server.live.watchers import Alike, Reader, Subscription, Viewer, Watcher

log = logging.getLogger(__name__)

# A process that commits tells of it at once; one that was killed in between never does.
HEARSAY_TIMEOUT_S = 0.5
_MOST_CHANGES = 1000
_SETTLED_AT_ONCE = 200


class Outcome(NamedTuple):
    """What the due queries of one client gave, run as one person."""

    watcher: Watcher
    identity: Identity
    ran: list[tuple[Subscription, Ran]]


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

    def add(self, credentials: Credentials, patch_bytes: int | None = None) -> Watcher:
        """`patch_bytes`: of the smallest result of which a part may be sent; none where the client knows no patches."""
        with self._news:
            viewer = self._viewers.setdefault(credentials, Viewer(credentials))
            watcher = Watcher(self._news, self._index, self._wake, viewer)
            watcher.patch_bytes = patch_bytes
            self._watchers.add(watcher)
            viewer.watchers.add(watcher)
        return watcher

    def add_beside(self, watcher: Watcher) -> Watcher:
        """One more of the same viewer, which watches nothing yet."""
        return self.add(watcher.viewer.credentials, watcher.patch_bytes)

    def remove(self, watcher: Watcher) -> None:
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

    def publish(self, writes: WriteSet) -> bool:
        """Whether anything became due by it."""
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
        return bool(woken)

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

    def take_due(self, watchers: Iterable[Watcher], seen: Seen | None = None) -> list[Sequence[Subscription]]:
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

    def _wake(self, watchers: set[Watcher]) -> None:
        self.wake(watchers)

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
