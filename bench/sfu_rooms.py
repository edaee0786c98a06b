"""How many rooms of six one core carries, ours beside Debian's Janus: `python -m bench.sfu_rooms`.

Rooms of six people with real 720p VP8 and Opus are added one by one until the 99th percentile of the delay is over
20 ms or more than 0.1 % of the packets is lost. The server runs on CPU 0, the load on CPU 1; each line says how busy
both were. When the load's CPU is full the figure says nothing more about the server, and the last line goes by CPU time
for a room.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.janus import Janus
from bench.livekit import OwnEngine
from bench.media import Trace, make_trace
from bench.processes import pin_generator
from bench.rooms import Arrived, Gathering, MediaServer, resident_bytes

MOST_DELAY_MS, MOST_LOST = 20.0, 0.001
FULL = 0.9
_DRAIN_S = 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    people: int
    most_rooms: int
    settle_s: float
    seconds: float
    video_bps: int
    trace_s: float = 4.0


TINY = Plan(people=3, most_rooms=1, settle_s=2.0, seconds=1.0, video_bps=300_000, trace_s=1.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one server carried."""

    rooms: int
    cpu_of_room: float
    bytes_of_room: float
    load_was_full: bool


async def fill(server: MediaServer, trace: Trace, plan: Plan) -> Outcome:
    """Add rooms until it is too many; the figures of the last number that went well."""
    rooms: list[Gathering] = []
    outcome = Outcome(0, float("inf"), 0.0, False)
    try:
        warm = await Gathering.of_people(server, trace, 2)  # what is loaded with the first room is no room's
        await asyncio.sleep(plan.settle_s)
        await warm.close()
        empty = resident_bytes(server.process)
        while len(rooms) < plan.most_rooms:
            rooms.append(await Gathering.of_people(server, trace, plan.people))
            await asyncio.sleep(plan.settle_s)
            for room in rooms:
                room.forget()
            began_ns, cpu_s, own_s = time.time_ns(), server.process.cpu_seconds(), time.process_time()
            await asyncio.sleep(plan.seconds)
            ended_ns = time.time_ns()
            elapsed_s = (ended_ns - began_ns) / 1e9
            cpu, load = (server.process.cpu_seconds() - cpu_s) / elapsed_s, (time.process_time() - own_s) / elapsed_s
            await asyncio.sleep(_DRAIN_S)
            arrived = Arrived.together([room.arrived(began_ns, ended_ns) for room in rooms])
            memory = (resident_bytes(server.process) - empty) / len(rooms)
            print(_line(server.name, len(rooms), arrived, elapsed_s, cpu, load, memory), flush=True)
            is_good = arrived.delay_ms(99) <= MOST_DELAY_MS and arrived.lost <= MOST_LOST
            if is_good or outcome.rooms == 0:
                outcome = Outcome(len(rooms) if is_good else 0, cpu / len(rooms), memory, load >= FULL)
            if not is_good:
                return Outcome(outcome.rooms, outcome.cpu_of_room, outcome.bytes_of_room, load >= FULL)
        return outcome
    finally:
        for room in rooms:
            await room.close()


def _line(name: str, rooms: int, arrived: Arrived, elapsed_s: float, cpu: float, load: float, memory: float) -> str:
    return (
        f"{name:>22} {rooms:>3} rooms  {arrived.delivered / elapsed_s:>7.0f} packets/s  delay p50 "
        f"{arrived.delay_ms(50):>6.2f} p99 {arrived.delay_ms(99):>6.2f} ms  lost {arrived.lost:.3%}  CPU {cpu:>6.1%}  "
        f"load's CPU {load:>6.1%}  {memory / 1e6:>5.2f} MB a room"
    )


async def compare(servers: list[MediaServer], plan: Plan) -> list[Outcome]:
    trace = make_trace(plan.trace_s, plan.video_bps)
    return [await fill(server, trace, plan) for server in servers]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sfu_rooms", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="one small room, to see that it works")
    parser.add_argument("--most-rooms", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    plan = TINY if options.tiny else Plan(6, options.most_rooms, 3.0, options.seconds, 1_500_000)
    pin_generator()
    servers: list[MediaServer] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name in ("own", "janus"):
            Path(folder, name).mkdir()
        try:
            servers = [OwnEngine(Path(folder, "own"), sys.executable), Janus(Path(folder, "janus"))]
            outcomes = asyncio.run(compare(servers, plan))
        finally:
            for server in servers:
                server.close()
    for server, outcome in zip(servers, outcomes, strict=True):
        end = " (the load's CPU was full)" if outcome.load_was_full else ""
        print(
            f"{server.name}: {outcome.rooms} rooms{end}, {outcome.cpu_of_room:.1%} of a core and "
            f"{outcome.bytes_of_room / 1e6:.2f} MB for each"
        )
    own, peer = outcomes
    print(f"sfu_rooms: CPU for a room beside {servers[1].name}'s, ratio {own.cpu_of_room / peer.cpu_of_room:.2f}")


if __name__ == "__main__":
    main()
