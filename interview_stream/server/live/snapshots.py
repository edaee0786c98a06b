"""A snapshot of the database that live queries are read from, and which changes it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from psycopg import IsolationLevel

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

    def common(self, other: "Seen") -> "Seen":
        """What both hold, or less."""
        number = None if self.number is None or other.number is None else min(self.number, other.number)
        return Seen(min(self.heard, other.heard), number)


@contextmanager
def snapshot(heard: int) -> Iterator[Seen]:
    """All reads in this block see one state of the database, and nothing can be written.

    `heard`: how many changes had been heard of before.
    """
    connection: Any = connections["default"]
    connection.ensure_connection()
    reading = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    with reading(connection):
        # Not through the ORM: what finds the number is no part of what a query reads.
        found = connection.connection.execute(f"SELECT number FROM {CLOCK}").fetchone()  # noqa: S608 - our own name
        yield Seen(heard, found[0] if found else 0)


@contextmanager
def _on_postgresql(connection: Any) -> Iterator[None]:
    raw = connection.connection
    level = raw.isolation_level
    raw.isolation_level, raw.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not raw.closed:
            raw.isolation_level, raw.read_only = level, None


@contextmanager
def _on_sqlite(connection: Any) -> Iterator[None]:
    mode, connection.transaction_mode = connection.transaction_mode, None  # A reader must not wait for writers.
    raw = connection.connection
    is_kept = _is_read_only(raw)
    try:
        with transaction.atomic():
            connection.transaction_mode = mode
            if not is_kept:
                raw.execute("PRAGMA query_only = ON")
            try:
                yield
            finally:
                if not is_kept:
                    raw.execute("PRAGMA query_only = OFF")
    finally:
        connection.transaction_mode = mode


def keep_read_only() -> None:
    """For a thread that takes nothing but snapshots: its connection never writes.

    SQLite prepares every statement anew after such a setting was changed, which costs half of what a query does.
    """
    connection: Any = connections["default"]
    connection.ensure_connection()
    if connection.vendor == "sqlite" and not _is_read_only(connection.connection):
        connection.connection.execute("PRAGMA query_only = ON")


def _is_read_only(raw: Any) -> bool:
    """Asking for the setting costs nothing."""
    return bool(raw.execute("PRAGMA query_only").fetchone()[0])
