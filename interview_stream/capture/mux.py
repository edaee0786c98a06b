"""Turns one capture into one playable file without decoding: VP8 and Opus to WebM, H.264 to fragmented MP4."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class NothingRecordedError(Exception):
    """The capture holds no picture or sound that could be played; the message says what it holds."""


@dataclass(frozen=True)
class Gap:
    """A stretch of the track without media, in seconds from its first sample."""

    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class MuxedTrack:
    """The file that `mux` made, and where it lies in time."""

    path: Path
    container: Literal["webm", "mp4"]
    codec: Literal["vp8", "h264", "opus"]
    started_at: float
    """Unix seconds of the first sample, on the recording server's clock; equal clocks for one participant's tracks."""
    duration_s: float
    width: int | None
    height: int | None
    size_bytes: int
    packets: int
    """Distinct RTP packets in the capture."""
    lost_packets: int
    gaps: tuple[Gap, ...]
    """Stretches of 0.2 s and more that were lost or not sent, apart from silence of a microphone (DTX)."""


def mux(
    capture: Path,
    output_folder: Path,
    *,
    siblings: Sequence[Path] = (),
    progress: Callable[[float], None] | None = None,
) -> MuxedTrack:
    """Write `output_folder`/<name of the capture>.webm or .mp4; repeatable, the file appears complete or not at all.

    `siblings` are the same participant's other captures (the own one may be among them): their sender reports give all
    of them one clock. `progress` is called with 0 to 1. Raises UnreadableCaptureError and NothingRecordedError.
    """
    raise NotImplementedError
