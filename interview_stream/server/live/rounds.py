"""The threads that run live queries: each round takes everybody who waits, on one snapshot.

A client is in one round at a time, and in the next one only when it has taken in what the last one gave.
"""

import logging
import threading
from collections.abc import Callable, Collection

from django.db import connections

from interview_stream.server.lib.threads import ConnectedThreads
from interview_stream.server.live.hub import Hub
from interview_stream.server.live.runs import Batch, run_due
from interview_stream.server.live.snapshots import keep_read_only
from interview_stream.server.live.watchers import Watcher

log = logging.getLogger(__name__)

GIVE_WAY_S = 0.02

HandOver = Callable[[dict[Watcher, Batch | None]], None]
"""Called from a round's thread; None for a client whose round failed. Whoever takes it says `told` when it is done."""


class Rounds:
    """Wakes with the hub, and hands over what was worked out; the receiver says when a client is free again."""

    def __init__(self, hub: Hub, threads: int, result_bytes: int, hand_over: HandOver) -> None:
        self._hub = hub
        self._threads = threads
        self._result_bytes = result_bytes
        self._hand_over = hand_over
        self._pool = ConnectedThreads(threads, "live")
        self._lock = threading.Lock()
        self._waiting: dict[Watcher, None] = {}
        self._engaged: set[Watcher] = set()
        self._active = 0
        self._is_closed = False
        self._untold = 0
        """Rounds whose receiver has not passed on yet what they gave."""
        self._is_told = threading.Condition(self._lock)
        hub.wake = self.wake

    def open(self) -> None:
        """Connect to the database before the first client comes.

        One connection that stays open also keeps SQLite from folding its log into the database, with a sync to disk,
        each time that a request closes the last one.
        """
        self._pool.submit(keep_read_only)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            self._is_told.notify_all()
        self._pool.close()

    def wake(self, watchers: Collection[Watcher]) -> None:
        with self._lock:
            free = watchers if self._engaged.isdisjoint(watchers) else [w for w in watchers if w not in self._engaged]
            self._waiting.update(dict.fromkeys(free))
            if self._is_closed or not self._waiting or self._active == self._threads:
                return
            self._active += 1
        self._pool.submit(self._work)

    def engage(self, watcher: Watcher) -> bool:
        """Keep it out of rounds until it is released; false if it is in one, or has not taken in what that gave."""
        with self._lock:
            if watcher in self._engaged:
                return False
            self._engaged.add(watcher)
            self._waiting.pop(watcher, None)
            return True

    def release(self, watchers: Collection[Watcher]) -> None:
        """These clients have taken in what they were told."""
        with self._lock:
            self._engaged.difference_update(watchers)
        # Whatever becomes due from now on wakes its client.
        if called := [watcher for watcher in watchers if watcher.due]:
            self.wake(called)

    def told(self) -> None:
        """What one round gave has been passed on."""
        with self._lock:
            self._untold -= 1
            self._is_told.notify_all()

    def give_way(self) -> None:
        """Wait, not for long, until clients have been told what is due.

        For the thread of a request that has made it due: it has an answer left to make, for one, and would take turns
        for the interpreter with what is made for all the others.
        """
        with self._lock:
            self._is_told.wait_for(lambda: not self._waiting and not self._untold, GIVE_WAY_S)

    def _work(self) -> None:
        while True:
            with self._lock:
                taken = list(self._waiting)
                self._waiting.clear()
                self._engaged.update(taken)
                if not taken:
                    self._active -= 1
                    return
                self._untold += 1
            self._hand_over(self._one_round(taken))

    def _one_round(self, taken: list[Watcher]) -> dict[Watcher, Batch | None]:
        try:
            # The thread keeps its database connection; one that failed is replaced.
            for connection in connections.all(initialized_only=True):
                if connection.errors_occurred:
                    connection.close()
            keep_read_only()
            return dict(run_due(self._hub, taken, self._result_bytes))
        except Exception:
            log.exception("Live queries could not be run; their clients have to come again.")
            return dict.fromkeys(taken)
