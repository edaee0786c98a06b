"""The bad network does what it says, and the same each time."""

import asyncio
import itertools
import os

import pytest

from bench.impairer import Access, Impairment, Link, Router


def arrivals(impairment: Impairment, count: int = 2000, every_s: float = 0.01, size: int = 1000) -> list[float | None]:
    """How long each packet takes."""
    link = Link("seed")
    link.impairment = impairment
    found = []
    for number in range(count):
        at = link.arrival(size, number * every_s, is_udp=True)
        found.append(None if at is None else at - number * every_s)
    return found


def test_the_same_seed_loses_the_same_packets() -> None:
    lossy = Impairment(loss=0.05)
    assert arrivals(lossy) == arrivals(lossy)
    assert arrivals(lossy).count(None) == pytest.approx(100, abs=30)


def test_bursts_lose_packets_in_a_row() -> None:
    found = arrivals(Impairment(burst_start=0.01, burst_end=0.25))
    lost = [at is None for at in found]
    followed = sum(a and b for a, b in itertools.pairwise(lost))
    assert followed / sum(lost) > 0.5


def test_jitter_keeps_the_order_and_reordering_does_not() -> None:
    steady = [number * 0.01 + (delay or 0) for number, delay in enumerate(arrivals(Impairment(jitter_ms=30)))]
    assert steady == sorted(steady)
    late = [delay for delay in arrivals(Impairment(reorder=0.05)) if delay]
    assert len(late) == pytest.approx(100, abs=30)


def test_a_slow_link_lets_through_its_rate_and_keeps_a_short_queue() -> None:
    found = arrivals(Impairment(rate_bps=400_000, queue_ms=200))
    through = [delay for delay in found if delay is not None]
    assert len(through) == pytest.approx(1000, abs=20)
    assert max(through) < 0.23


def test_only_media_is_touched_except_by_a_black_hole() -> None:
    link = Link("seed")
    link.impairment = Impairment(delay_ms=20, loss=1.0, no_udp=True)
    assert link.arrival(100, 1.0, is_udp=True) is None
    assert link.arrival(100, 1.0, is_udp=False) == 1.02
    link.impairment = Impairment(black_hole=True)
    assert link.arrival(100, 1.0, is_udp=False) is None


async def test_what_waits_on_one_link_keeps_nobody_elses_packets_waiting() -> None:
    """All meet at the engine's link, and keep their order there by when they come to it, not by when they left."""
    router = Router()
    slow, fast = (Access(bytes([10, 0, 0, host]), -1, Link("out"), Link("in")) for host in (1, 2))
    slow.outward.impairment = Impairment(delay_ms=100)
    out, tun = os.pipe()
    engine = Access(bytes([10, 0, 0, 3]), tun, Link("out"), Link("in"))
    router.add_access(engine)
    arrived: asyncio.Queue[bytes] = asyncio.Queue()
    router.loop.add_reader(out, lambda: arrived.put_nowait(os.read(out, 2000)))
    for source in (slow, fast):
        header = bytes([0x45]) + bytes(8) + bytes([17]) + bytes(2)
        router.route(header + source.address + engine.address + bytes(8), source)
    assert [(await arrived.get())[12:16] for _ in range(2)] == [fast.address, slow.address]
    router.loop.remove_reader(out)
    os.close(out)
    os.close(tun)
