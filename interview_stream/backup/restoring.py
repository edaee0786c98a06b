"""`interview-stream restore`: puts an archive back, after everything in it has been checked."""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from interview_stream.backup import postgresql
from interview_stream.backup.archive import BLOCK_BYTES, About, ArchiveError, Entry, Reader
from interview_stream.backup.progress import Progress
from interview_stream.backup.snapshot import DATABASE
from interview_stream.environment import SettingError

STDIN = "-"
_STAGE, _BEFORE = ".restoring", "before-restore-"

UnknownMigrations = Callable[[set[tuple[str, str]]], list[str]]


def restore(
    data: Path, source: str, *, force: bool, unknown_migrations: UnknownMigrations, url: str | None = None
) -> int:
    """`url` is that of PostgreSQL, where the database is there.

    `unknown_migrations` says which of the database's are not known to this version.
    """
    (data / "run").mkdir(parents=True, exist_ok=True)
    with _alone(data):
        present = [path for path in sorted(data.iterdir()) if _is_state(path)]
        if any(path.is_file() or any(path.iterdir()) for path in present) and not force:
            raise SettingError(
                f"{data} is not empty. Choose another folder with --data, or add --force: "
                "what is there now is then set aside, in a folder of its own below."
            )
        stage = data / _STAGE
        shutil.rmtree(stage, ignore_errors=True)
        try:
            with _opened(source) as stream, Reader(stream) as reader:
                about = reader.about
                _check_kind(about, url)
                if url:
                    postgresql.check_target(url, force=force)
                _extract(reader, stage)
            if url:
                _check_migrations(postgresql.applied_migrations(stage / postgresql.DUMP), unknown_migrations)
                aside = postgresql.restore(url, stage / postgresql.DUMP)
                (stage / postgresql.DUMP).unlink()
            else:
                _check_database(stage / DATABASE, unknown_migrations)
                aside = None
            before = _put_in_place(data, stage, present)
        except ArchiveError as error:
            raise SettingError(f"{error} Nothing was changed.") from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    _report(data, about, before, aside)
    return 0


def _check_kind(about: About, url: str | None) -> None:
    if about.database == "postgresql" and not url:
        raise ArchiveError("This backup is of PostgreSQL. Set DATABASE_URL to the database that it shall go into.")
    if about.database != "postgresql" and url:
        raise ArchiveError("This backup is of SQLite, and DATABASE_URL is set. Restore it without DATABASE_URL.")


def _is_state(path: Path) -> bool:
    """Not the running processes' folder, nor what this module makes."""
    return path.name not in ("run", _STAGE) and not path.name.startswith(_BEFORE)


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    """The lock that a running server holds."""
    with (data / "run" / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingError(f"a server works on {data}. Stop it first, or choose another folder.") from None
        yield


@contextlib.contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == STDIN:
        yield sys.stdin.buffer
        return
    with Path(source).open("rb") as stream:
        yield stream


def _extract(reader: Reader, stage: Path) -> None:
    """Everything beside the final place; raises ArchiveError for what is not as it was saved."""
    progress = Progress(reader.about.bytes)
    found: dict[str, str] = {}
    for entry in reader.entries():
        _write(entry, stage / entry.name, progress)
        found[entry.name] = entry.content.sha256
    if found != reader.checksums:
        names = {*found, *reader.checksums}
        wrong = sorted(name for name in names if found.get(name) != reader.checksums.get(name))
        raise ArchiveError(f"The archive is damaged: {', '.join(wrong[:5])} is not as it was saved.")
    progress.finish()


def _write(entry: Entry, path: Path, progress: Progress) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        left = entry.size
        while left:
            data = entry.content.read(min(left, BLOCK_BYTES))
            file.write(data)
            progress.add(len(data))
            left -= len(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)
    os.utime(path, (entry.mtime, entry.mtime))


def _check_database(path: Path, unknown_migrations: UnknownMigrations) -> None:
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            (answer,) = database.execute("PRAGMA quick_check(1)").fetchone()
            applied = set(database.execute("SELECT app, name FROM django_migrations"))
    except sqlite3.Error as error:
        raise ArchiveError(f"The database in the archive cannot be read ({error}).") from error
    if answer != "ok":
        raise ArchiveError(f"The database in the archive is damaged ({answer}).")
    _check_migrations(applied, unknown_migrations)


def _check_migrations(applied: set[tuple[str, str]], unknown_migrations: UnknownMigrations) -> None:
    if unknown := unknown_migrations(applied):
        raise ArchiveError(
            f"This backup was made by a newer version (it knows {unknown[0]}). Restore it with that one."
        )


def _put_in_place(data: Path, stage: Path, present: list[Path]) -> Path | None:
    """Renames only, so that it takes no time; returns where the old is now."""
    before = data / f"{_BEFORE}{datetime.now(UTC):%Y%m%d-%H%M%S}" if present else None
    if before:
        before.mkdir()
        for path in present:
            path.rename(before / path.name)
    for path in sorted(stage.iterdir()):
        # Loading the settings, to compare migrations, made secrets for an installation that had none.
        shutil.rmtree(data / path.name, ignore_errors=True)
        path.rename(data / path.name)
    folder = os.open(data, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return before


def _report(data: Path, about: About, before: Path | None, aside: str | None) -> None:
    lines = [f"Restored what was saved on {about.made_at} by version {about.product} into {data}."]
    if before:
        lines.append(f"What was there before is in {before}; delete it when you do not need it.")
    if aside:
        lines.append(f"The database's old tables are in its schema {aside}; drop it when you do not need it.")
    sys.stderr.write("\n".join([*lines, *about.notes]) + "\n")
