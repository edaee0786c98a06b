"""One room of a load: people who publish, and receivers that get all of them; tells what arrived of what was sent."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.media import Trace
from bench.processes import ServerProcess
from bench.traffic import Publisher, Subscriber


class Room(Protocol):
    async def publish(self, publisher: Publisher) -> None: ...
    async def subscribe(self, subscriber: Subscriber) -> None: ...
    async def close(self) -> None: ...


class MediaServer(Protocol):
    process: ServerProcess

    @property
    def name(self) -> str: ...
    async def open_room(self) -> Room: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of the packets that were sent in a time."""

    delivered: int
    expected: int
    delays_ms: list[float]

    @staticmethod
    def together(parts: "list[Arrived]") -> "Arrived":
        """Of several rooms; delays in order."""
        return Arrived(
            sum(part.delivered for part in parts),
            sum(part.expected for part in parts),
            sorted(delay for part in parts for delay in part.delays_ms),
        )

    @property
    def lost(self) -> float:
        return 1 - self.delivered / self.expected if self.expected else 1.0

    def delay_ms(self, percent: int) -> float:
        if not self.delays_ms:
            return float("inf")
        return self.delays_ms[min(len(self.delays_ms) - 1, len(self.delays_ms) * percent // 100)]


class Gathering:
    """A room with people in it: some publish, others get all of it."""

    def __init__(self, room: Room, trace: Trace, publishers: int, receivers: int) -> None:
        self._room = room
        self._publishers = [Publisher(trace) for _ in range(publishers)]
        self._receivers = [Subscriber() for _ in range(receivers)]
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def of_people(cls, server: MediaServer, trace: Trace, people: int) -> "Gathering":
        """As many streams are forwarded as in a room of `people` who all see each other."""
        return await cls.open(server, trace, people, people - 1)

    @classmethod
    async def open(cls, server: MediaServer, trace: Trace, publishers: int, receivers: int) -> "Gathering":
        gathering = cls(await server.open_room(), trace, publishers, receivers)
        try:
            for publisher in gathering._publishers:
                await gathering._room.publish(publisher)
                gathering._tasks.append(asyncio.create_task(publisher.run()))
            for receiver in gathering._receivers:
                await gathering._room.subscribe(receiver)
                gathering._tasks.append(asyncio.create_task(receiver.run()))
        except BaseException:
            await gathering.close()
            raise
        return gathering

    def forget(self) -> None:
        """Count from now on."""
        for publisher in self._publishers:
            del publisher.sent[:]
        for receiver in self._receivers:
            del receiver.stamps[:], receiver.arrivals[:]

    def arrived(self, began_ns: int, ended_ns: int) -> Arrived:
        """Of what was sent between two moments; raises what a sender failed with."""
        for task in self._tasks:
            if task.done():
                task.result()
        window = {stamp for publisher in self._publishers for stamp in publisher.sent if began_ns <= stamp < ended_ns}
        delivered, delays_ms = 0, []
        for receiver in self._receivers:
            first = dict(zip(reversed(receiver.stamps), reversed(receiver.arrivals), strict=True))
            came = window & first.keys()
            delivered += len(came)
            delays_ms += [(first[stamp] - stamp) / 1e6 for stamp in came]
        return Arrived(delivered, len(window) * len(self._receivers), sorted(delays_ms))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for publisher in self._publishers:
            publisher.client.close()
        for receiver in self._receivers:
            receiver.client.close()
        await self._room.close()


def resident_bytes(process: ServerProcess) -> int:
    """Memory of the server's own process."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024
