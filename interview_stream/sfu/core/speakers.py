"""Who is speaking: hides smoothing and thresholds over the audio levels that packets carry (RFC 6464)."""

import math

INTERVAL_S = 0.4
LOUD = 35
"""-dBov; a smaller number is louder."""
PACKET_S = 0.02
MIN_SHARE = 0.4
SMOOTHING = 2 / 3


class Meter:
    """The microphone of one participant."""

    __slots__ = ("_loudest", "_smoothed", "_spoken", "is_active", "level")

    def __init__(self) -> None:
        self._spoken = 0.0
        self._loudest = 127
        self._smoothed = 0.0
        self.is_active = False
        self.level = 0.0
        """0 to 1, in eighths."""

    def hear(self, level: int) -> None:
        """One packet's level in -dBov."""
        if level <= LOUD:
            self._spoken += PACKET_S
            self._loudest = min(self._loudest, level)

    def evaluate(self) -> bool:
        """Close an interval; whether activity or level changed."""
        is_active = self._spoken >= MIN_SHARE * INTERVAL_S
        linear = 10 ** (-self._loudest / 20) if is_active else 0.0
        self._smoothed += (linear - self._smoothed) * SMOOTHING if is_active else -self._smoothed
        level = math.ceil(self._smoothed * 8) / 8 if is_active else 0.0
        changed = (is_active, level) != (self.is_active, self.level)
        self.is_active, self.level = is_active, level
        self._spoken, self._loudest = 0.0, 127
        return changed
