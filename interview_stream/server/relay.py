"""Passes signalling and the media engine's API on to the engine, so that clients need to know one address only.

While the engine is down everything here is answered with 503: a 404 would make clients fall back to a protocol that the
engine does not speak.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from yarl import URL

from interview_stream.environment import Environment
from interview_stream.server.security import Headers, Origins, header

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

MAX_MESSAGE = 2 * 1024 * 1024
CONNECT_S = 5.0
# Long enough for the slowest call of the engine's API (starting a recording).
CALL_S = 30.0
# RFC 6455, section 7.4.1: the service restarts. Clients take any code as "try to resume".
SERVICE_RESTART, GOING_AWAY = 1012, 1001
NEVER_SENT = {1004, 1005, 1006, 1015}
# RFC 9110, section 7.6.1: these belong to one connection and are never passed on.
HOP_BY_HOP = {
    *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer"),
    *(b"transfer-encoding", b"upgrade", b"host", b"content-length"),
}
CORS = [
    (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-max-age", b"600"),
]


class Relay:
    def __init__(self, environment: Environment, origins: Origins) -> None:
        self._engine = f"127.0.0.1:{environment.sfu_port}"
        self._origins = origins
        self._session: aiohttp.ClientSession | None = None

    @staticmethod
    def takes(path: str) -> bool:
        return path == "/rtc" or path.startswith(("/rtc/", "/twirp/"))

    async def start(self) -> None:
        timeout = aiohttp.ClientTimeout(total=CALL_S, connect=CONNECT_S)
        self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=False)

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of the engine's API, or a client asking why its socket was refused."""
        if scope["method"] == "OPTIONS":
            await _answer(scope, send, 204, [], b"")
            return
        body = await _body(receive)
        assert self._session is not None
        # As it is: with its dots taken out, `/rtc/../metrics` would be another address of the engine.
        url = URL(f"http://{self._engine}{_target(scope)}", encoded=True)
        headers = [(name.decode(), value.decode("latin-1")) for name, value in _end_to_end(scope["headers"])]
        try:
            async with self._session.request(scope["method"], url, data=body, headers=headers) as response:
                content = await response.read()
                kept = [(b"content-type", response.headers.get("Content-Type", "text/plain").encode())]
                await _answer(scope, send, response.status, kept, content)
        except (aiohttp.ClientError, TimeoutError, OSError):
            await _answer(scope, send, 503, [(b"retry-after", b"1"), *DOWN_TYPE], DOWN)

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A signalling connection: accepted only once the engine has accepted it."""
        await receive()  # websocket.connect
        # Native clients send no Origin. Browsers do, and only our own pages may signal here.
        if header(scope["headers"], b"origin") is not None and not self._origins.origin_is_ours(scope):
            await _refuse(send, 403, b"This origin may not open signalling connections here.")
            return
        try:
            upstream = await self._connect(scope)
        except InvalidStatus as refusal:
            await _refuse(send, refusal.response.status_code, bytes(refusal.response.body or b""))
        except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed):
            await _refuse(send, 503, DOWN, DOWN_TYPE)
        else:
            await send({"type": "websocket.accept"})
            await _couple(upstream, receive, send)

    async def _connect(self, scope: Scope) -> ClientConnection:
        kept = {b"authorization", b"user-agent", b"x-forwarded-for"}
        return await connect(
            f"ws://{self._engine}{_target(scope)}",
            additional_headers=[(n.decode(), v.decode("latin-1")) for n, v in scope["headers"] if n in kept],
            user_agent_header=None,
            compression=None,
            proxy=None,
            open_timeout=CONNECT_S,
            close_timeout=1,
            ping_interval=None,  # The engine pings.
            max_size=MAX_MESSAGE,
            max_queue=4,
        )


DOWN = (
    b'{"type":"/problems/unavailable","title":"Unavailable","status":503,'
    b'"detail":"The media engine is not running. It is restarted by itself; try again in a moment."}'
)
DOWN_TYPE = [(b"content-type", b"application/problem+json")]


async def _couple(upstream: ClientConnection, receive: Receive, send: Send) -> None:
    """Copy messages both ways until one side ends. Each side reads only as fast as the other takes."""
    tasks = [
        asyncio.create_task(_engine_to_client(upstream, send)),
        asyncio.create_task(_client_to_engine(receive, upstream)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await upstream.close()
    for result in results:
        if isinstance(result, Exception):
            log.warning("A signalling connection failed: %r", result)


async def _engine_to_client(upstream: ClientConnection, send: Send) -> None:
    code, reason = SERVICE_RESTART, "The media engine has gone."
    with contextlib.suppress(OSError):  # The client has gone.
        try:
            while True:
                message = await upstream.recv()
                key = "text" if isinstance(message, str) else "bytes"
                await send({"type": "websocket.send", key: message})
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code not in NEVER_SENT:
                code, reason = closed.rcvd.code, closed.rcvd.reason
        await send({"type": "websocket.close", "code": code, "reason": reason})


async def _client_to_engine(receive: Receive, upstream: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                code = event.get("code") or GOING_AWAY
                await upstream.close(GOING_AWAY if code in NEVER_SENT else code, event.get("reason") or "")
                return
            message = event.get("bytes")
            await upstream.send(event["text"] if message is None else message)


def _target(scope: Scope) -> str:
    """Path and query; a join request fills up to 64 KiB of the latter.

    The path is quoted anew, because the one that was sent need not begin with a slash, and `%2Frtc/@host/` behind our
    engine's address would lead to another host.
    """
    query = scope["query_string"].decode("latin-1")
    return quote(scope["path"], safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")


def _end_to_end(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name not in HOP_BY_HOP and name != b"cookie"]


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        event = await receive()
        parts.append(event.get("body", b""))
        if not event.get("more_body"):
            return b"".join(parts)


async def _answer(scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Any page may read these answers: without that, a browser client sees "unreachable" for every error."""
    origin = header(scope["headers"], b"origin")
    cors = [(b"access-control-allow-origin", (origin or "*").encode("latin-1")), (b"vary", b"origin"), *CORS]
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *cors, *length]})
    await send({"type": "http.response.body", "body": body})


async def _refuse(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers or []})
    await send({"type": "websocket.http.response.body", "body": body})
