"""The soak's judgement of memory: flat is well, a slope is not, and what fills at the begin is forgiven."""

import pytest

from bench.soak import MOST_GROWTH, Sample, growth_per_hour

MB = 1_000_000


def samples(*megabytes: float) -> list[Sample]:
    return [Sample(index * 30.0, round(value * MB), 1.0, 0.0) for index, value in enumerate(megabytes)]


def test_what_fills_at_the_begin_and_stays_is_no_growth() -> None:
    filled = samples(*(60 + min(index, 20) for index in range(120)))
    assert growth_per_hour(filled) < MOST_GROWTH


def test_a_slope_is_found_among_noise() -> None:
    leaking = samples(*(80 + index * 0.1 + index % 3 for index in range(120)))
    assert growth_per_hour(leaking) == pytest.approx(0.14, abs=0.02)
    assert growth_per_hour(leaking) > MOST_GROWTH
