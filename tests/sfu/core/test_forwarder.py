"""One subscriber's copy: layers, renumbering, repair, and what the sender reports say."""

import random
import sys
from itertools import pairwise

from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core.forwarder import MAX_RESENDS, Forwarder
from interview_stream.sfu.core.layer import AUDIO, H264, VP8, Layer
from interview_stream.sfu.core.outgoing import SentLog
from interview_stream.sfu.wire.rtcp import SenderReport
from interview_stream.sfu.wire.rtp import RtpPacket, serialize_header
from interview_stream.sfu.wire.vp8 import Vp8Descriptor
from tests.sfu.rig import vp8

RTT_S = 0.04


class Sink:
    """Keeps what is sent, parsed."""

    def __init__(self) -> None:
        self.packets: list[RtpPacket] = []

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        self.packets.append(RtpPacket.parse(header + payload))


class Source:
    """A layer and the packets of it."""

    def __init__(self, quality: VideoQuality, *, codec: str = VP8, start: int = 1000) -> None:
        self.layer = Layer(codec, 48000 if codec == AUDIO else 90000, wake=lambda: None, quality=quality)
        self.layer.ssrc = 1
        self.number, self.timestamp, self.picture = start, start * 7, start

    def packet(self, payload: bytes, *, number: int | None = None) -> RtpPacket:
        """The last of its picture."""
        sequence = (self.number if number is None else number) & 0xFFFF
        header = serialize_header(96, sequence, self.timestamp, 1, marker=True)
        return RtpPacket.parse(header + payload)

    def frame(self, now: float, *, key: bool = False) -> None:
        self.layer.receive(self.packet(vp8(key=key, picture=self.picture, tl0=self.picture)), now)
        self.number, self.timestamp, self.picture = self.number + 1, self.timestamp + 3000, self.picture + 1


def forwarder(sink: Sink, clock_rate: int = 90000) -> Forwarder:
    made = Forwarder(sink, clock_rate, random.Random(3), SentLog())
    made.negotiated(120, rtx=121, transport=3)
    return made


def test_video_starts_with_a_key_frame_and_in_the_subscribers_words() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0)
    assert not sink.packets
    wanted = source.layer.wants_keyframe
    source.frame(1.1, key=True)
    assert (wanted, source.layer.wants_keyframe) == (True, False)
    source.frame(1.2)
    first, second = sink.packets
    assert (first.payload_type, first.ssrc) == (120, out.stream.ssrc)
    assert second.sequence_number == first.sequence_number + 1
    assert [first.extension(3), second.extension(3)] == [b"\0\0", b"\0\1"]
    assert (out.stream.packets, out.stream.octets) == (2, sum(len(packet.payload) for packet in sink.packets))


def test_without_the_extension_the_header_is_plain() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    for id_ in (None, 15):
        out = Forwarder(sink, 90000, random.Random(3), SentLog())
        out.negotiated(120, rtx=None, transport=id_)
        out.aim(source.layer)
    source.frame(1.0, key=True)
    assert [packet.extension_block for packet in sink.packets] == [b"", b""]


def test_pictures_are_held_back_by_what_the_header_says() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    numbered, alone, unable = (Forwarder(sink, 90000, random.Random(3), SentLog()) for _ in range(3))
    numbered.negotiated(120, rtx=121, transport=3, playout=6)
    alone.negotiated(120, rtx=None, transport=None, playout=6)
    unable.negotiated(120, rtx=121, transport=3)
    for out in (numbered, alone, unable):
        out.aim(source.layer)

    def said(hold_s: float, now: float) -> list[tuple[bytes | None, bytes | None]]:
        sink.packets.clear()
        for out in (numbered, alone, unable):
            out.hold(hold_s)
        source.frame(now, key=True)
        return [(packet.extension(3), packet.extension(6)) for packet in sink.packets]

    assert said(0.0, 1.0) == [(b"\0\0", None), (None, None), (b"\0\0", None)]
    # 12 bits each for the least and the most, in steps of 10 ms: 120 ms, 10 s.
    held = bytes.fromhex("00c3e8")
    assert said(0.12, 1.1) == [(b"\0\1", held), (None, held), (b"\0\1", None)]
    # As nothing said means no change, the end of it is told too; a repair tells it as well.
    ended = bytes.fromhex("0003e8")
    assert said(0.0, 1.2) == [(b"\0\2", ended), (None, ended), (b"\0\2", None)]
    numbered.resend((sink.packets[0].sequence_number,), 1.3, RTT_S)
    assert (sink.packets[-1].payload_type, sink.packets[-1].extension(6)) == (121, ended)


