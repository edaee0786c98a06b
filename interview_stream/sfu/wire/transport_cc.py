"""When packets arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1): hides the bits of it."""

from collections.abc import Mapping
from struct import Struct
from typing import Final

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
