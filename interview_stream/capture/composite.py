"""Puts the captures of several tracks into one file, in step: pictures as they were sent, voices mixed into one.

No picture is decoded. Sound is, only where more than one person's goes into the file: players play one sound track.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import av
from av.container import OutputContainer
from av.stream import Stream

from interview_stream.capture.container import (
    OPUS_LOOKAHEAD,
    VIDEO_RATE,
    TrackWriter,
    flush_folder,
    flushed_file,
    opus_template,
)
from interview_stream.capture.format import CaptureHeader, Codec, UnreadableCaptureError, read_capture
from interview_stream.capture.mixing import MIX_LAYOUT, MIX_RATE, Voice, mixed
from interview_stream.capture.mux import MuxedTrack, NothingRecordedError, mux
from interview_stream.capture.opus import RATE, Sound, is_stereo, lay_out, packet_samples

Container = Literal["webm", "mp4", "mkv", "ogg"]
FORMATS: dict[Container, str] = {"webm": "webm", "mp4": "mp4", "mkv": "matroska", "ogg": "ogg"}
MIX_BPS = 96_000

Write = tuple[Fraction, int, Callable[[], None]]
"""When in the file, of which of its tracks, and what writes the packet."""


@dataclass(frozen=True, kw_only=True)
class Composite:
    """The file that `compose` made, and where it lies in time."""

    path: Path
    container: Container
    started_at: float
    """Unix seconds of the first sample."""
    duration_s: float
    size_bytes: int
    left_out: tuple[str, ...]
    """Why captures are not in it, in sentences."""
    is_whole: bool
    """False where a capture could not be read, which is then all there is of it."""


@dataclass(frozen=True)
class Part:
    """One capture, made playable by itself."""

    header: CaptureHeader
    track: MuxedTrack


def container_for(codecs: set[Codec]) -> Container:
    """What holds these without transcoding, and plays in most places."""
    videos = codecs - {"opus"}
    if not videos:
        return "ogg"
    if len(videos) > 1:
        return "mkv"
    return "mp4" if "h264" in videos else "webm"


def compose(captures: Sequence[Path], target: Path, workspace: Path) -> Composite:
    """Write `target` with the ending of what it holds; the file appears whole or not at all, and replaces none.

    Where there is such a file, the name of the `workspace` is added to it. The workspace, a folder, is given what is
    needed on the way. Raises NothingRecordedError when nothing was sent, and UnreadableCaptureError when none of the
    captures can be played.
    """
    parts, silent, unreadable = _parts(captures, workspace / "tracks")
    if not parts and unreadable:
        raise UnreadableCaptureError(" ".join(unreadable))
    if not parts:
        raise NothingRecordedError(" ".join(silent) or "No track was recorded.")
    container = container_for({part.header.codec for part in parts})
    zero = min(part.track.started_at for part in parts)
    part_file = workspace / f"composite.{container}"
    with flushed_file(part_file, FORMATS[container], _options(container)) as output:
        _write(output, parts, zero)
    path = _place(part_file, target, workspace.name)
    return Composite(
        path=path,
        container=container,
        started_at=zero,
        duration_s=max(part.track.started_at + part.track.duration_s for part in parts) - zero,
        size_bytes=path.stat().st_size,
        left_out=(*silent, *unreadable),
        is_whole=not unreadable,
    )


def _parts(captures: Sequence[Path], folder: Path) -> tuple[list[Part], list[str], list[str]]:
    """What can be played, and in sentences what was not sent and what cannot be read."""
    headers: dict[Path, CaptureHeader] = {}
    silent: list[str] = []
    unreadable: list[str] = []
    for capture in captures:
        try:
            headers[capture] = read_capture(capture).header
        except (UnreadableCaptureError, OSError) as error:
            unreadable.append(str(error))
    of_person: dict[str, list[Path]] = defaultdict(list)
    for capture, header in headers.items():
        of_person[header.participant_identity].append(capture)
    parts = []
    for capture, header in headers.items():
        try:
            parts.append(Part(header, mux(capture, folder, siblings=of_person[header.participant_identity])))
        except NothingRecordedError:
            silent.append(f"{header.participant_identity} sent nothing from their {header.source}.")
        except (UnreadableCaptureError, av.FFmpegError) as error:  # one person's media must not cost the others theirs
            unreadable.append(
                f"What {header.participant_identity} sent from their {header.source} cannot be read: {error}"
            )
    return sorted(parts, key=lambda part: part.track.started_at), silent, unreadable


def _options(container: Container) -> dict[str, str]:
    return {"movflags": "+faststart", "video_track_timescale": str(VIDEO_RATE)} if container == "mp4" else {}


def _write(output: OutputContainer, parts: Sequence[Part], zero: float) -> None:
    with ExitStack() as open_files:
        tracks: list[Iterator[Write]] = []
        pictures = _in_rows([part for part in parts if part.header.kind == "video"])
        for row in sorted(pictures, key=lambda row: -sum(part.track.duration_s for part in row)):
            tracks.append(_pictures(output, row, zero, len(tracks), open_files))
        voices = _in_rows([part for part in parts if part.header.kind == "audio"])
        if len(voices) == 1:
            tracks.append(_voice(output, voices[0], zero, len(tracks)))
        elif voices:
            tracks.append(_mixed(output, [part for row in voices for part in row], zero, len(tracks)))
        for _, _, write in merge(*tracks, key=lambda each: each[:2]):
            write()


def _in_rows(parts: Sequence[Part]) -> list[list[Part]]:
    """Tracks of the file: what one person sent from one source, one after the other, is one of them."""
    rows: list[list[Part]] = []
    for part in parts:
        header = part.header
        for row in rows:
            last = row[-1]
            is_same = (last.header.participant_identity, last.header.source, last.header.codec) == (
                header.participant_identity,
                header.source,
                header.codec,
            )
            if is_same and last.track.started_at + last.track.duration_s <= part.track.started_at:
                row.append(part)
                break
        else:
            rows.append([part])
    return rows


def _title(header: CaptureHeader) -> str:
    return f"{header.participant_name or header.participant_identity} ({header.source.replace('_', ' ')})"


def _pictures(
    output: OutputContainer, row: Sequence[Part], zero: float, number: int, open_files: ExitStack
) -> Iterator[Write]:
    first, time_base = row[0], Fraction(1, VIDEO_RATE)
    stream: Stream
    if first.header.codec == "vp8":
        width, height = first.track.width or 0, first.track.height or 0
        stream = output.add_mux_stream("vp8", width=width, height=height, time_base=time_base)
    else:
        sample = open_files.enter_context(av.open(str(first.track.path)))
        stream = output.add_stream_from_template(sample.streams.video[0], opaque=True)
        stream.time_base = time_base
    stream.metadata["title"] = _title(first.header)
    return _picture_writes(TrackWriter(output, stream, time_base), row, zero, number)


def _picture_writes(writer: TrackWriter, row: Sequence[Part], zero: float, number: int) -> Iterator[Write]:
    last = -1
    for part in row:
        offset = round((part.track.started_at - zero) * VIDEO_RATE)
        for packet in _packets(part.track.path):
            at = max(last + 1, offset + round((packet.pts or 0) * (packet.time_base or 0) * VIDEO_RATE))
            duration = round((packet.duration or 0) * (packet.time_base or 0) * VIDEO_RATE)
            last = at
            yield Fraction(at, VIDEO_RATE), number, _writing(writer, bytes(packet), at, duration, packet.is_keyframe)


def _voice(output: OutputContainer, row: Sequence[Part], zero: float, number: int) -> Iterator[Write]:
    """One person's sound, as it was sent."""
    time_base = Fraction(1, RATE)
    stereo = is_stereo(bytes(next(_packets(row[0].track.path))))
    with opus_template(is_stereo=stereo) as template:
        stream = output.add_stream_from_template(template, opaque=True)
    stream.time_base = time_base
    stream.metadata["title"] = _title(row[0].header)
    writer = TrackWriter(output, stream, time_base, OPUS_LOOKAHEAD)

    def writes() -> Iterator[Write]:
        for placed in lay_out(_sounds(row, zero), is_stereo_track=stereo):
            write = _writing(writer, placed.payload, placed.at, placed.samples, True)
            yield Fraction(placed.at, RATE), number, write

    return writes()


