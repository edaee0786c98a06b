"""Which packet an SRTP packet is: roll-over both ways, numbers that were skipped, and where the header ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.core.srtp_index import (
    MAX_STREAMS,
    WINDOW,
    UsedNumbers,
    guess_index,
    next_index,
    note_index,
    split,
)
from interview_stream.sfu.errors import SrtpError
from interview_stream.sfu.wire.rtp import serialize_extensions, serialize_header


def head(number: int, ssrc: int = 1) -> bytes:
    return serialize_header(96, number & 0xFFFF, 1000, ssrc)


def test_a_skipped_number_can_be_used_once_while_it_is_among_the_newest() -> None:
    numbers = UsedNumbers(9)
    assert [numbers.use(number) for number in (10, 14, 12, 12, 10, 9)] == [True, True, True, False, False, False]
    assert numbers.use(14 + WINDOW)
    assert [numbers.use(number) for number in (13, 15, 15)] == [False, True, False]


@given(st.lists(st.integers(-1500, 1500), max_size=60))
def test_no_number_is_used_twice_and_memory_is_bounded(steps: list[int]) -> None:
    numbers, number, used = UsedNumbers(-1), 0, set()
    for step in steps:
        number += step
        if numbers.use(number):
            assert number not in used
            used.add(number)
        assert len(numbers._skipped) <= WINDOW


def test_what_is_sent_is_counted_on_across_the_roll_over() -> None:
    streams: dict[int, UsedNumbers] = {}
    assert next_index(streams, head(65534, ssrc=7)) == (7, 65534)
    assert [next_index(streams, head(number, ssrc=7))[1] for number in (65535, 65536, 65538, 65537)] == [
        65535,
        65536,
        65538,
        65537,
    ]
    assert next_index(streams, head(3, ssrc=8)) == (8, 3)
    with pytest.raises(SrtpError, match="twice"):
        next_index(streams, head(65537, ssrc=7))


def test_what_came_is_guessed_by_what_is_nearest() -> None:
    streams: dict[int, int] = {}
    assert guess_index(streams, head(65530)) == (1, 65530)
    note_index(streams, 1, 65530)
    assert guess_index(streams, head(65540)) == (1, 65540)
    note_index(streams, 1, 65540)
    assert guess_index(streams, head(65535)) == (1, 65535)
    note_index(streams, 1, 65535)  # late: the highest stays
    assert streams == {1: 65540}
    note_index(streams, 2, 5)
    assert guess_index(streams, head(65530, ssrc=2)) == (2, 65530)  # nearer to 5 - 65536, but there is none below zero


def test_the_oldest_of_too_many_streams_is_forgotten() -> None:
    streams: dict[int, int] = {}
    for ssrc in range(MAX_STREAMS + 1):
        note_index(streams, ssrc, 0)
    assert len(streams) == MAX_STREAMS
    assert 0 not in streams


def test_a_packet_is_cut_where_its_header_ends() -> None:
    extensions = serialize_extensions({3: b"abc", 4: b"0"})
    header = serialize_header(96, 1, 2, 3, extensions=extensions)
    assert split(header + b"payload") == (header, b"payload")
    sources = b"\x82" + head(1)[1:] + bytes(8)
    assert split(sources + b"x") == (sources, b"x")
    for data in (b"", header[:11], header[:-1], sources[:-1]):
        with pytest.raises(SrtpError, match="shorter"):
            split(data)
