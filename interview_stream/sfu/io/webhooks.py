"""Webhooks to the server: hides signing, order, retries and waiting while the server is away."""

import asyncio
import json
import logging
import ssl
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from google.protobuf.json_format import MessageToDict, MessageToJson
from livekit.protocol.webhook import WebhookEvent

from interview_stream.sfu.auth import Tokens

logger = logging.getLogger(__name__)

FIRST_PAUSE_S, MAX_PAUSE_S = 0.25, 5.0
TIMEOUT_S = 10.0
MAX_WAITING = 1000
MAX_WAITING_SAMPLES = 60
"""Events of samples that wait for the server, of one room; the oldest give way."""
MAX_REFUSALS = 5
"""How often an answer that says "wrong" is asked again; an unreachable server is waited for without end."""
MAX_FAILURES = 100
"""The same for a server that fails on an event (500), which may pass: some eight minutes."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: WebhookEvent
    connections: list[dict[str, object]] | None = None
    """Of a kind of event that only we have; other receivers pass over what they do not know."""

    def body(self) -> bytes:
        if self.connections is None:
            return MessageToJson(self.event).encode()
        return json.dumps({**MessageToDict(self.event), "connections": self.connections}).encode()


class Webhooks:
    """An EventSink. Events of one room arrive in order; rooms do not wait for each other."""

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        unix: Callable[[], float],
        *,
        ca: Path | None = None,
        ready: Callable[[WebhookEvent], Awaitable[None]],
    ) -> None:
        """`ready` is awaited before an event is sent: what it speaks of must be true by then."""
        self._url = url
        self._tokens = tokens
        self._unix = unix
        self._ready = ready
        self._ca = ca
        self._queues: dict[str, deque[_Waiting]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self.dropped = 0

    def start(self) -> None:
        """Open; events may have been queued before."""
        connector = aiohttp.TCPConnector(ssl=_pinned(self._ca) if self._ca is not None else True)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False
        )
        for name in self._queues:
            self._deliver_in_background(name)

    @property
    def is_idle(self) -> bool:
        """Whether everything that happened was told, or given up."""
        return not self._queues

    async def stop(self, grace_s: float) -> None:
        """Give the last events a short time."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=grace_s)
        for task in list(self._tasks.values()):
            task.cancel()
        if self._session is not None:
            await self._session.close()

    def happened(self, event: WebhookEvent) -> None:
        self._queue(event.room.name or event.egress_info.room_name, _Waiting(event), MAX_WAITING)

    def sampled(self, event: WebhookEvent, connections: list[dict[str, object]]) -> None:
        """Beside the room's other events, which do not wait for these."""
        self._queue(f"samples of {event.room.name}", _Waiting(event, connections), MAX_WAITING_SAMPLES)

    def _queue(self, name: str, waiting: _Waiting, most: int) -> None:
        waiting.event.id = f"EV_{uuid.uuid4().hex}"
        waiting.event.created_at = int(self._unix())
        queue = self._queues.setdefault(name, deque())
        queue.append(waiting)
        if len(queue) > most:
            queue.popleft()
            self.dropped += 1
        if self._session is not None and name not in self._tasks:
            self._deliver_in_background(name)

    def _deliver_in_background(self, name: str) -> None:
        self._tasks[name] = asyncio.create_task(self._deliver(name))

    async def _deliver(self, name: str) -> None:
        queue = self._queues[name]
        try:
            while queue:
                waiting = queue[0]
                await self._ready(waiting.event)
                await self._send(waiting)
                if queue and queue[0] is waiting:
                    queue.popleft()
        finally:
            del self._tasks[name]
            if not queue:
                del self._queues[name]

    async def _send(self, waiting: _Waiting) -> None:
        assert self._session is not None
        event, body = waiting.event, waiting.body()
        pause, refusals, failures = FIRST_PAUSE_S, 0, 0
        while refusals < MAX_REFUSALS and failures < MAX_FAILURES:
            headers = {
                "Content-Type": "application/webhook+json",
                "Authorization": self._tokens.sign_body(body, now=self._unix()),
            }
            try:
                async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer:
                    if answer.status < 300:
                        return
                    refusals += answer.status < 500
                    failures += answer.status == 500
                    logger.warning("the webhook answered %d to %s", answer.status, event.event)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                logger.info("the webhook is not reachable (%s), waiting", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_PAUSE_S)
        logger.error("the webhook refused %s %d times, giving up", event.event, refusals + failures)
        self.dropped += 1


def _pinned(certificate: Path) -> ssl.SSLContext:
    """Trust exactly this certificate, whatever host name it is for: it is our own server on the loopback."""
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    # A server certificate that is not self-signed must do as an anchor too.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
