"""Knows which connection watches what, and which of it has to run again; no I/O of its own.

A subscription is in one of three states: *due* (has to run), *running* (changes are collected meanwhile, because the
run may or may not have seen them), *settled* (its read set is known).
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from interview_stream.server.lib.problems import Problem, problem_dict
from interview_stream.server.live.registry import Credentials, WatchedQuery, resolve_actor
from interview_stream.server.live.sets import Read, WriteSet
from interview_stream.server.live.tracking import recorded_reads

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Subscription:
    """One watched query of one connection, under the number that the client gave it."""

    number: int
    query: WatchedQuery
    args: dict[str, Any]
    reads: frozenset[Read] = frozenset()
    is_due: bool = True
    is_running: bool = False
    changed: list[WriteSet] = field(default_factory=list)
    sent: bytes = b""
    """Digest of the result that the client has."""


@dataclass(frozen=True)
class Outcome:
    """What one run gave: a result as JSON text or a problem, and what was read on the way."""

    subscription: Subscription
    result: bytes | None
    problem: dict[str, Any] | None
    reads: frozenset[Read]


class Watcher:
    """The subscriptions of one connection. `wake` is called when something became due."""

    def __init__(self, credentials: Credentials, wake: Callable[[], None]) -> None:
        self.credentials = credentials
        self._wake = wake
        self._subscriptions: dict[int, Subscription] = {}

    def __len__(self) -> int:
        return len(self._subscriptions)

    def watch(self, number: int, query: WatchedQuery, args: dict[str, Any]) -> None:
        """Watching under a number that is in use replaces what was watched under it."""
        self._subscriptions[number] = Subscription(number, query, args)
        self._wake()

    def unwatch(self, number: int) -> None:
        self._subscriptions.pop(number, None)

    def note_change(self, writes: WriteSet) -> None:
        for subscription in self._subscriptions.values():
            if subscription.is_running:
                subscription.changed.append(writes)
            elif writes.meets(subscription.reads):
                subscription.is_due = True
                self._wake()

    def take_due(self) -> list[Subscription]:
        """What has to run now; the caller runs it and hands each outcome to `settle`."""
        due = [subscription for subscription in self._subscriptions.values() if subscription.is_due]
        for subscription in due:
            subscription.is_due, subscription.is_running = False, True
        return due

    def settle(self, outcome: Outcome) -> bytes | None:
        """Note a run's end; returns the message for the client, or None when it has this result already."""
        subscription = outcome.subscription
        subscription.is_running = False
        if self._subscriptions.get(subscription.number) is not subscription:
            return None
        subscription.reads = outcome.reads
        subscription.is_due = any(writes.meets(outcome.reads) for writes in subscription.changed)
        subscription.changed.clear()
        if subscription.is_due:
            self._wake()
        if outcome.result is None:
            # The right to see this may be gone for good, so nothing more comes under this number.
            del self._subscriptions[subscription.number]
            return error_message(subscription.number, outcome.problem or {})
        digest = hashlib.sha256(outcome.result).digest()
        if digest == subscription.sent:
            return None
        subscription.sent = digest
        return b'{"type":"result","id":%d,"data":%b}' % (subscription.number, outcome.result)


def error_message(number: int, problem: dict[str, Any]) -> bytes:
    return json.dumps({"type": "error", "id": number, "problem": problem}, separators=(",", ":")).encode()


class Hub:
    """All watchers of this process."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()

    def __len__(self) -> int:
        return len(self._watchers)

    def add(self, watcher: Watcher) -> None:
        self._watchers.add(watcher)

    def remove(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)

    def publish(self, writes: WriteSet) -> None:
        for watcher in self._watchers:
            watcher.note_change(writes)


def run_all(credentials: Credentials, due: Iterable[Subscription]) -> list[Outcome]:
    """Run queries as whoever is behind the credentials now. Blocks on the database, so it belongs in a thread.

    The actor is found anew each time, and what that reads belongs to every read set: a session that ends or a link
    that is taken back runs the queries again, and they refuse.
    """
    outcomes: list[Outcome] = []
    with recorded_reads() as actor_reads:
        try:
            actor, refusal = resolve_actor(credentials), None
        except Problem as problem:
            actor, refusal = None, problem
    for subscription in due:
        if refusal is not None:
            outcomes.append(Outcome(subscription, None, refusal.as_dict(), frozenset(actor_reads)))
        else:
            outcomes.append(_run(subscription, actor, actor_reads))
    return outcomes


def _run(subscription: Subscription, actor: Any, actor_reads: set[Read]) -> Outcome:
    result, problem = None, None
    with recorded_reads() as reads:
        try:
            result = subscription.query.run(actor, subscription.args)
        except Problem as error:
            problem = error.as_dict()
        except Exception:
            log.exception("The live query %s failed.", subscription.query.name)
            problem = problem_dict(500, "internal-error", "Something went wrong on the server.")
    return Outcome(subscription, result, problem, frozenset(reads | actor_reads))
