"""Lays Opus packets onto one unbroken timeline: hides silence that was not sent (DTX), losses and clock drift.

Players put the sound of successive packets end to end whatever the packets' times say, so a hole in the packets would
shift everything after it. Holes are filled with packets of coded silence; a sound card's clock that runs off is
followed by adding or leaving out single packets.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

RATE = 48_000
"""Opus in RTP always counts at this rate (RFC 7587 section 4.1)."""
MOST_DRIFT = 960
"""20 ms in samples: corrected beyond this; heard from about 80 ms on."""
STEP = 120
"""2.5 ms, the shortest frame; every Opus duration is a multiple."""

# RFC 6716 section 3.1, table 2: samples of one frame for each configuration number.
_FRAME_SAMPLES = (
    *(480, 960, 1920, 2880) * 3,
    *(480, 960) * 2,
    *(120, 240, 480, 960) * 4,
)
_SILENT_FRAME = b"\xff\xfe"
_LONGEST_FRAME = 960
_FULL_BAND = 31  # configuration: CELT, full band, 20 ms; 28 to 30 are its 2.5, 5 and 10 ms
_MOST_FRAMES = 6  # 120 ms, the longest packet (RFC 6716 section 3.4, R5)


class Sound(NamedTuple):
    """A packet as captured: where it belongs on the timeline, in samples from the track's first."""

    at: int
    timestamp: int
    """RTP time: tells whether the packet follows the one before without a hole."""
    payload: bytes


class Placed(NamedTuple):
    """A packet on the unbroken timeline."""

    at: int
    samples: int
    payload: bytes


def packet_samples(payload: bytes) -> int:
    """How long a packet sounds, in samples of RATE; 0 if it is malformed (RFC 6716, sections 3.1 and 3.2)."""
    if not payload:
        return 0
    frame = _FRAME_SAMPLES[payload[0] >> 3]
    code = payload[0] & 3
    if code < 3:
        return frame * (1 if code == 0 else 2)
    frames = payload[1] & 0x3F if len(payload) > 1 else 0
    return frame * frames if 0 < frame * frames <= _LONGEST_FRAME * _MOST_FRAMES else 0


def is_stereo(payload: bytes) -> bool:
    """The s bit of a packet's first byte (RFC 6716 section 3.1)."""
    return bool(payload[0] & 4)


def lay_out(sounds: Iterable[Sound], *, is_stereo_track: bool = False) -> Iterator[Placed]:
    """Packets end to end from 0, none more than MOST_DRIFT away from where it belongs."""
    now = 0
    following: int | None = None
    for sound in sounds:
        samples = packet_samples(sound.payload)
        if not samples:
            continue
        ahead = sound.at - now
        is_joined = sound.timestamp == following
        following = sound.timestamp + samples
        if ahead < -MOST_DRIFT:
            continue
        if ahead > MOST_DRIFT or (ahead >= STEP and not is_joined):
            for silence in fill(now, sound.at, is_stereo_track=is_stereo_track):
                yield silence
                now += silence.samples
        yield Placed(now, samples, sound.payload)
        now += samples


def fill(begin: int, end: int, *, is_stereo_track: bool = False) -> Iterator[Placed]:
    """Silence from `begin` up to `end`, the latter to the next lower multiple of STEP."""
    while end - begin >= STEP:
        samples, payload = _silence(end - begin, is_stereo_track)
        yield Placed(begin, samples, payload)
        begin += samples


def _silence(most: int, is_stereo_track: bool) -> tuple[int, bytes]:
    """The longest packet of silence that fits (RFC 6716 section 3.2): many frames, one frame, or part of one."""
    stereo = 4 if is_stereo_track else 0
    frames = min(most // _LONGEST_FRAME, _MOST_FRAMES)
    if frames > 1:
        # Code 3, constant bit rate: the number of frames, then the frames in equal sizes.
        return frames * _LONGEST_FRAME, bytes([_FULL_BAND << 3 | stereo | 3, frames]) + _SILENT_FRAME * frames
    shift = next(shift for shift in range(4) if most >= _LONGEST_FRAME >> shift)
    return _LONGEST_FRAME >> shift, bytes([_FULL_BAND - shift << 3 | stereo]) + _SILENT_FRAME
