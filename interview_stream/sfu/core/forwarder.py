"""One subscriber's copy of one track: hides the choice of the layer in use, renumbering, repair and sender reports."""

import math
from struct import Struct
from typing import Protocol

from interview_stream.sfu.core.layer import Layer
from interview_stream.sfu.core.path import Path
from interview_stream.sfu.core.rewriting import PictureMap, SequenceMap, TimestampMap
from interview_stream.sfu.wire.rtcp import SenderReport
from interview_stream.sfu.wire.rtp import RtpPacket
from interview_stream.sfu.wire.vp8 import Vp8Descriptor

CACHE = 1024
CACHE_MASK = CACHE - 1
MAX_RESEND_PAUSE_S = 0.1
RESEND_PAUSE_RTTS = 0.75
MAX_RESENDS = 6
SUBSCRIBER_LOOKS_S = 0.02
"""How often browsers ask for what they miss."""
MOST_HOLD = 1000
"""The longest that a subscriber may be told to hold a picture back, in steps of 10 ms."""
PAD_CHOICES = 32
"""So many of the newest packets serve as padding."""

_PLAIN = Struct("!BBHII")
_NUMBERED = Struct("!BBHIIHHI")
_NUMBERED_HELD = Struct("!BBHIIHHII")

_Sent = tuple[int, bytes, bytes]
"""Sequence number, header and payload of a packet that went out."""


class MediaSink(Protocol):
    """Where packets go: a peer, or a recording."""

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        """One packet."""


class Randomness(Protocol):
    """Where SSRCs and first numbers come from."""

    def getrandbits(self, bits: int, /) -> int: ...