def test_what_is_asked_for_again_comes_later_with_every_try() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    lost = (sink.packets[0].sequence_number,)
    for now in (1.1, 1.2):
        out.resend(lost, now, RTT_S)
    first, second = out.lateness
    assert RTT_S < first < second


def test_a_layer_is_changed_at_its_key_frame_without_a_visible_seam() -> None:
    sink, low, high = Sink(), Source(VideoQuality.LOW), Source(VideoQuality.HIGH, start=40000)
    out = forwarder(sink)
    out.aim(low.layer)
    low.layer.sender_reported(SenderReport(1, 1 << 32, low.timestamp, 0, 0), 0.0)
    high.layer.sender_reported(SenderReport(1, 1 << 32, high.timestamp, 0, 0), 0.0)
    for index in range(20):
        now = index / 30
        low.frame(now, key=index == 0)
        if index == 10:
            out.aim(high.layer)
        high.frame(now, key=index == 13)
    assert out.current is high.layer
    numbers = [packet.sequence_number for packet in sink.packets]
    assert all(b - a == 1 for a, b in pairwise(numbers))
    pictures = [Vp8Descriptor.parse(packet.payload).picture_id or 0 for packet in sink.packets]
    assert all(b - a == 1 for a, b in pairwise(pictures))
    times = [packet.timestamp for packet in sink.packets]
    # Both layers sent picture 13, the low one first: the high one's follows at once.
    assert sorted({b - a for a, b in pairwise(times)}) == [1, 3000]
    assert len(sink.packets) == 21


def test_aiming_back_before_the_key_frame_changes_nothing() -> None:
    sink, low, high = Sink(), Source(VideoQuality.LOW), Source(VideoQuality.HIGH)
    out = forwarder(sink)
    out.aim(low.layer)
    low.frame(1.0, key=True)
    out.aim(high.layer)
    out.aim(low.layer)
    high.frame(1.1, key=True)
    assert out.current is low.layer
    assert not high.layer.waiting
    out.aim(None)
    low.frame(1.2)
    assert len(sink.packets) == 1
    assert not low.layer.forwarders


def test_after_a_pause_the_numbers_go_on() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.interrupt()
    out.aim(source.layer)
    source.frame(1.0, key=True)
    out.interrupt()
    out.interrupt()
    assert source.layer.waiting == [out]
    for _ in range(50):
        source.frame(2.0)
    source.frame(3.0, key=True)
    first, second = sink.packets
    assert second.sequence_number == first.sequence_number + 1
    assert second.timestamp - first.timestamp == 51 * 3000


def test_late_packets_are_forwarded_in_their_place_and_do_not_move_the_present() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    late = source.packet(vp8(picture=source.picture))
    source.number += 1
    source.timestamp += 3000
    source.frame(1.1)
    source.layer.receive(late, 1.2)
    first, third, second = (packet.sequence_number for packet in sink.packets)
    assert (second - first, third - first) == (1, 2)
    old = Source(VideoQuality.HIGH)
    out.aim(old.layer)
    old.frame(1.3, key=True)
    old.layer.receive(old.packet(vp8(), number=900), 1.4)
    assert len(sink.packets) == 4


def test_padding_is_left_out() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    source.layer.receive(source.packet(b""), 1.0)
    source.number += 1
    source.frame(1.1)
    first, second = sink.packets
    assert second.sequence_number == first.sequence_number + 1


