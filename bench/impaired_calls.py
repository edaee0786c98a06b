"""Two Chromium in a call through a bad network, by our engine and directly: `python -m bench.impaired_calls`.

Each browser is in a network namespace of its own, the engine in a third; a seeded impairer routes between them. Only
dana's access link is bad, both ways and on top of 40 ms of round trip; alice's is perfect. So the direct call crosses
the same bad link as the call through the engine. "at dana" is what dana sees (our downlink), "at alice" what alice sees
(our uplink). While the impairment lasts: share of time in which the picture stood for over 200 ms, share of sound that
was made up. After its end: seconds until the picture ran again for good, and until it had its full height.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livekit import api
from playwright.async_api import Browser, Page

from bench.call_network import DANA, ENGINE, PAGE_PORT, SIGNAL_PORT, Network, set_up
from bench.impairer import INWARD, OUTWARD, Impairment
from bench.namespaces import entered

TOP_HEIGHT = 540
FREEZE_MS, STANDSTILL_MS = 200.0, 500.0
RECOVERY_S = 45.0
"""How long the full height is waited for; the deadlines are below."""
PATIENCE_MS = 10_000.0
ALLOWED_FREEZE = 0.01
ALLOWED_RECOVERY_S, ALLOWED_TOP_S = 5.0, 15.0

NORMAL = Impairment(delay_ms=20)
CASES = {
    "none": NORMAL,
    "1 % loss": Impairment(delay_ms=20, loss=0.01),
    "5 % loss": Impairment(delay_ms=20, loss=0.05),
    "10 % loss": Impairment(delay_ms=20, loss=0.1),
    "bursts": Impairment(delay_ms=20, burst_start=0.01, burst_end=0.25),
    "30 ms jitter": Impairment(delay_ms=20, jitter_ms=30),
    "reordering": Impairment(delay_ms=20, reorder=0.05),
    "256 kbit/s": Impairment(delay_ms=20, rate_bps=256_000),
    "256k down": Impairment(delay_ms=20, rate_bps=256_000),
    "256k up": Impairment(delay_ms=20, rate_bps=256_000),
    "black hole": Impairment(delay_ms=20, black_hole=True),
    "other port": Impairment(delay_ms=20, port_shift=7),
    "UDP blocked": Impairment(delay_ms=20, no_udp=True),
}
ONLY = {"256k down": [INWARD], "256k up": [OUTWARD]}
"""The directions of dana's link that are bad, where it is not both."""
SECONDS = {
    "256 kbit/s": 20.0,
    "256k down": 20.0,
    "256k up": 20.0,
    "black hole": 10.0,
    "other port": 5.0,
    "UDP blocked": 30.0,
}
"""How long an impairment lasts, where it is not the usual."""


@dataclass
class Side:
    """What one browser saw during one call."""

    pictures: list[tuple[float, int]] = field(default_factory=list)
    sounds: list[tuple[float, float, float]] = field(default_factory=list)
    """Times, samples, samples made up."""
    last: dict[str, Any] = field(default_factory=dict)
    sent: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    """Times, and what the browser said of its own picture: its estimate of the line, and of each layer the rest."""

    def take(self, report: dict[str, Any]) -> None:
        self.pictures += [(at, height) for at, height in report["shown"]]
        self.sounds.append((report["now"], report["sound"]["samples"], report["sound"]["concealed"]))
        self.last = report["video"]
        self.sent.append((report["now"], report["sending"]))

    def frozen(self, begin: float, end: float) -> float:
        gaps = [min(b, end) - max(a, begin) for a, b in self._gaps(FREEZE_MS) if b > begin and a < end]
        return sum(gaps) / (end - begin)

    def concealed(self, begin: float, end: float) -> float:
        inside = [entry for entry in self.sounds if begin <= entry[0] <= end]
        if len(inside) < 2 or inside[-1][1] <= inside[0][1]:
            return 1.0
        return (inside[-1][2] - inside[0][2]) / (inside[-1][1] - inside[0][1])

    def recovery_s(self, end: float) -> float:
        """Until the last standstill that began before or soon after the end was over."""
        late = [b for a, b in self._gaps(STANDSTILL_MS) if b > end and a < end + ALLOWED_RECOVERY_S * 1000]
        return max(0.0, max(late, default=end) - end) / 1000

    def top_s(self, end: float) -> float:
        """Until the picture had its full height for good."""
        low = [at for at, height in self.pictures if at > end and height < TOP_HEIGHT]
        after = [at for at, _ in self.pictures if at > (low[-1] if low else end)]
        return (after[0] - end) / 1000 if low and after else (0.0 if after else float("inf"))

    def heights(self, begin: float, end: float) -> str:
        inside = [height for at, height in self.pictures if begin <= at <= end]
        return f"{min(inside)}" if inside else "-"

    def _gaps(self, longest_ms: float) -> list[tuple[float, float]]:
        times = [at for at, _ in self.pictures]
        ends = [*times[1:], self.sounds[-1][0]]
        return [(a, b) for a, b in zip(times, ends, strict=True) if b - a > longest_ms]


