"""When packets arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1): hides the bits of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.rtcp import TransportFeedback

TICK_S: Final = 0.00025
"""The unit of arrival times."""
_REFERENCE_TICKS: Final = 256
"""Ticks in the unit of the reference time, 64 ms."""
_HEAD: Final = Struct("!HHI")
_CHUNK: Final = Struct("!H")
_LARGE: Final = Struct("!h")

_LOST, _SMALL_DELTA, _LARGE_DELTA = 0, 1, 2
_PER_VECTOR: Final = 7
_LONGEST_RUN: Final = 8191


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a receiver says of `count` packets from number `first` (16 bits) on; those not listed were lost."""

    first: int
    count: int
    offsets: list[int]
    """Of the packets that arrived, from `first`."""
    ticks: list[int]
    """When, in TICK_S of the receiver's clock, which begins anywhere."""


def read(message: TransportFeedback) -> Arrivals:
    """The inside of a feedback; raises MalformedPacket."""
    body = message.body
    size = len(body)
    if size < _HEAD.size:
        raise MalformedPacket("A transport-wide feedback is cut short.")
    first, count, head = _HEAD.unpack_from(body)
    offsets: list[int] = []
    symbols: list[int] = []
    at = _HEAD.size
    number = 0
    while number < count:
        if at + 2 > size:
            raise MalformedPacket("A transport-wide feedback lacks chunks.")
        chunk = body[at] << 8 | body[at + 1]
        at += 2
        if chunk < 0x8000:
            run = min(chunk & _LONGEST_RUN, count - number)
            if chunk >> 13 != _LOST:
                offsets += range(number, number + run)
                symbols += [chunk >> 13] * run
            number += run
        else:
            width = 2 if chunk & 0x4000 else 1
            for shift in range(14 - width, -1, -width):
                symbol = chunk >> shift & 2 * width - 1
                if symbol != _LOST and number < count:
                    offsets.append(number)
                    symbols.append(symbol)
                number += 1
    return Arrivals(first, count, offsets, _ticks(body, at, symbols, (head >> 8) * _REFERENCE_TICKS))


def _ticks(body: bytes, at: int, symbols: list[int], reference: int) -> list[int]:
    """The arrival times, each told by its distance from the one before."""
    ticks: list[int] = []
    for symbol in symbols:
        if symbol > _LARGE_DELTA or at + symbol > len(body):
            raise MalformedPacket("A transport-wide feedback lacks times.")
        delta: int = body[at]
        if symbol == _LARGE_DELTA:
            delta = (delta << 8 | body[at + 1]) - (delta >> 7 << 16)
        at += symbol
        reference += delta
        ticks.append(reference)
    return ticks


def feedback(
    sender_ssrc: int, media_ssrc: int, first: int, last: int, arrivals: Mapping[int, float], count: int
) -> TransportFeedback:
    """What became of the packets `first` to `last` (unwrapped numbers): in `arrivals`, in seconds, or lost.

    At least one must have arrived. `count` numbers the feedback.
    """
    symbols: list[int] = []
    deltas = b""
    reference = 0
    before = -1
    for number in range(first, last + 1):
        at = arrivals.get(number)
        if at is None:
            symbols.append(_LOST)
            continue
        ticks = int(at / TICK_S)
        if before < 0:
            reference = ticks // _REFERENCE_TICKS
            before = reference * _REFERENCE_TICKS
        delta = ticks - before
        if 0 <= delta < 256:
            symbols.append(_SMALL_DELTA)
            deltas += bytes((delta,))
        else:
            # Overtaken packets have negative deltas.
            delta = max(-0x8000, min(delta, 0x7FFF))
            symbols.append(_LARGE_DELTA)
            deltas += _LARGE.pack(delta)
        before += delta
    head = _HEAD.pack(first & 0xFFFF, len(symbols), (reference & 0xFFFFFF) << 8 | count & 0xFF)
    body = head + _chunks(symbols) + deltas
    return TransportFeedback(sender_ssrc, media_ssrc, body + bytes(-len(body) % 4))


def _chunks(symbols: list[int]) -> bytes:
    """Runs of one symbol where they are long, else vectors of seven."""
    chunks = b""
    at, size = 0, len(symbols)
    while at < size:
        symbol = symbols[at]
        end = at + 1
        while end < size and symbols[end] == symbol and end - at < _LONGEST_RUN:
            end += 1
        if end - at >= _PER_VECTOR or end == size:
            chunks += _CHUNK.pack(symbol << 13 | end - at)
        else:
            end = min(at + _PER_VECTOR, size)
            vector = 0xC000
            for place, each in enumerate(symbols[at:end]):
                vector |= each << 12 - 2 * place
            chunks += _CHUNK.pack(vector)
        at = end
    return chunks
