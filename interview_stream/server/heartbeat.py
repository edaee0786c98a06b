"""A file by which one process of the installation shows another that it is alive."""

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

BEAT_S = 2.0


@dataclass(frozen=True)
class Beat:
    process: int
    at: float
    """On the machine's monotonic clock, which all its processes share."""


class Heartbeat:
    def __init__(self, path: Path) -> None:
        self._path = path

    def beat(self) -> None:
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        draft.write_text(f"{os.getpid()} {time.monotonic()}\n")
        draft.replace(self._path)

    def keep_beating(self) -> None:
        """Beat from a thread of its own until the process ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.beat()
        threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def last(self) -> Beat | None:
        try:
            process, at = self._path.read_text().split()
            return Beat(int(process), float(at))
        except (OSError, ValueError):
            return None

    def _run(self) -> None:
        while True:
            time.sleep(BEAT_S)
            with contextlib.suppress(OSError):  # A disk that is full now may take the next one.
                self.beat()
