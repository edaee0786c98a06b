"""The engine's time: often enough, soon when asked, and never stopped by a failure."""

import asyncio

import pytest

from interview_stream.sfu.io.ticker import IDLE_S, Ticker


class Ticks:
    """Counts calls and can be waited for."""

    def __init__(self, *, urgent_until: int = 0, failing: bool = False) -> None:
        self.ticker = Ticker(self.tick)
        self.at: list[float] = []
        self._urgent_until = urgent_until
        self._is_failing = failing
        self._came = asyncio.Event()

    def tick(self) -> bool:
        self.at.append(asyncio.get_running_loop().time())
        self._came.set()
        if self._is_failing:
            raise ValueError("a broken room")
        return len(self.at) < self._urgent_until

    async def reach(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.at) < count:
                self._came.clear()
                await self._came.wait()


async def test_it_ticks_on_its_own() -> None:
    ticks = Ticks()
    ticks.ticker.start()
    await ticks.reach(3)
    ticks.ticker.stop()
    assert ticks.at[2] - ticks.at[1] >= IDLE_S * 0.9


async def test_asked_for_once_or_often_it_ticks_once_more() -> None:
    ticks = Ticks()
    ticks.ticker.start()
    await ticks.reach(1)
    for _ in range(100):
        ticks.ticker.soon()
    await ticks.reach(2)
    assert len(ticks.at) == 2
    ticks.ticker.stop()


async def test_a_tick_with_more_to_do_is_followed_soon() -> None:
    """Ten urgent ticks are done before four idle ones could be, whatever else the machine does."""
    urgent, idle = Ticks(urgent_until=10), Ticks()
    idle.ticker.start()
    urgent.ticker.start()
    await urgent.reach(10)
    assert len(idle.at) < 10
    urgent.ticker.stop()
    idle.ticker.stop()


async def test_a_failure_is_told_once_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    ticks = Ticks(failing=True)
    ticks.ticker.start()
    await ticks.reach(3)
    ticks.ticker.stop()
    assert [record.message for record in caplog.records] == ["a tick failed"]


async def test_stopped_it_stays_so() -> None:
    ticks = Ticks()
    ticks.ticker.start()
    ticks.ticker.stop()
    ticks.ticker.soon()
    await asyncio.sleep(IDLE_S)
    assert not ticks.at
