"""Writes coded pictures and sound into WebM or fragmented MP4 files through FFmpeg's muxers; nothing is encoded.

The file appears under its name only when it is whole and on disk; a part of an interrupted attempt is overwritten.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from interview_stream.capture.opus import RATE

VIDEO_RATE = 90_000
OPUS_LOOKAHEAD = 312
"""Samples by which the encoder is late (6.5 ms); the file tells players to skip them, so times are true."""

# One fragment per key frame, times relative to the fragment, and an index of all fragments at the front.
_MP4_OPTIONS = {
    "movflags": "empty_moov+default_base_moof+frag_keyframe+global_sidx",
    "video_track_timescale": str(VIDEO_RATE),
}


class TrackWriter:
    """An open file with one track."""

    def __init__(self, container: OutputContainer, stream: Stream, time_base: Fraction, advance: int = 0) -> None:
        self._container = container
        self._stream = stream
        self._time_base = time_base
        self._advance = advance

    def write(self, data: bytes, at: int, duration: int, *, is_key: bool = True) -> None:
        """Add a packet; `at` never falls."""
        packet = av.Packet(data)
        packet.stream = self._stream
        packet.pts = packet.dts = at - self._advance
        packet.duration = duration
        packet.time_base = self._time_base
        packet.is_keyframe = is_key
        self._container.mux_one(packet)


@contextmanager
def vp8_webm(path: Path, size: tuple[int, int] | None) -> Iterator[TrackWriter]:
    """VP8; times in 1/VIDEO_RATE."""
    width, height = size or (0, 0)
    time_base = Fraction(1, VIDEO_RATE)
    with _whole_file(path, "webm", {}) as container:
        stream = container.add_mux_stream("vp8", width=width, height=height, time_base=time_base)
        yield TrackWriter(container, stream, time_base)


@contextmanager
def h264_mp4(path: Path, first_key_picture: bytes) -> Iterator[TrackWriter]:
    """H.264 with start codes; times in 1/VIDEO_RATE. Parameter sets in the stream stay there."""
    time_base = Fraction(1, VIDEO_RATE)
    with _whole_file(path, "mp4", _MP4_OPTIONS) as container, _template(first_key_picture, "h264") as template:
        stream = container.add_stream_from_template(cast(VideoStream, template), opaque=True)
        stream.time_base = time_base
        yield TrackWriter(container, stream, time_base)


@contextmanager
def opus_webm(path: Path, *, is_stereo: bool) -> Iterator[TrackWriter]:
    """Opus; times in 1/RATE."""
    time_base = Fraction(1, RATE)
    with _whole_file(path, "webm", {}) as container, opus_template(is_stereo=is_stereo) as template:
        stream = container.add_stream_from_template(template, opaque=True)
        stream.time_base = time_base
        yield TrackWriter(container, stream, time_base, OPUS_LOOKAHEAD)


@contextmanager
def opus_template(*, is_stereo: bool) -> Iterator[AudioStream]:
    """A stream to make others like: Opus as WebRTC sends it."""
    with _template(_opus_sample(is_stereo), "webm") as template:
        yield cast(AudioStream, template)


@contextmanager
def _whole_file(path: Path, container_format: str, options: dict[str, str]) -> Iterator[OutputContainer]:
    part = path.with_name(path.name + ".part")
    with flushed_file(part, container_format, options) as container:
        yield container
    part.replace(path)
    flush_folder(path.parent)


@contextmanager
def flushed_file(path: Path, container_format: str, options: dict[str, str]) -> Iterator[OutputContainer]:
    """A private file that is on the disk when the context ends, and gone where it fails; its name is not flushed."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)  # the muxer keeps the mode of a file that is there
    try:
        with av.open(str(path), "w", format=container_format, options=options) as container:
            yield container
        with path.open("rb") as file:
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def flush_folder(folder: Path) -> None:
    """Bring the names in it to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _template(sample: bytes, container_format: str) -> Iterator[Stream]:
    """A stream with the codec's private data as FFmpeg reads it from a short sample."""
    with cast(InputContainer, av.open(io.BytesIO(sample), format=container_format)) as container:
        yield container.streams[0]


@cache
def _opus_sample(is_stereo: bool) -> bytes:
    """A short file of silence, for the header that goes with WebRTC's Opus."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="stereo" if is_stereo else "mono", format="s16")
        frame = av.AudioFrame("s16", "stereo" if is_stereo else "mono", 960)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
