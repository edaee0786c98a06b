"""How much one subscriber's path carries: hides the reading of queues and losses, and the sharing out among tracks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from livekit.protocol.models import VideoQuality

CONGESTED_LOSS: Final = 0.1
"""In two reports one after the other."""
QUEUE_S: Final = 0.1
"""Packets that all wait so long stand in a queue that we fill: people begin to talk at once."""
LONG_QUEUE_S: Final = 0.5
"""Where routers lose nothing but keep it for long."""
HEAVY_LOSS: Final = 0.3
HEAVY_LOSS_PACKETS: Final = 15
PAUSE_S: Final = 0.5
"""From one decrease to the next: until the smaller picture has come, and the queue has begun to shrink."""
KEYFRAME_S: Final = 0.3
"""The better picture begins with a large one, whose queue must not be taken for that of the next trial."""
SETTLED_S: Final = 2.0
RELAPSE_S: Final = 5.0
"""Congestion so soon after an increase means that this was wrong."""
FIRST_HOLD_S: Final = 2.0
MAX_HOLD_S: Final = 4.0
DECREASE: Final = 0.75
ARRIVING_SHARE: Final = 0.9
AT_LEAST_LOWER: Final = 0.95
AT_MOST_LOWER: Final = 0.75
"""Where a queue stands though no more was sent than came: who sends little proves little."""
OUTRUN_LOWER: Final = 0.5
FIRST_LOWER: Final = 0.25
"""Of what is sent, at the first sign. A moment in which a computer or a line is busy with other things looks like a
line that carries nothing; one that is really so narrow loses packets half a second later.
"""
INCREASE: Final = 1.25
MIN_BPS: Final = 20_000.0


class Estimate:
    """A limit in bit/s that falls at signs of congestion and is raised by what was tried; infinite until a sign."""

    def __init__(self, now: float) -> None:
        self.limit_bps = math.inf
        self._hold_until = now
        self._hold_s = FIRST_HOLD_S
        self._lossy_reports = 0
        self._raised_at = -math.inf
        self._lowered_at = -math.inf
        self.is_climbing = False
        """The newest trial was carried: the path is wider than it was."""

    def lost(self, fraction: float, sent_bps: float, now: float) -> bool:
        """The worst loss that was reported lately; call every second or two. Whether the limit fell."""
        self._lossy_reports = self._lossy_reports + 1 if fraction >= CONGESTED_LOSS else 0
        if self._lossy_reports < 2:
            return False
        self._lossy_reports = 0
        self._decrease(sent_bps * DECREASE, now)
        return True

    def overwhelmed(self, arriving_bps: float, now: float) -> bool:
        """The path loses much, and this much comes through. Whether the limit fell."""
        if now - self._lowered_at < PAUSE_S:
            return False
        self._decrease(min(arriving_bps * ARRIVING_SHARE, self.limit_bps * AT_LEAST_LOWER), now)
        return True

    def congested(
        self, arriving_bps: float, sent_bps: float, now: float, *, is_outrun: bool = True, smallest_bps: float = 0.0
    ) -> bool:
        """A queue stands on the path, and this much comes through. Whether the limit fell.

        `is_outrun` says that more is sent than arrives. What the smallest pictures need, `smallest_bps`, is left to
        them: late is better than not at all, and where they do not fit much is lost.
        """
        if now - self._lowered_at < PAUSE_S:
            return False
        if math.isinf(self.limit_bps):
            least_bps = sent_bps * FIRST_LOWER
        else:
            least_bps = self.limit_bps * (OUTRUN_LOWER if is_outrun else AT_MOST_LOWER)
        # Never below what comes through: when only the smallest picture is left, lower and lower would take that away.
        self._decrease(max(arriving_bps * ARRIVING_SHARE, least_bps, smallest_bps), now)
        return True

    def may_try(self, now: float) -> bool:
        """Whether it is time to try whether more goes through."""
        return not math.isinf(self.limit_bps) and now >= self._hold_until

    def carried(self, bps: float, now: float) -> None:
        """So much was tried and arrived in time."""
        self.limit_bps = max(self.limit_bps, bps)
        self._raised_at = now
        self._hold_until = now + KEYFRAME_S
        self.is_climbing = True

    def flows(self, sent_bps: float, now: float) -> None:
        """So much is sent. What goes through for a while without a sign is no more than the path carries."""
        if now - self._lowered_at >= SETTLED_S:
            self.limit_bps = max(self.limit_bps, sent_bps)

    def failed(self, now: float) -> None:
        """What was tried did not arrive in time: wait longer before the next."""
        self._hold_s = min(self._hold_s * 2, MAX_HOLD_S)
        self._hold_until = now + self._hold_s
        self.is_climbing = False
        self._lowered_at = now + PAUSE_S  # the queue that it made is gone by then

    def raise_blindly(self, sent_bps: float, now: float) -> None:
        """Nothing can be tried, or nobody would tell: send a little more, and see."""
        self.limit_bps = max(self.limit_bps, sent_bps) * INCREASE
        self._raised_at = now
        self._hold_until = now + PAUSE_S

    def satisfied(self, now: float) -> None:
        """All that is wanted goes through."""
        if now >= self._hold_until:
            self.limit_bps = math.inf

    def _decrease(self, limit_bps: float, now: float) -> None:
        # Not while it waits already: the same congestion is told more than once.
        if now >= self._hold_until or now - self._raised_at < PAUSE_S:
            relapsed = now - self._raised_at < RELAPSE_S
            self._hold_s = min(self._hold_s * 2, MAX_HOLD_S) if relapsed else FIRST_HOLD_S
        self._hold_until = now + self._hold_s
        self._lowered_at = now
        self.is_climbing = False
        self.limit_bps = max(MIN_BPS, min(limit_bps, self.limit_bps))


STICKY: Final = 0.75
"""What a picture that is shown counts for: pictures cost more at one moment than at another."""
PAUSED_BELOW: Final = 0.6
"""The smallest picture is given up only when the path is far too narrow for it."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One video track's choices, lowest first: quality and bit rate."""

    choices: Sequence[tuple[VideoQuality, float]]
    is_screen: bool
    shown: int = 0
    """How many of the choices may be used at present."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Who gets how much."""

    granted: list[int]
    """How many of its choices each demand may use; 0 for none."""
    next_bps: float
    """What the limit would have to be for a better picture somewhere; 0 when nobody wants one."""


def share(limit_bps: float, demands: Sequence[Demand], *, is_congested: bool = False) -> Shares:
    """Share out a limit: first the smallest pictures, then better ones, screens before cameras.

    Between congestions a picture that is shown stays, though it costs a little more at times.
    """
    sticky = 1.0 if is_congested else STICKY
    order = sorted(range(len(demands)), key=lambda index: not demands[index].is_screen)
    granted = [0] * len(demands)
    left = limit_bps
    next_bps = 0.0
    for index in order:
        demand = demands[index]
        lowest = demand.choices[0][1]
        if left >= lowest * (1.0 if demand.shown == 0 else PAUSED_BELOW):
            granted[index] = 1
            left -= lowest
        elif not next_bps:
            next_bps = limit_bps - left + lowest
    for index in order:
        demand = demands[index]
        while 0 < granted[index] < len(demand.choices):
            count = granted[index]
            step = demand.choices[count][1] - demand.choices[count - 1][1]
            if count < demand.shown:
                step *= sticky
            if step > left:
                next_bps = next_bps or limit_bps - left + step
                break
            left -= step
            granted[index] = count + 1
    return Shares(granted, next_bps)
