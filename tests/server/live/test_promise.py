"""The promise of live queries: whenever a commit changes the true result of a watched query, it is run again.

Random data, queries and writes on the product's own models. A case is one watched query over one commit; an example has
up to 40, so the default profile tries 4,000 (on PostgreSQL 2,000) and the nightly one 200,000.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview_stream.server.live import tracking
from interview_stream.server.live.index import Index
from interview_stream.server.live.sets import Read, WriteSet
from tests.server.live.random_queries import Query, queries
from tests.server.live.random_writes import Write, attempt, begin, worlds, writes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def published() -> Iterator[list[WriteSet]]:
    messages: list[WriteSet] = []
    stop = tracking.on_write(messages.append)
    yield messages
    stop()


def run(query: Query) -> tuple[Any, frozenset[Read]]:
    with tracking.recorded_reads() as reads:
        result = query()
    return result, frozenset(reads)


def commit(changes: list[Write], is_atomic: bool) -> None:
    if is_atomic:
        with transaction.atomic():
            for change in changes:
                attempt(change)
    else:
        for change in changes:
            attempt(change)


COMMITS = st.tuples(st.lists(writes(), min_size=1, max_size=4), st.booleans())


# A commit costs PostgreSQL's clients several messages.
EXAMPLES = max(settings().max_examples // (2 if connection.vendor == "postgresql" else 1), 25)


@settings(suppress_health_check=list(HealthCheck), max_examples=EXAMPLES)
@given(
    world=worlds(),
    watched=st.lists(queries(), min_size=8, max_size=8),
    commits=st.lists(COMMITS, min_size=5, max_size=5),
)
def test_whatever_changes_a_result_is_noticed(
    published: list[WriteSet], world: list[Any], watched: list[tuple[str, Query]], commits: list[Any]
) -> None:
    begin(world)
    index: Index[str] = Index()
    before = {name: run(query) for name, query in watched}
    for name, (_, reads) in before.items():
        index.put(name, reads)
    for changes, is_atomic in commits:
        published.clear()
        commit([change for _, change in changes], is_atomic)
        noticed = {name for writes in published for name in index.meeting(writes)}
        for name, query in watched:
            result, reads = run(query)
            if result != before[name][0]:
                assert name in noticed, f"{[what for what, _ in changes]} changed unnoticed: {name}"
            assert (name in noticed) == any(writes.meets(before[name][1]) for writes in published)
            before[name] = result, reads
            index.put(name, reads)
