"""A publisher of real media for tests: encodes with FFmpeg, packetises as browsers do, and writes captures of it.

Time is simulated: `at` is seconds since the start of the call on a true clock; nothing waits.
"""

import io
import struct
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import pi, sin
from pathlib import Path
from random import Random
from typing import NamedTuple

import av

from interview_stream.capture.format import (
    CaptureHeader,
    Codec,
    encode_end,
    encode_header,
    encode_rtp,
    encode_sender_report,
)
from interview_stream.capture.opus import packet_samples
from interview_stream.sfu.wire.rtcp import ntp_from_unix
from interview_stream.sfu.wire.rtp import serialize_header
from interview_stream.synthetic import INK, WHITE, Canvas, Color

START = 1_750_000_000.0
"""Unix time at which simulated calls begin."""
MTU = 1100
FLASH_S = 0.1


class Coded(NamedTuple):
    """An encoded frame of picture or sound."""

    at: float
    data: bytes
    is_key: bool = True


class Packet(NamedTuple):
    """An RTP packet and when it reached the recorder."""

    arrival: float
    data: bytes


@cache
def video(
    codec: Codec,
    *,
    seconds: float,
    rate: int = 30,
    size: tuple[int, int] = (320, 180),
    key_every_s: float = 2,
    flash_phase: float = 0,
) -> tuple[Coded, ...]:
    """A box wandering over a dark ground, with a white flash at each full second plus `flash_phase`."""
    encoder = av.CodecContext.create("libvpx" if codec == "vp8" else "libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = *size, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, rate), Fraction(rate)
    encoder.thread_count = 1
    encoder.gop_size, encoder.bit_rate = round(key_every_s * rate), 600_000
    vp8_options = {"deadline": "realtime", "cpu-used": "8", "error-resilient": "1"}
    h264_options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "aud": "1"}
    encoder.options = vp8_options if codec == "vp8" else h264_options
    coded: list[Coded] = []
    for number in range(round(seconds * rate)):
        frame = _picture(number / rate, size, flash_phase).frame()
        frame.pts, frame.time_base = number, encoder.time_base
        coded += [Coded(number / rate, bytes(packet), packet.is_keyframe) for packet in encoder.encode(frame)]
    return tuple(coded)


def _picture(at: float, size: tuple[int, int], flash_phase: float) -> Canvas:
    if (at - flash_phase + 1e-6) % 1 < FLASH_S:
        return Canvas.filled(*size, WHITE)
    canvas = Canvas.filled(*size, INK)
    left = round(size[0] * (0.4 + 0.3 * sin(at)))
    canvas.rectangle(left, size[1] // 3, size[0] // 8, size[1] // 4, Color(150, 100, 150))
    return canvas


@cache
def sound(
    *, seconds: float, beep_phase: float = 0, dtx: bool = False, channels: int = 1, rate_error: float = 0
) -> tuple[Coded, ...]:
    """A beep at each full second plus `beep_phase`, 20 ms a packet; with DTX, silence is sent as browsers do.

    `rate_error`: by which share the sound card runs too fast, so that it counts more samples than there were.
    """
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    layout = "mono" if channels == 1 else "stereo"
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, layout, "s16"
    encoder.time_base = Fraction(1, 48_000)
    encoder.options = {"application": "voip"}
    encoder.bit_rate = 32_000 * channels
    coded: list[Coded] = []
    real_rate = 48_000 * (1 + rate_error)
    for first in range(0, round(seconds * real_rate), 960):
        frame = av.AudioFrame("s16", layout, 960)
        wave = (_wave(place / real_rate, beep_phase) for place in range(first, first + 960))
        frame.planes[0].update(array("h", (value for value in wave for _ in range(channels))).tobytes())
        frame.sample_rate, frame.pts = 48_000, first
        for packet in encoder.encode(frame):
            coded.append(Coded(len(coded) * 960 / real_rate, bytes(packet)))
    return tuple(_without_silence(coded, beep_phase)) if dtx else tuple(coded)


def _wave(at: float, beep_phase: float) -> int:
    return round(13_000 * sin(2 * pi * 1000 * at)) if (at - beep_phase + 1e-9) % 1 < FLASH_S else 0


def _without_silence(coded: Iterable[Coded], beep_phase: float) -> Iterable[Coded]:
    """As with DTX: from 0.2 s after the last sound on, only one packet in 400 ms is sent (RFC 7587, section 3.1.3)."""
    unsent = 0
    for one in coded:
        is_silent = (one.at - beep_phase) % 1 > FLASH_S + 0.2 and (one.at + 0.03 - beep_phase) % 1 > FLASH_S + 0.2
        unsent = unsent + 1 if is_silent else 0
        if unsent % 20 == 0:
            yield one


def vp8_payloads(coded: Coded, picture_id: int) -> list[bytes]:
    """RFC 7741: one partition, a 15-bit picture id on each packet."""
    pieces = [coded.data[at : at + MTU] for at in range(0, len(coded.data), MTU)]
    return [
        bytes([0x90 if place == 0 else 0x80, 0x80]) + (0x8000 | picture_id & 0x7FFF).to_bytes(2, "big") + piece
        for place, piece in enumerate(pieces)
    ]


def h264_payloads(coded: Coded) -> list[bytes]:
    """RFC 6184: parameter sets and other small units together in a STAP-A, large units as FU-A."""
    units = [unit.rstrip(b"\0") for unit in coded.data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]
    small = [unit for unit in units if unit[0] & 31 in (6, 7, 8, 9)]
    payloads = []
    if small:
        joined = b"".join(struct.pack("!H", len(unit)) + unit for unit in small)
        payloads.append(bytes([24 | 0x60]) + joined)
    for unit in (unit for unit in units if unit[0] & 31 not in (6, 7, 8, 9)):
        payloads += [unit] if len(unit) <= MTU else _fragments(unit)
    return payloads


def _fragments(unit: bytes) -> list[bytes]:
    pieces = [unit[at : at + MTU] for at in range(1, len(unit), MTU)]
    indicator, kind, last = unit[0] & 0xE0 | 28, unit[0] & 31, len(pieces) - 1
    return [
        bytes([indicator, kind | (0x80 if place == 0 else 0) | (0x40 if place == last else 0)]) + piece
        for place, piece in enumerate(pieces)
    ]


@dataclass
class Machine:
    """A participant's computer: its own idea of time, and its way to the recorder."""

    clock_offset_s: float = 0.0
    delay_s: float = 0.02
    jitter_s: float = 0.0
    seed: int = 1
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)

    def ntp(self, at: float) -> int:
        return ntp_from_unix(START + at + self.clock_offset_s)

    def arrival(self, at: float) -> float:
        return START + at + self.delay_s + self.jitter_s * self.chance.random()


