"""Media on its way to one client: hides numbers, headers, and what was sent lately.

Written twice with one meaning and one set of tests: here, and in outgoing.c, since all of this happens for each packet
and each subscriber.
"""

import math
from collections import Counter
from collections.abc import Sequence
from struct import Struct
from typing import Final

from interview_stream.sfu.core.rewriting import Offsets, PictureMap, SequenceMap, TimestampMap, renumber
from interview_stream.sfu.core.sinks import MediaSender, MediaSink, Outbox
from interview_stream.sfu.errors import SrtpError
from interview_stream.sfu.wire.stun import Address
from interview_stream.sfu.wire.vp8 import Vp8Descriptor

KEPT: Final = 1024
"""Packets of a stream that can be repeated."""
TOLD: Final = 2048
"""Packets whose fate is still asked for: three seconds of a large shared screen."""

_Kept = tuple[int, int, int, bytes, Offsets | None]
"""What went out: sequence number, second octet of the header (marker and payload type), timestamp, the source's own
payload, which all subscribers share, and what was added to the numbers of its picture."""

_PLAIN: Final = Struct("!BBHII")
_ONE_WORD: Final = Struct("!BBHIIHHI")
_TWO_WORDS: Final = Struct("!BBHIIHHII")


class Outlet:
    """The way of one transport's media into the outbox: a `MediaSink`.

    While there is no `sender` (no keys yet) or no `target` (not connected), packets are dropped and counted.
    """

    __slots__ = ("_drops", "_outbox", "sender", "target")

    def __init__(self, outbox: Outbox, drops: Counter[str]) -> None:
        self._outbox = outbox
        self._drops = drops
        self.sender: MediaSender | None = None
        self.target: Address | None = None

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        """Protect and queue one packet; one whose number was used is dropped and counted."""
        if self.target is None or self.sender is None:
            self._drops["not connected"] += 1
            return
        try:
            self._outbox.append((self.sender.protect(header, payload), self.target))
        except SrtpError:
            self._drops["number used twice"] += 1


class SentLog:
    """The numbers of what goes to one client, which its feedback speaks of
    (draft-holmer-rmcat-transport-wide-cc-extensions-01): how large, and when."""

    __slots__ = ("_sizes", "_times", "number", "octets")

    def __init__(self) -> None:
        self.number = 0
        """Of the next packet."""
        self.octets = 0
        """Of payload, in all."""
        self._times: list[float] = []
        self._sizes: list[int] = []
        """Of the payload, in octets; 0 once it is known to have arrived."""

    def send(self, size: int, now: float) -> int:
        """The number, in 16 bits, for a packet with `size` octets of payload that goes out now."""
        number = self.number
        if number < TOLD:
            self._times.append(now)
            self._sizes.append(size)
        else:
            self._times[number % TOLD] = now
            self._sizes[number % TOLD] = size
        self.number = number + 1
        self.octets += size
        return number & 0xFFFF

    def settle(self, first: int, offsets: Sequence[int], times: Sequence[float]) -> tuple[int, float]:
        """These arrived, counted from number `first` (16 bits), at these times of the client's clock.

        Gives the octets of payload that were not known to have arrived, and the shortest time from sending to arrival,
        by two clocks; infinity when all of it is too old.
        """
        start = self.number - (self.number - first & 0xFFFF)
        octets, shortest = 0, math.inf
        for offset, at in zip(offsets, times, strict=True):
            number = start + offset
            if number < 0 or not self.number - TOLD <= number < self.number:
                continue
            slot = number % TOLD
            octets += self._sizes[slot]
            self._sizes[slot] = 0
            shortest = min(shortest, at - self._times[slot])
        return octets, shortest


