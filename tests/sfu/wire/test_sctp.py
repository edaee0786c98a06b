"""SCTP packets against a known sum, against themselves, and against garbage."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire import sctp
from interview_stream.sfu.wire.sctp import (
    Chunk,
    Data,
    ForwardTsn,
    Init,
    OtherRequest,
    OutgoingReset,
    Packet,
    Plain,
    Reconfig,
    ResetResponse,
    Sack,
    serialize_packet,
)

# What dcSCTP, the SCTP of Chromium, sends first: the layout is RFC 9260's, the numbers are its own.
INIT = bytes.fromhex(
    "138813880000000086eb3e24"  # ports 5000, no tag, checksum
    "0100001e" "55aa33cc" "00500000" "ffffffff" "0a0b0c0d"
    "c0000004" "80080006" "82c00000"
)  # fmt: skip


def written(data: bytes) -> bytes:
    """The same packet with the right checksum."""
    ports = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    return serialize_packet(*ports, int.from_bytes(data[4:8], "big"), [data[12:]])


def parse(*chunks: bytes) -> list[Chunk]:
    return Packet.parse(serialize_packet(5000, 5000, 1, chunks)).chunks


def test_an_opening_of_a_browser() -> None:
    packet = Packet.parse(written(INIT))
    assert (packet.source, packet.destination, packet.tag) == (5000, 5000, 0)
    assert packet.chunks == [Init(0x55AA33CC, 0x500000, 65535, 65535, 0x0A0B0C0D, {0xC000: b"", 0x8008: b"\x82\xc0"})]


def test_the_checksum_is_crc32c() -> None:
    # CRC-32C of 32 zero bytes, RFC 3720 section B.4; the last four are the checksum's own, before it is written.
    data = serialize_packet(0, 0, 0, [bytes(20)])
    assert data[8:12] == bytes.fromhex("aa36918a")
    with pytest.raises(MalformedPacket, match="checksum"):
        Packet.parse(written(INIT)[:-1] + b"\1")


CHUNKS: list[Chunk] = [
    Data(1, 2, 3, 51, b"hello"),
    Data(0xFFFFFFFF, 2, 3, 53, b"1234", is_first=False, is_last=False, is_unordered=True),
    Init(1, 2, 3, 4, 5, {sctp.STATE_COOKIE: b"cookie"}, is_ack=True),
    Sack(7, 1000, [(2, 3), (5, 9)]),
    ForwardTsn(9, [(1, 4)]),
    Reconfig([OutgoingReset(1, 2, 3, [4, 6]), ResetResponse(5, sctp.PERFORMED)]),
    Reconfig([ResetResponse(5, sctp.PERFORMED), OutgoingReset(1, 2, 3, [7])]),
    Plain(sctp.HEARTBEAT, 0, b"abc"),
    Plain(0xC1, 7, b"unknown"),
]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_what_is_written_is_read_again(chunk: Chunk) -> None:
    data = chunk.serialize()
    assert len(data) % 4 == 0
    assert parse(data, Plain(sctp.COOKIE_ACK).serialize()) == [chunk, Plain(sctp.COOKIE_ACK)]


def test_duplicates_are_told_and_not_read() -> None:
    data = Sack(7, 1000, [(2, 3)], [5, 6]).serialize()
    assert data.hex() == "0300001c00000007000003e800010002000200030000000500000006"
    assert parse(data) == [Sack(7, 1000, [(2, 3)])]


def test_lists_are_bounded() -> None:
    (sack,) = parse(Sack(7, 1000, [(2 * n + 2, 2 * n + 2) for n in range(100)], list(range(100))).serialize())
    assert isinstance(sack, Sack)
    assert len(sack.gaps) == sctp.MAX_GAPS
    (forward,) = parse(ForwardTsn(1, [(n, 0) for n in range(100)]).serialize())
    assert isinstance(forward, ForwardTsn)
    assert len(forward.streams) < 64
    (reconfig,) = parse(Reconfig([OutgoingReset(1, 2, 3, list(range(100)))]).serialize())
    assert isinstance(reconfig, Reconfig)
    (reset,) = reconfig.parameters
    assert isinstance(reset, OutgoingReset)
    assert list(reset.streams) == list(range(64))


def test_a_kind_that_nobody_knows_ends_the_packet_unless_it_may_be_skipped() -> None:
    assert parse(Plain(0x40).serialize(), Plain(sctp.COOKIE_ACK).serialize()) == [Plain(0x40)]
    assert len(parse(Plain(0x80).serialize(), Plain(sctp.COOKIE_ACK).serialize())) == 2


def test_other_requests_keep_their_number() -> None:
    assert parse(bytes.fromhex("820000100011000c0000000700100000")) == [Reconfig([OtherRequest(7)])]


@pytest.mark.parametrize(
    "chunk",
    [
        "00",
        "00000003",
        "000000080000",
        "00030010000000010000000000000000",  # no payload
        "0300000c0000000100000000",
        "03000010000000010000000000010001",  # lists more than it has
        "0100000800000001",
        "010000160000000100000001000100010000000100070000",  # a parameter is cut off
        "010000180000000100000001000100010000000100070009",
        "010000180000000100000001000100010000000100070003",
        "c0000004",
        "82000008000d0004",
    ],
)
def test_chunks_that_are_none(chunk: str) -> None:
    with pytest.raises(MalformedPacket):
        parse(bytes.fromhex(chunk))


def test_too_short_for_a_packet() -> None:
    with pytest.raises(MalformedPacket, match="header"):
        Packet.parse(bytes(11))


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        Packet.parse(serialize_packet(1, 2, 3, [data]))
    with contextlib.suppress(MalformedPacket):
        Packet.parse(data)


@given(st.sampled_from(CHUNKS), st.integers(0, 40), st.integers(0, 255))
def test_changed_bytes(chunk: Chunk, at: int, value: int) -> None:
    data = bytearray(chunk.serialize())
    data[at % len(data)] = value
    with contextlib.suppress(MalformedPacket):
        parse(bytes(data))
