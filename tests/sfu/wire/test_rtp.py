"""RTP packets by hand as browsers send them, against itself, and against garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.rtp import (
    RtpPacket,
    extend,
    extend32,
    seq_diff,
    serialize_extensions,
    serialize_header,
    timestamp_diff,
)


def header(first: int, second: int = 96, rest: str = "000100000002cafebabe") -> bytes:
    return bytes((first, second)) + bytes.fromhex(rest)


def test_a_plain_packet() -> None:
    packet = RtpPacket.parse(header(0x80, 0xE0) + b"payload")
    assert packet.marker
    assert packet.payload_type == 96
    assert packet.sequence_number == 1
    assert packet.timestamp == 2
    assert packet.ssrc == 0xCAFEBABE
    assert packet.payload == b"payload"
    assert packet.padding_size == 0
    assert packet.extension_block == b""
    assert packet.extension(1) is None


def test_csrcs_are_skipped() -> None:
    packet = RtpPacket.parse(header(0x82) + bytes(8) + b"payload")
    assert packet.payload == b"payload"


def test_one_byte_extensions() -> None:
    # id 4 "0" (mid), padding, id 10 "q" (rid), id 1 three bytes
    block = bytes.fromhex("bede000340300000a071120102030000")
    packet = RtpPacket.parse(header(0x90) + block + b"payload")
    assert packet.extension(4) == b"0"
    assert packet.extension(10) == b"q"
    assert packet.extension(1) == bytes((1, 2, 3))
    assert packet.extension(2) is None
    assert packet.payload == b"payload"


def test_id_15_ends_one_byte_extensions() -> None:
    packet = RtpPacket.parse(header(0x90) + bytes.fromhex("bede0002f0aa403040300000"))
    assert packet.extension(4) is None
    assert packet.extension(15) is None


def test_two_byte_extensions() -> None:
    block = bytes.fromhex("10000003040000100211220a01710000")
    packet = RtpPacket.parse(header(0x90) + block)
    assert packet.extension(4) == b""
    assert packet.extension(16) == b"\x11\x22"
    assert packet.extension(10) == b"q"
    assert packet.extension(11) is None


def test_the_low_bits_of_the_two_byte_profile_are_free() -> None:
    assert RtpPacket.parse(header(0x90) + bytes.fromhex("100f000104013000")).extension(4) == b"0"


@pytest.mark.parametrize("block", ["bede000143303030", "1000000104053030"])
def test_an_extension_longer_than_its_block_is_absent(block: str) -> None:
    assert RtpPacket.parse(header(0x90) + bytes.fromhex(block)).extension(4) is None


def test_extensions_of_another_profile_are_unknown() -> None:
    assert RtpPacket.parse(header(0x90) + bytes.fromhex("abcd000140300000")).extension(4) is None


def test_an_empty_extension() -> None:
    packet = RtpPacket.parse(header(0x90) + bytes.fromhex("bede0000") + b"payload")
    assert packet.extension(4) is None
    assert packet.payload == b"payload"


def test_padding() -> None:
    packet = RtpPacket.parse(header(0xA0) + b"payload" + bytes((0, 0, 3)))
    assert packet.payload == b"payload"
    assert packet.padding_size == 3


def test_a_probe_of_padding_only() -> None:
    packet = RtpPacket.parse(header(0xB0) + bytes.fromhex("bede000140300000") + bytes(254) + b"\xff")
    assert packet.payload == b""
    assert packet.padding_size == 255
    assert packet.extension(4) == b"0"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "shorter than its header"),
        (header(0x80)[:11], "shorter than its header"),
        (header(0x40), "version"),
        (header(0xC0), "version"),
        (header(0x81), "longer than its packet"),
        (header(0x90), "extension is cut short"),
        (header(0x91) + bytes(7), "extension is cut short"),
        (header(0x90) + bytes.fromhex("bede0002") + bytes(4), "longer than its packet"),
        (header(0xA0) + bytes(4), "padding is empty"),
        (header(0xA0), "padding is empty"),
        (header(0xA0) + b"\x02", "longer than its packet"),
        (header(0xB0) + bytes.fromhex("bede000100000001"), "padding is empty"),
    ],
)
def test_malformed(data: bytes, words: str) -> None:
    with pytest.raises(MalformedPacket, match=words):
        RtpPacket.parse(data)


one_byte = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=6)
two_byte = st.dictionaries(st.integers(1, 255), st.binary(max_size=255), max_size=6)


@given(
    st.integers(0, 127),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.booleans(),
    one_byte | two_byte,
    st.binary(max_size=50),
)
def test_what_is_written_is_read(
    payload_type: int, number: int, timestamp: int, ssrc: int, marker: bool, values: dict[int, bytes], payload: bytes
) -> None:
    extensions = serialize_extensions(values)
    assert len(extensions) % 4 == 0
    data = serialize_header(payload_type, number, timestamp, ssrc, marker=marker, extensions=extensions) + payload
    packet = RtpPacket.parse(data)
    assert (packet.payload_type, packet.sequence_number, packet.timestamp) == (payload_type, number, timestamp)
    assert (packet.ssrc, packet.marker, packet.payload) == (ssrc, marker, payload)
    assert {id_: packet.extension(id_) for id_ in values} == values


def test_values_that_fit_take_the_one_byte_form() -> None:
    assert serialize_extensions({4: b"0", 3: bytes(3)})[:2] == b"\xbe\xde"
    assert serialize_extensions({4: b""})[:2] == b"\x10\x00"
    assert serialize_extensions({15: b"0"})[:2] == b"\x10\x00"


@pytest.mark.parametrize("values", [{0: b"a"}, {256: b"a"}, {1: bytes(256)}])
def test_values_that_do_not_fit_at_all(values: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="header extension"):
        serialize_extensions(values)


@given(st.binary(max_size=80))
def test_garbage_is_malformed_or_a_packet(data: bytes) -> None:
    try:
        packet = RtpPacket.parse(data)
    except MalformedPacket:
        return
    for id_ in range(17):
        packet.extension(id_)


@given(st.sampled_from(["bede", "1000"]), st.binary(max_size=40), st.integers(1, 255))
def test_garbage_extensions_are_absent_or_inside(profile: str, block: bytes, id_: int) -> None:
    block += bytes(-len(block) % 4)
    data = header(0x90) + bytes.fromhex(profile) + (len(block) // 4).to_bytes(2, "big") + block
    value = RtpPacket.parse(data).extension(id_)
    assert value is None or value in block


def test_numbers_that_wrap() -> None:
    assert seq_diff(0, 65535) == 1
    assert seq_diff(65535, 0) == -1
    assert seq_diff(0, 32768) == -32768
    assert timestamp_diff(0, 0xFFFFFFFF) == 1
    assert timestamp_diff(5, 10) == -5
    assert extend(0, 65535) == 65536
    assert extend(65535, 65536) == 65535
    assert extend32(0, 0xFFFFFFFF) == 1 << 32


@given(st.integers(0, 2**48), st.integers(-32768, 32767))
def test_a_number_is_extended_to_the_nearest(near: int, step: int) -> None:
    assert extend((near + step) & 0xFFFF, near) == near + step
    assert seq_diff((near + step) & 0xFFFF, near & 0xFFFF) == step


@given(st.integers(0, 2**48), st.integers(-(2**31), 2**31 - 1))
def test_a_timestamp_is_extended_to_the_nearest(near: int, step: int) -> None:
    assert extend32((near + step) & 0xFFFFFFFF, near) == near + step
    assert timestamp_diff((near + step) & 0xFFFFFFFF, near & 0xFFFFFFFF) == step
