"""The same for a database in PostgreSQL: its own tools dump and restore it, held to the moment of the files."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from interview_stream.backup.archive import ArchiveError
from interview_stream.backup.snapshot import LOCK_WAIT_S, SnapshotFile, held_files
from interview_stream.environment import SettingError

DUMP = "db.dump"
_BEFORE = "before_restore_"
# Every write of the product passes the clock of live queries, before it is committed.
_HOLD_WRITES = "LOCK TABLE live_clock IN EXCLUSIVE MODE"


@contextlib.contextmanager
def snapshot(data: Path, url: str) -> Iterator[list[SnapshotFile]]:
    """The files of one moment, the dumped database first."""
    program = _program("pg_dump")
    held = data / "run" / f"backup-{os.getpid()}"
    held.mkdir(parents=True)
    try:
        with _connected(url) as reader:
            with _connected(url) as writer:
                writer.execute(f"SET lock_timeout = '{LOCK_WAIT_S:.0f}s'")
                writer.execute(_HOLD_WRITES)
                reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                row = reader.execute("SELECT pg_export_snapshot()").fetchone()
                files = list(held_files(data, held))
                writer.rollback()
            assert row is not None
            wanted = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={_BEFORE}*"]
            _run([program, *wanted, f"--snapshot={row[0]}", f"--file={held / DUMP}"], url)
        found = (held / DUMP).stat()
        yield [SnapshotFile(DUMP, held / DUMP, found.st_size, found.st_mtime), *files]
    finally:
        shutil.rmtree(held, ignore_errors=True)


def applied_migrations(dump: Path) -> set[tuple[str, str]]:
    """Read out of the dump, which is checked by it; raises ArchiveError for what is none."""
    wanted = ["--data-only", "--table=django_migrations", "--file=-", str(dump)]
    done = subprocess.run([_program("pg_restore"), *wanted], capture_output=True, check=False)
    if done.returncode:
        raise ArchiveError(f"The database in the archive cannot be read ({_last_line(done.stderr)}).")
    lines = done.stdout.decode().splitlines()
    begin = next((number for number, line in enumerate(lines) if line.startswith("COPY ")), len(lines))
    found = set()
    for line in lines[begin + 1 :]:
        if line == "\\.":
            break
        _, app, name, *_ = line.split("\t")
        found.add((app, name))
    return found


def check_target(url: str, *, force: bool) -> None:
    """Raises SettingError where something is there that nobody said may be set aside."""
    with _connected(url) as database:
        if _has_tables(database) and not force:
            raise SettingError(
                "the database is not empty. Name another in DATABASE_URL, or add --force: "
                "what is there now is then set aside, in a schema of its own."
            )


def restore(url: str, dump: Path) -> str | None:
    """All or nothing; returns the schema in which what was there before is now."""
    aside = f"{_BEFORE}{datetime.now(UTC):%Y%m%d_%H%M%S}"
    with _connected(url) as database:
        had_tables = _has_tables(database)
        if had_tables:
            database.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(aside)))
            database.execute("CREATE SCHEMA public")
            database.commit()
    try:
        wanted = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _run([_program("pg_restore"), *wanted, str(dump)], url)
    except SettingError:
        if had_tables:
            with _connected(url) as database:
                database.execute("DROP SCHEMA public CASCADE")
                database.execute(sql.SQL("ALTER SCHEMA {} RENAME TO public").format(sql.Identifier(aside)))
                database.commit()
        raise
    return aside if had_tables else None


def _has_tables(database: psycopg.Connection[tuple[object, ...]]) -> bool:
    query = "SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1"
    return database.execute(query).fetchone() is not None


@contextlib.contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    try:
        connection = psycopg.connect(url, connect_timeout=20)
    except psycopg.OperationalError as error:
        raise SettingError(
            f"the database of DATABASE_URL cannot be reached: {_last_line(str(error).encode())}"
        ) from None
    try:
        yield connection
    finally:
        connection.close()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SettingError(
            f"{name} is not installed here, and DATABASE_URL is set. Install PostgreSQL's client programs, of the "
            "server's version or newer (Debian and Ubuntu: postgresql-client)."
        )
    return found


def _address(url: str) -> str:
    """Without the password, which others on the machine could read off the command."""
    return make_conninfo("", **{name: value for name, value in conninfo_to_dict(url).items() if name != "password"})


def _run(command: Sequence[str], url: str) -> None:
    """On this database; raises SettingError with what the program said."""
    program, *wanted = command
    password = conninfo_to_dict(url).get("password")
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    # What it says is for people only when it fails.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run([program, "--dbname", _address(url), *wanted], stderr=said, check=False, env=environment)
        said.seek(0)
        if done.returncode:
            raise SettingError(f"{Path(program).name} failed: {_last_line(said.read())}")


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "without a word"
