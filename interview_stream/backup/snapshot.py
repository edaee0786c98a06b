"""One moment of database and files, held still while the product goes on.

For that moment nobody can write to the database: a reader fixes what it sees, and each file gets a second name (a hard
link), so that one which is removed a second later is still there to be copied. That takes milliseconds; copying happens
afterwards. Files are never changed in place: they are added, removed, or (captures, uploads) grow at their end.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

DATABASE = "db.sqlite3"
FOLDERS = ("secrets", "tls", "files", "recordings", "captures", "uploads")
"""What the data folder holds beside the database; `run` belongs to the running processes."""
LOCK_WAIT_S = 60.0
_PAGES = 2048
"""Copied at a time: 8 MB."""


@dataclass(frozen=True)
class SnapshotFile:
    name: str
    """Below the data folder, with slashes."""
    path: Path
    """Where it can be read, whatever happens to the original."""
    size: int
    mtime: float


@contextlib.contextmanager
def snapshot(data: Path, copied: Callable[[int, int], None]) -> Iterator[list[SnapshotFile]]:
    """The files of one moment, the copied database first; `copied` hears how many of the database's pages are done."""
    held = data / "run" / f"backup-{os.getpid()}"
    held.mkdir(parents=True)
    try:
        with contextlib.closing(_connect(data)) as reader:
            with contextlib.closing(_connect(data)) as writer:
                writer.execute("BEGIN IMMEDIATE")
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
                files = list(held_files(data, held))
                writer.execute("ROLLBACK")
            database = _copy(reader, held / DATABASE, copied)
        yield [database, *files]
    finally:
        shutil.rmtree(held, ignore_errors=True)


def _connect(data: Path) -> sqlite3.Connection:
    address = f"{(data / DATABASE).as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=LOCK_WAIT_S, isolation_level=None)


def held_files(data: Path, held: Path) -> Iterator[SnapshotFile]:
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                name = path.relative_to(data).as_posix()
                with contextlib.suppress(FileNotFoundError):  # Removed between; no row names it any more.
                    yield _held_file(name, path, held / name)


def _held_file(name: str, path: Path, link: Path) -> SnapshotFile:
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, link)
    except FileNotFoundError:
        raise
    except OSError:
        link = path  # A file system without links: what is removed meanwhile is then missing in the archive.
    found = link.stat()
    return SnapshotFile(name, link, found.st_size, found.st_mtime)


def _copy(reader: sqlite3.Connection, target: Path, copied: Callable[[int, int], None]) -> SnapshotFile:
    """The reader's open transaction is what is copied, whatever is written meanwhile."""
    with contextlib.closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA synchronous=OFF")
        reader.backup(copy, pages=_PAGES, progress=lambda _, left, total: copied(total - left, total))
        copy.execute("PRAGMA journal_mode=DELETE")  # One file, complete in itself.
    found = target.stat()
    return SnapshotFile(DATABASE, target, found.st_size, found.st_mtime)
