"""Runs what is due, for any number of clients on one snapshot of the database. Blocks, so it belongs in a thread."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from interview_stream.server.lib.problems import Problem, TooLarge, problem_dict
from interview_stream.server.live.hub import Hub, Subscription, Viewer, Watcher
from interview_stream.server.live.outcomes import Answer, Identity, Ran, Result
from interview_stream.server.live.registry import Credentials, resolve_actor
from interview_stream.server.live.sharing import Shared, observed
from interview_stream.server.live.snapshots import Seen, snapshot
from interview_stream.server.live.tracking import recorded_reads

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
    due = {watcher: watcher.take_due() for watcher in watchers}
    with snapshot(hub.place) as seen:
        if seen.number is not None:
            hub.hear_of_all(seen.number)
        run = Runner(hub, seen, result_bytes)
        batches = {}
        for watcher, first in due.items():
            running = first + watcher.take_due(seen)
            identity = run.identity(watcher.viewer)
            ran = [(each, run.one(each, identity)) for each in running]
            batches[watcher] = Batch(watcher.settle(ran, identity, seen), seen.number)
    return batches


class Runner:
    """Runs queries on one snapshot, each once for all who must get the same."""

    def __init__(self, hub: Hub, seen: Seen, result_bytes: int) -> None:
        self._hub = hub
        self._seen = seen
        self._result_bytes = result_bytes
        self._shared: Shared[Ran] = Shared()
        self._found: dict[Viewer, Identity] = {}

    def identity(self, viewer: Viewer) -> Identity:
        """What this reads belongs to every read set: a session that ends runs the queries again, and they refuse."""
        found = self._found.get(viewer) or self._hub.identity(viewer, self._seen)
        if found is None:
            found = _find_identity(viewer.credentials)
            self._hub.keep(viewer, found, self._seen)
        self._found[viewer] = found
        return found

    def one(self, subscription: Subscription, identity: Identity) -> Ran:
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
