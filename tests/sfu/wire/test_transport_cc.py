"""Transport-wide feedback: written by us, read back by the words of the draft."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.rtcp import TransportFeedback, parse_compound
from interview_stream.sfu.wire.transport_cc import TICK_S, Arrivals, feedback, read


def told(message: TransportFeedback) -> tuple[int, int, list[float | None]]:
    """First number, count of the feedback, and the arrival or None for each packet."""
    read_back = read(message)
    arrivals: list[float | None] = [None] * read_back.count
    for offset, ticks in zip(read_back.offsets, read_back.ticks, strict=True):
        arrivals[offset] = ticks * TICK_S
    return read_back.first, message.body[7], arrivals


@given(st.dictionaries(st.integers(0, 60), st.floats(5.0, 6.0), min_size=1), st.integers(0, 300))
def test_what_is_written_says_when_each_packet_came(arrivals: dict[int, float], count: int) -> None:
    last = max(arrivals)
    numbers = {65530 + number: at for number, at in arrivals.items()}
    first, counted, found = told(feedback(1, 2, 65530, 65530 + last, numbers, count))
    assert (first, counted) == (65530, count & 0xFF)
    assert len(found) == last + 1
    for number, at in enumerate(found):
        expected = arrivals.get(number)
        assert (at is None) == (expected is None)
        if at is not None and expected is not None:
            assert abs(at - expected) <= TICK_S


def test_a_long_pause_is_cut_and_a_long_loss_is_one_run() -> None:
    message = feedback(1, 2, 10, 9010, {10: 1.0, 9010: 100.0}, 0)
    _, _, found = told(message)
    assert found[1:-1] == [None] * 8999
    assert found[-1] == found[0] + 0x7FFF * TICK_S  # type: ignore[operator]
    assert parse_compound(message.serialize()) == [message]


def test_vectors_of_one_bit_and_what_others_write() -> None:
    """Chromium writes one bit for each packet where all came in time."""
    body = bytes.fromhex("fff0000400000107" + "b400" + "10" + "20" + "04" + "00")
    assert read(TransportFeedback(1, 2, body)) == Arrivals(0xFFF0, 4, [0, 1, 3], [256 + 16, 256 + 48, 256 + 52])
    late = bytes.fromhex("0001000200000100" + "e800" + "7fff" + "ff00")
    assert read(TransportFeedback(1, 2, late)).ticks == [256 + 0x7FFF, 0x7FFF]
    run = bytes.fromhex("0001000300000100" + "3fff" + "010101" + "000000")
    assert read(TransportFeedback(1, 2, run)).offsets == [0, 1, 2]


@pytest.mark.parametrize(
    "body",
    [
        "00010002000001",  # no head
        "0001000200000100",  # no chunk
        "0001000200000100" + "2002" + "01",  # a time lacks
        "0001000100000100" + "4001" + "01",  # half of a time lacks
        "0001000100000100" + "6001" + "010101",  # a symbol that is reserved
    ],
)
def test_what_is_cut_short_is_refused(body: str) -> None:
    with pytest.raises(MalformedPacket):
        read(TransportFeedback(1, 2, bytes.fromhex(body)))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        arrivals = read(TransportFeedback(1, 2, body))
    except MalformedPacket:
        return
    assert len(arrivals.offsets) == len(arrivals.ticks) <= arrivals.count
