"""What a query has read and what a transaction has written, and whether the two meet.

A read is a table with conditions that hold for every row that can matter. A write is a table with the rows' key columns
before and after, or the whole table where that is not known.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from interview_stream.server.live.keys import UNKNOWN, Value

Image = tuple[Value, ...]
"""The key columns of one row, in the order of its table's keys."""

Condition = frozenset[tuple[int, frozenset[Value]]]
"""Positions of key columns, each with the values that it must be among; all have to hold. Empty: any row matters."""

ANY_ROW: Condition = frozenset()

Read = tuple[str, Condition]

MAX_ROWS = 200
"""Of one table in one write set; beyond it the whole table counts as written."""


def admits(condition: Condition, image: Image) -> bool:
    return all(image[position] == UNKNOWN or image[position] in values for position, values in condition)


@dataclass(frozen=True)
class WriteSet:
    """What one transaction wrote. `None` for a table stands for any of its rows; `tables` None for any table at all.

    Transactions are numbered in the order in which they commit; one that took several numbers took `first` to `last`.
    """

    tables: Mapping[str, frozenset[Image] | None] | None
    first: int | None = None
    last: int | None = None

    def meets(self, reads: Iterable[Read]) -> bool:
        return any(self._touches(table, condition) for table, condition in reads)

    def _touches(self, table: str, condition: Condition) -> bool:
        if self.tables is None:
            return True
        if table not in self.tables:
            return False
        images = self.tables[table]
        return images is None or any(admits(condition, image) for image in images)

    def as_json(self) -> dict[str, Any]:
        tables = self.tables
        rows = None if tables is None else {t: None if rows is None else list(rows) for t, rows in tables.items()}
        return {"tables": rows, "first": self.first, "last": self.last}

    @staticmethod
    def from_json(given: Mapping[str, Any]) -> "WriteSet":
        """Raises ValueError, TypeError, KeyError or AttributeError for what is none."""
        tables = None if given["tables"] is None else {str(t): _images(rows) for t, rows in given["tables"].items()}
        first, last = given["first"], given["last"]
        return WriteSet(tables, None if first is None else int(first), None if last is None else int(last))

    def within(self, size: int) -> "WriteSet":
        """The same, or something coarser whose JSON text takes no more than `size` bytes."""
        if self.tables is None or len(json.dumps(self.as_json())) <= size:
            return self
        tables = WriteSet(dict.fromkeys(self.tables), self.first, self.last)
        return tables if len(json.dumps(tables.as_json())) <= size else WriteSet(None, self.first, self.last)


EVERYTHING = WriteSet(None)
"""Something was lost or not understood."""


def _images(rows: Any) -> frozenset[Image] | None:
    if rows is None:
        return None
    return frozenset(tuple(UNKNOWN if isinstance(value, list) else value for value in row) for row in rows)


@dataclass
class Journal:
    """What the running transaction has written so far; a savepoint that is rolled back takes its part away."""

    _notes: list[tuple[str, Image | None]] = field(default_factory=list)
    _whole: set[str] = field(default_factory=set)
    _savepoints: list[tuple[str, int]] = field(default_factory=list)
    first: int | None = None
    last: int | None = None

    def __bool__(self) -> bool:
        return bool(self._notes or self._whole)

    def note(self, table: str, image: Image | None) -> None:
        self._notes.append((table, image))
        if len(self._notes) > 10 * MAX_ROWS:
            self._whole |= {table for table, _ in self._notes}
            self._notes.clear()
            self._savepoints.clear()

    def note_number(self, number: int) -> None:
        self.first = number if self.first is None else min(self.first, number)
        self.last = number if self.last is None else max(self.last, number)

    def mark(self, savepoint: str) -> None:
        self._savepoints.append((savepoint, len(self._notes)))

    def roll_back_to(self, savepoint: str) -> None:
        """Unknown ones change nothing: what is published without need costs a run, what is forgotten an update."""
        for position in reversed(range(len(self._savepoints))):
            name, length = self._savepoints[position]
            if name == savepoint:
                del self._savepoints[position + 1 :], self._notes[length:]
                break
        if not self:
            self.first = self.last = None

    def take(self) -> WriteSet:
        rows: dict[str, set[Image] | None] = dict.fromkeys(self._whole)
        for table, image in self._notes:
            kept = rows.setdefault(table, set())
            if kept is not None:
                if image is None or len(kept) >= MAX_ROWS:
                    rows[table] = None
                else:
                    kept.add(image)
        writes = WriteSet({t: None if r is None else frozenset(r) for t, r in rows.items()}, self.first, self.last)
        self.clear()
        return writes

    def clear(self) -> None:
        self._notes.clear()
        self._whole.clear()
        self._savepoints.clear()
        self.first = self.last = None
