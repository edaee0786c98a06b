"""Keeps revoked tokens on disk, so that an engine that was killed and started again still refuses them."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

from interview_stream.sfu.core.revocations import Revocation

logger = logging.getLogger(__name__)


class RevocationFile:
    """One JSON object a line. A line that was cut off by a crash is dropped: who asked for it will ask again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, unix_now: float) -> list[Revocation]:
        """Those that still hold; the file is written anew with them alone."""
        found = []
        if self._path.is_file():
            for line in self._path.read_text(errors="replace").splitlines():
                try:
                    found.append(Revocation(**json.loads(line)))
                except (ValueError, TypeError):
                    logger.warning("a line of %s cannot be read", self._path)
        held = [one for one in found if one.until > unix_now]
        if len(held) < len(found):
            draft = self._path.with_suffix(".draft")
            draft.write_text("".join(map(_line, held)))
            draft.replace(self._path)
        return held

    def keep(self, revocation: Revocation) -> None:
        """Raises OSError; whoever asked is told that it failed and asks again."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(_line(revocation))


def _line(revocation: Revocation) -> str:
    return json.dumps(asdict(revocation)) + "\n"
