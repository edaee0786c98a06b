"""What one participant sends: finds the layer of each SSRC, and tells the publisher what a receiver has to tell."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from livekit.protocol.models import TrackSource

from interview_stream.sfu.core import codecs
from interview_stream.sfu.core.arrival_times import ArrivalTimes
from interview_stream.sfu.core.holding import Holding
from interview_stream.sfu.core.layer import Layer
from interview_stream.sfu.core.negotiation import Slot
from interview_stream.sfu.core.speakers import Meter
from interview_stream.sfu.core.track import Track
from interview_stream.sfu.wire.rtcp import Nack, Pli, ReceiverReport, Remb, RtcpPacket, SenderReport, serialize_compound
from interview_stream.sfu.wire.rtp import RtpPacket
from interview_stream.sfu.wire.sdp import SessionDescription, SsrcGroup

REPORT_S = 1.0
REMB_S = 0.5
MAX_BLOCKS = 31

Receive = Callable[[RtpPacket, float], None]


@dataclass(frozen=True, slots=True)
class _Incoming:
    """What may arrive under one mid."""

    track: Track
    media: frozenset[int]
    rtx: frozenset[int]


class Uplink:
    """All layers of one participant. Its owner calls `tick` every few hundredths of a second."""

    def __init__(self, send_rtcp: Callable[[bytes], None], ssrc: int, max_bitrate: int) -> None:
        self.meter = Meter()
        self.drops: Counter[str] = Counter()
        self.fraction_lost = 0.0
        """Of the worst layer, in the last report."""
        self._send_rtcp = send_rtcp
        self._ssrc = ssrc
        self._max_bitrate = max_bitrate
        self._sources: dict[int, Receive] = {}
        self._layers: dict[int, Layer] = {}
        """By media SSRC."""
        self._incoming: dict[str, _Incoming] = {}
        self._mid_id = self._rid_id = self._repaired_rid_id = self._level_id = self._transport_id = 0
        self._times = ArrivalTimes(0.0)
        self._holding = Holding()
        self._report_at = 0.0
        self._remb_at = 0.0

    def configure(self, offer: SessionDescription, slots: dict[str, Slot]) -> None:
        """Learn from an offer what will arrive and how it is marked."""
        self._incoming.clear()
        for section in offer.sections:
            slot = slots.get(section.mid)
            if slot is None or slot.track is None:
                continue
            self._mid_id = section.extension_id(codecs.MID) or self._mid_id
            self._rid_id = section.extension_id(codecs.RID) or self._rid_id
            self._repaired_rid_id = section.extension_id(codecs.REPAIRED_RID) or self._repaired_rid_id
            self._level_id = section.extension_id(codecs.AUDIO_LEVEL) or self._level_id
            self._transport_id = section.extension_id(codecs.TRANSPORT_CC) or self._transport_id
            rtx = frozenset(codec.payload_type for codec in slot.codecs if codec.associated is not None)
            media = frozenset(codec.payload_type for codec in slot.codecs) - rtx
            self._incoming[section.mid] = _Incoming(slot.track, media, rtx)
            if len(slot.track.layers) == 1 and not slot.track.layers[0].rid:
                self._bind_signalled(slot.track, list(section.ssrcs), section.ssrc_groups)

    def remove(self, track: Track) -> None:
        """A track ended; what still comes for it is dropped."""
        for layer in track.layers:
            self._sources.pop(layer.ssrc, None)
            self._sources.pop(layer.rtx_ssrc, None)
            self._layers.pop(layer.ssrc, None)
        self._incoming = {mid: entry for mid, entry in self._incoming.items() if entry.track is not track}

    def rtp_received(self, packet: RtpPacket, now: float) -> None:
        """One packet of the participant."""
        # Whatever it carries, its sender counts it: padding and repairs too.
        number = packet.extension(self._transport_id) if self._transport_id else None
        if number is not None and len(number) == 2:
            self._times.note(number[0] << 8 | number[1], now)
            if self._times.is_due(now):
                self._send_times(packet.ssrc, now)
        receive = self._sources.get(packet.ssrc) or self._bind(packet)
        if receive is None:
            self.drops["unknown ssrc"] += 1
            return
        receive(packet, now)

    def sender_report(self, report: SenderReport, now: float) -> None:
        """The publisher told the clock of one SSRC."""
        layer = self._layers.get(report.ssrc)
        if layer is not None:
            layer.sender_reported(report, now)

    def is_urgent(self, now: float) -> bool:
        """Whether something is to be asked for that somebody's picture waits for."""
        return any(layer.is_urgent(now) for layer in self._layers.values())

    def tick(self, now: float, rtt_s: float) -> None:
        """Ask for what is missing; report when it is time. `rtt_s` is the round trip to the participant."""
        packets: list[RtcpPacket] = []
        for layer in self._layers.values():
            log = layer.log
            if layer.is_video and log.has_missing:
                lost = log.requests(now, rtt_s)
                if lost:
                    layer.nacks += len(lost)
                    packets.append(Nack(self._ssrc, layer.ssrc, lost))
            if log.lost_for_good:
                log.lost_for_good = 0
                layer.request_keyframe()
            if layer.keyframe_due(now):
                layer.plis += 1
                packets.append(Pli(self._ssrc, layer.ssrc))
        self._weigh_repairs(now)
        if self._layers and now - self._report_at >= REPORT_S:
            self._report_at = now
            packets.insert(0, self._report(now))
        if now - self._remb_at >= REMB_S:
            self._remb_at = now
            video = tuple(layer.ssrc for layer in self._layers.values() if layer.is_video)
            if video:
                packets.append(Remb(self._ssrc, self._max_bitrate, video))
        if packets:
            self._send_rtcp(serialize_compound(packets))
        if self._times.is_due(now):
            self._send_times(next(iter(self._layers), 0), now)

    def _send_times(self, media_ssrc: int, now: float) -> None:
        self._send_rtcp(self._times.feedback(self._ssrc, media_ssrc, now).serialize())

    def _weigh_repairs(self, now: float) -> None:
        """Learn from how late repairs came, of whichever picture: all of them take the same line."""
        late: list[float] = []
        for layer in self._layers.values():
            if layer.is_video:
                late += layer.log.lateness
            layer.log.lateness.clear()
        if late or now - self._report_at >= REPORT_S:
            hold_s = self._holding.measure(late, now)
            for layer in self._layers.values():
                layer.hold_s = hold_s

    def _report(self, now: float) -> ReceiverReport:
        blocks = []
        for layer in self._layers.values():
            layer.measure(now)
            last, delay_s = layer.last_report(now)
            block = layer.log.report(layer.ssrc, last, delay_s)
            if block is not None and layer.is_alive(now):
                blocks.append(block)
        self.fraction_lost = max((block.fraction_lost / 256 for block in blocks), default=0.0)
        return ReceiverReport(self._ssrc, tuple(blocks[:MAX_BLOCKS]))

    def _bind(self, packet: RtpPacket) -> Receive | None:
        """Find out by mid and rid whose packet this is (RFC 8843 section 9.2, RFC 8852).

        The first packet of a simulcast layer may be padding on its RTX stream, which tells only the repaired rid.
        """
        incoming = self._incoming.get(_text(packet, self._mid_id))
        if incoming is None or not packet.ssrc:
            return None
        is_repair = packet.payload_type in incoming.rtx
        if not is_repair and packet.payload_type not in incoming.media:
            return None
        rid = _text(packet, self._repaired_rid_id if is_repair else self._rid_id)
        layer = _layer(incoming.track.layers, rid)
        if layer is None:
            return None
        if is_repair:
            return self._set_repair(layer, packet.ssrc)
        return self._set_media(incoming.track, layer, packet.ssrc)

    def _bind_signalled(self, track: Track, ssrcs: list[int], groups: Iterable[SsrcGroup]) -> None:
        """A section without simulcast names its SSRCs (RFC 5576), so packets need no mid."""
        layer = track.layers[0]
        pair = next((g.ssrcs for g in groups if g.semantics == "FID" and len(g.ssrcs) == 2), ())
        media = pair[0] if pair else next(iter(ssrcs), 0)
        if media and media != layer.ssrc:
            self._set_media(track, layer, media)
        if pair and pair[1] != layer.rtx_ssrc:
            self._set_repair(layer, pair[1])

    def _set_media(self, track: Track, layer: Layer, ssrc: int) -> Receive:
        self._sources.pop(layer.ssrc, None)
        self._layers.pop(layer.ssrc, None)
        layer.restart(ssrc)
        self._layers[ssrc] = layer
        is_voice = not layer.is_video and track.info.source != TrackSource.SCREEN_SHARE_AUDIO
        receive = self._voice(layer) if is_voice else layer.receive
        self._sources[ssrc] = receive
        return receive

    def _set_repair(self, layer: Layer, ssrc: int) -> Receive:
        self._sources.pop(layer.rtx_ssrc, None)
        layer.rtx_ssrc = ssrc
        self._sources[ssrc] = layer.receive_repair
        return layer.receive_repair

    def _voice(self, layer: Layer) -> Receive:
        meter = self.meter

        def receive(packet: RtpPacket, now: float) -> None:
            level = packet.extension(self._level_id)
            if level and not layer.is_muted:
                meter.hear(level[0] & 0x7F)
            layer.receive(packet, now)

        return receive


def _text(packet: RtpPacket, id_: int) -> str:
    value = packet.extension(id_) if id_ else None
    return value.decode("ascii", "replace") if value else ""


def _layer(layers: list[Layer], rid: str) -> Layer | None:
    if not rid:
        return layers[0] if len(layers) == 1 else None
    return next((layer for layer in layers if layer.rid == rid), None)
