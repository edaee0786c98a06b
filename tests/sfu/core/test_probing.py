"""What is added to see whether more goes through, and what is made of the answers."""

import pytest

from interview_stream.sfu.core.probing import (
    ANSWER_S,
    AT_ONCE_S,
    CARRIED,
    FAILED,
    FULL_S,
    RAMP_S,
    RUNNING,
    SMALLEST_PIECE,
    Probe,
)
from tests.sfu.core.test_path import Way

RTT_S = 0.04


def flowing(way: Way) -> Probe:
    way.go(2.0, 0.03)
    return Probe(800_000, 1_000_000, way.path, way.now)


def test_what_is_added_grows_to_the_whole_and_ends() -> None:
    way = Way()
    probe = flowing(way)
    began, total = way.now, 0
    early = probe.due(began + 0.3)
    assert 0 < early < 200_000 / 8 * 0.01
    for step in range(1, 200):
        due = probe.due(began + step / 100)
        probe.sent(due)
        total += due
    assert total == pytest.approx(200_000 / 8 * (RAMP_S / 3 + FULL_S), rel=0.05)
    assert probe.due(began + 5.0) == 0


def test_it_is_carried_when_it_arrived_in_time() -> None:
    way = Way()
    probe = flowing(way)
    began = way.now
    way.go(0.5, 0.03)
    assert probe.judge(RTT_S, way.now) == RUNNING
    way.go(RAMP_S + FULL_S + ANSWER_S, 0.03)
    assert way.now - began > RAMP_S + FULL_S + ANSWER_S + RTT_S
    assert probe.judge(RTT_S, way.now) == CARRIED


def test_a_queue_or_losses_end_it_and_so_does_silence() -> None:
    way = Way()
    probe = flowing(way)
    way.go(0.2, 0.15)
    assert probe.judge(RTT_S, way.now) == FAILED
    way = Way()
    probe = flowing(way)
    way.go(0.5, 0.03, drop_each=3)
    assert probe.judge(RTT_S, way.now) == FAILED
    silent = Probe(0, 300_000, way.path, way.now + 10.0)
    assert silent.judge(RTT_S, way.now + 20.0) == FAILED


def test_what_was_missed_is_made_up_for_in_pieces() -> None:
    """A burst of all of it would fill the queue of a narrow path by itself."""
    way = Way()
    probe = flowing(way)
    late = way.now + RAMP_S + FULL_S / 2
    assert probe.due(late) == max(SMALLEST_PIECE, int(200_000 * AT_ONCE_S / 8))
    wide = Probe(0, 8_000_000, way.path, way.now)
    assert wide.due(late) == int(8_000_000 * AT_ONCE_S / 8)


def test_one_hiccup_does_not_end_it() -> None:
    way = Way()
    probe = flowing(way)
    way.go(0.1, 0.15)
    assert probe.judge(RTT_S, way.now) == RUNNING
    way.go(0.1, 0.15)
    assert probe.judge(RTT_S, way.now) == FAILED
