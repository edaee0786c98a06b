"""Runs what is due for one client, all on one snapshot of the database. Blocks, so it belongs in a thread."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from interview_stream.server.lib.problems import Problem, TooLarge, problem_dict
from interview_stream.server.live.hub import Hub, Outcome, Subscription, Watcher
from interview_stream.server.live.models import Clock
from interview_stream.server.live.registry import Credentials, resolve_actor
from interview_stream.server.live.sets import Read
from interview_stream.server.live.tracking import recorded_reads

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """Outcomes that belong to one state of the database, with its number; 0 where states have none."""

    outcomes: list[Outcome]
    seen: int


def run_due(hub: Hub, watcher: Watcher, result_bytes: int) -> Batch:
    """Run what is due, and then what the changes in the same snapshot make due beside it.

    Between the two it is made sure that all these changes have been heard of. So the client goes from one state of the
    database to another in all that it watches, never half of it.
    """
    due = watcher.take_due()
    with snapshot() as number:
        outcomes = _run_all(watcher.credentials, due, result_bytes)
        if number is None:
            return Batch(outcomes, 0)
        hub.hear_of_all(number)
        while due := watcher.take_due(number):
            outcomes += _run_all(watcher.credentials, due, result_bytes)
    return Batch(outcomes, number)


@contextmanager
def snapshot() -> Iterator[int | None]:
    """All reads in this block see one state of the database; yields its number where transactions are numbered."""
    connection: Any = connections["default"]
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield None
        return
    mode, connection.transaction_mode = connection.transaction_mode, None  # A reader must not wait for writers.
    try:
        with transaction.atomic():
            connection.transaction_mode = mode
            yield Clock.objects.values_list("number", flat=True).first() or 0
    finally:
        connection.transaction_mode = mode


def _run_all(credentials: Credentials, due: Iterable[Subscription], result_bytes: int) -> list[Outcome]:
    """Run queries as whoever is behind the credentials now.

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
            outcomes.append(_run(subscription, actor, actor_reads, result_bytes))
    return outcomes


def _run(subscription: Subscription, actor: Any, actor_reads: set[Read], result_bytes: int) -> Outcome:
    result, problem = None, None
    with recorded_reads() as reads:
        try:
            result = subscription.query.run(actor, subscription.args)
            if len(result) > result_bytes:
                raise TooLarge(f"The result is larger than {result_bytes} bytes. Ask for less of it.")
        except Problem as error:
            result, problem = None, error.as_dict()
        except Exception:
            log.exception("The live query %s failed.", subscription.query.name)
            problem = problem_dict(500, "internal-error", "Something went wrong on the server.")
    return Outcome(subscription, result, problem, frozenset(reads | actor_reads))
