"""One incoming encoding: repair, key frames, mute, and the publisher's clock."""

import pytest
from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core.layer import AUDIO, VP8, Layer
from interview_stream.sfu.wire.rtcp import SenderReport, ntp_middle
from interview_stream.sfu.wire.rtp import RtpPacket, serialize_header
from tests.sfu.core.test_forwarder import Sink, Source, forwarder
from tests.sfu.rig import vp8


def rtx(number: int, payload: bytes) -> RtpPacket:
    return RtpPacket.parse(serialize_header(97, number, 0, 2) + payload)


def test_a_repair_takes_the_place_of_the_lost_packet() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    lost = vp8(picture=source.picture)
    lost_number = source.number
    source.number += 1
    source.frame(1.1)
    repair = lost_number.to_bytes(2, "big") + lost
    source.layer.receive_repair(rtx(1, repair), 1.2)
    source.layer.receive_repair(rtx(2, repair), 1.3)
    assert [packet.sequence_number - sink.packets[0].sequence_number for packet in sink.packets] == [0, 2, 1]
    assert sink.packets[-1].payload == lost
    source.layer.receive_repair(rtx(3, b"\0\0"), 1.4)  # a probe
    assert source.layer.log.repaired == 1


def test_a_key_frame_that_comes_late_starts_nobody() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    source.frame(1.0)
    lost_number = source.number
    source.number += 1
    source.frame(1.1)
    out.aim(source.layer)
    source.layer.receive_repair(rtx(1, lost_number.to_bytes(2, "big") + vp8(key=True)), 1.2)
    assert not sink.packets
    assert source.layer.wants_keyframe


def test_malformed_payloads_are_counted_and_go_nowhere() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    source.layer.receive(source.packet(b"\x80"), 1.1)
    assert source.layer.malformed == 1
    assert len(sink.packets) == 1


def test_key_frames_are_asked_for_at_most_so_often_and_only_while_the_layer_lives() -> None:
    source = Source(VideoQuality.LOW)
    layer = source.layer
    layer.request_keyframe()
    assert not layer.keyframe_due(1.0)
    source.frame(1.0)
    assert layer.keyframe_due(1.0)
    assert not layer.keyframe_due(1.3)
    assert layer.keyframe_due(1.6)
    layer.is_muted = True
    assert not layer.keyframe_due(2.6)
    layer.is_muted = False
    source.frame(2.7, key=True)
    assert not layer.keyframe_due(3.7)
    assert layer.keyframe_at == 2.7


def test_audio_has_no_key_frames_to_ask_for() -> None:
    layer = Layer(AUDIO, 48000, wake=lambda: None)
    layer.request_keyframe()
    assert not layer.wants_keyframe


def test_the_bit_rate_is_that_of_the_last_second() -> None:
    source = Source(VideoQuality.LOW)
    source.layer.measure(1.0)
    for _ in range(10):
        source.frame(1.5)
    source.layer.measure(1.6)
    source.layer.measure(3.0)
    assert source.layer.bitrate == pytest.approx(10 * len(vp8()) * 8 / 2.0)


def test_layers_of_one_publisher_share_its_clock() -> None:
    low, high = Layer(VP8, 90000, wake=lambda: None), Layer(VP8, 90000, wake=lambda: None)
    assert low.clock(1.0) is None
    assert low.last_report(1.0) == (0, 0.0)
    assert high.translate(500, low) is None
    low.sender_reported(SenderReport(1, 10 << 32, 1000, 0, 0), 1.0)
    high.sender_reported(SenderReport(2, (10 << 32) + (1 << 31), 700_000, 0, 0), 1.5)
    assert high.translate(700_000, low) == 1000 + 45000
    assert high.translate(700_000 - 45000, low) == 1000
    assert low.clock(2.0) == (11 << 32, 91000)
    assert low.last_report(2.0) == (ntp_middle(10 << 32), 1.0)
    assert low.reported is not None


def test_a_new_source_goes_on_from_its_first_key_frame_without_a_gap() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW, start=50_000)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    source.layer.restart(2)
    source.number, source.timestamp, source.picture = 100, 1_000_000, 7
    source.frame(1.04)
    assert len(sink.packets) == 1
    assert source.layer.wants_keyframe
    source.frame(1.08, key=True)
    source.frame(1.12)
    first, *rest = sink.packets
    assert [packet.sequence_number - first.sequence_number for packet in rest] == [1, 2]
    assert [(packet.timestamp - first.timestamp) & 0xFFFFFFFF for packet in rest] == [7200, 10200]


def test_a_packet_that_comes_twice_is_forwarded_once() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    packet = source.packet(vp8(key=True))
    for now in (1.0, 1.1):
        source.layer.receive(packet, now)
    assert len(sink.packets) == 1


def test_what_a_picture_usually_costs_falls_slowly() -> None:
    source = Source(VideoQuality.LOW)
    source.frame(1.0, key=True)
    source.layer.measure(2.0)
    before = source.layer.bitrate
    assert source.layer.usual_bps == before > 0
    source.layer.measure(3.0)
    assert (source.layer.bitrate, source.layer.usual_bps) == (0, before * 0.75)


class Film:
    """A simulcast track, filmed at 25 pictures a second."""

    def __init__(self) -> None:
        self.sources = [Source(quality) for quality in (VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH)]
        self.low, self.middle, self.high = (source.layer for source in self.sources)
        self.low.above, self.middle.above = [self.middle, self.high], [self.high]
        self.now = 1.0

    def film(self, seconds: float, layers: int = 3, *, key: bool = False) -> None:
        """So many layers, the smallest first."""
        for index in range(round(seconds * 25)):
            self.now += 0.04
            for source in self.sources[:layers]:
                source.frame(self.now, key=key and index == 0)


def test_a_layer_that_the_publisher_gave_up_is_left_for_the_next_one_at_once() -> None:
    film, out = Film(), forwarder(Sink())
    out.aim(film.high)
    film.film(1.0, key=True)
    film.film(0.28, 2)
    before = film.high.is_stalled
    film.film(0.08, 2)
    assert (before, film.high.is_stalled) == (False, True)
    assert film.middle.wants_keyframe
    film.film(0.04, 2, key=True)
    assert out.current is film.middle
    film.film(0.04, key=True)
    assert (film.high.is_stalled, film.high.waiting) == (False, [])


def test_where_only_the_smallest_is_left_that_is_taken() -> None:
    film, out, upgrading = Film(), forwarder(Sink()), forwarder(Sink())
    out.aim(film.high)
    upgrading.aim(film.low)
    film.film(1.0, key=True)
    upgrading.aim(film.middle)
    film.film(0.4, 1)
    film.film(0.04, 1, key=True)
    assert (out.current, upgrading.current) == (film.low, film.low)
    assert not film.middle.waiting


def test_pictures_that_come_slowly_or_stop_together_are_no_sign() -> None:
    film, out = Film(), forwarder(Sink())
    out.aim(film.high)
    film.film(1.0, key=True)
    for _ in range(4):  # two pictures a second; the large one's packets take a while
        film.now += 0.5
        film.sources[0].frame(film.now)
        film.sources[2].frame(film.now + 0.1)
    assert not film.high.is_stalled
    film.now += 2.0
    film.film(0.2)
    assert not film.high.is_stalled
    assert out.current is film.high
