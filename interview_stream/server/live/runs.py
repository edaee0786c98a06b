"""Runs what is due, for any number of clients on one snapshot of the database. Blocks, so it belongs in a thread."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from interview_stream.server.lib.problems import Problem, TooLarge, problem_dict
from interview_stream.server.live.hub import Hub, Outcome
from interview_stream.server.live.outcomes import Answer, Identity, Ran, Result
from interview_stream.server.live.registry import Credentials, resolve_actor
from interview_stream.server.live.sharing import Shared, observed
from interview_stream.server.live.snapshots import Seen, snapshot
from interview_stream.server.live.tracking import recorded_reads
from interview_stream.server.live.watchers import Subscription, Viewer, Watcher

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one client is to be told of one state of the database, with its number where states have one."""

    answers: list[Answer]
    version: int | None


def run_due(hub: Hub, watchers: Iterable[Watcher], result_bytes: int) -> dict[Watcher, Batch]:
    """Run what is due for these clients, and what the changes in the same snapshot make due beside it.

    Before it is decided what that is, it is made sure that all these changes have been heard of. So each client goes
    from one state of the database to another in all that it watches, never half of it.
    """
    clients = list(watchers)
    first = hub.take_due(clients)
    with snapshot(hub.place) as seen:
        if seen.number is not None:
            hub.hear_of_all(seen.number)
        run = Runner(hub, seen, result_bytes)
        outcomes = [
            Outcome(
                watcher,
                run.identity(watcher.viewer),
                run.all((*before, *beside) if beside else before, watcher.viewer),
            )
            for watcher, before, beside in zip(clients, first, hub.take_due(clients, seen), strict=True)
        ]
        told = hub.settle(outcomes, seen)
    return dict(zip(clients, _batches(told, seen.number), strict=True))


def _batches(told: Iterable[list[Answer]], number: int | None) -> Iterator[Batch]:
    """One for all who are told alike."""
    alike: dict[tuple[int, ...], Batch] = {}
    for answers in told:
        key = tuple(map(id, answers))
        batch = alike.get(key)
        if batch is None:
            batch = alike[key] = Batch(answers, number)
        yield batch


class Runner:
    """Runs queries on one snapshot, each once for all who must get the same."""

    def __init__(self, hub: Hub, seen: Seen, result_bytes: int) -> None:
        self._hub = hub
        self._seen = seen
        self._result_bytes = result_bytes
        self._shared: Shared[Ran] = Shared()
        self._found: dict[Viewer, Identity] = {}
        self._ran: dict[tuple[Viewer, tuple[str, str]], Ran] = {}

    def identity(self, viewer: Viewer) -> Identity:
        """What this reads belongs to every read set: a session that ends runs the queries again, and they refuse."""
        found = self._found.get(viewer)
        if found is not None:
            return found
        found = self._hub.identity(viewer, self._seen)
        if found is None:
            found = _find_identity(viewer.credentials)
            self._hub.keep(viewer, found, self._seen)
        self._found[viewer] = found
        return found

    def all(self, subscriptions: Iterable[Subscription], viewer: Viewer) -> list[tuple[Subscription, Ran]]:
        """What one viewer asks in several pages is found at once; between viewers it is looked at what they share."""
        ran = []
        for subscription in subscriptions:
            key = viewer, subscription.key
            found = self._ran.get(key)
            if found is None:
                found = self._ran[key] = self._one(subscription, self.identity(viewer))
            ran.append((subscription, found))
        return ran

    def _one(self, subscription: Subscription, identity: Identity) -> Ran:
        if identity.refusal is not None:
            return Ran(None, identity.refusal, frozenset())
        ran = self._shared.find(subscription.key, identity.asker)
        if ran is None:
            actor, noted = observed(identity.actor)
            ran = self._run(subscription, actor)
            self._shared.keep(subscription.key, identity.asker, noted, ran)
        return ran

    def _run(self, subscription: Subscription, actor: Any) -> Ran:
        result, problem = None, None
        with recorded_reads() as reads:
            try:
                data = subscription.query.run(actor, subscription.args)
                if len(data) > self._result_bytes:
                    raise TooLarge(f"The result is larger than {self._result_bytes} bytes. Ask for less of it.")
                result = Result(data, hashlib.sha256(data).hexdigest()[:24])
            except Problem as error:
                problem = error.as_dict()
            except Exception:
                log.exception("The live query %s failed.", subscription.query.name)
                problem = problem_dict(500, "internal-error", "Something went wrong on the server.")
        return Ran(result, problem, self._hub.known(frozenset(reads)))


def _find_identity(credentials: Credentials) -> Identity:
    with recorded_reads() as reads:
        try:
            actor, refusal = resolve_actor(credentials), None
        except Problem as problem:
            actor, refusal = None, problem.as_dict()
    return Identity(actor, refusal, frozenset(reads))
