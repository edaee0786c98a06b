"""RTCP packets by hand, against itself, and against garbage."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.rtcp import (
    Fir,
    Goodbye,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    SourceDescription,
    TransportFeedback,
    Unknown,
    ntp_from_unix,
    ntp_middle,
    parse_compound,
    serialize_compound,
    source_description,
    unix_from_ntp,
)


def parse(data: str) -> RtcpPacket:
    (packet,) = parse_compound(bytes.fromhex(data))
    return packet


def test_a_sender_report() -> None:
    report = parse(
        "81c8000c" "11111111" "e1f2a3b4c5d6e7f8" "01020304" "00000010" "00001000"
        "22222222" "80fffffe" "00010005" "00000007" "00000008" "00000009"
    )  # fmt: skip
    block = ReportBlock(0x22222222, 128, -2, 0x10005, 7, 8, 9)
    assert report == SenderReport(0x11111111, 0xE1F2A3B4C5D6E7F8, 0x01020304, 16, 4096, (block,))


def test_profile_specific_extensions_of_reports_are_skipped() -> None:
    assert parse("80c9000211111111deadbeef") == ReceiverReport(0x11111111)


def test_losses_are_clamped() -> None:
    for lost, read in ((10_000_000, 0x7FFFFF), (-10_000_000, -0x800000), (-1, -1)):
        written = ReceiverReport(1, (ReportBlock(2, 0, lost, 0, 0),)).serialize()
        (again,) = parse_compound(written)
        assert isinstance(again, ReceiverReport)
        assert again.reports[0].packets_lost == read


def test_counts_of_a_sender_report_wrap() -> None:
    (again,) = parse_compound(SenderReport(1, 2, 3, 1 << 32, (1 << 32) + 5).serialize())
    assert again == SenderReport(1, 2, 3, 0, 5)


def test_a_source_description() -> None:
    assert parse("81ca0003111111110103616263000000") == source_description(0x11111111, "abc")


def test_each_chunk_of_a_source_description_ends_at_a_word() -> None:
    # The first chunk's items end exactly at a word, so a word of zeros ends them.
    both = parse("82ca0006111111110102616200000000222222220101610000000000")
    assert both == SourceDescription(((0x11111111, ((1, b"ab"),)), (0x22222222, ((1, b"a"),))))


def test_a_goodbye_with_and_without_reason() -> None:
    assert parse("81cb000111111111") == Goodbye((0x11111111,))
    assert parse("81cb00021111111103627965") == Goodbye((0x11111111,), "bye")
    assert parse("80cb0000") == Goodbye(())
    assert Goodbye((0x11111111,), "bye").serialize().hex() == "81cb00021111111103627965"


def test_a_nack_names_numbers_by_mask() -> None:
    assert parse("81cd00030000000100000002fffe8003") == Nack(1, 2, (65534, 65535, 0, 14))


def test_close_losses_share_an_item() -> None:
    written = Nack(1, 2, (100, 101, 116, 117, 50)).serialize()
    assert written[12:].hex() == "006480010075000000320000"


def test_a_nack_across_the_wrap() -> None:
    assert Nack(1, 2, (65535, 0, 15)).serialize()[12:].hex() == "ffff8001"


def test_requests_for_key_frames() -> None:
    assert parse("81ce00020000000100000002") == Pli(1, 2)
    assert parse("84ce000400000001000000000000000207000000") == Fir(1, ((2, 7),))


def test_remb() -> None:
    # As Chromium sends it: mantissa 0x2dc6c << 4 = 3,000,000
    remb = parse("8fce0005000000010000000052454d420112dc6c00000002")
    assert remb == Remb(1, 3_000_000, (2,))
    assert remb.serialize().hex() == "8fce0005000000010000000052454d420112dc6c00000002"


def test_other_application_feedback_is_unknown() -> None:
    assert parse("8fce0003000000010000000041424344") == Unknown(206, 15, bytes.fromhex("000000010000000041424344"))


def test_transport_feedback_is_kept_as_it_is() -> None:
    assert parse("8fcd00030000000100000002aabbccdd") == TransportFeedback(1, 2, bytes.fromhex("aabbccdd"))


def test_other_types_and_formats_are_unknown() -> None:
    assert parse("83cc000100000001") == Unknown(204, 3, bytes(3) + b"\1")
    assert parse("83cd00020000000100000002") == Unknown(205, 3, bytes.fromhex("0000000100000002"))


def test_padding_is_removed() -> None:
    assert parse("a1ce0003000000010000000200000004") == Pli(1, 2)


def test_a_compound_keeps_its_order() -> None:
    packets: list[RtcpPacket] = [ReceiverReport(1), source_description(1, "me"), Pli(1, 2), Nack(1, 2, (3,))]
    assert parse_compound(serialize_compound(packets)) == packets


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        ("80c9", "shorter than its header"),
        ("81ce0002" "00000001" "00000002" "81", "shorter than its header"),
        ("40c90001" "00000001", "version"),
        ("80c90002" "00000001", "longer than its datagram"),
        ("a0c90000", "padding"),
        ("a0c90001" "00000000", "padding"),
        ("a0c90001" "00000005", "padding"),
        ("80c80001" "00000001", "sender report is cut short"),
        ("80c90000", "receiver report is cut short"),
        ("81c90001" "00000001", "shorter than its blocks"),
        ("81ca0000", "source description is cut short"),
        ("82ca0002" "00000001" "00000000", "source description is cut short"),
        ("81ca0002" "00000001" "01090000", "item is cut short"),
        ("81ca0002" "00000001" "01016101", "item is cut short"),
        ("82cb0001" "00000001", "goodbye is cut short"),
        ("81cd0001" "00000001", "feedback message is cut short"),
        ("8fcd0001" "00000001", "feedback message is cut short"),
        ("84ce0001" "00000001", "feedback message is cut short"),
        ("8fce0003" "00000001" "00000000" "52454d42", "REMB"),
        ("8fce0004" "00000001" "00000000" "52454d42" "01000001", "REMB"),
    ],
)  # fmt: skip
def test_malformed(data: str, words: str) -> None:
    with pytest.raises(MalformedPacket, match=words):
        parse_compound(bytes.fromhex(data))


u8, u16, u32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
blocks = st.lists(st.builds(ReportBlock, u32, u8, st.integers(-0x800000, 0x7FFFFF), u32, u32, u32, u32), max_size=3)
items = st.lists(st.tuples(st.integers(1, 8), st.binary(max_size=20)), max_size=3).map(tuple)
packets = st.one_of(
    st.builds(SenderReport, u32, st.integers(0, 2**64 - 1), u32, u32, u32, blocks.map(tuple)),
    st.builds(ReceiverReport, u32, blocks.map(tuple)),
    st.builds(SourceDescription, st.lists(st.tuples(u32, items), max_size=3).map(tuple)),
    st.builds(Goodbye, st.lists(u32, max_size=3).map(tuple), st.text(max_size=20)),
    st.builds(Nack, u32, u32, st.lists(u16, unique=True, max_size=20).map(lambda lost: tuple(sorted(lost)))),
    st.builds(Pli, u32, u32),
    st.builds(Fir, u32, st.lists(st.tuples(u32, u8), max_size=3).map(tuple)),
    st.builds(
        Remb, u32, st.integers(0, 0x3FFFF).map(lambda mantissa: mantissa << 7), st.lists(u32, max_size=3).map(tuple)
    ),
    st.builds(TransportFeedback, u32, u32, st.binary(max_size=5).map(lambda body: body * 4)),
    st.builds(Unknown, st.sampled_from([192, 204, 207, 223]), st.integers(0, 31), st.just(bytes(8))),
)


@given(st.lists(packets, min_size=1, max_size=5))
def test_what_is_written_is_read(packets: list[RtcpPacket]) -> None:
    assert parse_compound(serialize_compound(packets)) == packets


@given(u32, u32, st.lists(u16, unique=True, max_size=30))
def test_a_nack_names_every_number_once(sender: int, media: int, lost: list[int]) -> None:
    (again,) = parse_compound(Nack(sender, media, tuple(lost)).serialize())
    assert isinstance(again, Nack)
    assert sorted(again.lost) == sorted(lost)


@given(u32, st.integers(0, 2**40))
def test_remb_is_rounded_down_a_little(sender: int, bitrate: int) -> None:
    (again,) = parse_compound(Remb(sender, bitrate, ()).serialize())
    assert isinstance(again, Remb)
    assert bitrate * (1 - 2**-17) <= again.bitrate <= bitrate


@given(st.binary(max_size=100))
def test_garbage_is_malformed_or_packets(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        parse_compound(data)


@given(st.sampled_from([200, 201, 202, 203, 204, 205, 206]), st.integers(0, 63), st.binary(max_size=80))
def test_garbage_bodies_are_malformed_or_packets(packet_type: int, low_bits: int, body: bytes) -> None:
    body = body[: len(body) // 4 * 4]
    with contextlib.suppress(MalformedPacket):
        parse_compound(bytes((0x80 | low_bits, packet_type)) + (len(body) // 4).to_bytes(2, "big") + body)


def test_ntp() -> None:
    assert ntp_from_unix(0) == 2_208_988_800 << 32
    assert ntp_middle(0x11112222_33334444) == 0x22223333
    assert ntp_middle(ntp_from_unix(1.5) - ntp_from_unix(0)) == 3 << 15


@given(st.floats(0, 2_000_000_000))
def test_ntp_time_comes_back(seconds: float) -> None:
    assert abs(unix_from_ntp(ntp_from_unix(seconds)) - seconds) < 1e-6
