"""The database itself keeps the audit log append-only, whoever writes to it.

The triggers are made after each migration instead of by one, because SQLite drops a table's triggers when a migration
makes the table anew. An organisation's log goes with the organisation, and with nothing else; the
names of candidates go from it when they are erased.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

_COLUMNS = ("id", "organisation_id", "at", "user_name", "action", "subject", "detail", "address")
# A person whose account is deleted is forgotten; the name stays as it was then.
_SAME = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _COLUMNS)
_SAME_USER = "NEW.user_id IS NOT DISTINCT FROM OLD.user_id"
_FORGOTTEN = f"(NEW.user_id IS NULL OR {_SAME_USER}) AND {_SAME}"
_NAMELESS = " AND ".join(
    [_SAME_USER]
    + [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _COLUMNS if name not in ("subject", "detail")]
)

KEEP: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS audit_not_changed BEFORE UPDATE ON accounts_auditevent"
        f" WHEN NOT ({_FORGOTTEN})"
        " BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END",
        "CREATE TRIGGER IF NOT EXISTS audit_not_deleted BEFORE DELETE ON accounts_auditevent"
        " BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END",
    ),
    "postgresql": (
        # A setting of the transaction instead of a dropped trigger, for which all others would have to wait.
        "CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP <> 'UPDATE' AND current_setting('audit.let_go', true) = 'yes' THEN RETURN OLD; END IF;"
        " IF TG_OP = 'UPDATE' AND current_setting('audit.let_go', true) = 'names' THEN"
        f" IF {_NAMELESS} THEN RETURN NEW; END IF; END IF;"
        f" IF TG_OP = 'UPDATE' THEN IF {_FORGOTTEN} THEN RETURN NEW; END IF; END IF;"
        " RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE OR REPLACE TRIGGER audit_not_changed BEFORE UPDATE OR DELETE ON accounts_auditevent"
        " FOR EACH ROW EXECUTE FUNCTION audit_keep()",
        "CREATE OR REPLACE TRIGGER audit_not_emptied BEFORE TRUNCATE ON accounts_auditevent"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_keep()",
    ),
}
LET_GO = {
    "sqlite": "DROP TRIGGER IF EXISTS audit_not_deleted",
    "postgresql": "SELECT set_config('audit.let_go', 'yes', true)",
}
LET_NAMES_GO = {
    "sqlite": "DROP TRIGGER IF EXISTS audit_not_changed",
    "postgresql": "SELECT set_config('audit.let_go', 'names', true)",
}
KEEP_AGAIN = {"sqlite": KEEP["sqlite"], "postgresql": ("SELECT set_config('audit.let_go', 'no', true)",)}


def keep(**_: Any) -> None:
    if connection.vendor == "sqlite":  # An earlier version's may be there, and are not replaced by themselves.
        _execute(LET_GO["sqlite"], LET_NAMES_GO["sqlite"])
    _execute(*KEEP[connection.vendor])


@contextmanager
def let_go(what: Mapping[str, str] = LET_GO) -> Iterator[None]:
    """In one transaction with what is erased in this block, so that nobody else finds the log open.

    `what`: whole lines, or with LET_NAMES_GO the names in them.
    """
    with transaction.atomic():
        _execute(what[connection.vendor])
        yield
        _execute(*KEEP_AGAIN[connection.vendor])


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
