"""How long pictures are held back for repairs."""

import pytest

from interview_stream.sfu.core.holding import FEWEST, FRAME_S, MOST_S, REMEMBERED_S, STEP_S, Holding


def test_a_line_that_loses_nothing_costs_no_time() -> None:
    holding = Holding()
    assert [holding.measure([], now) for now in (1.0, 2.0)] == [0.0, 0.0]


def test_a_packet_that_is_lost_now_and_then_is_not_worth_a_delay() -> None:
    holding = Holding()
    assert [holding.measure([0.1], now) for now in (0.0, 11.0, 22.0, 33.0)] == [0.0] * 4


def test_most_repairs_come_within_the_delay_and_the_picture_they_belong_to_with_them() -> None:
    holding = Holding()
    late = [0.06 + index / 1000 for index in range(40)]
    hold_s = holding.measure(late, 1.0)
    assert late[37] + FRAME_S < hold_s <= late[38] + FRAME_S + STEP_S


def test_the_first_repairs_tell_how_long_one_try_takes_and_there_will_be_second_ones() -> None:
    holding = Holding()
    assert holding.measure([0.06] * (FEWEST - 1), 1.0) == 0.0
    assert 2 * 0.06 + FRAME_S < holding.measure([0.06], 1.1) <= 2 * 0.06 + FRAME_S + STEP_S


def test_one_repair_that_took_several_tries_does_not_hold_everything_back() -> None:
    holding = Holding()
    assert holding.measure([0.07] * 30 + [0.9], 1.0) < 0.15


def test_it_rises_at_once_and_ends_when_nothing_was_repaired_for_a_while() -> None:
    holding = Holding()
    low = holding.measure([0.05] * FEWEST, 1.0)
    high = holding.measure([0.2] * 10, 2.0)
    assert 0 < low < high
    assert holding.measure([0.05] * 50, 3.0) == high
    assert holding.measure([], 3.0 + REMEMBERED_S) == high
    assert holding.measure([], 3.1 + REMEMBERED_S) == 0.0


@pytest.mark.parametrize("late", [0.5, 30.0])
def test_there_is_a_longest(late: float) -> None:
    assert Holding().measure([late] * 9, 1.0) <= MOST_S + STEP_S
