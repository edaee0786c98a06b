"""Carries write sets between any number of processes, on any machines, by publish and subscribe of a Redis server.

Redis keeps nothing for who is not there: a receiver that was cut off takes everything as changed when it is back, and a
message that never came is noticed by the sender's count, or by the number of the transaction (hub.py).
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable

import redis
import redis.asyncio

from interview_stream.server.live.bus import Inbox, Outbox
from interview_stream.server.live.sets import EVERYTHING, WriteSet

log = logging.getLogger(__name__)

CHANNEL = "interview-stream:live"
RETRY_S = 1.0
_SOCKET_TIMEOUT_S = 5.0


class RedisSender:
    """Hands messages to a thread, so that a Redis server that is slow or gone holds up no writer."""

    def __init__(self, url: str, outbox: Outbox) -> None:
        self._outbox = outbox
        self._server = redis.Redis.from_url(
            url, socket_timeout=_SOCKET_TIMEOUT_S, socket_connect_timeout=_SOCKET_TIMEOUT_S
        )
        self._waiting: queue.SimpleQueue[WriteSet | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="live to redis", daemon=True)
        self._thread.start()

    def send(self, writes: WriteSet) -> None:
        self._waiting.put(writes)

    def close(self) -> None:
        """What was sent before still goes out."""
        self._waiting.put(None)
        self._thread.join(2 * _SOCKET_TIMEOUT_S)
        self._server.close()

    def _work(self) -> None:
        while (writes := self._waiting.get()) is not None:
            try:
                self._server.publish(CHANNEL, self._outbox.message(writes))
            except redis.RedisError as error:
                log.warning("Redis took no live message in (%s); others catch up with the next one.", error)


class RedisReceiver:
    """A task of the event loop that listens for what other processes wrote."""

    def __init__(self, url: str, inbox: Inbox, publish: Callable[[WriteSet], object]) -> None:
        self._url = url
        self._inbox = inbox
        self._publish = publish
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Returns when it listens, or when Redis turned out not to answer: then it goes on trying."""
        listens = asyncio.Event()
        self._task = asyncio.create_task(self._listen(listens))
        try:
            async with asyncio.timeout(_SOCKET_TIMEOUT_S):
                await listens.wait()
        except TimeoutError:
            log.error("Redis does not answer; what other processes write is seen late until it does.")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self, listens: asyncio.Event) -> None:
        was_cut_off = False
        while True:
            try:
                async with (
                    redis.asyncio.Redis.from_url(
                        self._url, socket_connect_timeout=_SOCKET_TIMEOUT_S, health_check_interval=10
                    ) as server,
                    server.pubsub() as channel,
                ):
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._inbox.accept(message["data"])
                        elif message["type"] == "subscribe":
                            if was_cut_off:
                                self._publish(EVERYTHING)
                            listens.set()
            except (redis.RedisError, OSError) as error:
                log.warning("Redis was lost (%s); trying again.", error)
            was_cut_off = True
            await asyncio.sleep(RETRY_S)
