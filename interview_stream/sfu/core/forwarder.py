"""One subscriber's copy of one track: hides the choice of the layer in use, renumbering, repair and sender reports."""

import math
from collections.abc import Iterator
from typing import Protocol

from interview_stream.sfu.core.keyframe import Replay
from interview_stream.sfu.core.layer import Layer
from interview_stream.sfu.core.outgoing import KEPT, OutgoingStream, SentLog
from interview_stream.sfu.core.sinks import MediaSink
from interview_stream.sfu.wire.rtcp import SenderReport
from interview_stream.sfu.wire.rtp import RtpPacket
from interview_stream.sfu.wire.vp8 import Vp8Descriptor

MAX_RESEND_PAUSE_S = 0.1
RESEND_PAUSE_RTTS = 0.75
MAX_RESENDS = 6
SUBSCRIBER_LOOKS_S = 0.02
"""How often browsers ask for what they miss."""
MOST_HOLD = 1000
"""The longest that a subscriber may be told to hold a picture back, in steps of 10 ms."""
PAD_CHOICES = 32
"""So many of the newest packets serve as padding."""


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
        "_has_rtx",
        "_padded",
        "_playout",
        "_resends",
        "_wanted",
        "current",
        "lateness",
        "resent",
        "stream",
    )

    def __init__(self, sink: MediaSink, clock_rate: int, random: Randomness, log: SentLog | None = None) -> None:
        """`log` numbers the packets for feedback, if that is agreed upon."""
        ssrcs = random.getrandbits(31) + 1, random.getrandbits(31) + 1
        first = random.getrandbits(15), random.getrandbits(15)
        self.stream = OutgoingStream(sink, log, clock_rate, ssrcs, first)
        """By which packets of the current layer go out; what it counts is public."""
        self._has_rtx = False
        self._playout = 0
        self._padded = 0
        self._resends: dict[int, tuple[int, int, float]] = {}
        """By number: the packet's timestamp, since numbers come again; how often it was sent again; and when last."""
        self.current: Layer | None = None
        self._wanted: Layer | None = None
        self._before: Layer | None = None
        self.resent = 0
        self.lateness: list[float] = []
        """How late what was sent again is likely to come, in seconds; the owner takes them out."""

    def negotiated(
        self, payload_type: int, *, rtx: int | None, transport: int | None, playout: int | None = None
    ) -> None:
        """How the subscriber wants the packets: its payload types, and the ids of the extensions that it knows."""
        stream = self.stream
        stream.payload_type = payload_type
        stream.rtx_payload_type = rtx or 0
        # One-byte form only (RFC 8285 section 4.2): id, length - 1, 16 bits of number, 8 of padding.
        stream.transport = transport << 28 | 1 << 24 if transport is not None and transport <= 14 else 0
        self._playout = playout if playout is not None and playout <= 14 else 0
        if rtx is not None and not self._has_rtx:
            stream.keep()
        self._has_rtx = rtx is not None

    def hold(self, hold_s: float) -> None:
        """Have the subscriber show each picture so much later than it could, or as soon as it can again (0)."""
        if self._playout and (hold_s or self.stream.held):  # Who was never told otherwise need not be told of none.
            # https://webrtc.googlesource.com/src/+/main/docs/native-code/rtp-hdrext/playout-delay: least and most, in
            # steps of 10 ms. Nothing said later is as if nothing had changed, so it goes on being said.
            least = min(int(hold_s * 100), MOST_HOLD)
            self.stream.held = self._playout << 28 | 2 << 24 | least << 12 | MOST_HOLD

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

    def fall_back(self, stalled: Layer, layer: Layer) -> None:
        """The wanted layer has stopped, and this one goes on."""
        if self._wanted is stalled:
            self.aim(layer)

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
        if self._has_rtx and before is not None and layer.quality < before.quality:
            # Mostly for want of bandwidth: what was lost of the larger picture must not take it from the smaller.
            self.stream.keep()
        self.stream.start(number, packet.timestamp, descriptor, packet.payload, same_instant, now)
        self._enter(layer)

    def show_latest(self, now: float) -> None:
        """Send the newest key frame once more, for a subscriber that has nothing yet.

        What came since goes with it if it is all there, and then the picture moves on from there: that of the wanted
        layer, or of the present one meanwhile. Otherwise it is a still until the publisher has answered.
        """
        layer = self._wanted
        for each in (layer, self.current):
            if each is not None and each.keyframe is not None and each.keyframe.reaches(each.log.highest, now):
                self._leave_current()
                self._replay(each, each.keyframe.replay(each.log.highest), now)
                self._enter(each)
                return
        if layer is None:
            return
        layer.request_keyframe()
        if layer.keyframe is not None and layer.keyframe.is_fresh(now):
            self.interrupt()
            self._replay(layer, layer.keyframe.replay(None), now)
            self._before = layer

    def _replay(self, layer: Layer, packets: Iterator[Replay], now: float) -> None:
        is_first = True
        for number, timestamp, packet, descriptor in packets:
            if is_first:
                same_instant = timestamp if self._before is layer else None
                self.stream.start(number, timestamp, descriptor, packet.payload, same_instant, now)
                is_first = False
            self.stream.send(number, timestamp, packet.marker, descriptor, packet.payload, now)

    def _enter(self, layer: Layer) -> None:
        """From now on each packet of the layer is sent."""
        self._leave_current()
        if self in layer.waiting:
            layer.waiting.remove(self)
        layer.forwarders.append(self)
        self.current = layer

    def resend(self, lost: tuple[int, ...], now: float, rtt_s: float, most: float = math.inf) -> int:
        """Answer a NACK with RTX (RFC 4588); a subscriber that does not know RTX must ask for a key frame.

        A number asked for again within a round trip was sent already: the question crossed the answer. No more than
        about `most` octets are sent; gives how many it were.
        """
        sent = 0
        if not self._has_rtx:
            return sent
        pause_s = min(rtt_s * RESEND_PAUSE_RTTS, MAX_RESEND_PAUSE_S)
        for sequence in lost:
            if sent >= most:
                break
            timestamp = self.stream.kept(sequence)
            if timestamp is None:
                continue
            before, tries, at = self._resends.get(sequence, (-1, 0, 0.0))
            if before == timestamp and (tries >= MAX_RESENDS or now - at < pause_s):
                continue
            if len(self._resends) >= KEPT:
                # Only what is kept no more: the others' count limits how often each packet is sent.
                asked = self._resends.items()
                self._resends = {key: value for key, value in asked if self.stream.kept(key) == value[0]}
            tries = tries + 1 if before == timestamp else 1
            self._resends[sequence] = (timestamp, tries, now)
            if len(self.lateness) < KEPT:
                self.lateness.append(tries * (rtt_s + SUBSCRIBER_LOOKS_S))
            self.resent += 1
            sent += self.stream.repeat(sequence, now)
        return sent

    @property
    def can_pad(self) -> bool:
        """Whether something is there for `pad` to send."""
        return self._has_rtx and self.stream.transport != 0 and self.stream.packets > 0

    def pad(self, octets: int, now: float) -> int:
        """Send about as much of what was sent lately once more, to see whether it arrives; how much it was."""
        sent = 0
        for _ in range(PAD_CHOICES):
            if sent >= octets:
                break
            self._padded = (self._padded + 1) % PAD_CHOICES
            sent += self.stream.repeat(self.stream.last - self._padded & 0xFFFF, now)
        return sent

    def sender_report(self, now: float) -> SenderReport | None:
        """NTP and RTP time of now, by the publisher's own clock; None until the publisher told it."""
        clock = self.current.clock(now) if self.current is not None else None
        if clock is None:
            return None
        ntp, timestamp = clock
        stream = self.stream
        return SenderReport(
            stream.ssrc, ntp, stream.map_time(timestamp), stream.packets & 0xFFFFFFFF, stream.octets & 0xFFFFFFFF
        )

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
