"""How much one subscriber's path carries: hides the reading of losses and REMB, and the sharing out among tracks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from livekit.protocol.models import VideoQuality

CONGESTED_LOSS = 0.1
WARM_UP_S = 5.0
FIRST_HOLD_S = 5.0
MAX_HOLD_S = 60.0
DECREASE = 0.75
INCREASE = 1.25
# REMB never rises much above what arrives and climbs slowly (8 % a second) after a jump, so only a value that is
# clearly below what we send and does not climb for seconds says that the path is full. Clients tell it up to five
# times a second.
REMB_SHARE = 0.85
REMB_CLIMB = 1.02
REMB_S = 0.9
REMB_TIMES = 3
MIN_BPS = 100_000.0


class Estimate:
    """A limit that falls at signs of congestion and is probed upwards after a while; infinite until there is a sign."""

    def __init__(self, now: float) -> None:
        self.limit_bps = math.inf
        self._since = now
        self._hold_until = now
        self._hold_s = FIRST_HOLD_S
        self._low_rembs = 0
        self._last_remb = 0
        self._remb_at = -math.inf
        self._lossy_reports = 0
        self._raised_at = -math.inf

    def lost(self, fraction: float, sent_bps: float, now: float) -> None:
        """The worst loss that was reported lately; call every second or two."""
        self._lossy_reports = self._lossy_reports + 1 if fraction >= CONGESTED_LOSS else 0
        if self._lossy_reports >= 2:
            self._lossy_reports = 0
            self._decrease(sent_bps * DECREASE, now)

    def remb(self, bitrate: int, sent_bps: float, now: float) -> None:
        """The receiver's own estimate."""
        if now - self._remb_at < REMB_S:
            return
        self._remb_at = now
        is_climbing = bitrate > self._last_remb * REMB_CLIMB
        self._last_remb = bitrate
        is_low = sent_bps > MIN_BPS and bitrate < sent_bps * REMB_SHARE and not is_climbing
        is_low = is_low and now - self._since > WARM_UP_S
        self._low_rembs = self._low_rembs + 1 if is_low else 0
        if self._low_rembs >= REMB_TIMES:
            self._low_rembs = 0
            self._decrease(max(bitrate, sent_bps * 0.5), now)

    def tick(self, sent_bps: float, demand_bps: float, now: float) -> None:
        """Probe upwards once the hold is over; call about once a second."""
        if math.isinf(self.limit_bps) or now < self._hold_until:
            return
        self.limit_bps = max(self.limit_bps, sent_bps) * INCREASE
        if self.limit_bps > demand_bps * INCREASE:
            self.limit_bps = math.inf
            self._raised_at = now

    def _decrease(self, limit_bps: float, now: float) -> None:
        # Congestion soon after probing means that the probe was wrong: wait longer before the next.
        if now >= self._hold_until:
            recently = now - self._raised_at < 2 * self._hold_s or not math.isinf(self.limit_bps)
            self._hold_s = min(self._hold_s * 2, MAX_HOLD_S) if recently else FIRST_HOLD_S
        self._hold_until = now + self._hold_s
        self.limit_bps = max(MIN_BPS, min(limit_bps, self.limit_bps))


@dataclass(frozen=True, slots=True)
class Demand:
    """One video track's choices, lowest first: quality and bit rate. The first is always sent."""

    choices: Sequence[tuple[VideoQuality, float]]
    is_screen: bool


def share(limit_bps: float, demands: Sequence[Demand]) -> list[VideoQuality]:
    """The highest quality for each demand so that all together stay below the limit; screens are served first."""
    chosen = [0] * len(demands)
    left = limit_bps - sum(demand.choices[0][1] for demand in demands)
    for index in sorted(range(len(demands)), key=lambda index: not demands[index].is_screen):
        choices = demands[index].choices
        while chosen[index] + 1 < len(choices):
            step = choices[chosen[index] + 1][1] - choices[chosen[index]][1]
            if step > left:
                break
            left -= step
            chosen[index] += 1
    return [
        VideoQuality.HIGH if chosen[index] + 1 == len(demand.choices) else demand.choices[chosen[index]][0]
        for index, demand in enumerate(demands)
    ]
