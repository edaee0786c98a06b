"""Packets back in sending order, whatever the way did to them."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.capture.format import encode_header, encode_rtp, read_capture
from interview_stream.capture.order import OrderedPackets, order_packets
from interview_stream.sfu.wire.rtp import serialize_header
from tests.capture.publisher import START, Machine, Sender

RATE = 90_000


def packet(sequence: int, timestamp: int | None = None, payload: bytes = b"media") -> bytes:
    timestamp = sequence * 3000 if timestamp is None else timestamp
    return serialize_header(96, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 1, marker=sequence % 3 == 0) + payload


def ordered(path: Path, packets: list[bytes]) -> OrderedPackets:
    records = [encode_rtp(data, round(START * 1e9) + place) for place, data in enumerate(packets)]
    path.write_bytes(encode_header(Sender(Machine(), "vp8").header()) + b"".join(records))
    return order_packets(read_capture(path))


def test_numbers_no_longer_wrap(tmp_path: Path) -> None:
    first = 65_530
    got = ordered(tmp_path / "a.rtp", [packet(first + place, 2**32 - 9000 + place * 3000) for place in range(20)])
    assert list(got.sequences) == list(range(first, first + 20))
    assert list(got.timestamps) == [2**32 - 9000 + place * 3000 for place in range(20)]
    assert got.lost == 0


@given(seed=st.integers(0, 2**32), first=st.integers(0, 65_535), count=st.integers(1, 300))
def test_any_order_and_any_copies_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int, first: int, count: int
) -> None:
    """But for the first packet, which anchors the numbers."""
    chance = Random(seed)
    sent = [packet(first + place) for place in range(count)]
    mixed = [*sent[1:], *chance.choices(sent, k=count // 3)]
    chance.shuffle(mixed)
    got = ordered(tmp_path_factory.mktemp("order") / "a.rtp", [sent[0], *mixed])
    assert list(got.sequences) == list(range(first, first + count))
    assert [bool(marker) for marker in got.markers] == [(first + place) % 3 == 0 for place in range(count)]


def test_payloads_are_found_behind_headers_and_before_padding(tmp_path: Path) -> None:
    padded = bytes([packet(2)[0] | 0x20]) + packet(2)[1:] + b"\0\0\3"
    path = tmp_path / "a.rtp"
    got = ordered(path, [packet(1, payload=b"one"), padded])
    content = path.read_bytes()
    payloads = [content[at : at + length] for at, length in zip(got.offsets, got.lengths, strict=True)]
    assert payloads == [b"one", b"media"]


def test_losses_are_counted(tmp_path: Path) -> None:
    got = ordered(tmp_path / "a.rtp", [packet(number) for number in (1, 2, 5, 9)])
    assert (len(got), got.lost) == (4, 5)


def test_a_long_outage_is_a_loss(tmp_path: Path) -> None:
    got = ordered(tmp_path / "a.rtp", [packet(number) for number in (1, 2, 20_000, 20_001)])
    assert list(got.sequences) == [1, 2, 20_000, 20_001]


@pytest.mark.parametrize("anew", [40_000, 9_000, 9_990])
def test_a_sender_that_counts_anew_goes_on_after_a_break(tmp_path: Path, anew: int) -> None:
    """Whether its new numbers look newer, much older, or like repairs that carry newer pictures."""
    before = [packet(10_000 + place, place * 3000) for place in range(5)]
    after = [packet(anew + place, 10 * RATE + place * 3000) for place in range(5)]
    got = ordered(tmp_path / "a.rtp", before + after)
    assert len(got) == 10
    assert list(got.timestamps) == sorted(got.timestamps)
    assert got.sequences[5] - got.sequences[4] > 1
    assert [number - got.sequences[5] for number in got.sequences[5:]] == [0, 1, 2, 3, 4]


def test_what_is_no_packet_of_the_track_is_counted(tmp_path: Path) -> None:
    other = serialize_header(97, 3, 0, 1) + b"other"
    got = ordered(tmp_path / "a.rtp", [packet(1), b"junk", b"", other, packet(2)])
    assert (len(got), got.unusable) == (2, 3)


def test_nothing_is_nothing(tmp_path: Path) -> None:
    got = ordered(tmp_path / "a.rtp", [])
    assert (len(got), got.lost) == (0, 0)
