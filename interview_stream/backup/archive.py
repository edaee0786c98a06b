"""The archive's format: a plain tar file that is written and read in one pass, so that it can go through a pipe.

First `backup.json` (what it is), then the files, at last `checksums.json` (SHA-256 of each): an archive that lacks it
is cut off. Nothing is held in memory but a block of a file and the list of checksums.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Self

FORMAT = 1
ABOUT, CHECKSUMS = "backup.json", "checksums.json"
BLOCK_BYTES = 1_048_576


class ArchiveError(Exception):
    """The archive cannot be used; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What an archive says of itself before anything else."""

    product: str
    """The version that made it."""
    made_at: str
    database: str
    """sqlite or postgresql: what its database file is for."""
    parts: list[str]
    """The files and folders of the data folder that it may hold."""
    bytes: int
    """Of all files, to tell how far a restore has come."""
    notes: list[str] = field(default_factory=list)
    format: int = FORMAT


def _cut_off(error: Exception) -> ArchiveError:
    return ArchiveError(f"The archive cannot be read to its end ({error}). It was cut off or damaged.")


class Counted:
    """A reader that gives at most `size` bytes, zeros where the file has become shorter, and hashes what it gave."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        try:
            data = self._file.read(wanted)
        except tarfile.TarError as error:
            raise _cut_off(error) from error
        data += bytes(wanted - len(data))
        self._left -= wanted
        self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class Writer:
    def __init__(self, stream: BinaryIO, about: About) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", bufsize=BLOCK_BYTES)  # noqa: SIM115 - see close
        self._checksums: dict[str, str] = {}
        self._add_json(ABOUT, asdict(about))

    def add(self, name: str, file: BinaryIO, *, size: int, mtime: float) -> None:
        """The first `size` bytes: a file that grows meanwhile is cut there."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime, entry.mode = size, mtime, 0o600
        counted = Counted(file, size)
        self._tar.addfile(entry, counted)
        self._checksums[name] = counted.sha256

    def close(self) -> None:
        self._add_json(CHECKSUMS, self._checksums)
        self._tar.close()

    def _add_json(self, name: str, document: object) -> None:
        data = json.dumps(document, indent=1).encode()
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o600
        self._tar.addfile(entry, io.BytesIO(data))


@dataclass(frozen=True)
class Entry:
    name: str
    content: Counted
    size: int
    mtime: float


class Reader:
    """Reads what Writer wrote: `about` at once, then each of `entries` once and in order, then `checksums`."""

    def __init__(self, stream: BinaryIO) -> None:
        try:
            self._tar = tarfile.open(fileobj=stream, mode="r|", bufsize=BLOCK_BYTES)  # noqa: SIM115 - see __exit__
            first = self._tar.next()
            document = self._read_json(first) if first is not None and first.name == ABOUT else None
        except tarfile.TarError:
            document = None
        if not isinstance(document, dict) or "format" not in document:
            raise ArchiveError("This is not a backup of Interview Stream.")
        if document["format"] != FORMAT:
            raise ArchiveError("This backup was made by a newer version. Restore it with that version.")
        self.about = About(**document)
        self.checksums: dict[str, str] = {}

    def entries(self) -> Iterator[Entry]:
        """Raises ArchiveError for what is cut off, or for a name that no backup has."""
        try:
            while (member := self._tar.next()) is not None:
                if member.name == CHECKSUMS:
                    self.checksums = self._read_json(member)
                    return
                self._check(member)
                file = self._tar.extractfile(member)
                assert file is not None
                yield Entry(member.name, Counted(file, member.size), member.size, member.mtime)  # type: ignore[arg-type]
        except tarfile.TarError as error:
            raise _cut_off(error) from error
        raise ArchiveError("The archive is cut off: its list of checksums is missing.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()

    def _check(self, member: tarfile.TarInfo) -> None:
        """It is written where its name says, so only names that a backup gives are taken."""
        path = PurePosixPath(member.name)
        is_ours = path.parts[:1] and path.parts[0] in self.about.parts and ".." not in path.parts
        if not member.isreg() or path.is_absolute() or not is_ours:
            raise ArchiveError(f"The archive holds {member.name!r}, which is no part of a backup.")

    def _read_json(self, member: tarfile.TarInfo) -> Any:
        file = self._tar.extractfile(member)
        try:
            return json.load(file) if file is not None else None
        except ValueError:
            return None
