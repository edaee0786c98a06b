"""Has another process make one file of a composite's captures; the media loop must not wait for it."""

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from livekit.protocol.egress import FileInfo

logger = logging.getLogger(__name__)


async def composed(egress_id: str, captures: Sequence[Path], target: Path, workspace: Path) -> dict[str, Any] | None:
    """What the process that makes the file says; None if it failed, which is logged."""
    job = {"captures": [str(path) for path in captures], "target": str(target), "workspace": str(workspace)}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "interview_stream.capture"), stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        answer, complaint = await process.communicate(json.dumps(job).encode())
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        logger.error("the file of %s could not be made: %s", egress_id, complaint.decode(errors="replace"))
        return None
    made: dict[str, Any] = json.loads(answer)
    return made


def described(answer: dict[str, Any], root: Path) -> FileInfo:
    """The file that was made, named as seen from the captures folder."""
    name = Path(answer["path"]).relative_to(root).as_posix()
    started, duration = int(answer["started_at"] * 1e9), int(answer["duration_s"] * 1e9)
    return FileInfo(
        filename=name,
        location=name,
        started_at=started,
        ended_at=started + duration,
        duration=duration,
        size=answer["size_bytes"],
    )