def test_a_nack_is_answered_with_rtx_but_not_too_often() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    source.frame(1.0)
    lost = sink.packets[1]
    out.resend((lost.sequence_number, 9999), 1.1, RTT_S)
    out.resend((lost.sequence_number,), 1.1 + RTT_S / 2, RTT_S)
    assert out.resent == 1
    for attempt in range(MAX_RESENDS + 2):
        out.resend((lost.sequence_number,), 1.3 + attempt * RTT_S, RTT_S)
    repairs = sink.packets[2:]
    assert len(repairs) == MAX_RESENDS == out.resent
    for repair in repairs:
        assert (repair.payload_type, repair.ssrc, repair.timestamp) == (121, out.stream.rtx_ssrc, lost.timestamp)
        assert repair.payload == lost.sequence_number.to_bytes(2, "big") + lost.payload
        assert repair.marker == lost.marker
    assert all(b.sequence_number - a.sequence_number == 1 for a, b in pairwise(repairs))


def test_the_memory_of_repairs_is_bounded() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    for _ in range(1100):
        source.frame(1.0)
    out.resend(tuple(packet.sequence_number for packet in sink.packets[-1024:]), 2.0, RTT_S)
    assert out.resent == 1024
    source.frame(2.0)
    out.resend((sink.packets[-1].sequence_number,), 2.0, RTT_S)
    assert out.resent == 1025


def test_what_was_repaired_is_kept_no_longer_for_that() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    packet = source.packet(vp8(picture=source.picture, body=bytes(1000)))
    payload = packet.payload
    before = sys.getrefcount(payload)
    source.layer.receive(packet, 1.1)
    out.resend((sink.packets[-1].sequence_number,), 1.2, RTT_S)
    assert (out.resent, sys.getrefcount(payload) > before) == (1, True)
    source.number += 1
    for index in range(1024):
        source.frame(1.3 + index / 100)
    assert sys.getrefcount(payload) == before


def test_a_subscriber_without_rtx_gets_no_repairs() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = Forwarder(sink, 90000, random.Random(3))
    out.negotiated(120, rtx=None, transport=None)
    out.aim(source.layer)
    source.frame(1.0, key=True)
    out.resend((sink.packets[0].sequence_number,), 2.0, RTT_S)
    assert len(sink.packets) == 1


def test_audio_needs_no_key_frame_and_reports_the_publishers_clock() -> None:
    sink, source = Sink(), Source(VideoQuality.HIGH, codec=AUDIO)
    out = forwarder(sink, 48000)
    assert out.sender_report(1.0) is None
    out.aim(source.layer)
    source.layer.receive(source.packet(b"opus"), 1.0)
    assert out.sender_report(1.0) is None
    source.layer.sender_reported(SenderReport(1, 5 << 32, source.timestamp, 0, 0), 1.0)
    report = out.sender_report(1.5)
    assert report is not None
    assert (report.ssrc, report.packet_count, report.octet_count) == (out.stream.ssrc, 1, 4)
    assert report.ntp_time == (5 << 32) + (1 << 31)
    assert report.rtp_timestamp == source.timestamp + 24000 == out.stream.map_time(source.timestamp) + 24000


def test_h264_starts_with_its_parameter_sets() -> None:
    sink, source = Sink(), Source(VideoQuality.HIGH, codec=H264)
    out = forwarder(sink)
    out.aim(source.layer)
    source.layer.receive(source.packet(b"\x41slice"), 1.0)
    source.number += 1
    source.layer.receive(source.packet(b"\x67\x42\x00\x1fsps"), 1.1)
    assert [packet.payload[0] for packet in sink.packets] == [0x67]


def test_a_key_frame_is_asked_of_the_layer_that_is_wanted() -> None:
    out = forwarder(Sink())
    out.request_keyframe()
    low, high = Source(VideoQuality.LOW), Source(VideoQuality.HIGH)
    out.aim(low.layer)
    low.frame(1.0, key=True)
    out.request_keyframe()
    assert low.layer.wants_keyframe
    out.aim(high.layer)
    high.layer.wants_keyframe = False
    out.request_keyframe()
    assert high.layer.wants_keyframe
    out.stop()
    assert not high.layer.waiting


