"""The database itself keeps the audit log append-only, whoever writes to it.

The triggers are made after each migration instead of by one, because SQLite drops a table's triggers when a migration
makes the table anew. An organisation's log goes with the organisation, and with nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

_COLUMNS = ("id", "organisation_id", "at", "user_name", "action", "subject", "detail", "address")
# A person whose account is deleted is forgotten; the name stays as it was then.
_SAME = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _COLUMNS)

KEEP = (
    "CREATE TRIGGER IF NOT EXISTS audit_not_changed BEFORE UPDATE ON accounts_auditevent"
    f" WHEN NOT (NEW.user_id IS NULL AND {_SAME})"
    " BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_not_deleted BEFORE DELETE ON accounts_auditevent"
    " BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END",
)
LET_GO = "DROP TRIGGER IF EXISTS audit_not_deleted"


def keep(**_: Any) -> None:
    """For SQLite; on another database the models alone refuse."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in KEEP:
                cursor.execute(statement)


@contextmanager
def let_go() -> Iterator[None]:
    """In one transaction with what is erased in this block, so that nobody else finds the log open."""
    with transaction.atomic():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(LET_GO)
        yield
        keep()
