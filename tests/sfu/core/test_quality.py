"""How good a connection is, in words."""

from livekit.protocol.models import ConnectionQuality

from interview_stream.sfu.core.quality import QualityMeter


def test_each_change_of_the_word_is_told_and_lost_is_never_said() -> None:
    meter = QualityMeter()
    words = []
    for lost in (0.0, 0.01, 0.05, 0.5, 1.0, 0.0):
        if meter.evaluate(lost):
            words.append(meter.quality)
    assert words == [
        ConnectionQuality.EXCELLENT,
        ConnectionQuality.GOOD,
        ConnectionQuality.POOR,
        ConnectionQuality.EXCELLENT,
    ]
