"""Key frames kept with what followed them: whole ones only, of a size, of now; and what a late comer gets of them."""

import itertools

import pytest
from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core.keyframe import FOLLOWED_BYTES, FOLLOWED_S, MAX_AGE_S
from interview_stream.sfu.core.layer import H264
from interview_stream.sfu.wire.rtcp import Pli
from interview_stream.sfu.wire.rtp import RtpPacket, serialize_header
from interview_stream.sfu.wire.vp8 import Vp8Descriptor
from tests.sfu.core.test_forwarder import Sink, Source, forwarder
from tests.sfu.rig import Client, Rig, vp8

CONTINUED = bytes([0x80, 0xE0, 0x81, 0x05, 5, 0x20])
"""The descriptor of a picture's later packets, of picture 0x105."""


def part(source: Source, number: int, payload: bytes, *, last: bool = False, timestamp: int = 9000) -> RtpPacket:
    return RtpPacket.parse(serialize_header(96, number, timestamp, 1, marker=last) + payload)


def kept(source: Source) -> list[int]:
    frame = source.layer.keyframe
    return [] if frame is None else sorted(number & 0xFFFF for number in frame.packets)


def test_a_key_frame_is_kept_once_it_is_whole_in_whatever_order_it_came() -> None:
    source = Source(VideoQuality.HIGH)
    receive = source.layer.receive
    receive(part(source, 10, vp8(key=True)), 1.0)
    receive(part(source, 12, CONTINUED + b"end", last=True), 1.0)
    receive(part(source, 13, vp8(picture=0x106), timestamp=12000, last=True), 1.03)
    assert kept(source) == []
    receive(part(source, 11, CONTINUED + b"middle"), 1.05)
    assert kept(source) == [10, 11, 12]
    receive(part(source, 14, vp8(key=True, picture=0x107), timestamp=15000), 2.0)
    assert kept(source) == [10, 11, 12]
    receive(part(source, 15, CONTINUED + b"end", timestamp=15000, last=True), 2.0)
    assert kept(source) == [14, 15]


def test_one_that_is_too_large_is_not_kept() -> None:
    source = Source(VideoQuality.HIGH)
    source.layer.receive(part(source, 10, vp8(key=True)), 1.0)
    for number in range(11, 411):
        source.layer.receive(part(source, number, CONTINUED + bytes(1000), last=number == 410), 1.0)
    assert kept(source) == []


def test_one_that_is_too_old_for_anybody_is_let_go() -> None:
    source = Source(VideoQuality.HIGH)
    source.layer.receive(part(source, 10, vp8(key=True), last=True), 1.0)
    source.layer.measure(1.0 + MAX_AGE_S)
    assert kept(source) == [10]
    source.layer.measure(2.0 + MAX_AGE_S)
    assert kept(source) == []


def test_the_parameter_sets_of_h264_belong_to_it() -> None:
    source = Source(VideoQuality.HIGH, codec=H264)
    source.layer.receive(part(source, 9, b"\x41slice", last=True, timestamp=6000), 1.0)
    for number, payload in enumerate((b"\x67sps", b"\x68pps", b"\x65idr"), 10):
        source.layer.receive(part(source, number, payload, last=number == 12), 1.0)
    assert kept(source) == [10, 11, 12]
    sink = Sink()
    out = forwarder(sink)
    out.show_latest(2.0)
    out.aim(source.layer)
    out.show_latest(2.0)
    assert [packet.payload[1:] for packet in sink.packets] == [b"sps", b"pps", b"idr"]


def test_what_came_before_its_first_packet_does_not_belong_to_it() -> None:
    source = Source(VideoQuality.HIGH)
    source.layer.receive(part(source, 10, vp8(key=True)), 1.0)
    source.layer.receive(part(source, 9, CONTINUED + b"odd"), 1.0)
    source.layer.receive(part(source, 11, CONTINUED + b"end", last=True), 1.0)
    assert kept(source) == [10, 11]


