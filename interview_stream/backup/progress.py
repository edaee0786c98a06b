"""Tells an operator how far a backup or a restore has come: in place on a terminal, now and then in a log."""

import sys
import time
from typing import TextIO

TERMINAL_EVERY_S, LOG_EVERY_S = 0.2, 10.0


class Progress:
    def __init__(self, total_bytes: int, out: TextIO = sys.stderr) -> None:
        self._total, self._done, self._out = max(1, total_bytes), 0, out
        self._is_terminal = out.isatty()
        self._began = self._told = time.monotonic()

    def add(self, size: int) -> None:
        self._done += size
        now = time.monotonic()
        if now - self._told >= (TERMINAL_EVERY_S if self._is_terminal else LOG_EVERY_S):
            self._told = now
            self._tell(now)

    def finish(self) -> None:
        self._tell(time.monotonic())
        if self._is_terminal:
            self._out.write("\n")

    def _tell(self, now: float) -> None:
        speed = self._done / max(0.001, now - self._began)
        share = min(100, self._done * 100 // self._total)
        line = f"{share:3d} %  {in_words(self._done)} of {in_words(self._total)}, {in_words(speed)}/s"
        self._out.write(f"\r{line:<60}" if self._is_terminal else f"{line}\n")
        self._out.flush()


def in_words(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
