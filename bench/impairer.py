"""A bad network, made by a program and repeatable: routes packets between namespaces, some of them late or never.

`python -m bench.impairer` runs as its own process in the namespace in the middle. It makes a TUN interface for each of
the others and takes orders as JSON lines: whose access link gets which impairment from now on. netem, which does this
in a kernel, is neither seeded nor everywhere.
"""

import asyncio
import contextlib
import fcntl
import heapq
import itertools
import json
import os
import random
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields

_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_UDP = 17
_MTU = 1500
OUTWARD, INWARD = "outward", "inward"
"""From a client to all others, and back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impairment:
    """What one access link does to packets, in each direction on its own. Signalling (TCP) is only delayed."""

    delay_ms: float = 0.0
    loss: float = 0.0
    """Share of packets, each on its own."""
    burst_start: float = 0.0
    """Gilbert and Elliott: the chance with each packet that a bad time begins, in which everything is lost."""
    burst_end: float = 1.0
    jitter_ms: float = 0.0
    """Additional delay, anything up to this; packets keep their order."""
    reorder: float = 0.0
    """Share of packets that come `reorder_ms` late."""
    reorder_ms: float = 30.0
    rate_bps: float = 0.0
    """0 for no limit."""
    queue_ms: float = 300.0
    """What waits longer than this for its turn is dropped."""
    black_hole: bool = False
    no_udp: bool = False
    port_shift: int = 0
    """Added to the client's UDP ports, as seen from outside: a router that forgot its mapping."""


class Link:
    """One direction of an access link: decides when, and whether, a packet arrives."""

    def __init__(self, seed: str) -> None:
        self.impairment = Impairment()
        self._random = random.Random(seed)
        self._is_bad = False
        self._free_at = 0.0
        self._last_at = 0.0

    def arrival(self, size: int, now: float, *, is_udp: bool) -> float | None:
        """When a packet that is sent now arrives; None if it never does."""
        how = self.impairment
        if how.black_hole or (is_udp and how.no_udp):
            return None
        if not is_udp:
            return now + how.delay_ms / 1000
        self._is_bad = (
            self._random.random() >= how.burst_end if self._is_bad else self._random.random() < how.burst_start
        )
        if self._is_bad or self._random.random() < how.loss:
            return None
        at = now
        if how.rate_bps:
            start = max(now, self._free_at)
            if start - now > how.queue_ms / 1000:
                return None
            at = self._free_at = start + size * 8 / how.rate_bps
        at += (how.delay_ms + self._random.random() * how.jitter_ms) / 1000
        if self._random.random() < how.reorder:
            return at + how.reorder_ms / 1000
        self._last_at = at = max(at, self._last_at)
        return at


@dataclass(frozen=True, slots=True)
class Access:
    """One namespace's way to all others."""

    address: bytes
    tun: int
    outward: Link
    inward: Link


class Router:
    """Moves packets between the interfaces, each through its sender's and its receiver's access link."""

    def __init__(self) -> None:
        self._by_address: dict[bytes, Access] = {}
        self._waiting: list[tuple[float, int, bytes, Access, bool]] = []
        """When, a number to keep order by, the packet, where it goes, and whether it is on the receiver's link."""
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self.loop = asyncio.get_running_loop()

    def add(self, namespace: str, address: str, seed: str) -> Access:
        tun = _open_tun(f"tun-{namespace[-8:]}", namespace, address)
        octets = bytes(int(part) for part in address.split("."))
        access = Access(octets, tun, Link(f"{seed} out"), Link(f"{seed} in"))
        self.add_access(access)
        self.loop.add_reader(tun, self._readable, access)
        return access

    def add_access(self, access: Access) -> None:
        """Packets to its address go to its interface from now on."""
        self._by_address[access.address] = access

    def _readable(self, source: Access) -> None:
        for _ in range(64):
            try:
                packet = os.read(source.tun, _MTU + 100)
            except BlockingIOError:
                return
            self.route(packet, source)

    def route(self, packet: bytes, source: Access) -> None:
        """Take one IPv4 packet of `source`; others are dropped."""
        if packet[0] >> 4 != 4:
            return
        target = self._by_address.get(packet[16:20])
        if target is None:
            return
        now = self.loop.time()
        at = source.outward.arrival(len(packet), now, is_udp=_is_udp(packet))
        if at is None:
            return
        if _is_udp(packet) and source.outward.impairment.port_shift:
            packet = _shifted(packet, 0, source.outward.impairment.port_shift)
        if at <= now:
            self._come_in(packet, target, now)
        else:
            self._wait(at, packet, target, is_inside=False)

    def _come_in(self, packet: bytes, target: Access, now: float) -> None:
        """The packet has reached the receiver's link, which it shares with those of others: only now is it its turn."""
        at = target.inward.arrival(len(packet), now, is_udp=_is_udp(packet))
        if at is None:
            return
        if _is_udp(packet) and target.inward.impairment.port_shift:
            packet = _shifted(packet, 2, -target.inward.impairment.port_shift)
        if at <= now:
            _write(target.tun, packet)
        else:
            self._wait(at, packet, target, is_inside=True)

    def _wait(self, at: float, packet: bytes, target: Access, *, is_inside: bool) -> None:
        heapq.heappush(self._waiting, (at, next(self._numbers), packet, target, is_inside))
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(self._waiting[0][0], self._deliver) if self._waiting else None

    def _deliver(self) -> None:
        now = self.loop.time() + 0.0005
        while self._waiting and self._waiting[0][0] <= now:
            at, _, packet, target, is_inside = heapq.heappop(self._waiting)
            if is_inside:
                _write(target.tun, packet)
            else:
                self._come_in(packet, target, max(at, now))
        self._arm()


def _is_udp(packet: bytes) -> bool:
    return packet[9] == _UDP


def _write(tun: int, packet: bytes) -> None:
    with contextlib.suppress(OSError):  # an interface that is not up yet, or is full: the packet is lost
        os.write(tun, packet)


def _shifted(packet: bytes, at: int, shift: int) -> bytes:
    """Another UDP port; no checksum, which IPv4 allows (RFC 768)."""
    start = (packet[0] & 15) * 4
    port = int.from_bytes(packet[start + at : start + at + 2], "big")
    changed = bytearray(packet)
    changed[start + at : start + at + 2] = (port + shift & 0xFFFF).to_bytes(2, "big")
    changed[start + 6 : start + 8] = b"\0\0"
    return bytes(changed)


def _open_tun(name: str, namespace: str, address: str) -> int:
    """An interface inside `namespace` whose packets we read and write."""
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    inside: Sequence[str] = ["ip", "-netns", namespace]
    for command in (
        ["ip", "link", "set", name, "netns", namespace],
        [*inside, "address", "add", f"{address}/24", "dev", name],
        [*inside, "link", "set", name, "txqueuelen", "5000", "up"],
        [*inside, "link", "set", "lo", "up"],
        [*inside, "route", "add", "default", "dev", name],
    ):
        subprocess.run(command, check=True)
    return tun


async def serve(seed: str, clients: dict[str, str]) -> None:
    """Route until the orders end; `clients` are namespaces with their addresses."""
    router = Router()
    accesses = {address: router.add(namespace, address, f"{seed} {address}") for namespace, address in clients.items()}
    names = {field.name for field in fields(Impairment)}
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        access = accesses[order["address"]]
        impairment = Impairment(**{name: value for name, value in order.items() if name in names})
        if OUTWARD in order["ways"]:
            access.outward.impairment = impairment
        if INWARD in order["ways"]:
            access.inward.impairment = impairment
        print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], json.loads(sys.argv[2])))
