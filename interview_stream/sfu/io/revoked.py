"""Keeps revoked tokens on disk: an engine that was killed and started again still refuses them, and so do its peers."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from interview_stream.sfu.core.revocations import Revocation

logger = logging.getLogger(__name__)


class RevocationFile:
    """One JSON object a line. A line that was cut off by a crash is dropped: who asked for it will ask again.

    All media processes of an installation append to the one file, and each reads on where it stopped.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[int, int] = (0, 0)
        """Which file (inode), and how far."""

    def clean(self, unix_now: float) -> None:
        """Write the file anew with those that still hold."""
        if not self._path.is_file():
            return
        with self._alone():
            lines = self._path.read_bytes().splitlines(keepends=True)
            held = [one for one in _parsed(lines, self._path) if one.until > unix_now]
            if len(held) < len(lines):
                draft = self._path.with_suffix(".draft")
                draft.write_text("".join(map(_line, held)))
                draft.replace(self._path)

    def news(self) -> list[Revocation]:
        """Those that were kept, by whichever process, since this was asked last."""
        try:
            # Asked for each who joins: nothing is opened while nothing has changed.
            found = self._path.stat()
            if (found.st_ino, found.st_size) == self._read:
                return []
            with self._path.open("rb") as file:
                inode = os.fstat(file.fileno()).st_ino
                file.seek(self._read[1] if inode == self._read[0] else 0)
                text = file.read()
                whole = text[: text.rfind(b"\n") + 1]
                self._read = (inode, file.tell() - len(text) + len(whole))
        except FileNotFoundError:
            return []
        return _parsed(whole.splitlines(), self._path)

    def keep(self, revocation: Revocation) -> None:
        """Raises OSError; whoever asked is told that it failed and asks again."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone(), self._path.open("ab") as file:
            if file.tell() and not self._ends_with_line():
                file.write(b"\n")
            file.write(_line(revocation).encode())

    def _ends_with_line(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While another process writes, wait: what is appended to a file that is being replaced would be lost."""
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _parsed(lines: list[bytes], path: Path) -> list[Revocation]:
    found = []
    for line in lines:
        try:
            found.append(Revocation(**json.loads(line)))
        except (ValueError, TypeError):
            logger.warning("a line of %s cannot be read", path)
    return found


def _line(revocation: Revocation) -> str:
    return json.dumps(asdict(revocation)) + "\n"
