"""Turns one capture into one playable file without decoding: VP8 and Opus to WebM, H.264 to fragmented MP4."""

import mmap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Literal

import av

from interview_stream.capture.clock import MediaClock, companions, media_clock, publisher_clock
from interview_stream.capture.container import VIDEO_RATE, TrackWriter, h264_mp4, opus_webm, vp8_webm
from interview_stream.capture.format import (
    Capture,
    Codec,
    EventKind,
    UnreadableCaptureError,
    last_moment_ns,
    read_capture,
)
from interview_stream.capture.frames import Frame, MediaPacket, assemble, picture_builder
from interview_stream.capture.opus import RATE, Sound, fill, is_stereo, lay_out, packet_samples
from interview_stream.capture.order import OrderedPackets, order_packets

SHORTEST_LOSS_S = 0.2
SHORTEST_PAUSE_S = 3.0
"""Silence under DTX and a still screen come with signs of life at least every second; a longer stretch is a gap."""
FURTHEST_FROM_ARRIVAL_S = 30.0
"""A packet whose time is further than this from its arrival has a forged or broken timestamp and is left out."""
LONGEST_STILL_S = 2.0
"""How long a camera's last picture stands when nothing follows; a screen's stands until the end."""


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
    codec: Codec
    started_at: float
    """Unix seconds of the first sample, on the recording server's clock; equal clocks for one participant's tracks."""
    duration_s: float
    width: int | None
    """Of the largest picture."""
    height: int | None
    size_bytes: int
    packets: int
    """Distinct RTP packets in the capture."""
    lost_packets: int
    gaps: tuple[Gap, ...]
    """Losses of 0.2 s and more, and pauses of 3 s and more while the track was not muted."""


def mux(
    capture: Path,
    output_folder: Path,
    *,
    siblings: Sequence[Path] = (),
    progress: Callable[[float], None] | None = None,
) -> MuxedTrack:
    """Write `output_folder`/<name of the capture>.webm or .mp4; repeatable, the file appears complete or not at all.

    `siblings` are the same participant's other captures (the own one may be among them): their sender reports give all
    of them one clock. `progress` is called with 0 to 1. Raises NothingRecordedError; UnreadableCaptureError when the
    file is no capture or what it holds is not of its codec.
    """
    scanned = read_capture(capture)
    packets = order_packets(scanned)
    if not packets:
        raise NothingRecordedError(f"{capture.name} holds no packets of its track.")
    publisher = publisher_clock(companions(scanned, _readable(siblings, beside=capture)))
    source = _Source(scanned, packets, media_clock(scanned, packets, publisher), progress or (lambda _: None))
    output_folder.mkdir(parents=True, exist_ok=True)
    try:
        written = (_mux_audio if scanned.header.kind == "audio" else _mux_video)(source, output_folder)
    except (av.InvalidDataError, av.ArgumentError) as error:
        raise UnreadableCaptureError(f"What {capture.name} holds is no {scanned.header.codec}.") from error
    source.progress(1.0)
    return MuxedTrack(
        path=written.path,
        container="mp4" if scanned.header.codec == "h264" else "webm",
        codec=scanned.header.codec,
        started_at=written.started_at,
        duration_s=written.duration_s,
        width=written.size[0] if written.size else None,
        height=written.size[1] if written.size else None,
        size_bytes=written.path.stat().st_size,
        packets=len(packets),
        lost_packets=packets.lost,
        gaps=tuple(written.gaps),
    )


@dataclass(frozen=True)
class _Written:
    path: Path
    started_at: float
    duration_s: float
    size: tuple[int, int] | None
    gaps: list[Gap]


def _readable(paths: Iterable[Path], *, beside: Path) -> Iterator[Capture]:
    """A sibling that cannot be read must not spoil this track."""
    for path in (path for path in paths if path != beside):
        with suppress(UnreadableCaptureError, OSError):
            yield read_capture(path)


