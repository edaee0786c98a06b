"""Tries whether a path carries more than flows: how much to add at each moment, and what came of it."""

from typing import Final

from interview_stream.sfu.core.bandwidth import HEAVY_LOSS_PACKETS
from interview_stream.sfu.core.path import Path

RAMP_S: Final = 1.2
"""The addition grows so slowly that a path which is full already is noticed before its queue is long."""
FULL_S: Final = 0.5
ANSWER_S: Final = 0.3
"""Beside the round trip, until the last feedback is there."""
QUEUE_S: Final = 0.06
"""More than jitter does to the luckiest packet of a feedback."""
AT_ONCE_S: Final = 0.05
"""What is due after a pause (a tick that came late) is given in pieces, as a narrow path would queue it for long."""
SMALLEST_PIECE: Final = 1200
MORE_LOST: Final = 0.1
ARRIVED: Final = 0.7
"""So much of what was sent meanwhile must have been seen to arrive; the last of it is still on the way."""

RUNNING: Final = 0
CARRIED: Final = 1
FAILED: Final = 2


class Probe:
    """One trial, from what flows to `target_bps`."""

    def __init__(self, flowing_bps: float, target_bps: float, path: Path, now: float) -> None:
        self.target_bps = target_bps
        self._path = path
        self._added_bps = max(0.0, target_bps - flowing_bps)
        self._began_at = now
        path.forget_old(now)
        self._lost_before = path.lost(HEAVY_LOSS_PACKETS)
        self._sent = 0
        self._sent_before = path.log.octets
        self._arrived_before = path.arrived

    def due(self, now: float) -> int:
        """Octets to send now beside the media."""
        passed_s = now - self._began_at
        if passed_s >= RAMP_S + FULL_S:
            return 0
        # The addition grows with the square of time; this is its integral, in seconds at full rate.
        full_s = passed_s**3 / (3 * RAMP_S * RAMP_S) if passed_s < RAMP_S else passed_s - RAMP_S * 2 / 3
        piece = max(SMALLEST_PIECE, int(self._added_bps * AT_ONCE_S / 8))
        return min(piece, max(0, int(self._added_bps * full_s / 8) - self._sent))

    def sent(self, octets: int) -> None:
        """So much was sent for it."""
        self._sent += octets

    def judge(self, rtt_s: float, now: float) -> int:
        """RUNNING, CARRIED or FAILED, by the feedback until now."""
        path = self._path
        if path.waiting_twice_s > QUEUE_S or path.lost(HEAVY_LOSS_PACKETS) > self._lost_before + MORE_LOST:
            return FAILED
        if now - self._began_at < RAMP_S + FULL_S + ANSWER_S + rtt_s:
            return RUNNING
        sent, arrived = path.log.octets - self._sent_before, path.arrived - self._arrived_before
        return CARRIED if arrived > 0 and arrived >= sent * ARRIVED else FAILED
