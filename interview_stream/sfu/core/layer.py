"""One incoming encoding of a track: hides arrival, repair, key frames and the publisher's clock; feeds forwarders."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core.arrival import ArrivalLog
from interview_stream.sfu.core.keyframe import KeyFrame
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire import h264
from interview_stream.sfu.wire.rtcp import SenderReport, ntp_middle
from interview_stream.sfu.wire.rtp import RtpPacket, timestamp_diff
from interview_stream.sfu.wire.vp8 import Vp8Descriptor

if TYPE_CHECKING:
    from interview_stream.sfu.core.forwarder import Forwarder

ALIVE_S = 2.5
STALLED_S = 0.3
STALLED_PICTURES = 4
"""All layers show the same moments: one that is silent while a smaller one shows so many was given up by the publisher,
who lacks bandwidth. Silence of all may be a still screen, and an encoder leaves out a picture now and then.
"""
BITRATE_S = 1.0
USUAL_SHARE = 0.75
KEYFRAME_PAUSE_S = {VideoQuality.LOW: 0.5, VideoQuality.MEDIUM: 1.0, VideoQuality.HIGH: 1.0}

AUDIO, VP8, H264 = "audio", "vp8", "h264"


class Layer:
    """One SSRC of a publisher. `receive` hands each packet to the forwarders on this layer, in the same call."""

    __slots__ = (
        "_bits",
        "_coming",
        "_keyframe_asked_at",
        "_measured_at",
        "_report",
        "_report_at",
        "_shown",
        "_wake",
        "above",
        "bitrate",
        "clock_rate",
        "codec",
        "forwarders",
        "hold_s",
        "is_muted",
        "is_stalled",
        "is_video",
        "keyframe",
        "keyframe_at",
        "last_at",
        "log",
        "malformed",
        "nacks",
        "octets",
        "plis",
        "quality",
        "rid",
        "rtx_ssrc",
        "ssrc",
        "usual_bps",
        "waiting",
        "wants_keyframe",
    )

    def __init__(
        self,
        codec: str,
        clock_rate: int,
        *,
        wake: Callable[[], None],
        rid: str = "",
        quality: VideoQuality = VideoQuality.HIGH,
    ) -> None:
        """`wake` is called when there is something to ask the publisher for."""
        self._wake = wake
        self.codec = codec
        self.is_video = codec != AUDIO
        self.clock_rate = clock_rate
        self.rid = rid
        self.quality = quality
        self.ssrc = 0
        """0 until the first packet told it."""
        self.rtx_ssrc = 0
        self.log = ArrivalLog(clock_rate)
        self.forwarders: list[Forwarder] = []
        self.waiting: list[Forwarder] = []
        self.above: list[Layer] = []
        """The larger layers of the track, smallest first."""
        self.is_stalled = False
        """The publisher has stopped it, while a smaller one goes on."""
        self._shown: deque[float] = deque(maxlen=STALLED_PICTURES)
        """When the last pictures came."""
        self.is_muted = False
        self.wants_keyframe = False
        self.keyframe: KeyFrame | None = None
        """The newest complete one, for those who come late; none when it is too old for them."""
        self._coming: KeyFrame | None = None
        self.keyframe_at = -1e9
        self.last_at = -1e9
        self.bitrate = 0.0
        """bit/s over the last second."""
        self.usual_bps = 0.0
        """The same, but it falls slowly: pictures cost more at one moment than at another."""
        self.malformed = 0
        self.octets = 0
        """Of payload, as of the last `measure`."""
        self.nacks = 0
        """Packets that the publisher was asked for again, each time counted."""
        self.plis = 0
        """Key frames that it was asked for."""
        self.hold_s = 0.0
        """How long subscribers should hold pictures back, so that what is repaired comes in time."""
        self._keyframe_asked_at = -1e9
        self._report: SenderReport | None = None
        self._report_at = 0.0
        self._bits = 0
        self._measured_at = 0.0

    def is_alive(self, now: float) -> bool:
        """Whether the publisher sends this layer at present."""
        return now - self.last_at < ALIVE_S

    def receive(self, packet: RtpPacket, now: float) -> None:
        """A packet of this layer's own SSRC."""
        number = self.log.accept(packet.sequence_number, packet.timestamp, now)
        if number is not None:
            self._deliver(packet, number, now)
            if self.is_video and self.log.is_lacking:
                self._wake()

    def receive_repair(self, packet: RtpPacket, now: float) -> None:
        """A packet of the RTX SSRC (RFC 4588 section 4): two bytes of original sequence number, then the payload."""
        payload = packet.payload
        if len(payload) < 3:
            return  # padding, sent to probe the path
        number = self.log.accept_repair(payload[0] << 8 | payload[1], now)
        if number is None:
            return
        # Nobody else has seen this packet yet, so it may become the one it repairs.
        packet.payload = payload[2:]
        packet.ssrc = self.ssrc
        packet.sequence_number = number & 0xFFFF
        self._deliver(packet, number, now)

    def _deliver(self, packet: RtpPacket, number: int, now: float) -> None:
        self.last_at = now
        self.is_stalled = False
        if packet.marker and self.above:
            self._watch_above(now)
        payload = packet.payload
        if not payload:
            for forwarder in self.forwarders:
                forwarder.stream.skip(number)
            return
        self._bits += len(payload) << 3
        descriptor = None
        is_keyframe = True
        if self.codec == VP8:
            try:
                descriptor = Vp8Descriptor.parse(payload)
            except MalformedPacket:
                self.malformed += 1
                return
            is_keyframe = descriptor.is_keyframe
        elif self.codec == H264:
            is_keyframe = h264.is_keyframe(payload)
        if self.is_muted:
            return
        if is_keyframe:
            self._keyframe(packet, number, descriptor, now)
        if self._coming is not None:
            self._keep(packet, number, descriptor)
        elif self.keyframe is not None and self.keyframe.is_followed:
            self.keyframe.follow(packet, number, descriptor, now)
        for forwarder in self.forwarders:
            forwarder.stream.send(number, packet.timestamp, packet.marker, descriptor, payload, now)

    def _watch_above(self, now: float) -> None:
        """A picture of this layer is complete: where there is none any more of a larger one, its viewers get this one.

        Not at the next look at everything: what they see stands still until then.
        """
        shown = self._shown
        shown.append(now)
        for layer in self.above:
            if layer.is_stalled:
                continue
            goes_on = shown[0] <= layer.last_at or now - layer.last_at <= STALLED_S
            if goes_on or len(shown) < STALLED_PICTURES or not layer.is_alive(now):
                break
            layer.is_stalled = True
            for forwarder in layer.forwarders + layer.waiting:
                forwarder.fall_back(layer, self)

    def _keyframe(self, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None, now: float) -> None:
        self.keyframe_at = now
        # H.264 begins one several times: parameter sets, then the picture.
        if self.is_video and (self._coming is None or self._coming.timestamp != packet.timestamp):
            self._coming = KeyFrame(packet, number, now)
        # A late start (a repair) is of no use to those who wait: they have missed what followed it.
        if number == self.log.highest:
            self.wants_keyframe = False
            for forwarder in self.waiting[:]:
                forwarder.begin(self, packet, number, descriptor, now)

    def _keep(self, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None) -> None:
        coming = self._coming
        if coming is None or packet.timestamp != coming.timestamp or number < coming.first:
            return
        if not coming.add(packet, number, descriptor):
            self._coming = None
        elif coming.is_complete:
            self.keyframe = coming
            self._coming = None

    def forget_keyframe(self) -> None:
        """What was filmed until now is not to be seen any more."""
        self.keyframe = self._coming = None

    def request_keyframe(self) -> None:
        """Somebody cannot go on without a key frame; it is asked for by `keyframe_due`, not too often."""
        if self.is_video and not self.wants_keyframe:
            self.wants_keyframe = True
            self._wake()

    def is_urgent(self, now: float) -> bool:
        """Whether something is to be asked for that somebody's picture waits for."""
        if not self.is_video:  # sound that is lost is not asked for
            return False
        return self.log.is_lacking or (self.wants_keyframe and not self.is_muted and self.is_alive(now))

    def keyframe_due(self, now: float) -> bool:
        """Whether to send a request to the publisher now; True counts as sent."""
        if not self.wants_keyframe or self.is_muted or not self.is_alive(now):
            return False
        if now - self._keyframe_asked_at < KEYFRAME_PAUSE_S[self.quality]:
            return False
        self._keyframe_asked_at = now
        return True

    def restart(self, ssrc: int) -> None:
        """Another source takes over: neither its numbers nor its clock have to do with those of the one before."""
        self.ssrc = ssrc
        self.log = ArrivalLog(self.clock_rate)
        self._report = None
        self.forget_keyframe()
        for forwarder in self.forwarders[:]:
            forwarder.interrupt()
        if self.waiting:
            self.request_keyframe()

    def sender_reported(self, report: SenderReport, now: float) -> None:
        """The publisher told its clock."""
        self._report = report
        self._report_at = now

    def last_report(self, now: float) -> tuple[int, float]:
        """Middle of the NTP time of the last sender report, and how long ago it came (RFC 3550 section 6.4.1)."""
        return (0, 0.0) if self._report is None else (ntp_middle(self._report.ntp_time), now - self._report_at)

    @property
    def reported(self) -> SenderReport | None:
        return self._report

    def clock(self, now: float) -> tuple[int, int] | None:
        """The publisher's 64-bit NTP time and this layer's RTP timestamp of now; None before its first report."""
        if self._report is None:
            return None
        elapsed = now - self._report_at
        return (
            (self._report.ntp_time + int(elapsed * 4294967296)) & 0xFFFFFFFFFFFFFFFF,
            (self._report.rtp_timestamp + int(elapsed * self.clock_rate)) & 0xFFFFFFFF,
        )

    def translate(self, timestamp: int, other: "Layer") -> int | None:
        """What `other` would say at the instant at which this layer says `timestamp`; None if a clock is unknown."""
        mine, theirs = self._report, other.reported
        if mine is None or theirs is None:
            return None
        since_mine = timestamp_diff(timestamp, mine.rtp_timestamp) / self.clock_rate
        between = (mine.ntp_time - theirs.ntp_time) / 4294967296
        return (theirs.rtp_timestamp + round((since_mine + between) * other.clock_rate)) & 0xFFFFFFFF

    def measure(self, now: float) -> None:
        """Take the bit rate, and let go of what is too old; call about once a second."""
        elapsed = now - self._measured_at
        if elapsed >= BITRATE_S:
            self.bitrate = self._bits / elapsed
            self.usual_bps = max(self.bitrate, self.usual_bps * USUAL_SHARE)
            self.octets += self._bits >> 3
            self._bits = 0
            self._measured_at = now
        if self.keyframe is not None and not self.keyframe.is_fresh(now):
            self.keyframe = None
