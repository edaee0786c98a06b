"""Which packets came: unwrapping, duplicates, losses, requests and reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.core.arrival import MAX_TRIES, WINDOW, ArrivalLog


def log_with(*numbers: int) -> ArrivalLog:
    log = ArrivalLog(90000)
    for number in numbers:
        log.accept(number & 0xFFFF, 0, 0.0)
    return log


def test_numbers_are_unwrapped() -> None:
    log = ArrivalLog(90000)
    numbers = [log.accept(number & 0xFFFF, 0, 0.0) for number in range(65530, 65545)]
    assert numbers == list(range(65530 + 0x10000, 65545 + 0x10000))


def test_a_stream_may_start_at_zero() -> None:
    log = ArrivalLog(90000)
    assert log.accept(0, 0, 0.0) == 0
    assert log.accept(65535, 0, 0.0) is None


def test_duplicates_are_told_apart_from_late_packets() -> None:
    log = log_with(10, 12)
    assert log.accept(12, 0, 0.0) is None
    assert log.accept(10, 0, 0.0) is None
    assert log.accept(11, 0, 0.0) is not None
    assert log.accept(11, 0, 0.0) is None


@given(st.permutations(list(range(40))))
def test_each_packet_is_accepted_once_in_any_order(order: list[int]) -> None:
    log = ArrivalLog(90000)
    log.accept(65000, 0, 0.0)
    accepted = [log.accept((65001 + number) & 0xFFFF, 0, 0.0) for number in order + order]
    assert sorted(number for number in accepted if number is not None) == [
        65001 + 0x10000 + number for number in range(40)
    ]
    assert not log.has_missing


def test_what_is_missing_is_asked_for_after_a_short_wait_and_given_up_in_the_end() -> None:
    log = log_with(10, 13)
    assert log.requests(0.0, 0.04) == ()
    assert log.requests(0.02, 0.04) == (11, 12)
    assert log.requests(0.06, 0.04) == ()  # the answer to the first may be on its way
    assert log.requests(0.071, 0.04) == (11, 12)
    now = 0.071
    for _ in range(MAX_TRIES - 2):
        now += 0.5
        assert log.requests(now, 0.04) == (11, 12)
    assert log.requests(now + 0.5, 0.04) == ()
    assert not log.has_missing
    assert log.lost_for_good == 2


def test_a_repair_is_accepted_once_and_does_not_count_as_received() -> None:
    log = log_with(10, 12)
    number = log.accept_repair(11, 0.0)
    assert number == 11 + 0x10000
    assert log.accept_repair(11, 0.0) is None
    assert not log.has_missing
    assert (log.received, log.repaired) == (2, 1)
    report = log.report(1, 0, 0.0)
    assert report is not None
    assert report.packets_lost == 1


@pytest.mark.parametrize("sequence", [13, 10, (10 - WINDOW) & 0xFFFF])
def test_repairs_of_what_is_not_missing_are_dropped(sequence: int) -> None:
    assert log_with(10, 12).accept_repair(sequence, 0.0) is None


def test_a_repair_before_the_first_packet_is_dropped() -> None:
    assert ArrivalLog(90000).accept_repair(5, 0.0) is None


def test_a_gap_too_large_to_ask_for_is_lost_for_good() -> None:
    log = log_with(10, 500)
    assert not log.has_missing
    assert log.lost_for_good == 489
    log = log_with(10, 12, 5000)
    assert not log.has_missing


def test_a_source_that_starts_again_is_followed_after_two_packets() -> None:
    log = log_with(60000)
    assert log.accept(30000, 0, 0.0) is None
    assert log.accept(40000, 0, 0.0) is None
    number = log.accept(40001, 0, 0.0)
    assert number is not None
    assert number > 60000 + 0x10000
    assert number & 0xFFFF == 40001


def test_a_report_counts_the_loss_since_the_last_one() -> None:
    log = log_with(*range(0, 100, 2))
    report = log.report(7, 0x12345678, 0.5)
    assert report is not None
    assert report.ssrc == 7
    assert report.fraction_lost == (49 << 8) // 99
    assert report.packets_lost == 49
    assert report.delay_since_sender_report == 32768
    for number in range(99, 120):
        log.accept(number, 0, 0.0)
    again = log.report(7, 0, 9.0)
    assert again is not None
    assert (again.fraction_lost, again.packets_lost, again.delay_since_sender_report) == (0, 49, 0)
    assert ArrivalLog(90000).report(1, 0, 0.0) is None


def test_jitter_follows_arrival_times_and_ignores_pauses() -> None:
    log = ArrivalLog(90000)
    for number in range(200):
        log.accept(number, number * 3000, number / 30 + (0.01 if number % 2 else 0))
    report = log.report(1, 0, 0.0)
    assert report is not None
    assert report.jitter == pytest.approx(900, rel=0.05)
    log.accept(200, 200 * 3000, 60.0)
    again = log.report(1, 0, 0.0)
    assert again is not None
    assert again.jitter == report.jitter


def test_it_is_known_how_long_a_packet_was_missing_whichever_way_it_came() -> None:
    log = log_with(10)
    log.accept(13, 0, 1.0)
    log.accept(11, 0, 1.25)
    log.accept_repair(12, 1.5)
    assert log.lateness == [0.25, 0.5]
    log.accept_repair(12, 2.0)
    log.accept_repair(9, 2.0)
    assert len(log.lateness) == 2
