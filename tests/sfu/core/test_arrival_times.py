"""Which feedback a publisher gets on when its packets came."""

import pytest

from interview_stream.sfu.core.arrival_times import INTERVAL_S, MAX_REPORTED, ArrivalTimes
from tests.sfu.wire.test_transport_cc import told


def test_feedback_is_due_after_a_while_if_something_came() -> None:
    times = ArrivalTimes(1.0)
    assert not times.is_due(2.0)
    times.note(5, 1.01)
    assert not times.is_due(1.02)
    assert times.is_due(1.0 + INTERVAL_S)
    times.feedback(1, 2, 1.2)
    assert not times.is_due(9.0)


def test_numbers_go_on_from_feedback_to_feedback_and_wrap() -> None:
    times = ArrivalTimes(1.0)
    for number in (65534, 65535, 1):
        times.note(number, 1.0)
    assert told(times.feedback(1, 2, 1.1))[0] == 65534
    times.note(4, 1.2)
    first, count, found = told(times.feedback(1, 2, 1.3))
    assert (first, count) == (2, 1)
    assert [at is not None for at in found] == [False, False, True]


def test_an_overtaken_packet_is_reported_with_those_around_it() -> None:
    times = ArrivalTimes(1.0)
    for number in (10, 12):
        times.note(number, 1.0)
    times.feedback(1, 2, 1.1)
    times.note(11, 1.15)
    times.note(13, 1.16)
    first, _, found = told(times.feedback(1, 2, 1.2))
    assert first == 11
    assert found == pytest.approx([1.15, 1.0, 1.16], abs=0.001)


def test_a_packet_that_comes_twice_came_first_when_it_came_first() -> None:
    times = ArrivalTimes(1.0)
    times.note(10, 1.0)
    times.note(10, 1.5)
    assert told(times.feedback(1, 2, 1.6))[2] == pytest.approx([1.0], abs=0.001)


def test_another_sender_begins_anew_and_memory_is_bounded() -> None:
    times = ArrivalTimes(1.0)
    times.note(10, 1.0)
    times.note(30000, 1.01)
    assert told(times.feedback(1, 2, 1.1))[0] == 30000
    for number in range(MAX_REPORTED + 1):
        times.note(30001 + number, 1.11)
    assert times.is_due(1.11)
    times.feedback(1, 2, 1.11)
    times.note(30001 + MAX_REPORTED + 1, 1.12)
    assert not times.is_due(1.12)
