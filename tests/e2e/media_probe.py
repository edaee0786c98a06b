"""Measures media files as a viewer would notice them: length, longest freeze, and when flashes and beeps happen.

`python -m tests.e2e.media_probe recording.json folder` prints, for a recording as the API describes it and its files
(named <track id>.webm or .mp4), each track's length and each person's offset between picture and sound.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

BRIGHT = 170
"""Mean luma from which a picture counts as white."""
LOUD = 0.08
QUIET_S = 0.1
"""A beep is a loud sample after this much quiet."""
MATCH_S = 0.4
"""A flash and a beep further apart than this do not belong together."""


@dataclass(frozen=True)
class Media:
    """What one file holds; times are the file's own."""

    duration_s: float
    size: tuple[int, int] | None
    """Of the last picture."""
    frames: int
    longest_freeze_s: float
    flashes: tuple[float, ...]
    beeps: tuple[float, ...]


def probe(path: Path) -> Media:
    """Decode a whole file; raises av.FFmpegError where a player would stumble."""
    with av.open(str(path)) as container:
        duration_s = (container.duration or 0) / 1_000_000
        has_video, has_audio = bool(container.streams.video), bool(container.streams.audio)
        if has_video:
            times, lumas, size = _decode_video(container)
    beeps: tuple[float, ...] = ()
    if has_audio:
        with av.open(str(path)) as container:
            beeps = _beeps(*_decode_audio(container))
    if not has_video:
        return Media(duration_s, None, 0, 0.0, (), beeps)
    freeze = max((after - before for before, after in pairwise(times)), default=0.0)
    return Media(duration_s, size, len(times), freeze, _flashes(times, lumas), beeps)


def sync_offsets(flashes: Sequence[float], beeps: Sequence[float]) -> list[float]:
    """Beep minus flash, for each flash that has a beep near it; both on one timeline."""
    nearest = [(min(beeps, key=lambda beep: abs(beep - flash)), flash) for flash in flashes if beeps]
    return [beep - flash for beep, flash in nearest if abs(beep - flash) <= MATCH_S]


def _decode_video(container: av.container.InputContainer) -> tuple[list[float], list[float], tuple[int, int]]:
    times, lumas, size = [], [], (0, 0)
    for frame in container.decode(video=0):
        assert frame.time is not None
        times.append(frame.time)
        lumas.append(float(frame.reformat(width=16, height=8, format="gray").to_ndarray().mean()))
        size = (frame.width, frame.height)
    return times, lumas, size


def _flashes(times: Sequence[float], lumas: Sequence[float]) -> tuple[float, ...]:
    bright = [False, *(luma > BRIGHT for luma in lumas)]
    return tuple(time for time, (before, now) in zip(times, pairwise(bright), strict=True) if now and not before)


def _decode_audio(container: av.container.InputContainer) -> tuple[NDArray[np.float32], int, float]:
    """All samples end to end, as players put them, and the time of the first."""
    resampler = av.AudioResampler(format="flt", layout="mono")
    parts: list[NDArray[np.float32]] = []
    start_s, rate = None, 48_000
    for frame in container.decode(audio=0):
        start_s = frame.time if start_s is None else start_s
        rate = frame.sample_rate
        parts += [resampled.to_ndarray()[0].astype(np.float32) for resampled in resampler.resample(frame)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32), rate, start_s or 0.0


def _beeps(samples: NDArray[np.float32], rate: int, start_s: float) -> tuple[float, ...]:
    loud = np.flatnonzero(np.abs(samples) > LOUD)
    first = np.ones(len(loud), bool)
    first[1:] = np.diff(loud) > QUIET_S * rate
    return tuple(float(place) / rate + start_s for place in loud[first])


def _report(recording: dict[str, Any], folder: Path) -> None:
    heard: dict[str, list[float]] = {}
    seen: dict[str, list[float]] = {}
    for track in recording["tracks"]:
        file = next(path for path in folder.iterdir() if path.stem == track["id"])
        media, offset, who = probe(file), track["offset_s"], track["participant"]["identity"]
        heard.setdefault(who, []).extend(beep + offset for beep in media.beeps)
        seen.setdefault(who, []).extend(flash + offset for flash in media.flashes)
        size = f"{media.size[0]}x{media.size[1]}" if media.size else "sound"
        line = f"{who} {track['source']} {size}: at {offset:.3f} s, {media.duration_s:.3f} s long"
        sys.stdout.write(f"{line}, longest freeze {media.longest_freeze_s:.3f} s\n")
    for who, flashes in seen.items():
        offsets = sync_offsets(flashes, heard.get(who, []))
        if offsets:
            worst = max(offsets, key=abs)
            sys.stdout.write(f"{who}: sound behind picture by {median(offsets):.3f} s, at worst {worst:.3f} s\n")


if __name__ == "__main__":
    _report(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
