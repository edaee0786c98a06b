"""How good a participant's connection is, in the four words clients know."""

from livekit.protocol.models import ConnectionQuality

INTERVAL_S = 5.0
EXCELLENT_LOSS, GOOD_LOSS = 0.03, 0.1


class QualityMeter:
    """Judges by losses both ways. Never LOST: clients answer that with a full reconnect."""

    def __init__(self) -> None:
        self.quality: ConnectionQuality | None = None
        self.score = 5.0

    def evaluate(self, fraction_lost: float) -> bool:
        """Whether the word changed; the first one is a change."""
        before = self.quality
        if fraction_lost < EXCELLENT_LOSS:
            self.quality, self.score = ConnectionQuality.EXCELLENT, 5.0
        elif fraction_lost < GOOD_LOSS:
            self.quality, self.score = ConnectionQuality.GOOD, 3.5
        else:
            self.quality, self.score = ConnectionQuality.POOR, 2.0
        return self.quality != before