class OutgoingStream:
    """One track to one client: continuous numbers under an SSRC of its own, and another for repetitions (RFC 4588)."""

    __slots__ = (
        "_kept",
        "_log",
        "_picture",
        "_rtx_sequence",
        "_sequence",
        "_sink",
        "_time",
        "held",
        "octets",
        "packets",
        "payload_type",
        "rtx_payload_type",
        "rtx_ssrc",
        "ssrc",
        "transport",
    )

    def __init__(
        self,
        sink: MediaSink,
        log: SentLog | None,
        clock_rate: int,
        ssrcs: tuple[int, int],
        first: tuple[int, int],
    ) -> None:
        """SSRC and first sequence number of the stream itself and of its repetitions."""
        self._sink = sink
        self._log = log
        self.ssrc, self.rtx_ssrc = ssrcs
        self._sequence = SequenceMap(first[0])
        self._rtx_sequence = first[1]
        self._time = TimestampMap(clock_rate)
        self._picture = PictureMap()
        self._kept: list[_Kept | None] | None = None
        self.payload_type = 0
        self.rtx_payload_type = 0
        self.transport = 0
        """The header extension that holds the number of `log`, which is to be filled in; 0 without."""
        self.held = 0
        """The extension that says how long to hold pictures back; 0 when there is nothing to say."""
        self.packets = 0
        self.octets = 0
        """Of payload, repetitions left out."""

    def keep(self) -> None:
        """Remember from now on what is sent; what was remembered before is forgotten."""
        self._kept = [None] * KEPT

    def kept(self, sequence: int) -> int | None:
        """The timestamp of what went out under this number, if that is remembered."""
        entry = self._find(sequence)
        return None if entry is None else entry[2]

    @property
    def last(self) -> int:
        """The newest number that went out."""
        return self._sequence.last

    def start(
        self,
        number: int,
        timestamp: int,
        descriptor: Vp8Descriptor | None,
        payload: bytes,
        same: int | None,
        now: float,
    ) -> None:
        """A source begins with the packet of this (unwrapped) number; `payload` is its own.

        `same` is what the source before it would have said instead of `timestamp`, if that is known.
        """
        self._time.start(timestamp, now, same)
        self._sequence.start(number)
        if descriptor is not None:
            self._picture.start(descriptor)

    def skip(self, number: int) -> None:
        """A packet without media (padding) is left out."""
        self._sequence.skip(number)

    def send(
        self, number: int, timestamp: int, marker: bool, descriptor: Vp8Descriptor | None, payload: bytes, now: float
    ) -> None:
        """One packet of the source; `descriptor` is what begins the payload of a VP8 packet."""
        is_newest = number > self._sequence.newest
        sequence = self._sequence.map(number)
        if sequence is None:
            return
        timestamp = self._time.map(timestamp)
        if is_newest:
            self._time.sent(timestamp, now)
        offsets = None
        if descriptor is not None:
            offsets = self._picture.offsets
            if is_newest:
                self._picture.sent(descriptor)
        kind = self.payload_type | marker << 7
        if self._kept is not None:
            self._kept[sequence % KEPT] = (sequence, kind, timestamp, payload, offsets)
        if descriptor is not None and offsets is not None:
            payload = renumber(payload, descriptor, offsets)
        self.packets += 1
        self.octets += len(payload)
        self._sink.send_rtp(self._header(kind, sequence, timestamp, self.ssrc, len(payload), now), payload)

    def repeat(self, sequence: int, now: float) -> int:
        """Send once more, if it is remembered, what went out under this number; gives its octets of payload.

        Its own number comes before its payload (RFC 4588 section 4).
        """
        entry = self._find(sequence)
        if entry is None:
            return 0
        original, kind, timestamp, payload, offsets = entry
        if offsets is not None:
            payload = renumber(payload, Vp8Descriptor.parse(payload), offsets)
        self._rtx_sequence = self._rtx_sequence + 1 & 0xFFFF
        kind = kind & 0x80 | self.rtx_payload_type
        header = self._header(kind, self._rtx_sequence, timestamp, self.rtx_ssrc, len(payload), now)
        self._sink.send_rtp(header, original.to_bytes(2, "big") + payload)
        return len(payload)

    def map_time(self, timestamp: int) -> int:
        """The outgoing timestamp for one of the source."""
        return self._time.map(timestamp)

    def _find(self, sequence: int) -> _Kept | None:
        entry = None if self._kept is None else self._kept[sequence % KEPT]
        return entry if entry is not None and entry[0] == sequence & 0xFFFF else None

    def _header(self, kind: int, sequence: int, timestamp: int, ssrc: int, size: int, now: float) -> bytes:
        """With extensions in one-byte form (RFC 8285 section 4.2), which 0xBEDE announces, and their words."""
        if self.transport and self._log is not None:
            numbered = self.transport | self._log.send(size, now) << 8
            if self.held:  # Two words: an element of four octets, one of three, and padding.
                return _TWO_WORDS.pack(0x90, kind, sequence, timestamp, ssrc, 0xBEDE, 2, self.held, numbered)
            return _ONE_WORD.pack(0x90, kind, sequence, timestamp, ssrc, 0xBEDE, 1, numbered)
        if self.held:
            return _ONE_WORD.pack(0x90, kind, sequence, timestamp, ssrc, 0xBEDE, 1, self.held)
        return _PLAIN.pack(0x80, kind, sequence, timestamp, ssrc)
