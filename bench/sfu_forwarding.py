"""What it costs to forward one packet, ours beside Debian's Janus: `python -m bench.sfu_forwarding`.

Four publishers send real 720p VP8 and Opus, together 1,000 packets a second, and 1, 10 and 20 subscribers get all of
it, over ICE, DTLS and SRTP (AEAD_AES_128_GCM everywhere). The server runs on CPU 0, the load on CPU 1. The servers take
turns in each round; each has had a run that does not count. Cost is the CPU time of the server's process tree, kernel
included, by delivered packet; a delivered packet is one that authenticated and carried a stamp of a publisher's. Delay
is from before the publisher's encryption to the kernel's arrival time at the subscriber's socket.

With `--mediasoup FOLDER`, the folder in which `npm install mediasoup@3.8.4` was run, mediasoup takes its turns too.

A server that has to wait for its CPU finds several packets at once and looks cheaper than it is. So each line says how
much of the server's CPU others took ("others"); figures of a run with much of that compare nothing. Nor do delays and
losses when the load's own CPU is full ("load").
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.janus import Janus
from bench.livekit import OwnEngine
from bench.media import Trace, make_trace
from bench.mediasoup import Mediasoup
from bench.processes import load_seconds, pin_generator
from bench.rooms import Arrived, Gathering, MediaServer

_SETTLE_S, _DRAIN_S = 1.5, 0.3
_MAX_OTHERS, _MAX_LOAD = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often; the whole run takes about len(subscribers) x servers x rounds x seconds."""

    publishers: int
    subscribers: Sequence[int]
    rounds: int
    seconds: float
    video_bps: int
    trace_s: float = 4.0


TINY = Plan(publishers=2, subscribers=(1, 3), rounds=1, seconds=1.0, video_bps=1_500_000, trace_s=1.0)


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement of one server."""

    arrived: Arrived
    sent: float
    """Packets that the server was sent."""
    cpu_s: float
    others_s: float
    load_s: float
    """How long the generator's CPU was busy."""
    seconds: float

    @property
    def cost_us(self) -> float:
        return self.cpu_s / self.arrived.delivered * 1e6 if self.arrived.delivered else float("inf")


async def measure(server: MediaServer, trace: Trace, publishers: int, subscribers: int, seconds: float) -> Round:
    """A new room, everyone in it, `seconds` of measuring, and everyone out."""
    room = await Gathering.open(server, trace, publishers, subscribers)
    try:
        await asyncio.sleep(_SETTLE_S)
        room.forget()
        began_ns, load_s = time.time_ns(), load_seconds()
        cpu_s, others_s = server.process.cpu_seconds(), server.process.others_seconds()
        await asyncio.sleep(seconds)
        ended_ns, load_s = time.time_ns(), load_seconds() - load_s
        cpu_s, others_s = server.process.cpu_seconds() - cpu_s, server.process.others_seconds() - others_s
        await asyncio.sleep(_DRAIN_S)
        arrived = room.arrived(began_ns, ended_ns)
    finally:
        await room.close()
    return Round(arrived, arrived.expected / subscribers, cpu_s, others_s, load_s, (ended_ns - began_ns) / 1e9)


async def compare(servers: Sequence[MediaServer], plan: Plan) -> dict[tuple[str, int], list[Round]]:
    """All rounds, by server and number of subscribers; which server goes first alternates."""
    trace = make_trace(plan.trace_s, plan.video_bps)
    results: dict[tuple[str, int], list[Round]] = {}
    for server in servers:
        await measure(
            server, trace, plan.publishers, 1, min(plan.seconds, 3.0)
        )  # the first run after a start is not counted
    for number in range(plan.rounds):
        for subscribers in plan.subscribers:
            for server in servers if number % 2 == 0 else reversed(servers):
                result = await measure(server, trace, plan.publishers, subscribers, plan.seconds)
                results.setdefault((server.name, subscribers), []).append(result)
                print(_line(server.name, subscribers, [result]), file=sys.stderr, flush=True)
    return results