class Forwarder:
    """Sends one track to one sink with its own SSRC and continuous numbers.

    It is on the `forwarders` list of the layer it sends and on the `waiting` list of the layer it wants; only these two
    lists decide what reaches it.
    """

    __slots__ = (
        "_before",
        "_cache",
        "_held",
        "_padded",
        "_path",
        "_payload_type",
        "_picture",
        "_playout",
        "_resends",
        "_rtx_payload_type",
        "_rtx_sequence",
        "_sequence",
        "_sink",
        "_time",
        "_transport",
        "_wanted",
        "current",
        "lateness",
        "octets",
        "packets",
        "resent",
        "rtx_ssrc",
        "ssrc",
    )

    def __init__(self, sink: MediaSink, clock_rate: int, random: Randomness, path: Path | None = None) -> None:
        """`path` numbers the packets for feedback, if that is agreed upon."""
        self._sink = sink
        self._path = path
        self.ssrc = random.getrandbits(31) + 1
        self.rtx_ssrc = random.getrandbits(31) + 1
        self._sequence = SequenceMap(random.getrandbits(15))
        self._rtx_sequence = random.getrandbits(15)
        self._time = TimestampMap(clock_rate)
        self._picture = PictureMap()
        self._payload_type = -1
        self._rtx_payload_type: int | None = None
        self._transport = 0
        self._playout = 0
        self._held = 0
        """The element that says how long to hold pictures back; 0 when there is nothing to say."""
        self._padded = 0
        self._cache: list[_Sent | None] | None = None
        self._resends: dict[int, tuple[_Sent, int, float]] = {}
        self.current: Layer | None = None
        self._wanted: Layer | None = None
        self._before: Layer | None = None
        self.packets = 0
        self.octets = 0
        self.resent = 0
        self.lateness: list[float] = []
        """How late what was sent again is likely to come, in seconds; the owner takes them out."""

    def negotiated(
        self, payload_type: int, *, rtx: int | None, transport: int | None, playout: int | None = None
    ) -> None:
        """How the subscriber wants the packets: its payload types, and the ids of the extensions that it knows."""
        self._payload_type = payload_type
        self._rtx_payload_type = rtx
        # One-byte form only (RFC 8285 section 4.2): id, length - 1, 16 bits of number, 8 of padding.
        usable = transport is not None and transport <= 14 and self._path is not None
        self._transport = (transport or 0) << 28 | 1 << 24 if usable else 0
        self._playout = playout if playout is not None and playout <= 14 else 0
        if rtx is not None and self._cache is None:
            self._cache = [None] * CACHE

    def hold(self, hold_s: float) -> None:
        """Have the subscriber show each picture so much later than it could, or as soon as it can again (0)."""
        if self._playout and (hold_s or self._held):  # Who was never told otherwise need not be told of none.
            # https://webrtc.googlesource.com/src/+/main/docs/native-code/rtp-hdrext/playout-delay: least and most, in
            # steps of 10 ms. Nothing said later is as if nothing had changed, so it goes on being said.
            self._held = self._playout << 28 | 2 << 24 | min(int(hold_s * 100), MOST_HOLD) << 12 | MOST_HOLD

    def aim(self, layer: Layer | None) -> None:
        """Send this layer from its next key frame on, the present one until then; None stops at once."""
        if layer is self._wanted:
            return
        if self._wanted is not None and self in self._wanted.waiting:
            self._wanted.waiting.remove(self)
        self._wanted = layer
        if layer is None:
            self._leave_current()
        elif layer is not self.current:
            layer.waiting.append(self)
            layer.request_keyframe()

    def interrupt(self) -> None:
        """The source stops (mute): what comes after needs a key frame and continues without a gap."""
        wanted = self._wanted
        if wanted is None or self.current is None:
            return
        self._leave_current()
        if self not in wanted.waiting:
            wanted.waiting.append(self)

    def stop(self) -> None:
        """Send nothing any more."""
        self.aim(None)

    def begin(self, layer: Layer, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None, now: float) -> None:
        """`packet` begins a key frame of the layer this forwarder waits for: go over to it."""
        before = self._before if self.current is None else self.current
        same_instant = None
        if before is layer:  # after a pause the source's own clock has gone on
            same_instant = packet.timestamp
        elif before is not None:
            same_instant = layer.translate(packet.timestamp, before)
        if self._cache is not None and before is not None and layer.quality < before.quality:
            # Mostly for want of bandwidth: what was lost of the larger picture must not take it from the smaller.
            self._cache = [None] * CACHE
        self._leave_current()
        self._time.start(packet.timestamp, now, same_instant)
        self._sequence.start(number)
        if descriptor is not None:
            self._picture.start(descriptor)
        layer.waiting.remove(self)
        layer.forwarders.append(self)
        self.current = layer

    def show_latest(self, now: float) -> None:
        """Send the newest key frame of the wanted layer once more, if it is there, and wait for the next.

        For a subscriber that has nothing yet: it sees a still at once, and moving pictures when the publisher answered.
        """
        layer = self._wanted
        frame = None if layer is None else layer.keyframe
        if frame is None or not frame.is_fresh(now):
            return
        self.interrupt()
        first = frame.packets[frame.first]
        self._time.start(first.timestamp, now, None)
        self._sequence.start(frame.first)
        if frame.descriptors:
            self._picture.start(frame.descriptors[frame.first])
        for number in range(frame.first, frame.first + len(frame.packets)):
            self.forward(frame.packets[number], number, frame.descriptors.get(number), now)
        self._before = layer

    def forward(self, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None, now: float) -> None:
        """Send one packet of the current layer; `number` is its unwrapped sequence number."""
        is_newest = number > self._sequence.newest
        sequence = self._sequence.map(number)
        if sequence is None:
            return
        timestamp = self._time.map(packet.timestamp)
        payload = packet.payload
        if is_newest:
            self._time.sent(timestamp, now)
        if descriptor is not None:
            if self._picture.is_active:
                payload = self._picture.map(payload, descriptor)
            if is_newest:
                self._picture.sent(descriptor)
        kind = self._payload_type | packet.marker << 7
        header = self._header(kind, sequence, timestamp, self.ssrc, len(payload), now)
        if self._cache is not None:
            self._cache[sequence & CACHE_MASK] = (sequence, header, payload)
        self.packets += 1
        self.octets += len(payload)
        self._sink.send_rtp(header, payload)

    def skip(self, number: int) -> None:
        """A packet without media (padding) is left out."""
        self._sequence.skip(number)

    def resend(self, lost: tuple[int, ...], now: float, rtt_s: float, most: float = math.inf) -> int:
        """Answer a NACK with RTX (RFC 4588); a subscriber that does not know RTX must ask for a key frame.

        A number asked for again within a round trip was sent already: the question crossed the answer. No more than
        about `most` octets are sent; gives how many it were.
        """
        sent = 0
        if self._cache is None or self._rtx_payload_type is None:
            return sent
        pause_s = min(rtt_s * RESEND_PAUSE_RTTS, MAX_RESEND_PAUSE_S)
        for sequence in lost:
            if sent >= most:
                break
            entry = self._cache[sequence & CACHE_MASK]
            if entry is None or entry[0] != sequence:
                continue
            before, tries, at = self._resends.get(sequence, (None, 0, 0.0))
            # Compared by value: compiled, a tuple has no identity.
            if before == entry and (tries >= MAX_RESENDS or now - at < pause_s):
                continue
            if len(self._resends) >= CACHE:
                # Only what the cache has lost: the others' count limits how often each packet is sent.
                kept = self._resends.items()
                self._resends = {key: value for key, value in kept if self._cache[key & CACHE_MASK] == value[0]}
            tries = tries + 1 if before == entry else 1
            self._resends[sequence] = (entry, tries, now)
            if len(self.lateness) < CACHE:
                self.lateness.append(tries * (rtt_s + SUBSCRIBER_LOOKS_S))
            self.resent += 1
            sent += len(entry[2])
            self._send_again(entry, now)
        return sent

    @property
    def can_pad(self) -> bool:
        """Whether something is there for `pad` to send."""
        return self._transport != 0 and self._rtx_payload_type is not None and self.packets > 0

    def pad(self, octets: int, now: float) -> int:
        """Send about as much of what was sent lately once more, to see whether it arrives; how much it was."""
        sent = 0
        if self._cache is None:
            return 0
        for _ in range(PAD_CHOICES):
            if sent >= octets:
                break
            self._padded = (self._padded + 1) % PAD_CHOICES
            entry = self._cache[self._sequence.last - self._padded & CACHE_MASK]
            if entry is not None:
                self._send_again(entry, now)
                sent += len(entry[2])
        return sent

    def _send_again(self, entry: _Sent, now: float) -> None:
        sequence, header, payload = entry
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        kind = (self._rtx_payload_type or 0) | header[1] & 0x80
        timestamp = int.from_bytes(header[4:8], "big")
        again = self._header(kind, self._rtx_sequence, timestamp, self.rtx_ssrc, len(payload), now)
        self._sink.send_rtp(again, sequence.to_bytes(2, "big") + payload)

    def sender_report(self, now: float) -> SenderReport | None:
        """NTP and RTP time of now, by the publisher's own clock; None until the publisher told it."""
        clock = self.current.clock(now) if self.current is not None else None
        if clock is None:
            return None
        ntp, timestamp = clock
        return SenderReport(self.ssrc, ntp, self._time.map(timestamp), self.packets, self.octets & 0xFFFFFFFF)

    def map_clock(self, timestamp: int) -> int:
        """The outgoing timestamp for one of the current layer."""
        return self._time.map(timestamp)

    def request_keyframe(self) -> None:
        """The subscriber cannot decode: ask the publisher."""
        layer = self._wanted or self.current
        if layer is not None:
            layer.request_keyframe()

    def _leave_current(self) -> None:
        if self.current is not None:
            self.current.forwarders.remove(self)
            self._before = self.current
            self.current = None

    def _header(self, kind: int, sequence: int, timestamp: int, ssrc: int, size: int, now: float) -> bytes:
        if self._transport and self._path is not None:
            number = self._path.send(size, now)
            if self._held:
                # Two words: an element of four octets, one of three, and padding.
                first, second = self._held, self._transport | number << 8
                return _NUMBERED_HELD.pack(0x90, kind, sequence, timestamp, ssrc, 0xBEDE, 2, first, second)
            # 0xBEDE, one word.
            return _NUMBERED.pack(0x90, kind, sequence, timestamp, ssrc, 0xBEDE, 1, self._transport | number << 8)
        if self._held:
            return _NUMBERED.pack(0x90, kind, sequence, timestamp, ssrc, 0xBEDE, 1, self._held)
        return _PLAIN.pack(0x80, kind, sequence, timestamp, ssrc)
