"""Signalling connections by way of the router: each goes to its room's process, and both ends end together."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSCloseCode, WSMsgType, web
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from interview_stream.sfu.auth import AuthError, Tokens
from interview_stream.sfu.io.signaling import HEARTBEAT_S, MAX_MESSAGE
from interview_stream.sfu.router.nodes import CONNECT_S, Nodes
from interview_stream.sfu.router.placement import NoNodeError

logger = logging.getLogger(__name__)

NEVER_SENT = {1004, 1005, 1006, 1015}  # RFC 6455, section 7.4.1


class Sockets:
    """HTTP handlers of the paths below `/rtc`."""

    def __init__(self, nodes: Nodes, tokens: Tokens, now: Callable[[], float]) -> None:
        self._nodes = nodes
        self._tokens = tokens
        self._now = now
        self.open: set[asyncio.Task[object]] = set()
        """Those that serve a connection."""

    async def validate(self, request: web.Request) -> web.Response:
        """Says in plain HTTP why a WebSocket would be refused."""
        try:
            room = self._room_of(request)
            await self._nodes.settled(room)
            placement = self._nodes.placement
            name = placement.find(room, self._now()) or placement.choose()
            status, _, content = await self._nodes.pass_on(name, "GET", request.raw_path, headers=_headers(request))
        except AuthError as error:
            return web.Response(status=error.status, text=str(error))
        except NoNodeError as error:
            return web.Response(status=503, text=str(error))
        return web.Response(status=status, body=content, content_type="text/plain")

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One client's signalling connection: accepted only once the room's process has accepted it."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(status=404, text="this is a WebSocket address")
        try:
            upstream = await self._dial(request, self._room_of(request))
        except AuthError as error:
            return web.Response(status=error.status, text=str(error))
        except InvalidStatus as refusal:
            return web.Response(status=refusal.response.status_code, body=bytes(refusal.response.body or b""))
        except (NoNodeError, OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
            return web.Response(status=503, text=str(error))
        socket = web.WebSocketResponse(max_msg_size=MAX_MESSAGE, heartbeat=HEARTBEAT_S, compress=False)
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            await socket.prepare(request)
            await _couple(socket, upstream)
        finally:
            self.open.discard(task)
            await upstream.close()
        return socket

    async def _dial(self, request: web.Request, room: str) -> ClientConnection:
        """To the room's process. One that has just died is noticed here, and the next takes the room."""
        for attempt in (1, 2):
            await self._nodes.settled(room)
            name = self._nodes.placement.place(room, self._now())
            try:
                return await connect(
                    self._nodes.url(name, request.raw_path, "ws"),
                    additional_headers=_headers(request),
                    user_agent_header=None,
                    compression=None,
                    proxy=None,
                    open_timeout=CONNECT_S,
                    close_timeout=1,
                    ping_interval=None,  # The process pings.
                    max_size=MAX_MESSAGE,
                    max_queue=4,
                )
            except ConnectionRefusedError as error:
                self._nodes.failed(name, error)
                if attempt == 2:
                    raise
        raise AssertionError

    def _room_of(self, request: web.Request) -> str:
        """As the process reads it; who has no good token places no room."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            token = request.query.get("access_token", "")
        return self._tokens.verify_join(token.strip()).grants.room


def _headers(request: web.Request) -> dict[str, str]:
    kept = ("Authorization", "User-Agent", "X-Forwarded-For")
    return {name: request.headers[name] for name in kept if name in request.headers}


async def _couple(socket: web.WebSocketResponse, upstream: ClientConnection) -> None:
    """Copy messages both ways until one side ends. Each side reads only as fast as the other takes."""
    tasks = [asyncio.create_task(_to_client(upstream, socket)), asyncio.create_task(_to_node(socket, upstream))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                logger.warning("a signalling connection failed: %r", result)


async def _to_client(upstream: ClientConnection, socket: web.WebSocketResponse) -> None:
    code, reason = int(WSCloseCode.SERVICE_RESTART), "The media process has gone."
    with suppress(ConnectionError):  # The client has gone.
        try:
            while True:
                message = await upstream.recv()
                await (socket.send_str(message) if isinstance(message, str) else socket.send_bytes(message))
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code not in NEVER_SENT:
                code, reason = closed.rcvd.code, closed.rcvd.reason
        await socket.close(code=code, message=reason.encode())


async def _to_node(socket: web.WebSocketResponse, upstream: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in socket:
            if message.type in (WSMsgType.BINARY, WSMsgType.TEXT):
                await upstream.send(message.data)
        code = socket.close_code
        await upstream.close(WSCloseCode.GOING_AWAY if code is None or code in NEVER_SENT else code)
