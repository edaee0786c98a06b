"""A recorder's claim on one track: a subscriber of the top layer whose packets go to a file."""

from collections.abc import Mapping
from typing import Protocol

from livekit.protocol.egress import EgressInfo, EgressStatus, FileInfo, TrackEgressRequest

from interview_stream.sfu.core.forwarder import Forwarder, Randomness
from interview_stream.sfu.core.layer import H264
from interview_stream.sfu.core.track import Track, Wish

KEYFRAME_S = 4.0
CHOOSE_S = 0.5
PAYLOAD_TYPE = {"vp8": 96, H264: 102, "opus": 111}
WISH = Wish()
CONSENT = "recording"
"""The attribute of a participant that says what of them may be recorded."""


def may_record(attributes: Mapping[str, str], *, is_video: bool) -> bool:
    """Whether this participant lets a track of this kind be recorded; without the attribute, everything.

    The server signs it into the token of whoever has to be asked; such tokens do not let anyone change own attributes.
    """
    match attributes.get(CONSENT):
        case None | "all":
            return True
        case "audio":
            return not is_video
        case _:
            return False


class CaptureSink(Protocol):
    """Where a recording is written; none of these calls waits."""

    @property
    def size(self) -> int:
        """Bytes handed over so far."""

    @property
    def failure(self) -> str:
        """Why nothing can be written any more; empty while all is well."""

    def packet(self, data: bytes) -> None:
        """One RTP packet, with continuous numbers."""

    def clock(self, ntp: int, rtp_timestamp: int) -> None:
        """The publisher's statement that `rtp_timestamp`, as recorded, is the NTP time `ntp`."""

    def muted(self, muted: bool) -> None:
        """The publisher stopped or went on."""

    def connected(self, connected: bool) -> None:
        """The publisher's transport was lost or came back."""

    def end(self, reason: str) -> None:
        """Close the file after what was handed over."""


class Recording:
    """One running egress. It ends once, by `finish`."""

    def __init__(
        self,
        egress_id: str,
        room_id: str,
        request: TrackEgressRequest,
        track: Track,
        sink: CaptureSink,
        random: Randomness,
        unix_now: float,
    ) -> None:
        self.track = track
        self.is_started = False
        """A packet was written."""
        self.info = EgressInfo(
            egress_id=egress_id,
            room_id=room_id,
            room_name=request.room_name,
            status=EgressStatus.EGRESS_STARTING,
            started_at=int(unix_now * 1e9),
            updated_at=int(unix_now * 1e9),
            track=request,
        )
        self._sink = sink
        self._choose_at = 0.0
        self._clock_told: object = None
        self._is_muted = track.info.muted
        self._forwarder = Forwarder(self, track.layers[0].clock_rate, random)
        self._forwarder.negotiated(PAYLOAD_TYPE[track.codec_name.lower()], rtx=None, transport=None)
        if self._is_muted:
            sink.muted(True)

    @property
    def failure(self) -> str:
        """Why the recording cannot go on; empty while all is well."""
        return self._sink.failure

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        self.is_started = True
        self._sink.packet(header + payload)

    def publisher_connected(self, connected: bool) -> None:
        self._sink.connected(connected)

    def tick(self, now: float) -> bool:
        """Choose the layer, ask for key frames, write down the publisher's clock; whether the status changed."""
        if now - self._choose_at >= CHOOSE_S:
            self._choose_at = now
            self._forwarder.aim(self.track.best_layer(WISH, now))
        if self._is_muted != self.track.info.muted:
            self._is_muted = self.track.info.muted
            self._sink.muted(self._is_muted)
        layer = self._forwarder.current
        if layer is not None:
            # So that a cut or damaged file is playable again soon after the damage.
            if now - layer.keyframe_at >= KEYFRAME_S:
                layer.request_keyframe()
            report = layer.reported
            if report is not None and report is not self._clock_told:
                self._clock_told = report
                self._sink.clock(report.ntp_time, self._forwarder.stream.map_time(report.rtp_timestamp))
        if self.is_started and self.info.status == EgressStatus.EGRESS_STARTING:
            self.info.status = EgressStatus.EGRESS_ACTIVE
            return True
        return False

    def finish(self, status: EgressStatus, reason: str, unix_now: float) -> None:
        """Stop and describe the result."""
        self._forwarder.stop()
        self._sink.end(reason)
        ended = int(unix_now * 1e9)
        self.info.status = status
        self.info.ended_at = self.info.updated_at = ended
        self.info.details = reason
        if status == EgressStatus.EGRESS_FAILED:
            self.info.error = reason
        self.info.file_results.append(
            FileInfo(
                filename=self.info.track.file.filepath,
                started_at=self.info.started_at,
                ended_at=ended,
                duration=ended - self.info.started_at,
                size=self._sink.size,
                location=self.info.track.file.filepath,
            )
        )
