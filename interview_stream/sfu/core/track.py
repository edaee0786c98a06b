"""A published track: what everyone is told of it, its incoming layers, and the best of them for a wish."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from livekit.protocol.models import (
    AudioTrackFeature,
    SimulcastCodecInfo,
    TrackInfo,
    TrackSource,
    TrackType,
    VideoLayer,
    VideoQuality,
)
from livekit.protocol.rtc import AddTrackRequest

from interview_stream.sfu.core.layer import AUDIO, H264, VP8, Layer
from interview_stream.sfu.core.names import track_sid
from interview_stream.sfu.wire.sdp import Codec

QUALITIES = (VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH)
RID_QUALITY = {
    "q": VideoQuality.LOW,
    "h": VideoQuality.MEDIUM,
    "f": VideoQuality.HIGH,
    "2": VideoQuality.LOW,
    "1": VideoQuality.MEDIUM,
    "0": VideoQuality.HIGH,
}
MIME = {"opus": "audio/opus", VP8: "video/VP8", H264: "video/H264"}
STREAMS = {
    TrackSource.CAMERA: "camera",
    TrackSource.MICROPHONE: "camera",
    TrackSource.SCREEN_SHARE: "screen_share",
    TrackSource.SCREEN_SHARE_AUDIO: "screen_share",
}
DOWNGRADE_S = 5.0
STALLED_S = 0.7
# A requested height is met by a layer that is up to a tenth smaller.
NEAR_ENOUGH = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a subscriber wants a video track: nothing, a quality, or a size."""

    is_disabled: bool = False
    quality: VideoQuality = VideoQuality.HIGH
    height: int = 0
    """0 when the quality decides."""
    width: int = 0


