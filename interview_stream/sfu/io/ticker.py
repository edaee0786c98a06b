"""Drives the engine's time: hides timers; ticks now and then while all is well, soon when something cannot wait."""

import asyncio
import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

IDLE_S = 0.4
SOON_S = 0.01
FAILURE_LOG_S = 10.0


class Ticker:
    """Calls `tick` every IDLE_S, or SOON_S after `soon` or after a tick that said that there is more to do."""

    def __init__(self, tick: Callable[[], bool]) -> None:
        """`tick` does what is due and returns whether it wants to be called again soon; what it raises is logged."""
        self._tick = tick
        self._timer: asyncio.TimerHandle | None = None
        self._is_soon = False
        self._failed_at = -FAILURE_LOG_S

    def start(self) -> None:
        """Tick from now on."""
        self._arm(SOON_S)

    def soon(self) -> None:
        """The next tick cannot wait; may be called as often as one likes."""
        if not self._is_soon and self._timer is not None:
            self._timer.cancel()
            self._arm(SOON_S)

    def stop(self) -> None:
        """Tick no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, delay_s: float) -> None:
        self._is_soon = delay_s == SOON_S
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._run)

    def _run(self) -> None:
        # What the tick itself stirs up is due in the next one.
        self._arm(IDLE_S)
        try:
            is_urgent = self._tick()
        except Exception:
            is_urgent = False
            now = asyncio.get_running_loop().time()
            if now - self._failed_at >= FAILURE_LOG_S:
                self._failed_at = now
                logger.exception("a tick failed")
        if is_urgent:
            self.soon()