class _Source:
    """One capture's packets with their wall times."""

    def __init__(
        self, capture: Capture, packets: OrderedPackets, clock: MediaClock, progress: Callable[[float], None]
    ) -> None:
        self.capture = capture
        self.packets = packets
        self.clock = clock
        self.progress = progress
        self.end = last_moment_ns(capture) / 1e9

    def __iter__(self) -> Iterator[MediaPacket]:
        """The packets in sending order; payloads are read as they are asked for."""
        packets, total = self.packets, len(self.packets)
        furthest_ns, wall_ns = FURTHEST_FROM_ARRIVAL_S * 1e9, 0.0
        columns = zip(
            packets.sequences,
            packets.timestamps,
            packets.arrivals_ns,
            packets.markers,
            packets.offsets,
            packets.lengths,
            strict=True,
        )
        with (
            self.capture.path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            clocked: int | None = None
            for place, (sequence, timestamp, arrival_ns, marker, offset, length) in enumerate(columns):
                if place % 1000 == 0:
                    self.progress(place / total)
                if timestamp != clocked:
                    clocked, wall_ns = timestamp, self.clock.wall(timestamp) * 1e9
                if -furthest_ns < wall_ns - arrival_ns < furthest_ns:
                    yield MediaPacket(sequence, timestamp, marker != 0, data[offset : offset + length])

    def was_muted(self, start: float, end: float) -> bool:
        """Whether the publisher had muted the track at some time between these wall times."""
        muted = False
        for event in self.capture.events:
            at = event.at_ns / 1e9
            if event.kind == EventKind.MUTED:
                muted = at <= end
            elif event.kind == EventKind.UNMUTED:
                if muted and at >= start:
                    return True
                muted = False
        return muted


class _Gaps:
    """Collects the stretches without media while a track is walked."""

    def __init__(self, source: _Source, started_at: float) -> None:
        self.source = source
        self.started_at = started_at
        self.found: list[Gap] = []

    def consider(self, start_s: float, end_s: float, *, is_loss: bool) -> None:
        """Media ended at `start_s` and went on at `end_s`."""
        length = end_s - start_s
        if length < (SHORTEST_LOSS_S if is_loss else SHORTEST_PAUSE_S):
            return
        if is_loss or not self.source.was_muted(self.started_at + start_s, self.started_at + end_s):
            self.found.append(Gap(round(start_s, 3), round(end_s, 3)))


def _mux_video(source: _Source, folder: Path) -> _Written:
    header = source.capture.header
    frames = assemble(source, picture_builder(header.codec))
    first = next(frames, None)
    if first is None:
        raise NothingRecordedError(
            f"{source.capture.path.name} holds {len(source.packets)} packets but no whole key frame."
        )
    path = folder / f"{source.capture.path.stem}.{'mp4' if header.codec == 'h264' else 'webm'}"
    writing: AbstractContextManager[TrackWriter] = (
        h264_mp4(path, first.picture.data) if header.codec == "h264" else vp8_webm(path, first.picture.size)
    )
    with writing as writer:
        return _VideoWalk(source, first, writer).run(frames, path)


class _VideoWalk:
    """Writes frames one behind, since a frame lasts until the next."""

    def __init__(self, source: _Source, first: Frame, writer: TrackWriter) -> None:
        self.source = source
        self.writer = writer
        self.started_at = source.clock.wall(first.timestamp)
        self.gaps = _Gaps(source, self.started_at)
        self.waiting = first
        self.at = 0
        self.size = first.picture.size
        self.durations: list[int] = []

    def run(self, frames: Iterator[Frame], path: Path) -> _Written:
        for frame in frames:
            self._accept(frame)
        duration = self._finish()
        return _Written(path, self.started_at, (self.at + duration) / VIDEO_RATE, self.size, self.gaps.found)

    def _accept(self, frame: Frame) -> None:
        at = max(self.at + 1, self._place(frame.timestamp))
        duration = at - self.at
        self.writer.write(self.waiting.picture.data, self.at, duration, is_key=self.waiting.picture.is_key)
        usual = self._usual_duration()
        self.gaps.consider((self.at + usual) / VIDEO_RATE, at / VIDEO_RATE, is_loss=frame.is_after_loss)
        if not frame.is_after_loss:
            self.durations = [*self.durations[-30:], duration]
        self.waiting, self.at = frame, at
        self.size = max(self.size, frame.picture.size, key=_area)

    def _finish(self) -> int:
        """Write the last frame; it stands until the end of the capture if that is plausible."""
        usual = self._usual_duration()
        rest = round((self.source.end - self.started_at) * VIDEO_RATE) - self.at
        if self.source.capture.header.source != "screen_share":
            rest = min(rest, round(LONGEST_STILL_S * VIDEO_RATE))
        duration = max(usual, rest)
        self.writer.write(self.waiting.picture.data, self.at, duration, is_key=self.waiting.picture.is_key)
        last = self._place(self.source.packets.timestamps[-1])
        self.gaps.consider((self.at + usual) / VIDEO_RATE, last / VIDEO_RATE, is_loss=True)
        return duration

    def _place(self, timestamp: int) -> int:
        return round((self.source.clock.wall(timestamp) - self.started_at) * VIDEO_RATE)

    def _usual_duration(self) -> int:
        return round(median(self.durations)) if self.durations else VIDEO_RATE // 30


def _area(size: tuple[int, int] | None) -> int:
    return size[0] * size[1] if size else 0


def _mux_audio(source: _Source, folder: Path) -> _Written:
    packets = (packet for packet in source if packet_samples(packet.payload))
    first = next(packets, None)
    if first is None:
        raise NothingRecordedError(f"{source.capture.path.name} holds {len(source.packets)} packets but no sound.")
    stereo = is_stereo(first.payload)
    path = folder / f"{source.capture.path.stem}.webm"
    started_at = source.clock.wall(first.timestamp)
    gaps = _Gaps(source, started_at)
    now = 0
    with opus_webm(path, is_stereo=stereo) as writer:
        sounds = _sounds(source.clock, chain([first], packets), gaps)
        for placed in lay_out(sounds, is_stereo_track=stereo):
            writer.write(placed.payload, placed.at, placed.samples)
            now = placed.at + placed.samples
        rest = fill(now, round((source.end - started_at) * RATE), is_stereo_track=stereo)
        for placed in rest:
            writer.write(placed.payload, placed.at, placed.samples)
            now = placed.at + placed.samples
    return _Written(path, started_at, now / RATE, None, gaps.found)


def _sounds(clock: MediaClock, packets: Iterable[MediaPacket], gaps: _Gaps) -> Iterator[Sound]:
    """Each packet with its place; notes the gaps on the way."""
    end: float | None = None
    expected = 0
    for packet in packets:
        start = clock.wall(packet.timestamp) - gaps.started_at
        if end is not None:
            gaps.consider(end, start, is_loss=packet.sequence != expected)
        end, expected = start + packet_samples(packet.payload) / RATE, packet.sequence + 1
        yield Sound(round(start * RATE), packet.timestamp, packet.payload)