@dataclass
class Result:
    case: str
    way: str
    seen_by: str
    frozen: float
    concealed: float
    recovery_s: float
    top_s: float
    lowest: str
    details: dict[str, Any]

    def __str__(self) -> str:
        details = " ".join(f"{name}={value:.0f}" for name, value in self.details.items() if value is not None)
        return (
            f"{self.case:>13} {self.way:>7} at {self.seen_by:<6} frozen {self.frozen:>6.1%}  made-up sound "
            f"{self.concealed:>6.1%}  running after {self.recovery_s:>5.1f} s  full height after {self.top_s:>5.1f} s  "
            f"lowest {self.lowest:>3}  {details}"
        )


class Calls:
    """Makes calls between two browsers and impairs dana's link."""

    def __init__(
        self,
        network: Network,
        browsers: Sequence[Browser],
        keys: tuple[str, str],
        *,
        settle_s: float,
        trace: Path | None = None,
    ) -> None:
        """`trace` is a folder for all that the browsers told."""
        self._network, self._browsers, self._keys = network, browsers, keys
        self._settle_s, self._trace = settle_s, trace

    async def hold(self, case: str, way: str, seconds: float) -> list[Result]:
        """One call: settle, impair, recover."""
        self._network.impair(DANA, NORMAL)
        pages = [await browser.new_page() for browser in self._browsers]
        try:
            for page in pages:
                await page.goto(f"http://{ENGINE}:{PAGE_PORT}/")
            await (self._by_engine(pages) if way == "engine" else self._directly(pages))
            sides = [Side(), Side()]
            await self._watch(pages, sides, self._settle_s)
            deadline = _now_ms() + PATIENCE_MS
            while any(not s.pictures or s.pictures[-1][1] < TOP_HEIGHT for s in sides) and _now_ms() < deadline:
                await self._watch(pages, sides, 0.5)
            self._network.impair(DANA, CASES[case], ONLY.get(case, (OUTWARD, INWARD)))
            begin = _now_ms()
            await self._watch(pages, sides, seconds)
            end = _now_ms()
            self._network.impair(DANA, NORMAL)
            await self._watch(pages, sides, 6.0)
            while any(s.pictures[-1][1] < TOP_HEIGHT for s in sides) and _now_ms() < end + RECOVERY_S * 1000:
                await self._watch(pages, sides, 0.5)
            if self._trace is not None:
                for name, side in zip(("alice", "dana"), sides, strict=True):
                    file = self._trace / f"{case} {way} {name}.json".replace(" ", "_").replace("/", "_")
                    file.write_text(json.dumps({"begin": begin, "end": end, "shown": side.pictures, "sent": side.sent}))
            return [
                Result(
                    case,
                    way,
                    name,
                    side.frozen(begin, end),
                    side.concealed(begin, end),
                    side.recovery_s(end),
                    side.top_s(end),
                    side.heights(begin, end),
                    side.last,
                )
                for name, side in zip(("alice", "dana"), sides, strict=True)
            ]
        finally:
            for page in pages:
                await page.close()

    async def _by_engine(self, pages: list[Page]) -> None:
        room = f"room-{time.time_ns()}"
        for page, name in zip(pages, ("alice", "dana"), strict=True):
            grants = api.VideoGrants(room_join=True, room=room)
            token = api.AccessToken(*self._keys).with_identity(name).with_grants(grants).to_jwt()
            await page.evaluate("([url, token]) => join(url, token)", [f"ws://{ENGINE}:{SIGNAL_PORT}", token])

    async def _directly(self, pages: list[Page]) -> None:
        alice, dana = pages
        offer = await alice.evaluate("offer()")
        answer = await dana.evaluate("(sdp) => answer(sdp)", offer)
        await alice.evaluate("(sdp) => accept(sdp)", answer)
        await dana.evaluate("limitAll()")

    async def _watch(self, pages: list[Page], sides: list[Side], seconds: float) -> None:
        deadline = _now_ms() + seconds * 1000
        while _now_ms() < deadline:
            await asyncio.sleep(min(0.25, max(0.0, (deadline - _now_ms()) / 1000)))
            for page, side in zip(pages, sides, strict=True):
                side.take(await page.evaluate("report()"))


