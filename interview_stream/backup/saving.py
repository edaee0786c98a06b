"""`interview-stream backup`: writes one moment of the installation into an archive, while it runs."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from interview_stream.backup import postgresql
from interview_stream.backup.archive import About, Writer
from interview_stream.backup.progress import Progress, in_words
from interview_stream.backup.snapshot import DATABASE, FOLDERS, SnapshotFile, snapshot
from interview_stream.environment import Environment, SettingError

STDOUT = "-"


def save(environment: Environment, target: str | None) -> int:
    """`target` is a file, a folder, `-` for standard output, or nothing for a file with the time in its name here."""
    data, url = environment.data, environment.database_url
    if not url and not (data / DATABASE).is_file():
        raise SettingError(f"there is no database in {data}. Name the data folder with --data.")
    _sweep(data)
    _say("Copying the database …")
    with postgresql.snapshot(data, url) if url else snapshot(data, lambda done, total: None) as files:
        about = About(
            product=version("interview-stream"),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            database="postgresql" if url else "sqlite",
            parts=[postgresql.DUMP if url else DATABASE, *FOLDERS],
            bytes=sum(file.size for file in files),
            notes=_notes(environment),
        )
        if target == STDOUT:
            _write(sys.stdout.buffer, about, files)
            return 0
        path = _path_for(target)
        with _complete_file(path) as stream:
            _write(stream, about, files)
    _say(f"{path} holds {len(files)} files, {in_words(path.stat().st_size)}.")
    for note in about.notes:
        _say(note)
    return 0


def _write(stream: BinaryIO, about: About, files: list[SnapshotFile]) -> None:
    progress = Progress(about.bytes)
    writer = Writer(stream, about)
    for file in files:
        try:
            opened = file.path.open("rb")
        except FileNotFoundError:
            _say(f"{file.name} was removed meanwhile and is missing.")
            continue
        with opened:
            writer.add(file.name, _Told(opened, progress), size=file.size, mtime=file.mtime)  # type: ignore[arg-type]
    writer.close()
    stream.flush()
    progress.finish()


class _Told:
    """A file whose reading is told to the progress."""

    def __init__(self, file: BinaryIO, progress: Progress) -> None:
        self._file, self._progress = file, progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._progress.add(len(data))
        return data


def _path_for(target: str | None) -> Path:
    name = f"interview-stream-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    path = Path(target or ".")
    return path / name if path.is_dir() else path


@contextlib.contextmanager
def _complete_file(path: Path) -> Iterator[BinaryIO]:
    """The name appears once everything is there and on the disk, so that no half of a backup is taken for one."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _sweep(data: Path) -> None:
    """What a backup that was killed left behind; its process is gone, or it is none of ours to end."""
    for held in (data / "run").glob("backup-*"):
        number = held.name.removeprefix("backup-")
        if not number.isdigit() or not Path("/proc", number).exists():
            shutil.rmtree(held, ignore_errors=True)


def _notes(environment: Environment) -> list[str]:
    if not environment.s3_bucket:
        return []
    return [f"Files that people sent are in the bucket {environment.s3_bucket}, which has to be backed up by itself."]


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
