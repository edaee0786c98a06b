"""How long a join takes, beside what no server can beat: `python -m bench.join`.

From the press of Join to the first picture of somebody who is there already, in Chromium. Before it (warm) the camera
is open and the page connected to a lobby, out of which a request to the server moves it; cold, the page has only just
been loaded, and connection and camera count too. The floor is two peers in that same page, which need no network. Round
trips between browser and engine are made by the impairer of `impaired_calls`.
"""

import argparse
import asyncio
import statistics
import time
from contextlib import AsyncExitStack

from livekit import api
from playwright.async_api import Browser, Page

from bench.call_network import DANA, ENGINE, PAGE_PORT, SIGNAL_PORT, Network, set_up
from bench.impairer import Impairment
from bench.namespaces import entered

AIMS_MS = {0: 100.0, 50: 3 * 50 + 50.0, 150: 3 * 150 + 50.0}
"""Over the floor, by round trip, for a warm join."""


class Joins:
    """Dana joins alice, again and again."""

    def __init__(self, network: Network, browsers: list[Browser], keys: tuple[str, str]) -> None:
        self._network, self._browsers, self._keys = network, browsers, keys

    async def times_ms(self, rtt_ms: int, rounds: int) -> dict[str, list[float]]:
        """By kind. The first round is thrown away: browsers load much on first use."""
        room = f"room-{time.time_ns()}"
        self._network.impair(DANA, Impairment())
        alice = await self._page(self._browsers[0])
        times: dict[str, list[float]] = {"floor": [], "warm": [], "cold": []}
        try:
            await alice.evaluate("([url, token]) => join(url, token)", self._door(room, "alice"))
            for number in range(rounds + 1):
                for kind, values in times.items():
                    self._network.impair(DANA, Impairment())
                    page = await self._page(self._browsers[1])
                    try:
                        self._network.impair(DANA, Impairment(delay_ms=rtt_ms / 2))
                        took = await self._once(page, kind, room, f"dana-{kind}-{number}")
                        if number:
                            values.append(took)
                    finally:
                        await page.close()
        finally:
            await alice.close()
        return times

    async def _once(self, page: Page, kind: str, room: str, name: str) -> float:
        if kind == "floor":
            return float(await page.evaluate("floor()"))
        if kind == "cold":
            return float(await page.evaluate("([url, token]) => timedJoin(url, token)", self._door(room, name)))
        lobby = f"{room}~{name}"
        await page.evaluate("([url, token]) => prepare(url, token)", self._door(lobby, name))
        move = {"room": lobby, "identity": name, "destination_room": room}
        return float(await page.evaluate("(move) => timedJoin('', '', move)", move))

    async def _page(self, browser: Browser) -> Page:
        page = await browser.new_page()
        await page.goto(f"http://{ENGINE}:{PAGE_PORT}/")
        return page

    def _door(self, room: str, name: str) -> list[str]:
        grants = api.VideoGrants(room_join=True, room=room)
        token = api.AccessToken(*self._keys).with_identity(name).with_grants(grants).to_jwt()
        return [f"ws://{ENGINE}:{SIGNAL_PORT}", token]


async def run(options: argparse.Namespace, names: list[str]) -> dict[int, dict[str, float]]:
    """Medians, by round trip and kind."""
    async with AsyncExitStack() as stack:
        joins = Joins(*await set_up(stack, "1", names))
        found = {}
        for rtt_ms in options.rtt:
            times = await joins.times_ms(rtt_ms, options.rounds)
            found[rtt_ms] = {kind: statistics.median(values) for kind, values in times.items()}
            figures = "  ".join(
                f"{kind} {statistics.median(values):>6.0f} ms ({min(values):.0f} to {max(values):.0f})"
                for kind, values in times.items()
            )
            over = found[rtt_ms]["warm"] - found[rtt_ms]["floor"]
            aim = AIMS_MS.get(rtt_ms)
            print(f"{rtt_ms:>4} ms round trip  {figures}  warm over floor {over:+.0f} ms, aim {aim} ms", flush=True)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.join", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="one round, to see that it works")
    parser.add_argument("--rtt", type=int, nargs="+", default=[0, 50, 150])
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    if options.tiny:
        options.rtt, options.rounds = [0], 1
    names = entered("bench.join", ("engine", "alice", "dana"))
    if names is None:
        return
    found = asyncio.run(run(options, names))
    first = found[options.rtt[0]]
    print(f"join: warm beside the floor at {options.rtt[0]} ms round trip, ratio {first['warm'] / first['floor']:.2f}")


if __name__ == "__main__":
    main()