def test_a_pause_while_a_layer_is_awaited_keeps_it_awaited() -> None:
    sink, low, high = Sink(), Source(VideoQuality.LOW), Source(VideoQuality.HIGH)
    out = forwarder(sink)
    out.aim(low.layer)
    low.frame(1.0, key=True)
    out.aim(high.layer)
    out.interrupt()
    assert high.layer.waiting == [out]
    low.frame(1.1, key=True)
    high.frame(1.2, key=True)
    assert out.current is high.layer
    assert len(sink.packets) == 2


def test_however_often_everything_is_asked_for_each_packet_is_sent_again_a_few_times() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    for index in range(1100):
        source.frame(1.0 + index / 1000, key=index == 0)
    everything = tuple(packet.sequence_number for packet in sink.packets)
    for attempt in range(50):
        out.resend(everything, 2.2 + attempt * 0.02, RTT_S)
    assert out.resent <= MAX_RESENDS * 1024
    for index in range(1100):
        source.frame(20.0 + index / 1000)
    before = out.resent
    out.resend((sink.packets[-1].sequence_number,), 21.2, RTT_S)
    assert out.resent == before + 1


def test_padding_is_what_was_sent_lately_and_only_where_it_can_be_told_apart() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    could_pad = out.can_pad
    assert out.pad(5000, 1.0) == 0
    out.aim(source.layer)
    for number in range(40):
        source.frame(1.0 + number / 25, key=number == 0)
    assert (could_pad, out.can_pad) == (False, True)
    media = sink.packets[:]
    size = len(media[0].payload)
    assert out.pad(3 * size - 1, 3.0) == 3 * size
    padding = sink.packets[40:]
    assert {packet.ssrc for packet in padding} == {out.stream.rtx_ssrc}
    newest = {packet.sequence_number for packet in media[-33:]}
    assert {int.from_bytes(packet.payload[:2], "big") for packet in padding} <= newest
    assert [packet.extension(3) for packet in padding] == [bytes([0, 40]), bytes([0, 41]), bytes([0, 42])]
    assert out.pad(1000 * size, 3.0) == 32 * size
    assert (out.resent, out.stream.packets) == (0, 40)
    plain = Forwarder(sink, 90000, random.Random(3), SentLog())
    plain.negotiated(120, rtx=None, transport=3)
    assert plain.pad(1000, 3.0) == 0


def test_what_was_lost_of_a_larger_picture_is_not_repaired_once_there_is_a_smaller_one() -> None:
    sink, low, high = Sink(), Source(VideoQuality.LOW), Source(VideoQuality.HIGH)
    out = forwarder(sink)
    out.aim(high.layer)
    high.frame(1.0, key=True)
    high.frame(1.1)
    of_high = tuple(packet.sequence_number for packet in sink.packets)
    out.aim(low.layer)
    out.resend(of_high[:1], 1.2, RTT_S)
    low.frame(1.3, key=True)
    out.resend((*of_high, sink.packets[-1].sequence_number), 1.4, RTT_S)
    assert out.resent == 2
    out.aim(high.layer)
    high.frame(1.5, key=True)
    out.resend((sink.packets[3].sequence_number,), 1.6, RTT_S)  # upwards, what was lost is still worth it
    assert out.resent == 3


def test_repairs_end_where_there_is_no_more_room_for_them() -> None:
    sink, source = Sink(), Source(VideoQuality.LOW)
    out = forwarder(sink)
    out.aim(source.layer)
    for index in range(10):
        source.frame(1.0, key=index == 0)
    size = len(sink.packets[-1].payload)
    everything = tuple(packet.sequence_number for packet in sink.packets)
    assert out.resend(everything, 1.1, RTT_S, 2.5 * size) == 3 * size
    assert out.resend(everything, 2.1, RTT_S, 0.0) == 0
    assert out.resent == 3
