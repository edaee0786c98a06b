"""Lets SQLite itself say which rows a connection writes, by temporary triggers that call back into this process.

Whatever writes (the ORM, a library, raw SQL, a REPLACE) is noted with the old and the new values of the key columns,
and no statement has to be understood. Triggers on a table are made when a statement first names it: making them all
takes milliseconds, and a web request that writes has a connection of its own. A statement cannot write a table that it
does not name: Django carries out ON DELETE by statements of its own, and no other trigger of this database writes.

The same triggers number transactions: SQLite lets one writer in at a time, so a counter in a row is in commit order.
"""

from collections.abc import Iterable
from typing import Any

from interview_stream.server.live.keys import known_tables
from interview_stream.server.live.sets import Journal

CLOCK = "live_clock"

_COUNT = (
    f"INSERT INTO {CLOCK} (id, number) SELECT 1, 1 WHERE live_is_first()"
    " ON CONFLICT (id) DO UPDATE SET number = number + 1;"
)


class Triggers:
    """Those of one connection to the database."""

    def __init__(self, raw: Any, journal: Journal) -> None:
        self._raw = raw
        self._journal = journal
        self._is_counted = False
        self._installed: set[str] = set()
        self._unconfirmed: set[str] = set()
        self._existing: set[str] | None = None

    def watch(self, tables: Iterable[str]) -> None:
        """Note what is written to these tables from now on."""
        for table in tables:
            if table not in self._installed and table != CLOCK and table in self._tables():
                self._install(table)

    @property
    def are_there(self) -> bool:
        return bool(self._installed)

    @property
    def is_possible(self) -> bool:
        """Before the first migration there is nothing to count with."""
        return CLOCK in self._tables()

    def confirm(self) -> None:
        """The transaction has been committed, and the triggers made in it stay."""
        self._unconfirmed.clear()
        self._is_counted = False

    def undo(self) -> None:
        """A transaction, savepoint or statement was rolled back, and with it perhaps triggers and the number."""
        self._installed -= self._unconfirmed
        self._unconfirmed.clear()
        self._is_counted = False

    def _tables(self) -> set[str]:
        if self._existing is None:
            rows = self._raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
            self._existing = {str(name) for (name,) in rows}
            if CLOCK not in self._existing:
                found, self._existing = self._existing, None  # It may be made later.
                return found
            self._raw.create_function("live_is_first", 0, self._is_first)
            self._raw.create_function("live_note", -1, self._note)
            # Otherwise the rows that a REPLACE takes away go without a word.
            self._raw.execute("PRAGMA recursive_triggers = ON")
        return self._existing

    def _install(self, table: str) -> None:
        columns = known_tables()[table].columns
        old, new = (", ".join(f'{side}."{column}"' for column in columns) for side in ("OLD", "NEW"))
        for event, values in (("INSERT", [new]), ("UPDATE", [old, new]), ("DELETE", [old])):
            given = ", ".join([f"'{table}'", f"(SELECT number FROM main.{CLOCK})", *(v for v in values if v)])  # noqa: S608
            self._raw.execute(
                f'CREATE TEMP TRIGGER IF NOT EXISTS "live_{event.lower()}_{table}" AFTER {event} ON main."{table}" '
                f"BEGIN {_COUNT} SELECT live_note({given}); END"
            )
        self._installed.add(table)
        if self._raw.in_transaction:
            self._unconfirmed.add(table)

    def _is_first(self) -> bool:
        is_first, self._is_counted = not self._is_counted, True
        return is_first

    def _note(self, table: str, number: int | None, *values: object) -> None:
        """Called by SQLite in the middle of a statement: nothing here may raise."""
        keys = known_tables()[table]
        width = len(keys.columns)
        if number is not None:  # Emptying the whole database takes the counter along.
            self._journal.note_number(number)
        self._journal.note(table, keys.image(values[:width]))
        if len(values) > width:
            self._journal.note(table, keys.image(values[width:]))