def _line(name: str, subscribers: int, rounds: list[Round]) -> str:
    costs = [result.cost_us for result in rounds]
    arrived = Arrived.together([result.arrived for result in rounds])
    seconds = sum(result.seconds for result in rounds)
    sent, cpu_s = sum(result.sent for result in rounds), sum(result.cpu_s for result in rounds)
    return (
        f"{name:>22} {subscribers:>3} subscribers  {sent / seconds:>5.0f} in  "
        f"{arrived.delivered / seconds:>6.0f} out packets/s  {cpu_s / seconds:>6.1%} CPU  "
        f"{statistics.median(costs):>6.1f} us/packet ({min(costs):.1f} to {max(costs):.1f})  "
        f"delay p50 {arrived.delay_ms(50):.2f} p99 {arrived.delay_ms(99):.2f} ms  delivered {1 - arrived.lost:.3%}  "
        f"others {_others(rounds):.0%}  load {_load(rounds):.0%}"
    )


def _others(rounds: list[Round]) -> float:
    share = sum(result.others_s for result in rounds) / sum(result.seconds for result in rounds)
    return max(0.0, share)  # read in ticks, so a little less than nothing is possible


def _load(rounds: list[Round]) -> float:
    return sum(result.load_s for result in rounds) / sum(result.seconds for result in rounds)


def report(results: dict[tuple[str, int], list[Round]], plan: Plan, names: Sequence[str]) -> None:
    for subscribers in plan.subscribers:
        for name in names:
            print(_line(name, subscribers, results[name, subscribers]))
    if max(_others(rounds) for rounds in results.values()) > _MAX_OTHERS:
        print(f"Not a fair comparison: others took over {_MAX_OTHERS:.0%} of the servers' CPU.")
    for subscribers in plan.subscribers:
        costs = {name: statistics.median(each.cost_us for each in results[name, subscribers]) for name in names}
        own, *peers = costs
        text = f"sfu_forwarding, {subscribers} subscribers: {own} {costs[own]:.1f} us/packet"
        for peer in peers:
            text += f", {peer} {costs[peer]:.1f} us/packet, ratio {costs[own] / costs[peer]:.2f}"
        if max(_load(results[name, subscribers]) for name in names) > _MAX_LOAD:
            text += " (the load's CPU was full: delays and losses are the load's own)"
        print(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sfu_forwarding", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a few seconds only, to see that it works")
    parser.add_argument("--publishers", type=int, default=4)
    parser.add_argument("--subscribers", type=int, nargs="+", default=[1, 10, 20])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=16.0)
    parser.add_argument("--video-bps", type=int, default=1_700_000, help="of each publisher")
    parser.add_argument("--mediasoup", type=Path, metavar="FOLDER", help="where mediasoup is installed; it takes part")
    parser.add_argument("--only", choices=["interview-stream", "janus", "mediasoup"], help="this server and no other")
    parser.add_argument("--plain", action="store_true", help="our engine as plain Python, not compiled")
    options = parser.parse_args()
    if options.only == "mediasoup" and not options.mediasoup:
        parser.error("--only mediasoup needs --mediasoup FOLDER.")
    full = Plan(options.publishers, options.subscribers, options.rounds, options.seconds, options.video_bps)
    plan = TINY if options.tiny else full
    pin_generator()
    servers: list[MediaServer] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            if options.only in (None, "interview-stream"):
                servers.append(OwnEngine(_made(Path(folder, "own")), sys.executable, is_plain=options.plain))
            if options.only in (None, "janus"):
                servers.append(Janus(_made(Path(folder, "janus"))))
            if options.mediasoup and options.only in (None, "mediasoup"):
                servers.append(Mediasoup(_made(Path(folder, "mediasoup")), options.mediasoup))
            results = asyncio.run(compare(servers, plan))
        finally:
            for server in servers:
                server.close()
    report(results, plan, [server.name for server in servers])


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
