"""Notes, below the ORM, what a query reads, and what a transaction writes once it has been committed.

Reads are understood from the text of each SELECT (conditions.py). Writes are told by the database itself: SQLite calls
back (triggers.py), PostgreSQL is asked before each commit (postgresql.py).
"""

import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from interview_stream.server.live.conditions import reads_of, tables_named
from interview_stream.server.live.postgresql import CLOSE, write_set
from interview_stream.server.live.sets import Journal, Read, WriteSet
from interview_stream.server.live.triggers import Triggers

_TARGET = re.compile(
    r'\A\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE
)
_READ = re.compile(r"\A\s*(?:\(\s*)?SELECT\b", re.IGNORECASE)
# What PostgreSQL may run in a transaction of its own; VACUUM and its like it may not.
_CHANGES_ROWS = re.compile(r"\A\s*(?:INSERT|UPDATE|DELETE|MERGE|WITH|TRUNCATE)\b", re.IGNORECASE)
_RETURNING = re.compile(r"\bRETURNING\b", re.IGNORECASE)
# Statements that change no row: transactions and settings.
_NEUTRAL = re.compile(
    r"\A\s*(?:BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|SET|SHOW)\b(?:.*\bSAVEPOINT\b|\s+TO\b)?"
    r'\s*"?(\w*)',
    re.IGNORECASE,
)

# As libpq counts them.
_IDLE, _IN_TRANSACTION = 0, 2

Publish = Callable[[WriteSet], object]

_reads: ContextVar[set[Read] | None] = ContextVar("live_reads", default=None)
_publishers: list[Publish] = []


def install() -> None:
    """Watch every connection that is open or will be."""
    connection_created.connect(_watch, dispatch_uid="live.tracking")
    for connection in connections.all(initialized_only=True):
        _watch(connection=connection)


def on_write(publish: Publish) -> Callable[[], None]:
    """Call `publish` with the write set of each committed transaction, in its thread; returns how to stop that."""
    _publishers.append(publish)
    return lambda: _publishers.remove(publish)


@contextmanager
def recorded_reads() -> Iterator[set[Read]]:
    """The set that this yields fills with what the block reads."""
    reads: set[Read] = set()
    token = _reads.set(reads)
    try:
        yield reads
    finally:
        _reads.reset(token)


def tables_written(sql: str) -> set[str]:
    """The target of a plain write; for anything unusual every known table that is mentioned."""
    if _READ.match(sql) or _NEUTRAL.match(sql):
        return set()
    target = _TARGET.match(sql)
    return (target and tables_named(target[1])) or tables_named(sql)


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    recorder = next((wrapper for wrapper in connection.execute_wrappers if isinstance(wrapper, _Recorder)), None)
    if recorder is None:
        recorder = (_OnPostgreSQL if connection.vendor == "postgresql" else _OnSQLite)(connection)
        connection.execute_wrappers.append(recorder)
    recorder.begin_anew()


class _Recorder:
    """One connection's execute wrapper. A connection belongs to one thread, so this needs no lock."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection: Any = connection
        # Django tells nobody of a commit that is not its own (on_commit is for `atomic` only).
        _around(connection, "_commit", self._committing, self._committed)
        _around(connection, "_rollback", lambda: None, self._rolled_back)

    def begin_anew(self) -> None:
        """There is a new connection beneath."""
        raise NotImplementedError

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not _NEUTRAL.match(sql):
            self.note_read(sql, params)
        if not self._is_watched or _READ.match(sql):
            return execute(sql, params, many, context)
        return self._write(execute, sql, params, many, context)

    def note_read(self, sql: str, params: Any) -> None:
        """Of a SELECT that is carried out without this wrapper (lib/prepared.py), all that it would have done."""
        reads = _reads.get()
        if reads is not None:
            reads |= reads_of(sql, params)

    @property
    def _is_watched(self) -> bool:
        return bool(_publishers)

    def _write(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Carry out a statement that may write, or begin or end a transaction."""
        raise NotImplementedError

    def _committing(self) -> None:
        """The transaction is about to be committed."""

    def _committed(self) -> None:
        raise NotImplementedError

    def _rolled_back(self) -> None:
        raise NotImplementedError


