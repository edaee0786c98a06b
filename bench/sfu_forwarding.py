"""What it costs to forward one packet, ours beside Debian's Janus: `python -m bench.sfu_forwarding`.

One publisher sends real 720p VP8 and Opus to 1, 3 and 10 subscribers over ICE, DTLS and SRTP (AEAD_AES_128_GCM in
both). The server runs on CPU 0, the load on CPU 1. The servers take turns in each round; the first round is dropped.
Cost is the CPU time of the server's process tree, kernel included, by delivered packet; a delivered packet is one
that authenticated and carried a stamp of the publisher's. Delay is from before the publisher's encryption to the
kernel's arrival time at the subscriber's socket.

A server that has to wait for its CPU finds several packets at once and looks cheaper than it is. So each line says how
much of the server's CPU others took ("others"); figures of a run with much of that compare nothing.
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
from bench.processes import pin_generator
from bench.rooms import MediaServer
from bench.traffic import Publisher, Subscriber

_SETTLE_S, _DRAIN_S = 1.5, 0.3
_MAX_OTHERS = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often; the whole run takes about len(subscribers) x servers x rounds x seconds."""

    subscribers: Sequence[int]
    rounds: int
    seconds: float
    video_bps: int
    trace_s: float = 4.0


TINY = Plan(subscribers=(1, 3), rounds=1, seconds=1.0, video_bps=1_500_000, trace_s=1.0)


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement of one server."""

    sent: int
    delivered: int
    expected: int
    cpu_s: float
    others_s: float
    seconds: float
    delays_ms: list[float]

    @property
    def cost_us(self) -> float:
        return self.cpu_s / self.delivered * 1e6 if self.delivered else float("inf")


async def measure(server: MediaServer, trace: Trace, subscribers: int, seconds: float) -> Round:
    """A new room, everyone in it, `seconds` of measuring, and everyone out."""
    room = await server.open_room()
    publisher, receivers = Publisher(trace), [Subscriber() for _ in range(subscribers)]
    tasks: list[asyncio.Task[None]] = []
    try:
        await room.publish(publisher)
        tasks.append(asyncio.create_task(publisher.run()))
        await asyncio.gather(*(room.subscribe(receiver) for receiver in receivers))
        tasks += [asyncio.create_task(receiver.run()) for receiver in receivers]
        await asyncio.sleep(_SETTLE_S)
        began_ns, cpu_s, others_s = time.time_ns(), server.process.cpu_seconds(), server.process.others_seconds()
        await asyncio.sleep(seconds)
        ended_ns, cpu_s = time.time_ns(), server.process.cpu_seconds() - cpu_s
        others_s = server.process.others_seconds() - others_s
        await asyncio.sleep(_DRAIN_S)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in (publisher.client, *(receiver.client for receiver in receivers)):
            client.close()
        await room.close()
    return _evaluate(publisher, receivers, began_ns, ended_ns, cpu_s, others_s)


def _evaluate(
    publisher: Publisher, receivers: list[Subscriber], began_ns: int, ended_ns: int, cpu_s: float, others_s: float
) -> Round:
    window = {stamp for stamp in publisher.sent if began_ns <= stamp < ended_ns}
    delays_ms: list[float] = []
    delivered = 0
    for receiver in receivers:
        first_arrivals = dict(zip(reversed(receiver.stamps), reversed(receiver.arrivals), strict=True))
        arrived = window & first_arrivals.keys()
        delivered += len(arrived)
        delays_ms += [(first_arrivals[stamp] - stamp) / 1e6 for stamp in arrived]
    return Round(
        sent=len(window),
        delivered=delivered,
        expected=len(window) * len(receivers),
        cpu_s=cpu_s,
        others_s=others_s,
        seconds=(ended_ns - began_ns) / 1e9,
        delays_ms=sorted(delays_ms),
    )


async def compare(servers: Sequence[MediaServer], plan: Plan) -> dict[tuple[str, int], list[Round]]:
    """All rounds, by server and number of subscribers; which server goes first alternates."""
    trace = make_trace(plan.trace_s, plan.video_bps)
    results: dict[tuple[str, int], list[Round]] = {}
    for server in servers:
        await measure(server, trace, 1, min(plan.seconds, 3.0))  # the first run after a start is not counted
    for number in range(plan.rounds):
        for subscribers in plan.subscribers:
            for server in servers if number % 2 == 0 else reversed(servers):
                result = await measure(server, trace, subscribers, plan.seconds)
                results.setdefault((server.name, subscribers), []).append(result)
                print(_line(server.name, subscribers, [result]), file=sys.stderr, flush=True)
    return results


def _line(name: str, subscribers: int, rounds: list[Round]) -> str:
    costs = [result.cost_us for result in rounds]
    delays = [delay for result in rounds for delay in result.delays_ms] or [float("nan")]
    seconds = sum(result.seconds for result in rounds)
    delivered, expected = sum(result.delivered for result in rounds), sum(result.expected for result in rounds)
    p50, p99 = (sorted(delays)[min(len(delays) - 1, len(delays) * part // 100)] for part in (50, 99))
    return (
        f"{name:>22} {subscribers:>3} subscribers  {delivered / seconds:>7.0f} packets/s  "
        f"{sum(result.cpu_s for result in rounds) / seconds:>6.1%} CPU  "
        f"{statistics.median(costs):>6.1f} us/packet ({min(costs):.1f} to {max(costs):.1f})  "
        f"delay p50 {p50:.2f} p99 {p99:.2f} ms  delivered {delivered / expected if expected else 0:.3%}  "
        f"others {_others(rounds):.0%}"
    )


def _others(rounds: list[Round]) -> float:
    return sum(result.others_s for result in rounds) / sum(result.seconds for result in rounds)


def report(results: dict[tuple[str, int], list[Round]], plan: Plan, names: Sequence[str]) -> None:
    for subscribers in plan.subscribers:
        for name in names:
            print(_line(name, subscribers, results[name, subscribers]))
    if max(_others(rounds) for rounds in results.values()) > _MAX_OTHERS:
        print(f"Not a fair comparison: others took over {_MAX_OTHERS:.0%} of the servers' CPU.")
    for subscribers in plan.subscribers:
        figures = [statistics.median(result.cost_us for result in results[name, subscribers]) for name in names]
        text = f"sfu_forwarding, {subscribers} subscribers: {names[0]} {figures[0]:.1f} us/packet"
        if len(names) == 2:
            text += f", {names[1]} {figures[1]:.1f} us/packet, ratio {figures[0] / figures[1]:.2f}"
        print(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sfu_forwarding", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a few seconds only, to see that it works")
    parser.add_argument("--subscribers", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--video-bps", type=int, default=1_500_000)
    parser.add_argument("--only", choices=["interview-stream", "janus"], help="one server instead of both")
    parser.add_argument("--plain", action="store_true", help="our engine as plain Python, not compiled")
    options = parser.parse_args()
    plan = TINY if options.tiny else Plan(options.subscribers, options.rounds, options.seconds, options.video_bps)
    pin_generator()
    servers: list[MediaServer] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            if options.only != "janus":
                servers.append(OwnEngine(_made(Path(folder, "own")), sys.executable, is_plain=options.plain))
            if options.only != "interview-stream":
                servers.append(Janus(_made(Path(folder, "janus"))))
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
