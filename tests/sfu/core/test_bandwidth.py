"""How much a path carries: signs of congestion, probing, and sharing out."""

import math

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import VideoQuality

from interview_stream.sfu.core.bandwidth import MIN_BPS, Demand, Estimate, share

LOW, MEDIUM, HIGH = VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH
CAMERA = Demand(((LOW, 150e3), (MEDIUM, 500e3), (HIGH, 1700e3)), is_screen=False)
SCREEN = Demand(((LOW, 600e3), (MEDIUM, 2500e3)), is_screen=True)


def test_without_a_sign_there_is_no_limit() -> None:
    estimate = Estimate(0.0)
    estimate.lost(0.05, 1e6, 10.0)
    estimate.lost(0.5, 1e6, 11.0)  # once is chance
    estimate.lost(0.0, 1e6, 12.0)
    estimate.remb(5_000_000, 1e6, 12.0)
    estimate.tick(1e6, 1e6, 13.0)
    assert math.isinf(estimate.limit_bps)


def test_two_lossy_reports_lower_it() -> None:
    estimate = Estimate(0.0)
    estimate.lost(0.2, 2e6, 10.0)
    estimate.lost(0.2, 2e6, 11.0)
    assert estimate.limit_bps == 1.5e6


def test_a_low_remb_counts_only_when_it_stays_and_does_not_climb() -> None:
    estimate = Estimate(0.0)
    for second, bitrate in enumerate((300_000, 350_000, 400_000, 450_000)):
        estimate.remb(bitrate, 2e6, 10.0 + second)
    assert math.isinf(estimate.limit_bps)
    for second in range(3):
        estimate.remb(450_000, 2e6, 14.0 + second)
    assert estimate.limit_bps == 1e6
    early = Estimate(0.0)
    for second in range(5):
        early.remb(450_000, 2e6, float(second))
    assert math.isinf(early.limit_bps)


def test_it_is_probed_upwards_and_waits_longer_after_a_failed_probe() -> None:
    estimate = Estimate(0.0)
    estimate.lost(0.2, 2e6, 10.0)
    estimate.lost(0.2, 2e6, 11.0)
    estimate.tick(1e6, 2e6, 12.0)
    assert estimate.limit_bps == 1.5e6
    estimate.tick(1e6, 2e6, 16.5)
    assert estimate.limit_bps == 1.5e6 * 1.25
    estimate.lost(0.2, 1.8e6, 17.0)
    estimate.lost(0.2, 1.8e6, 18.0)
    lowered = estimate.limit_bps
    estimate.tick(1e6, 2e6, 27.0)
    assert estimate.limit_bps == lowered
    estimate.tick(1e6, 2e6, 28.5)
    assert estimate.limit_bps > lowered
    for second in range(29, 40):
        estimate.tick(1e6, 2e6, float(second))
    assert math.isinf(estimate.limit_bps)


def test_it_never_falls_to_nothing() -> None:
    estimate = Estimate(0.0)
    for second in range(100):
        estimate.lost(0.9, 10.0, float(second))
    assert estimate.limit_bps == MIN_BPS


def test_screens_come_first_and_everyone_gets_the_lowest() -> None:
    assert share(math.inf, [CAMERA, SCREEN]) == [HIGH, HIGH]
    assert share(2.7e6, [CAMERA, SCREEN]) == [LOW, HIGH]
    assert share(3.1e6, [CAMERA, SCREEN]) == [MEDIUM, HIGH]
    assert share(1e5, [CAMERA, SCREEN]) == [LOW, LOW]
    assert share(1e6, []) == []


@given(st.floats(0, 1e7), st.lists(st.sampled_from([CAMERA, SCREEN]), max_size=6))
def test_the_limit_holds_unless_the_lowest_exceed_it(limit: float, demands: list[Demand]) -> None:
    chosen = share(limit, demands)
    total = 0.0
    for demand, quality in zip(demands, chosen, strict=True):
        rates = dict(demand.choices)
        total += rates.get(quality, demand.choices[-1][1])
    assert total <= max(limit, sum(demand.choices[0][1] for demand in demands)) + 1


def test_a_remb_that_climbs_slowly_and_is_told_often_is_no_sign() -> None:
    """After a jump of what we send Chromium raises its estimate by 8 % a second and may tell it five times a second."""
    estimate = Estimate(0.0)
    now, bitrate = 10.0, 250_000.0
    while bitrate < 1.5e6:
        estimate.remb(int(bitrate), 1.7e6, now)
        bitrate *= 1.08**0.2
        now += 0.2
    assert math.isinf(estimate.limit_bps)


def test_congestion_while_it_waits_does_not_shorten_the_next_wait() -> None:
    estimate = Estimate(0.0)
    now = 10.0
    for _ in range(3):  # three failed probes: 5, 10, 20 seconds
        estimate.lost(0.2, 2e6, now)
        estimate.lost(0.2, 2e6, now)
        before = estimate.limit_bps
        while estimate.limit_bps == before:
            now += 1.0
            estimate.tick(1e6, 9e6, now)
    estimate.lost(0.2, 2e6, now)
    estimate.lost(0.2, 2e6, now)
    estimate.lost(0.2, 2e6, now + 1.0)
    estimate.lost(0.2, 2e6, now + 1.0)
    before = estimate.limit_bps
    estimate.tick(1e6, 9e6, now + 20.0)
    assert estimate.limit_bps == before