class Track:
    """One track of one participant. It is `pending` until its media section is negotiated."""

    def __init__(
        self, request: AddTrackRequest, *, publisher_sid: str, random_text: str, wake: Callable[[], None]
    ) -> None:
        """`wake` is called when there is something to ask the publisher for."""
        self.publisher_sid = publisher_sid
        self.cid = request.cid
        self.wanted_codec = next((codec.codec.lower().removeprefix("video/") for codec in request.simulcast_codecs), "")
        self.is_video = request.type == TrackType.VIDEO
        self.is_screen = request.source == TrackSource.SCREEN_SHARE
        self.info = _described(request, track_sid(request.type, request.source, random_text))
        if self.is_video:
            self.info.mime_type = MIME.get(self.wanted_codec, "")
        self.layers: list[Layer] = []
        self.fmtp = ""
        """Codec parameters of the publisher, known once published."""
        self.has_subscriber = False
        # A client sends everything until it is told otherwise.
        self._told: tuple[bool, ...] | None = (True,) * len(QUALITIES)
        self._lower_at: float | None = None
        self._wake = wake

    @property
    def sid(self) -> str:
        return self.info.sid

    @property
    def stream(self) -> str:
        """What is shown in step has the same: face and voice, a shared screen and its sound."""
        return self.info.stream or STREAMS.get(self.info.source, self.sid)

    @property
    def kind(self) -> str:
        """audio or video, as SDP says it."""
        return "video" if self.is_video else "audio"

    @property
    def is_published(self) -> bool:
        return bool(self.layers)

    @property
    def codec_name(self) -> str:
        """The codec in use, as SDP names it; known once published."""
        return self.info.mime_type.partition("/")[2]

    def publish(self, codec: Codec, mid: str, rids: Sequence[str]) -> None:
        """The media section is negotiated: the track is there for everyone."""
        codec_name, clock_rate = codec.name, codec.clock_rate
        self.fmtp = codec.fmtp
        kind = codec_name.lower() if self.is_video else AUDIO
        self.info.mime_type = MIME[codec_name.lower()]
        self.info.mid = mid
        self.layers = [
            Layer(kind, clock_rate, wake=self._wake, rid=rid, quality=RID_QUALITY.get(rid, VideoQuality.HIGH))
            for rid in rids
        ] or [Layer(kind, clock_rate, wake=self._wake)]
        self.layers.sort(key=lambda layer: layer.quality)
        for index, smaller in enumerate(self.layers, 1):
            smaller.above = self.layers[index:]
        self.info.simulcast = len(self.layers) > 1
        for layer in self.info.layers:
            layer.rid = next((own.rid for own in self.layers if own.quality == layer.quality), layer.rid)
        del self.info.codecs[:]
        self.info.codecs.append(
            SimulcastCodecInfo(mime_type=self.info.mime_type, mid=mid, cid=self.cid, layers=self.info.layers)
        )
        self._apply_mute()

    def set_muted(self, muted: bool, now: float) -> bool:
        """Stop or let through; whether that is a change."""
        if self.info.muted == muted:
            return False
        self.info.muted = muted
        self._apply_mute()
        if muted:
            for layer in self.layers:
                layer.forget_keyframe()
                for forwarder in layer.forwarders[:]:
                    forwarder.interrupt()
        else:
            for layer in self.layers:
                if layer.waiting:
                    layer.request_keyframe()
        self._told = None
        return True

    def best_layer(self, wish: Wish, now: float, highest: VideoQuality = VideoQuality.HIGH) -> Layer | None:
        """The layer to send: as wished but not above `highest`, among those that arrive; None to send nothing."""
        if wish.is_disabled or not self.layers:
            return None
        quality = min(self.wished_quality(wish), highest)
        fitting = [layer for layer in self.layers if layer.quality <= quality] or self.layers[:1]
        arriving = [layer for layer in self.layers if self._is_arriving(layer, now)]
        best = [layer for layer in arriving if layer in fitting]
        if best:
            return best[-1]
        return arriving[0] if arriving else fitting[-1]

    def _is_arriving(self, layer: Layer, now: float) -> bool:
        """Whether the publisher sends this layer at present.

        One that is silent while another goes on was given up by the publisher; silence of all may be a still screen.
        """
        if layer.is_stalled:
            return False
        if now - layer.last_at < STALLED_S:
            return True
        return layer.is_alive(now) and not any(now - other.last_at < STALLED_S / 2 for other in self.layers)

    def wished_quality(self, wish: Wish) -> VideoQuality:
        """The quality that a wish comes to; a size is met by the smallest layer that is nearly as high."""
        if not wish.height or not self.info.layers:
            return wish.quality
        for layer in sorted(self.info.layers, key=lambda layer: layer.height):
            if layer.height >= NEAR_ENOUGH * wish.height:
                return layer.quality
        return VideoQuality.HIGH

    def news_of_need(self, wishes: Iterable[Wish], now: float) -> tuple[bool, ...] | None:
        """Which of the QUALITIES are needed, if the publisher should be told (dynacast).

        More is told at once, less only when it has been so for a while. The smallest of several is always needed:
        a publisher takes a fifth of a second to begin again, for which whoever comes in would look at nothing.
        """
        if self.info.muted:
            return None
        wanted = [self.wished_quality(wish) for wish in wishes if not wish.is_disabled]
        least = [QUALITIES[0]] if len(self.layers) > 1 else []
        most = max(wanted + least, default=None)
        needed = tuple(most is not None and quality <= most for quality in QUALITIES)
        if needed == self._told:
            self._lower_at = None
            return None
        if self._told is not None and sum(needed) < sum(self._told):
            self._lower_at = self._lower_at or now + DOWNGRADE_S
            if now < self._lower_at:
                return None
        self._lower_at = None
        self._told = needed
        return needed

    def forget_told(self) -> None:
        """The publisher may have missed what it was told (a resumed connection)."""
        self._told = None

    def close(self) -> None:
        """Nothing is forwarded any more."""
        for layer in self.layers:
            for forwarder in layer.forwarders + layer.waiting:
                forwarder.stop()

    def _apply_mute(self) -> None:
        for layer in self.layers:
            layer.is_muted = self.info.muted


def _described(request: AddTrackRequest, sid: str) -> TrackInfo:
    info = TrackInfo(
        sid=sid,
        type=request.type,
        name=request.name,
        muted=request.muted,
        width=request.width,
        height=request.height,
        source=request.source,
        disable_dtx=request.disable_dtx,
        stereo=request.stereo,
        disable_red=True,
        encryption=request.encryption,
        stream=request.stream,
        backup_codec_policy=request.backup_codec_policy,
        audio_features=request.audio_features,
        packet_trailer_features=request.packet_trailer_features,
    )
    info.disable_dtx |= AudioTrackFeature.TF_NO_DTX in request.audio_features
    info.stereo |= AudioTrackFeature.TF_STEREO in request.audio_features
    layers: list[VideoLayer] = sorted(request.layers, key=lambda layer: layer.quality)
    info.layers.extend(layers)
    info.simulcast = len(layers) > 1
    if request.type == TrackType.AUDIO:
        info.mime_type = MIME["opus"]
    return info
