"""How much a path carries: signs of congestion, what was tried, and sharing out."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core.bandwidth import MAX_HOLD_S, MIN_BPS, Demand, Estimate, Shares, share

LOW, MEDIUM, HIGH = VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH
CAMERA = Demand(((LOW, 150e3), (MEDIUM, 500e3), (HIGH, 1700e3)), is_screen=False, shown=3)
SCREEN = Demand(((LOW, 600e3), (MEDIUM, 2500e3)), is_screen=True, shown=2)


def test_without_a_sign_there_is_no_limit() -> None:
    estimate = Estimate(0.0)
    assert not estimate.lost(0.05, 1e6, 10.0)
    assert not estimate.lost(0.5, 1e6, 11.0)  # once is chance
    assert not estimate.lost(0.0, 1e6, 12.0)
    assert not estimate.may_try(13.0)
    assert math.isinf(estimate.limit_bps)


def test_two_lossy_reports_lower_it() -> None:
    estimate = Estimate(0.0)
    assert not estimate.lost(0.2, 2e6, 10.0)
    assert estimate.lost(0.2, 2e6, 11.0)
    assert estimate.limit_bps == 1.5e6


def test_congestion_lowers_it_to_below_what_arrives_and_once_more_only_after_a_pause() -> None:
    estimate = Estimate(0.0)
    assert estimate.congested(1e6, 2e6, 10.0)
    assert estimate.limit_bps == 0.9e6
    assert not estimate.congested(0.5e6, 2e6, 10.3)
    assert estimate.congested(0.8e6, 2e6, 10.6)
    assert estimate.limit_bps == 0.9 * 0.8e6
    assert estimate.congested(0.9e6, 2e6, 11.2)  # as before: what is sent must fit, and no more
    assert estimate.limit_bps == 0.9 * 0.8e6


def test_what_was_tried_counts_and_what_failed_makes_the_next_wait_longer() -> None:
    estimate = Estimate(0.0)
    estimate.congested(1e6, 2e6, 10.0)
    assert (estimate.may_try(11.9), estimate.may_try(12.1)) == (False, True)
    estimate.failed(12.1)
    assert not estimate.congested(0.8e6, 2e6, 12.9)  # the queue that the trial made
    assert (estimate.may_try(16.0), estimate.may_try(16.2)) == (False, True)
    estimate.carried(1.5e6, 16.2)
    assert estimate.limit_bps == 1.5e6
    assert (estimate.may_try(16.3), estimate.may_try(16.6)) == (False, True)
    estimate.congested(1.2e6, 2e6, 18.0)  # soon after: it was wrong
    assert not estimate.may_try(18.0 + MAX_HOLD_S - 0.1)
    estimate.congested(1.2e6, 2e6, 50.0)  # long after: another matter
    assert estimate.may_try(52.1)
    estimate.satisfied(51.0)
    assert not math.isinf(estimate.limit_bps)
    estimate.satisfied(52.1)
    assert math.isinf(estimate.limit_bps)


def test_what_flows_without_a_sign_is_no_more_than_the_path_carries() -> None:
    estimate = Estimate(0.0)
    estimate.congested(1e6, 2e6, 10.0)
    estimate.flows(1.2e6, 11.0)
    assert estimate.limit_bps == 0.9e6
    estimate.flows(1.2e6, 12.0)
    assert estimate.limit_bps == 1.2e6
    estimate.flows(0.2e6, 13.0)
    assert estimate.limit_bps == 1.2e6


def test_where_nothing_can_be_tried_a_little_more_is_sent() -> None:
    estimate = Estimate(0.0)
    estimate.congested(1e6, 2e6, 10.0)
    estimate.raise_blindly(2e6, 13.0)
    assert estimate.limit_bps == 2.5e6
    assert not estimate.may_try(13.1)


def test_it_never_falls_to_nothing() -> None:
    estimate = Estimate(0.0)
    for second in range(100):
        estimate.lost(0.9, 10.0, float(second))
    assert estimate.limit_bps == MIN_BPS


def test_screens_come_first_and_everyone_gets_the_lowest() -> None:
    demands = [replace(CAMERA, shown=1), replace(SCREEN, shown=1)]
    assert share(math.inf, demands) == Shares([3, 2], 0.0)
    assert share(2.7e6, demands) == Shares([1, 2], 3.0e6)
    assert share(3.1e6, demands) == Shares([2, 2], 4.2e6)
    assert share(0.9e6, demands) == Shares([1, 1], 2.65e6)
    assert share(1e6, []) == Shares([], 0.0)


def test_what_does_not_fit_at_all_is_paused_cameras_first_and_not_for_a_little() -> None:
    assert share(500e3, [CAMERA, SCREEN]) == Shares([0, 1], 750e3)
    assert share(100e3, [CAMERA]).granted == [1]
    assert share(80e3, [CAMERA]) == Shares([0], 150e3)
    assert share(100e3, [replace(CAMERA, shown=0)]) == Shares([0], 150e3)
    assert share(160e3, [replace(CAMERA, shown=0)]) == Shares([1], 500e3)


def test_a_picture_that_is_shown_stays_until_there_is_congestion() -> None:
    assert share(1.4e6, [CAMERA]).granted == [3]
    assert share(1.4e6, [CAMERA], is_congested=True) == Shares([2], 1.7e6)
    assert share(1.4e6, [replace(CAMERA, shown=2)]).granted == [2]


@given(st.floats(0, 1e7), st.lists(st.sampled_from([CAMERA, SCREEN]), max_size=6))
def test_the_limit_holds_when_there_is_congestion(limit: float, demands: list[Demand]) -> None:
    granted = share(limit, demands, is_congested=True).granted
    total = sum(demand.choices[count - 1][1] for demand, count in zip(demands, granted, strict=True) if count)
    lowest = sum(demand.choices[0][1] for demand, count in zip(demands, granted, strict=True) if count)
    assert total <= max(limit, lowest) + 1
    assert lowest <= limit / 0.6 + 1


def test_little_that_arrives_because_little_is_sent_lowers_it_by_a_quarter_at_most() -> None:
    estimate = Estimate(0.0)
    assert estimate.congested(200e3, 250e3, 10.0)
    assert estimate.limit_bps == 180e3
    assert estimate.congested(20e3, 30e3, 11.0, is_outrun=False)
    assert estimate.limit_bps == 180e3 * 0.75


def test_a_queue_alone_is_no_proof_of_a_path_that_carries_nothing_but_losses_are() -> None:
    estimate = Estimate(0.0)
    assert estimate.congested(0.0, 800e3, 10.0)
    assert estimate.limit_bps == 200e3
    assert estimate.congested(0.0, 200e3, 11.0)
    assert estimate.limit_bps == 100e3
    assert estimate.congested(0.0, 100e3, 11.6, smallest_bps=90e3)
    assert estimate.limit_bps == 90e3
    assert not estimate.overwhelmed(0.0, 11.9)
    assert estimate.overwhelmed(0.0, 12.2)
    assert estimate.limit_bps == MIN_BPS


def test_it_climbs_from_a_trial_that_was_carried_until_one_fails_or_there_is_congestion() -> None:
    estimate = Estimate(0.0)
    found = []
    estimate.congested(1e6, 2e6, 10.0)
    found.append(estimate.is_climbing)
    estimate.carried(1.5e6, 13.0)
    found.append(estimate.is_climbing)
    estimate.failed(15.0)
    found.append(estimate.is_climbing)
    estimate.carried(1.5e6, 20.0)
    estimate.congested(1e6, 2e6, 21.0)
    found.append(estimate.is_climbing)
    assert found == [False, True, False, False]