@dataclass
class Sender:
    """One track's RTP numbering."""

    machine: Machine
    codec: Codec
    source: str = ""
    payload_type: int = 96
    sequence_number: int = 65_500  # wraps soon
    first_timestamp: int = 2**32 - 10_000
    rate_error: float = 0.0
    identity: str = "dana"

    @property
    def clock_rate(self) -> int:
        return 48_000 if self.codec == "opus" else 90_000

    def timestamp(self, at: float) -> int:
        return (self.first_timestamp + round(at * self.clock_rate * (1 + self.rate_error))) & 0xFFFFFFFF

    def packets(self, coded: Sequence[Coded]) -> list[Packet]:
        sent = []
        for number, one in enumerate(coded):
            payloads = [one.data]
            if self.codec == "vp8":
                payloads = vp8_payloads(one, 32_700 + number)
            elif self.codec == "h264":
                payloads = h264_payloads(one)
            sent += [self._packet(payload, one.at, payload is payloads[-1]) for payload in payloads]
        return sent

    def _packet(self, payload: bytes, at: float, is_last: bool) -> Packet:
        number = self.sequence_number
        self.sequence_number = (number + 1) & 0xFFFF
        marker = is_last and self.codec != "opus"
        header = serialize_header(self.payload_type, number, self.timestamp(at), 0x1234, marker=marker)
        return Packet(self.machine.arrival(at), header + payload)

    def padding(self, at: float) -> Packet:
        """A packet without media, as sent to probe the way."""
        packet = self._packet(bytes([0, 0, 0, 4]), at, False)
        return Packet(packet.arrival, bytes([packet.data[0] | 0x20]) + packet.data[1:])

    def header(self) -> CaptureHeader:
        kind = "audio" if self.codec == "opus" else "video"
        return CaptureHeader(
            egress_id="EG_test",
            room="room",
            participant_identity=self.identity,
            participant_name=self.identity.title(),
            track_sid=f"TR_{self.codec}",
            kind="audio" if kind == "audio" else "video",
            source=self.source or ("microphone" if kind == "audio" else "camera"),
            codec=self.codec,
            clock_rate=self.clock_rate,
            payload_type=self.payload_type,
            started_at_ns=round(START * 1e9),
        )


def record(
    path: Path,
    sender: Sender,
    packets: Iterable[Packet],
    *,
    report_times: Iterable[float] = (),
    stopped_at: float | None = None,
    media_of: Callable[[float], float] = lambda at: at,
) -> Path:
    """Write a capture as the recorder does; `media_of` is the media clock's time at a moment, for one that paused."""
    records = [(packet.arrival, encode_rtp(packet.data, round(packet.arrival * 1e9))) for packet in packets]
    for at in report_times:
        arrival = sender.machine.arrival(at)
        report = encode_sender_report(sender.machine.ntp(at), sender.timestamp(media_of(at)), round(arrival * 1e9))
        records.append((arrival, report))
    file = io.BytesIO()
    file.write(encode_header(sender.header()))
    for _, written in sorted(records, key=lambda pair: pair[0]):
        file.write(written)
    if stopped_at is not None:
        file.write(encode_end("stopped", round((START + stopped_at) * 1e9)))
    path.write_bytes(file.getvalue())
    return path


def samples_of(coded: Iterable[Coded]) -> int:
    return sum(packet_samples(one.data) for one in coded)