def _sounds(row: Sequence[Part], zero: float) -> Iterator[Sound]:
    for part in row:
        at = round((part.track.started_at - zero) * RATE)
        for packet in _packets(part.track.path):
            payload = bytes(packet)
            yield Sound(at, at, payload)
            at += packet_samples(payload)


def _mixed(output: OutputContainer, parts: Sequence[Part], zero: float, number: int) -> Iterator[Write]:
    """Everybody's sound together."""
    stream = output.add_stream("libopus", rate=MIX_RATE, layout=MIX_LAYOUT, format="s16")
    stream.bit_rate = MIX_BPS
    stream.metadata["title"] = "Everybody"
    voices = [
        Voice(part.track.path, round((part.track.started_at - zero) * MIX_RATE), part.track.duration_s)
        for part in parts
    ]

    def writes() -> Iterator[Write]:
        for frame in chain(mixed(voices), (None,)):
            for packet in stream.encode(frame):
                at = Fraction(packet.pts or 0) * (packet.time_base or 0)
                yield at, number, lambda packet=packet: output.mux_one(packet)  # type: ignore[misc]

    return writes()


def _packets(path: Path) -> "Iterator[av.Packet[Any]]":
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams[0]):
            if packet.size:
                yield packet


def _writing(writer: TrackWriter, data: bytes, at: int, duration: int, is_key: bool) -> Callable[[], None]:
    return lambda: writer.write(data, at, duration, is_key=is_key)


def _place(file: Path, target: Path, tag: str) -> Path:
    """Give the file its name, or the next best if there is such a file; never over another."""
    target.parent.mkdir(parents=True, exist_ok=True)
    ending = file.suffix
    for path in (target.with_name(target.name + ending), target.with_name(f"{target.name}-{tag}{ending}")):
        with suppress(FileExistsError):
            _move(file, path)
            flush_folder(path.parent)
            return path
    raise FileExistsError(f"{target.name}{ending} is there already")


def _move(file: Path, path: Path) -> None:
    """Raises FileExistsError rather than replace."""
    try:
        os.link(file, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: keep the name first
        path.touch(exist_ok=False)
        file.replace(path)
    else:
        file.unlink()