def _now_ms() -> float:
    """As the pages tell it."""
    return time.time_ns() / 1e6


async def run(options: argparse.Namespace, names: list[str]) -> list[Result]:
    async with AsyncExitStack() as stack:
        network = await set_up(stack, str(options.seed), names)
        calls = Calls(*network, settle_s=options.settle, trace=options.trace)
        results = []
        for case in options.cases:
            for way in options.ways:
                for result in await calls.hold(case, way, options.seconds or SECONDS.get(case, 15.0)):
                    print(result, flush=True)
                    results.append(result)
        return results


def judge(results: list[Result]) -> list[str]:
    """What is worse than it may be."""
    found = []
    direct = {(r.case, r.seen_by): r for r in results if r.way == "direct"}
    for result in (r for r in results if r.way == "engine"):
        beside = direct.get((result.case, result.seen_by))
        where = f"{result.case} at {result.seen_by}"
        if "loss" in result.case and beside and result.frozen > beside.frozen + ALLOWED_FREEZE:
            found.append(f"{where}: frozen {result.frozen:.1%}, direct {beside.frozen:.1%}")
        if result.recovery_s > ALLOWED_RECOVERY_S:
            found.append(f"{where}: runs again only after {result.recovery_s:.1f} s")
        # Where the browser that sends is limited, the climb is its own: it counts beside the same browser without us.
        is_senders = ONLY.get(result.case) == [OUTWARD] and beside is not None
        if result.top_s > max(ALLOWED_TOP_S, beside.top_s if beside and is_senders else 0.0):
            found.append(f"{where}: full height only after {result.top_s:.1f} s")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.impaired_calls", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="one short case, to see that it works")
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--ways", nargs="+", choices=["engine", "direct"], default=["engine", "direct"])
    parser.add_argument("--seconds", type=float, help="of impairment, for all cases")
    parser.add_argument("--settle", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trace", type=Path, help="a folder for all that the browsers told of themselves")
    options = parser.parse_args()
    if options.tiny:
        options.cases, options.seconds, options.settle = ["5 % loss"], 4.0, 2.0
    names = entered("bench.impaired_calls", ("engine", "alice", "dana"))
    if names is None:
        return
    results = asyncio.run(run(options, names))
    for line in judge(results):
        print("worse than it may be:", line)
    running = {way: 1 - sum(r.frozen for r in results if r.way == way) / len(results) for way in options.ways}
    text = ", ".join(f"{way} {share:.1%} of the time" for way, share in running.items())
    print(f"impaired_calls: pictures ran by {text}, ratio {running[options.ways[0]] / running[options.ways[-1]]:.2f}")


if __name__ == "__main__":
    main()
