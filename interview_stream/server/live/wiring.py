"""Connects the hub of a web process with what this process writes and what others tell."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from interview_stream.server.live import tracking
from interview_stream.server.live.bus import Inbox, Outbox, SocketReceiver, SocketSender, new_name
from interview_stream.server.live.hub import Hub
from interview_stream.server.live.redis_bus import RedisReceiver, RedisSender
from interview_stream.server.live.sets import WriteSet


def sender(redis_url: str, path: Path) -> RedisSender | SocketSender:
    """For a process that only writes, such as the worker."""
    outbox = Outbox(new_name())
    return RedisSender(redis_url, outbox) if redis_url else SocketSender(path, outbox)


class Wiring:
    """Of one web process. Without Redis it is the only one, and there is nobody to tell."""

    def __init__(self, hub: Hub, give_way: Callable[[], None], redis_url: str, path: Path) -> None:
        """`give_way`: waits until pages were told of what is due."""
        self._hub = hub
        self._give_way = give_way
        self._redis_url = redis_url
        self._path = path
        self._stops: list[Callable[[], object]] = []
        self._others: RedisSender | None = None
        self._receiver: RedisReceiver | None = None

    async def open(self) -> None:
        self._stops.append(tracking.on_write(self._tell))
        if self._redis_url:
            await self._open_redis()
        else:
            self._open_socket()

    def _tell(self, writes: WriteSet) -> None:
        """In the thread of the transaction, once it has been committed."""
        is_due = self._hub.publish(writes)
        if self._others is not None:
            self._others.send(writes)
        if is_due:
            self._give_way()

    async def close(self) -> None:
        for stop in self._stops:
            stop()
        if self._receiver is not None:
            await self._receiver.close()

    async def _open_redis(self) -> None:
        outbox = Outbox(new_name())
        self._others = RedisSender(self._redis_url, outbox)
        self._stops.append(self._others.close)
        self._receiver = RedisReceiver(self._redis_url, Inbox(self._hub.publish, outbox.name), self._hub.publish)
        await self._receiver.open()

    def _open_socket(self) -> None:
        loop = asyncio.get_running_loop()
        receiver = SocketReceiver(self._path, Inbox(self._hub.publish))
        loop.add_reader(receiver.fileno(), receiver.read)
        self._stops += [lambda: loop.remove_reader(receiver.fileno()), receiver.close]
