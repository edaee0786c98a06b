"""Whether the engine stays as it is over hours: `python -m bench.soak`.

Ten rooms with real VP8 and Opus; every minute one ends and another begins. Memory is read all the time; a straight
line through what came after the first quarter must not rise by more than 5 % of the whole in an hour, and packets must
not come later at the end than at the begin. Ends with an error otherwise.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.livekit import OwnEngine
from bench.media import make_trace
from bench.processes import pin_generator
from bench.rooms import Arrived, Gathering, resident_bytes

MOST_GROWTH = 0.05
"""In an hour, of the whole."""
MOST_DRIFT_MS = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    rooms: int
    people: int
    seconds: float
    sample_s: float
    exchange_s: float
    video_bps: int


FULL = Plan(rooms=10, people=2, seconds=3600, sample_s=15, exchange_s=60, video_bps=500_000)
TINY = Plan(rooms=2, people=2, seconds=8, sample_s=1, exchange_s=3, video_bps=200_000)


@dataclass(frozen=True, slots=True)
class Sample:
    at_s: float
    bytes: int
    delay_ms: float
    lost: float


async def soak(server: OwnEngine, plan: Plan) -> list[Sample]:
    trace = make_trace(1.0, plan.video_bps)
    rooms = [await Gathering.of_people(server, trace, plan.people) for _ in range(plan.rooms)]
    samples: list[Sample] = []
    began = exchanged = time.monotonic()
    try:
        while time.monotonic() - began < plan.seconds:
            for room in rooms:
                room.forget()
            began_ns = time.time_ns()
            await asyncio.sleep(plan.sample_s)
            ended_ns = time.time_ns() - 300_000_000
            arrived = Arrived.together([room.arrived(began_ns, ended_ns) for room in rooms])
            at_s = time.monotonic() - began
            samples.append(Sample(at_s, resident_bytes(server.process), arrived.delay_ms(50), arrived.lost))
            print(
                f"{at_s:>6.0f} s  {samples[-1].bytes / 1e6:>7.2f} MB  p50 {samples[-1].delay_ms:.2f} ms  "
                f"lost {samples[-1].lost:.3%}",
                flush=True,
            )
            if time.monotonic() - exchanged >= plan.exchange_s:
                exchanged = time.monotonic()
                await rooms.pop(0).close()
                rooms.append(await Gathering.of_people(server, trace, plan.people))
    finally:
        for room in rooms:
            await room.close()
    return samples


def growth_per_hour(samples: list[Sample]) -> float:
    """Of the memory, as a share of it, by a straight line through all but the first quarter."""
    late = samples[len(samples) // 4 :]
    slope, _ = statistics.linear_regression([s.at_s for s in late], [float(s.bytes) for s in late])
    return slope * 3600 / statistics.fmean(s.bytes for s in late)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="some seconds, too short to judge memory by")
    parser.add_argument("--seconds", type=float, default=FULL.seconds)
    options = parser.parse_args()
    full = Plan(FULL.rooms, FULL.people, options.seconds, FULL.sample_s, FULL.exchange_s, FULL.video_bps)
    plan = TINY if options.tiny else full
    pin_generator()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = OwnEngine(Path(folder), sys.executable)
        try:
            samples = asyncio.run(soak(server, plan))
        finally:
            server.close()
    quarter = max(1, len(samples) // 4)
    first, last = samples[:quarter], samples[-quarter:]
    drift_ms = statistics.median(s.delay_ms for s in last) - statistics.median(s.delay_ms for s in first)
    growth = growth_per_hour(samples)
    ratio = statistics.fmean(s.bytes for s in last) / statistics.fmean(s.bytes for s in first)
    lost = statistics.fmean(s.lost for s in samples)
    print(f"memory grows by {growth:+.1%} an hour, delay by {drift_ms:+.2f} ms, {lost:.3%} lost")
    print(f"soak, {plan.seconds:.0f} s: memory at the end beside the begin, ratio {ratio:.3f}")
    if not options.tiny and (growth > MOST_GROWTH or drift_ms > MOST_DRIFT_MS):
        sys.exit("It grows or slows down.")


if __name__ == "__main__":
    main()
