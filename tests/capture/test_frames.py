"""Pictures from packets: fragments, losses at every place, parameter sets, and anything thrown at the builders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.capture.format import Codec
from interview_stream.capture.frames import Frame, MediaPacket, assemble, picture_builder
from tests.capture.publisher import Coded, h264_payloads, video, vp8_payloads

VIDEOS: list[Codec] = ["vp8", "h264"]


def payloads_of(codec: Codec, number: int, coded: Coded) -> list[bytes]:
    return vp8_payloads(coded, number) if codec == "vp8" else h264_payloads(coded)


def packets_of(codec: Codec, frames: list[Coded]) -> list[MediaPacket]:
    packets: list[MediaPacket] = []
    for number, coded in enumerate(frames):
        payloads = payloads_of(codec, number, coded)
        packets += [
            MediaPacket(100 + len(packets) + place, number * 3000, place == len(payloads) - 1, payload)
            for place, payload in enumerate(payloads)
        ]
    return packets


def assembled(codec: Codec, packets: list[MediaPacket]) -> list[Frame]:
    return list(assemble(packets, picture_builder(codec)))


def units(data: bytes) -> list[bytes]:
    """NAL units without delimiters and trailing zeros."""
    parts = [part.rstrip(b"\0") for part in data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")]
    return [part for part in parts if part and part[0] & 31 != 9]


def single(number: int, timestamp: int, payload: bytes, *, is_last: bool = True) -> MediaPacket:
    return MediaPacket(number, timestamp, is_last, payload)


def test_vp8_comes_back_byte_for_byte() -> None:
    coded = list(video("vp8", seconds=1))
    frames = assembled("vp8", packets_of("vp8", coded))
    assert [frame.picture.data for frame in frames] == [one.data for one in coded]
    assert [frame.picture.is_key for frame in frames] == [one.is_key for one in coded]
    assert frames[0].picture.size == (320, 180)
    assert not any(frame.is_after_loss for frame in frames)


def test_h264_comes_back_unit_for_unit() -> None:
    coded = list(video("h264", seconds=1))
    frames = assembled("h264", packets_of("h264", coded))
    assert [units(frame.picture.data) for frame in frames] == [units(one.data) for one in coded]
    assert frames[0].picture.size == (320, 180)


@pytest.mark.parametrize("codec", VIDEOS)
def test_whichever_packet_is_lost_only_whole_decodable_pictures_come_out(codec: Codec) -> None:
    coded = list(video(codec, seconds=3, size=(640, 360)))[:80]
    packets = packets_of(codec, coded)
    whole = assembled(codec, packets)
    for lost in range(len(packets)):
        frames = assembled(codec, packets[:lost] + packets[lost + 1 :])
        number = packets[lost].timestamp // 3000
        next_key = next((place for place in range(number + 1, len(coded)) if coded[place].is_key), len(coded))
        expected = [frame for frame in whole if not number <= frame.timestamp // 3000 < next_key]
        assert [frame.picture for frame in frames] == [frame.picture for frame in expected]
        after = [frame.timestamp // 3000 for frame in frames if frame.is_after_loss]
        assert after == ([next_key] if next_key < len(coded) and lost > 0 else after)


@pytest.mark.parametrize("codec", VIDEOS)
def test_markers_may_be_missing(codec: Codec) -> None:
    packets = [packet._replace(is_last=False) for packet in packets_of(codec, list(video(codec, seconds=1)))]
    assert len(assembled(codec, packets)) == 30


def test_a_lost_number_without_a_lost_picture_is_seen_by_the_picture_id() -> None:
    packets = packets_of("vp8", list(video("vp8", seconds=1)))
    shifted = [packet._replace(sequence=packet.sequence + (packet.timestamp >= 30_000)) for packet in packets]
    frames = assembled("vp8", shifted)
    assert len(frames) == 30
    assert not any(frame.is_after_loss for frame in frames)


def test_pictures_before_the_first_key_frame_are_left_out() -> None:
    assert len(assembled("vp8", packets_of("vp8", list(video("vp8", seconds=3))[1:])[:])) == 30


def test_parameter_sets_sent_once_are_repeated_before_each_key_frame() -> None:
    coded = video("h264", seconds=3)
    packets: list[MediaPacket] = []
    for number, one in enumerate(coded):
        kept = [unit for unit in units(one.data) if unit[0] & 31 in (1, 5) or (number == 0 and unit[0] & 31 in (7, 8))]
        packets += [
            # The parameter sets come alone, each marked as if it were a whole picture.
            single(len(packets) + place, number * 3000, unit, is_last=unit is kept[-1] or unit[0] & 31 in (7, 8))
            for place, unit in enumerate(kept)
        ]
    frames = assembled("h264", packets)
    assert len(frames) == len(coded)
    keys = [frame for frame in frames if frame.picture.is_key]
    assert len(keys) == 2
    for key in keys:
        assert [unit[0] & 31 for unit in units(key.picture.data)][:3] == [7, 8, 5]
        assert key.picture.size == (320, 180)


@pytest.mark.parametrize(
    ("codec", "payloads"),
    [
        ("vp8", [b"\x10\x00\x00"]),  # a key frame without its header
        ("vp8", [b"\x90"]),
        ("vp8", [b"\x10\x01no key frame yet"]),
        ("h264", [b"\x65\x80 no parameter sets"]),
        ("h264", [b"\x67\x42", b"\x68\xce", b"\x65\x80"]),  # parameters that cannot be read
        ("h264", [b"\x7c\x85", b"\x7c"]),
        ("h264", [b"\x7c\x05\x80 a fragment without beginning"]),
        ("h264", [b"\x7c\x85\x80 a fragment without end"]),
        ("h264", [b"\x7c\x85\x80 a fragment", b"\x65\x80 then another unit"]),
        ("h264", [b"\x78\x00\x10 too short"]),
        ("h264", [b"\x1d\x00\x00 a mode that nobody negotiated"]),
        ("h264", [b"\x65"]),
    ],
)
def test_what_is_no_picture_gives_none(codec: Codec, payloads: list[bytes]) -> None:
    last = len(payloads) - 1
    packets = [single(place, 0, payload, is_last=place == last) for place, payload in enumerate(payloads)]
    assert assembled(codec, packets) == []


def test_a_last_picture_that_was_cut_is_left_out() -> None:
    packets = packets_of("vp8", list(video("vp8", seconds=1, size=(640, 360))))
    last = packets[-1]._replace(is_last=False)
    assert len(assembled("vp8", [*packets[:-1], last])) == 29
    key = Coded(0, video("h264", seconds=1)[0].data + b"\0\0\1e\x88" + b"\x80" * 3000)
    fragments = packets_of("h264", [key])
    assert len(assembled("h264", fragments)) == 1
    assert assembled("h264", fragments[:-1]) == []


@given(
    codec=st.sampled_from(VIDEOS), payloads=st.lists(st.tuples(st.binary(max_size=40), st.booleans(), st.booleans()))
)
def test_no_bytes_raise(codec: Codec, payloads: list[tuple[bytes, bool, bool]]) -> None:
    number = 0
    packets = []
    for payload, is_last, is_lost in payloads:
        number += 1 + is_lost
        packets.append(MediaPacket(number, number // 3, is_last, payload))
    for frame in assembled(codec, packets):
        assert frame.picture.data