class _OnPostgreSQL(_Recorder):
    """Asks, last before a commit, what the transaction has written; a lone write gets a transaction for that."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        self.begin_anew()

    def begin_anew(self) -> None:
        self._may_have_written = False
        self._written: WriteSet | None = None
        self._unknown: set[str] = set()

    def _write(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if neutral := _NEUTRAL.match(sql):
            verb = sql.split(None, 1)[0].upper()
            ends = verb in ("COMMIT", "END")
            if ends:
                self._committing()
            result = execute(sql, params, many, context)
            if ends:
                self._committed()
            elif verb == "ROLLBACK" and not neutral[1]:
                self._rolled_back()
            return result
        if self._is_open:
            self._may_have_written = True
            return execute(sql, params, many, context)
        if _CHANGES_ROWS.match(sql):
            with transaction.atomic(using=self._connection.alias):
                self._may_have_written = True
                return execute(sql, params, many, context)
        result = execute(sql, params, many, context)
        self._unknown |= tables_written(sql)
        self._committed()
        return result

    @property
    def _is_open(self) -> bool:
        connection = self._connection
        is_begun = connection.connection is not None and connection.connection.pgconn.transaction_status != _IDLE
        return connection.in_atomic_block or not connection.get_autocommit() or is_begun

    def _committing(self) -> None:
        if self._may_have_written:
            with self._connection.wrap_database_errors:
                self._written = self._ask()
            self._may_have_written = False

    def _ask(self) -> WriteSet | None:
        raw = self._connection.connection
        if raw.pgconn.transaction_status != _IN_TRANSACTION:
            return None  # It failed, and committing it will roll it back.
        with raw.cursor() as cursor:
            number, notes = cursor.execute(CLOSE).fetchone()
        return write_set(number, notes)

    def _committed(self) -> None:
        written, self._written = self._written, None
        if self._unknown:
            written, self._unknown = WriteSet(dict.fromkeys(self._unknown)), set()
        if written is not None:
            for publish in tuple(_publishers):
                publish(written)

    def _rolled_back(self) -> None:
        self._may_have_written, self._written = False, None


class _OnSQLite(_Recorder):
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        self._journal = Journal()
        self._triggers: Triggers | None = None

    def begin_anew(self) -> None:
        self._journal.clear()
        self._triggers = None
        if self._connection.connection is not None:
            self._triggers = Triggers(self._connection.connection, self._journal)

    @property
    def _is_watched(self) -> bool:
        return bool(_publishers) or (self._triggers is not None and self._triggers.are_there)

    def _write(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        neutral = _NEUTRAL.match(sql)
        is_told = neutral is not None or self._is_told_by_triggers(sql)
        try:
            result = execute(sql, params, many, context)
        except BaseException:
            if self._triggers:
                self._triggers.undo()
            raise
        if neutral:
            self._follow(sql.split(None, 1)[0].upper(), neutral[1].lower())
        if not is_told:
            for table in tables_written(sql):
                self._journal.note(table, None)
        self._publish_if_committed(sql, context["cursor"])
        return result

    def _is_told_by_triggers(self, sql: str) -> bool:
        if self._triggers is None or not self._triggers.is_possible:
            return False
        self._triggers.watch(tables_named(sql))
        return True

    def _follow(self, verb: str, name: str) -> None:
        """Keep up with savepoints, which Django opens and rolls back by statements."""
        if verb == "SAVEPOINT":
            self._journal.mark(name)
        elif verb == "ROLLBACK":
            if self._is_open():
                self._journal.roll_back_to(name)
            else:
                self._journal.clear()
            if self._triggers:
                self._triggers.undo()

    def _publish_if_committed(self, sql: str, cursor: Any) -> None:
        """Outside a transaction a statement commits as it ends; in SQLite one that returns rows ends with the last."""
        if self._journal and not self._is_open():
            if _RETURNING.search(sql):
                self._publish_when_closed(cursor)
            else:
                self._committed()

    def _publish_when_closed(self, cursor: Any) -> None:
        def close_and_publish(close: Callable[[], None]) -> None:
            close()
            if not self._is_open():  # Otherwise a transaction has begun since, and publishes this with its own.
                self._committed()

        # A cursor that nobody closes ends with its last reference.
        ended = weakref.finalize(cursor, close_and_publish, cursor.cursor.close)
        ended.atexit = False
        cursor.close = ended

    def _is_open(self) -> bool:
        """Whether what was written can still be rolled back."""
        raw = self._connection.connection
        return raw is not None and bool(raw.in_transaction)

    def _committed(self) -> None:
        if self._triggers:
            self._triggers.confirm()
        if not self._journal:
            self._journal.clear()
            return
        writes = self._journal.take()
        for publish in tuple(_publishers):
            publish(writes)

    def _rolled_back(self) -> None:
        self._journal.clear()
        if self._triggers:
            self._triggers.undo()


def _around(connection: Any, name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
    """Do something before and after this method of the connection has done its work."""
    method = getattr(connection, name)

    def extended() -> None:
        before()
        method()
        after()

    setattr(connection, name, extended)
