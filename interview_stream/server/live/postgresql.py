"""Lets PostgreSQL itself say which rows a transaction writes, by triggers that stay in the database.

Each statement's trigger adds the key columns of its rows, old and new, to a setting of the transaction; a savepoint
that is rolled back takes its part away. `live_close()` numbers the transaction as the last thing before it commits:
the counter's row is locked until then, so numbers are in commit order, and other writers wait for no longer than that.
What the transaction has put off until its end is checked before, because that may wait for somebody who waits for the
counter.
"""

import hashlib
import json
from typing import Any

from django.db import connection

from interview_stream.server.live.keys import UNKNOWN, Kind, known_tables
from interview_stream.server.live.sets import MAX_ROWS, Image, WriteSet
from interview_stream.server.live.triggers import CLOCK

_MAX_NOTES = 65_536
"""Characters that a transaction notes of single rows; beyond it whole tables count as written."""

_SHARED = f"""
CREATE OR REPLACE FUNCTION live_note(name text, images json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  kept text := coalesce(current_setting('live.notes', true), '');
  note text := '["' || name || '",null]';
BEGIN
  IF images IS NULL THEN
    RETURN;
  END IF;
  IF json_typeof(images) = 'array' AND json_array_length(images) <= {MAX_ROWS} AND length(kept) < {_MAX_NOTES} THEN
    note := '["' || name || '",' || images || ']';
  ELSIF position(note IN kept) > 0 THEN
    RETURN;
  END IF;
  PERFORM set_config('live.notes', CASE kept WHEN '' THEN note ELSE kept || ',' || note END, true);
END $$;
CREATE OR REPLACE FUNCTION live_close(OUT transaction bigint, OUT notes text) LANGUAGE plpgsql AS $$
BEGIN
  notes := coalesce(current_setting('live.notes', true), '');
  IF notes <> '' THEN
    SET CONSTRAINTS ALL IMMEDIATE;
    INSERT INTO {CLOCK} AS clock (id, number) VALUES (1, 1)
      ON CONFLICT (id) DO UPDATE SET number = clock.number + 1 RETURNING clock.number INTO transaction;
    PERFORM set_config('live.notes', '', true);
  END IF;
END $$;
"""  # noqa: S608 - our own names

CLOSE = "SELECT transaction, notes FROM live_close()"


def write_set(number: int | None, notes: str) -> WriteSet | None:
    """What `live_close()` told; None when nothing was written."""
    if not notes:
        return None
    tables: dict[str, set[Image] | None] = {}
    for table, images in json.loads(f"[{notes}]"):
        kept = tables.setdefault(table, set())
        keys = known_tables().get(table)
        if images is None or keys is None or (kept is not None and len(kept) + len(images) > MAX_ROWS):
            tables[table] = None
        elif kept is not None:
            kept.update(
                keys.image(image) if len(image) == len(keys.columns) else _any(keys.columns) for image in images
            )
    return WriteSet({t: None if rows is None else frozenset(rows) for t, rows in tables.items()}, number, number)


def make_triggers(**_: Any) -> None:
    """After each migration; a web process that starts beside others finds them made and locks no table."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
            " WHERE table_schema = current_schema() GROUP BY table_name"
        )
        existing = {name: set(columns) for name, columns in cursor.fetchall()}
        if CLOCK not in existing:
            return
        tables = [t for t, keys in known_tables().items() if t != CLOCK and existing.get(t, set()) >= set(keys.columns)]
        script = _SHARED + "".join(map(_of_table, tables))
        digest = hashlib.sha256(script.encode()).hexdigest()
        cursor.execute(
            "SELECT obj_description(to_regprocedure('live_close()'), 'pg_proc'), count(*) FROM pg_trigger"
            " WHERE tgname IN ('live_inserted', 'live_updated', 'live_deleted', 'live_emptied')"
        )
        if cursor.fetchone() != (digest, 4 * len(tables)):
            cursor.execute(script + f"COMMENT ON FUNCTION live_close() IS '{digest}';")


def _any(columns: tuple[str, ...]) -> Image:
    """From triggers of another version: a row that may be any."""
    return tuple(UNKNOWN for _ in columns)


def _of_table(table: str) -> str:
    keys = known_tables()[table]
    columns = [
        # One form for all databases.
        f"replace(\"{column}\"::text, '-', '')" if kind is Kind.UUID else f'"{column}"'
        for column, kind in zip(keys.columns, keys.kinds, strict=True)
    ]
    image = f"json_build_array({', '.join(columns)})"

    def images(*sides: str) -> str:
        rows = " UNION ALL ".join(f"SELECT {image} AS image FROM {side}" for side in sides)  # noqa: S608 - our own
        return f"(SELECT json_agg(image) FROM ({rows} LIMIT {MAX_ROWS + 1}) AS found)"  # noqa: S608

    function = f'"live_note_{table}"'
    made = f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();\nCREATE OR REPLACE TRIGGER"
    return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN PERFORM live_note('{table}', {images("new_rows")});
    WHEN 'UPDATE' THEN PERFORM live_note('{table}', {images("old_rows", "new_rows")});
    WHEN 'DELETE' THEN PERFORM live_note('{table}', {images("old_rows")});
    ELSE PERFORM live_note('{table}', 'true');
  END CASE;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER live_inserted AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS new_rows {made}
 live_updated AFTER UPDATE ON "{table}" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows {made}
 live_deleted AFTER DELETE ON "{table}" REFERENCING OLD TABLE AS old_rows {made}
 live_emptied AFTER TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
