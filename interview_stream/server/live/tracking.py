"""Notes, below the ORM, which tables a query reads and which tables a transaction writes."""

import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_WORD = re.compile(r"\w+")
_TARGET = re.compile(
    r'\A\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE
)
_READ = re.compile(r"\A\s*(?:\(\s*)?SELECT\b", re.IGNORECASE)
_RETURNING = re.compile(r"\bRETURNING\b", re.IGNORECASE)
# Statements that change no row: transactions, settings, explanations.
_NEUTRAL = re.compile(r"\A\s*(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|EXPLAIN|SET|SHOW)\b", re.IGNORECASE)

Publish = Callable[[frozenset[str]], None]

_reads: ContextVar[set[str] | None] = ContextVar("live_reads", default=None)
_publishers: list[Publish] = []
_tables: set[str] = set()


def install() -> None:
    """Watch every connection that is open or will be."""
    connection_created.connect(_watch, dispatch_uid="live.tracking")
    for connection in connections.all(initialized_only=True):
        _watch(connection=connection)


def on_write(publish: Publish) -> Callable[[], None]:
    """Call `publish` with the tables of each committed transaction, in its thread; returns how to stop that."""
    _publishers.append(publish)
    return lambda: _publishers.remove(publish)


@contextmanager
def recorded_reads() -> Iterator[set[str]]:
    """The set that this yields fills with the tables that the block reads."""
    reads: set[str] = set()
    token = _reads.set(reads)
    try:
        yield reads
    finally:
        _reads.reset(token)


def tables_read(sql: str) -> set[str]:
    """Every known table whose name occurs: a column of the same name costs a needless run, never a missed one."""
    return known_tables().intersection(_WORD.findall(sql))


def tables_written(sql: str) -> set[str]:
    """The target of a plain write; for anything unusual every known table that is mentioned."""
    if _READ.match(sql) or _NEUTRAL.match(sql):
        return set()
    target = _TARGET.match(sql)
    return {target[1]} if target else tables_read(sql)


def known_tables() -> set[str]:
    """Models never change while the process runs, so this is worked out once."""
    if not _tables and apps.models_ready:
        models = apps.get_models(include_auto_created=True)
        _tables.update(model._meta.db_table for model in models)  # noqa: SLF001 - documented by Django
    return _tables


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if not any(isinstance(wrapper, _Recorder) for wrapper in connection.execute_wrappers):
        connection.execute_wrappers.append(_Recorder(connection))


class _Recorder:
    """One connection's execute wrapper. A connection belongs to one thread, so this needs no lock."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._registered: set[tuple[frozenset[Any], str]] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if _READ.match(sql):
            reads = _reads.get()
            if reads is not None:
                reads |= tables_read(sql)
        elif _publishers and (tables := tables_written(sql)):
            if self._connection.in_atomic_block:
                self._publish_on_commit(tables)
            else:
                _publish_when_committed(frozenset(tables), sql, context["cursor"])
        return result

    def _publish_on_commit(self, tables: set[str]) -> None:
        """Once per table and savepoint: a savepoint rolled back takes its callbacks along."""
        if not self._connection.run_on_commit:
            self._registered.clear()
        savepoints = frozenset(self._connection.savepoint_ids)
        new = frozenset(table for table in tables if (savepoints, table) not in self._registered)
        if new:
            self._registered |= {(savepoints, table) for table in new}
            self._connection.on_commit(lambda: _publish(new))


def _publish_when_committed(tables: frozenset[str], sql: str, cursor: Any) -> None:
    """Outside a transaction a statement commits as it ends; in SQLite one that returns rows ends with the last."""
    if not _RETURNING.search(sql):
        _publish(tables)
        return
    # A cursor that nobody closes ends with its last reference.
    ended = weakref.finalize(cursor, _publish, tables)
    ended.atexit = False
    close = cursor.close

    def close_and_publish() -> None:
        close()
        ended()

    cursor.close = close_and_publish


def _publish(tables: frozenset[str]) -> None:
    for publish in tuple(_publishers):
        publish(tables)
