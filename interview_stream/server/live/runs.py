"""Runs what is due, for any number of clients on one snapshot of the database. Blocks, so it belongs in a thread."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from interview_stream.server.lib.problems import Problem, TooLarge, problem_dict
from interview_stream.server.live.hub import Answer, Hub, Identity, Outcome, Result, Subscription, Watcher
from interview_stream.server.live.registry import Credentials, resolve_actor
from interview_stream.server.live.sets import Read
from interview_stream.server.live.sharing import Shared, observed
from interview_stream.server.live.snapshots import snapshot
from interview_stream.server.live.tracking import recorded_reads

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """What one client is to be told of one state of the database, with its number where states have one."""

    answers: list[Answer]
    version: int | None


@dataclass(frozen=True)
class _Run:
    result: Result | None
    problem: dict[str, Any] | None
    reads: frozenset[Read]


def run_due(hub: Hub, watchers: Iterable[Watcher], result_bytes: int) -> dict[Watcher, Batch]:
    """Run what is due for these clients, and what the changes in the same snapshot make due beside it.

    Before it is decided what that is, it is made sure that all these changes have been heard of. So each client goes
    from one state of the database to another in all that it watches, never half of it.
    """
    due = {watcher: watcher.take_due() for watcher in watchers}
    with snapshot(hub.place) as seen:
        if seen.number is not None:
            hub.hear_of_all(seen.number)
        shared: Shared[_Run] = Shared()
        found: dict[Credentials, Identity] = {}
        batches = {}
        for watcher, first in due.items():
            running = [*first, *watcher.take_due(seen)]
            identity = _identity(watcher, found)
            outcomes = [_outcome(each, identity, shared, result_bytes) for each in running]
            batches[watcher] = Batch(watcher.settle(outcomes, identity, seen), seen.number)
    return batches


def _identity(watcher: Watcher, found: dict[Credentials, Identity]) -> Identity:
    """What this reads belongs to every read set: a session that ends runs the queries again, and they refuse.

    `found`: on this snapshot, where the same credentials stand for the same person.
    """
    known = watcher.identity
    if known is not None and known.is_fresh:
        return known
    if watcher.credentials not in found:
        found[watcher.credentials] = _find_identity(watcher.credentials)
    return found[watcher.credentials]


def _find_identity(credentials: Credentials) -> Identity:
    with recorded_reads() as reads:
        try:
            actor, refusal = resolve_actor(credentials), None
        except Problem as problem:
            actor, refusal = None, problem.as_dict()
    return Identity(actor, refusal, frozenset(reads))


def _outcome(subscription: Subscription, identity: Identity, shared: Shared[_Run], result_bytes: int) -> Outcome:
    if identity.refusal is not None:
        return Outcome(subscription, None, identity.refusal, frozenset())
    run = next(shared.find(subscription.key, identity.asker), None)
    if run is None:
        actor, noted = observed(identity.actor)
        run = _run(subscription, actor, result_bytes)
        shared.keep(subscription.key, identity.asker, noted, run)
    return Outcome(subscription, run.result, run.problem, run.reads)


def _run(subscription: Subscription, actor: Any, result_bytes: int) -> _Run:
    result, problem = None, None
    with recorded_reads() as reads:
        try:
            data = subscription.query.run(actor, subscription.args)
            if len(data) > result_bytes:
                raise TooLarge(f"The result is larger than {result_bytes} bytes. Ask for less of it.")
            result = Result(data, hashlib.sha256(data).hexdigest()[:24])
        except Problem as error:
            problem = error.as_dict()
        except Exception:
            log.exception("The live query %s failed.", subscription.query.name)
            problem = problem_dict(500, "internal-error", "Something went wrong on the server.")
    return _Run(result, problem, frozenset(reads))