class Shared:
    """Alice shares something in one layer; nothing comes of it beyond what is sent here."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.alice = self.rig.client("alice").connect()
        self.sid = self.alice.publish_video(rids=())
        self.picture = 0x105
        self.number = 1
        self.sent_at = self.rig.now

    def film(self, *, key: bool) -> None:
        mid = self.alice.sections[-1].mid
        timestamp = round((self.rig.now - self.sent_at) * 90000)
        body = vp8(key=key, picture=self.picture, tl0=self.picture)
        rest = bytes([0x80, *body[1:6]]) + b"rest"
        for payload, last in ((body, False), (rest, True)):
            self.alice.media(70, 96, self.number, timestamp, payload, mid=mid, marker=last)
            self.number += 1
        self.picture += 1

    def late(self) -> Client:
        return self.rig.client("dana").connect()


@pytest.fixture
def shared() -> Shared:
    """A key frame, and ten pictures that followed it."""
    shared = Shared()
    shared.rig.pass_time(0.1)
    shared.film(key=True)
    for _ in range(10):
        shared.rig.pass_time(0.04)
        shared.film(key=False)
    return shared


@pytest.fixture
def long_shared(shared: Shared) -> Shared:
    """The same, so long ago that what followed is not kept."""
    for _ in range(5):
        shared.rig.pass_time(FOLLOWED_S / 4)
        shared.film(key=False)
    return shared


def numbers_are_continuous(client: Client) -> bool:
    numbers = [packet.sequence_number for packet in client.packets]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_late_comer_catches_up_and_goes_on_with_the_next_picture(shared: Shared) -> None:
    dana = shared.late()
    assert len(dana.packets) == 22
    for _ in range(2):
        shared.rig.pass_time(0.04)
        shared.film(key=False)
    assert len(dana.packets) == 26
    assert numbers_are_continuous(dana)
    pictures = [Vp8Descriptor.parse(packet.payload).picture_id for packet in dana.packets[::2]]
    assert pictures == list(range(0x105, 0x105 + 13))
    times = [packet.timestamp for packet in dana.packets]
    assert times[::2] == times[1::2]
    assert [later - earlier for earlier, later in itertools.pairwise(times[::2])] == [90] * 10 + [3600] * 2


def test_one_who_films_slower_than_that_keeps_the_pace() -> None:
    """Timestamps may be closer than what is caught up on; they never go back."""
    source = Source(VideoQuality.HIGH)
    source.layer.receive(part(source, 10, vp8(key=True), last=True), 1.0)
    source.layer.receive(part(source, 11, vp8(picture=0x106), timestamp=9030, last=True), 1.03)
    source.layer.receive(part(source, 12, vp8(picture=0x107), timestamp=9060, last=True), 1.06)
    frame = source.layer.keyframe
    assert frame is not None
    assert [timestamp for _, timestamp, _, _ in frame.replay(source.layer.log.highest)] == [9000, 9030, 9060]


def test_with_a_gap_or_too_much_since_it_is_not_enough() -> None:
    source = Source(VideoQuality.HIGH)
    receive = source.layer.receive
    receive(part(source, 10, vp8(key=True), last=True), 1.0)
    frame = source.layer.keyframe
    assert frame is not None
    assert frame.reaches(frame.first, 1.1)
    receive(part(source, 12, CONTINUED + b"end", timestamp=12000, last=True), 1.03)
    assert not frame.reaches(source.layer.log.highest, 1.1)
    receive(part(source, 11, vp8(picture=0x106), timestamp=12000), 1.05)
    assert frame.reaches(source.layer.log.highest, 1.1)
    for number in range(13, 14 + FOLLOWED_BYTES // 1000):
        receive(part(source, number, CONTINUED + bytes(1000), timestamp=15000), 1.06)
    assert not frame.reaches(source.layer.log.highest, 1.1)
    assert kept(source) == [10]


def test_a_later_comer_sees_the_newest_key_frame_at_once_and_goes_on_with_the_next(long_shared: Shared) -> None:
    shared = long_shared
    shared.alice.rtcp.clear()
    dana = shared.late()
    assert [packet.marker for packet in dana.packets] == [False, True]
    shared.film(key=False)
    assert len(dana.packets) == 2
    shared.rig.pass_time(1.5)
    assert any(isinstance(packet, Pli) for packet in shared.alice.rtcp)
    shared.film(key=True)
    shared.rig.pass_time(0.04)
    shared.film(key=False)
    assert len(dana.packets) == 6
    assert numbers_are_continuous(dana)
    times = [packet.timestamp for packet in dana.packets]
    assert times[0] == times[1] < times[2] == times[3] < times[4]
    pictures = [Vp8Descriptor.parse(packet.payload).picture_id for packet in dana.packets[::2]]
    assert pictures == [0x105, 0x106, 0x107]


def test_one_who_asks_before_it_saw_anything_gets_it_too_but_once(long_shared: Shared) -> None:
    shared = long_shared
    dana = shared.late()
    (subscription,) = dana.participant.downlink
    count = len(dana.packets)
    dana.feedback(Pli(1, subscription.forwarder.stream.ssrc))
    assert len(dana.packets) == count + 2
    dana.feedback(Pli(1, subscription.forwarder.stream.ssrc))
    assert len(dana.packets) == count + 2


def test_one_who_wants_a_larger_picture_meanwhile_gets_the_present_one() -> None:
    sink, low, high = Sink(), Source(VideoQuality.LOW), Source(VideoQuality.HIGH)
    out = forwarder(sink)
    out.aim(low.layer)
    low.frame(1.0, key=True)
    low.frame(1.04)
    out.aim(high.layer)
    sink.packets.clear()
    out.show_latest(1.05)
    low.frame(1.08)
    assert len(sink.packets) == 3
    assert (out.current, high.layer.waiting) == (low.layer, [out])
    high.frame(1.1, key=True)
    low.frame(1.12)
    assert (out.current, len(sink.packets)) == (high.layer, 4)


def test_what_is_old_or_was_muted_is_not_shown(shared: Shared) -> None:
    shared.alice.participant.tracks[shared.sid].set_muted(True, shared.rig.now)
    assert not shared.late().packets
    shared.alice.participant.tracks[shared.sid].set_muted(False, shared.rig.now)
    shared.film(key=True)
    shared.rig.pass_time(MAX_AGE_S + 1)
    assert not shared.rig.client("carol").connect().packets
