"""Who is speaking: thresholds and smoothing."""

import pytest

from interview_stream.sfu.core.speakers import Meter


def test_enough_loud_packets_make_a_speaker_and_silence_ends_it() -> None:
    meter = Meter()
    assert not meter.evaluate()
    for _ in range(10):
        meter.hear(20)
    assert meter.evaluate()
    assert meter.is_active
    assert meter.level == pytest.approx(0.125)
    for _ in range(10):
        meter.hear(20)
    assert not meter.evaluate()
    assert meter.evaluate()
    assert (meter.is_active, meter.level) == (False, 0.0)


@pytest.mark.parametrize(("packets", "level"), [(7, 20), (20, 36), (20, 127)])
def test_a_cough_or_a_murmur_is_no_speech(packets: int, level: int) -> None:
    meter = Meter()
    for _ in range(packets):
        meter.hear(level)
    assert not meter.evaluate()


def test_the_loudest_counts() -> None:
    meter = Meter()
    for _ in range(10):
        meter.hear(30)
    meter.hear(0)
    meter.evaluate()
    assert meter.level == 0.75
