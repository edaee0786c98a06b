"""A snapshot of the database that live queries are read from, and which changes it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from interview_stream.server.live.sets import WriteSet
from interview_stream.server.live.triggers import CLOCK


@dataclass(frozen=True)
class Change:
    """What one transaction wrote, at its place among all that this process has heard of."""

    place: int
    writes: WriteSet


FIRST = Change(0, WriteSet({}))
"""Calls for the first run."""


@dataclass(frozen=True)
class Seen:
    """Which changes a snapshot holds: those heard of before it was taken, and by number those up to its own."""

    heard: int
    number: int | None = None

    def holds(self, change: Change) -> bool:
        if change.place < self.heard:
            return True
        last = change.writes.last
        return last is not None and self.number is not None and last <= self.number


@contextmanager
def snapshot(heard: int) -> Iterator[Seen]:
    """All reads in this block see one state of the database, and nothing can be written.

    `heard`: how many changes had been heard of before.
    """
    connection: Any = connections["default"]
    connection.ensure_connection()
    if connection.vendor != "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Seen(heard)
        return
    mode, connection.transaction_mode = connection.transaction_mode, None  # A reader must not wait for writers.
    raw = connection.connection
    try:
        with transaction.atomic():
            connection.transaction_mode = mode
            raw.execute("PRAGMA query_only = ON")
            try:
                found = raw.execute(f"SELECT number FROM {CLOCK}").fetchone()  # noqa: S608 - our own name
                yield Seen(heard, found[0] if found else 0)
            finally:
                raw.execute("PRAGMA query_only = OFF")
    finally:
        connection.transaction_mode = mode
