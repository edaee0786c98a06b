"""What feedback tells of a path: how much arrives, queues, losses; and what must not be taken for them."""

import pytest

from interview_stream.sfu.core.outgoing import TOLD
from interview_stream.sfu.core.path import Path
from interview_stream.sfu.wire.rtcp import TransportFeedback
from interview_stream.sfu.wire.transport_cc import feedback


class Way:
    """Sends a packet of 1000 octets every 10 ms and reports every 100 ms, as told."""

    def __init__(self) -> None:
        self.path = Path()
        self.now = 100.0
        self.number = 0
        self.count = 0

    def go(self, seconds: float, delay_s: float, *, drop_each: int = 0) -> None:
        for _ in range(round(seconds * 10)):
            first, arrivals = self.number, {}
            for _ in range(10):
                self.now += 0.01
                assert self.path.log.send(1000, self.now) == self.number & 0xFFFF
                if not drop_each or self.number % drop_each:
                    arrivals[self.number] = 7.0 + self.now + delay_s
                self.number += 1
            self.path.receive(self.report(first, arrivals), self.now + delay_s)

    def report(self, first: int, arrivals: dict[int, float]) -> TransportFeedback:
        self.count += 1
        return feedback(1, 2, first, self.number - 1, arrivals, self.count)


def test_nothing_is_known_without_feedback() -> None:
    path = Path()
    assert (path.is_answered, path.arriving_bps, path.standing_s, path.waiting_s, path.lost(1)) == (False, 0, 0, 0, 0)


def test_the_rate_of_arrival_by_the_receivers_clock() -> None:
    way = Way()
    way.go(2.0, 0.03)
    assert way.path.is_answered
    assert way.path.arriving_bps == pytest.approx(800_000, rel=0.02)
    assert way.path.standing_s == pytest.approx(0, abs=0.001)


def test_a_delay_that_lasts_is_a_queue_and_one_that_ends_is_none() -> None:
    way = Way()
    way.go(2.0, 0.03)
    way.go(0.1, 0.18)
    assert (way.path.standing_s, round(way.path.waiting_s, 2)) == (0, 0.15)
    way.go(0.5, 0.18)
    assert way.path.standing_s == pytest.approx(0.15, abs=0.001)
    way.go(0.1, 0.12)
    assert way.path.standing_s == 0
    assert way.path.waiting_s == pytest.approx(0.09, abs=0.001)


def test_a_longer_route_is_taken_for_normal_after_a_while() -> None:
    way = Way()
    way.go(2.0, 0.03)
    way.go(25.0, 0.18)
    assert way.path.standing_s == pytest.approx(0, abs=0.001)


def test_losses_are_told_when_there_are_enough_packets() -> None:
    way = Way()
    way.go(2.0, 0.03, drop_each=4)
    assert way.path.lost(20) == pytest.approx(0.25, abs=0.03)
    assert way.path.lost(1000) == 0


def test_what_is_lost_in_a_hole_is_no_congestion() -> None:
    way = Way()
    way.go(1.0, 0.03)
    first = way.number
    for _ in range(200):
        way.path.log.send(1000, way.now)
        way.number += 1
    way.now += 2.0
    way.path.receive(way.report(first, {way.number - 1: 7.0 + way.now + 0.03}), way.now)
    assert way.path.lost(1) == 0
    way.go(0.5, 0.03)
    assert way.path.arriving_bps == pytest.approx(800_000, rel=0.3)


def test_holes_one_after_the_other_are_a_path_that_hardly_carries_anything() -> None:
    way = Way()
    way.go(1.0, 0.03)
    for _ in range(3):
        first = way.number
        for _ in range(100):
            way.now += 0.01
            way.path.log.send(1000, way.now)
            way.number += 1
        way.path.receive(way.report(first, {way.number - 1: 7.0 + way.now + 0.03}), way.now)
    assert way.path.lost(20) == 0.99
    assert way.path.arriving_bps == pytest.approx(8_000, rel=0.02)


def test_a_lost_feedback_does_not_lower_the_rate() -> None:
    way = Way()
    way.go(1.0, 0.03)
    for _ in range(30):  # reported on, but that never came
        way.now += 0.01
        way.path.log.send(1000, way.now)
        way.number += 1
    way.go(0.3, 0.03)
    assert way.path.arriving_bps == pytest.approx(800_000, rel=0.15)


def test_what_is_told_twice_counts_once_and_what_is_too_old_not_at_all() -> None:
    way = Way()
    way.go(1.0, 0.03)
    rate = way.path.arriving_bps
    way.path.receive(way.report(way.number - 10, {way.number - 1: 7.0 + way.now + 0.03}), way.now)
    assert way.path.arriving_bps <= rate
    way.path.receive(feedback(1, 2, way.number + 5, way.number + 5, {way.number + 5: 1.0}, 0), way.now)
    assert way.path.arriving_bps <= rate
    way.path.forget_old(way.now + 5.0)
    assert way.path.arriving_bps == 0


def test_numbers_go_round_and_old_ones_give_way() -> None:
    way = Way()
    way.go(700.0, 0.03)
    assert way.number > 65536 + TOLD
    assert way.path.arriving_bps == pytest.approx(800_000, rel=0.02)


def test_feedback_that_tells_of_no_arrival_changes_nothing() -> None:
    path = Path()
    path.receive(TransportFeedback(1, 2, bytes.fromhex("0000000300000000" + "0003" + "0000")), 1.0)
    assert not path.is_answered


def test_what_a_full_path_carries_is_told_without_what_came_before_the_queue() -> None:
    way = Way()
    way.go(2.0, 0.03)
    for step in range(4):  # each tenth of a second brings a quarter of what is sent: the rest waits
        first, arrivals = way.number, {}
        for index in range(10):
            way.now += 0.01
            way.path.log.send(1000, way.now)
            if index % 4 == 0:
                arrivals[way.number] = 7.0 + way.now + 0.2 + step * 0.05
            way.number += 1
        way.path.receive(way.report(first, arrivals), way.now)
    assert way.path.carried_bps < way.path.arriving_bps / 1.3
    assert way.path.carried_bps == pytest.approx(240_000, rel=0.4)


def test_it_is_outrun_when_more_is_sent_than_comes_and_not_when_little_is_sent() -> None:
    way = Way()
    found = [way.path.is_outrun]  # nothing is known: then what arrives is all there is
    way.go(2.0, 0.03)
    way.go(0.5, 0.18)
    found.append(way.path.is_outrun)
    way.go(0.5, 0.18, drop_each=3)
    found.append(way.path.is_outrun)
    assert found == [True, False, True]


def test_one_late_feedback_is_a_hiccup_and_two_are_a_queue() -> None:
    way = Way()
    way.go(1.0, 0.03)
    way.go(0.1, 0.18)
    assert way.path.waiting_twice_s == pytest.approx(0, abs=0.001)
    way.go(0.1, 0.15)
    assert way.path.waiting_twice_s == pytest.approx(0.12, abs=0.001)
