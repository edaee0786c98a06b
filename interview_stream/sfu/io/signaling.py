"""The signalling WebSocket (`/rtc/v1`): hides HTTP, framing and slow clients from rooms."""

import asyncio
import base64
import binascii
import logging
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSCloseCode, WSMsgType, web
from google.protobuf.message import DecodeError
from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import JoinRequest, SignalRequest, SignalResponse, WrappedJoinRequest

from interview_stream.sfu.auth import AuthError, Tokens
from interview_stream.sfu.core.engine import Engine, NoNewRoomsError
from interview_stream.sfu.core.grants import Identity
from interview_stream.sfu.core.requests import handle
from interview_stream.sfu.core.room import RECONNECT

logger = logging.getLogger(__name__)

MAX_MESSAGE = 2 * 1024 * 1024
MAX_JOIN_REQUEST = 1024 * 1024
MAX_QUEUED = 1024
MAX_QUEUED_BYTES = 8 * 1024 * 1024
MAX_MALFORMED = 20
HEARTBEAT_S = 10.0
SHARE = 0.1
"""Of the process's time that the messages of one client may take; after a burst it is read from more slowly."""
BURST_S = 0.05


class JoinError(Exception):
    """A join request cannot be read; the message says why."""


class WebSocketSink:
    """A SignalSink: queues for one WebSocket. A client that reads nothing is cut off and may resume."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[SignalResponse | str] = asyncio.Queue()
        self._waiting_bytes = 0
        self._is_closing = False

    def send(self, message: SignalResponse) -> None:
        if self._is_closing:
            return
        if self._queue.qsize() >= MAX_QUEUED or self._waiting_bytes >= MAX_QUEUED_BYTES:
            self.close("the client does not read its messages")
            return
        self._waiting_bytes += message.ByteSize()
        self._queue.put_nowait(message)

    def close(self, reason: str) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._queue.put_nowait(reason)

    async def write(self) -> None:
        """Send what is queued until `close`."""
        while True:
            message = await self._queue.get()
            if isinstance(message, str):
                await self._socket.close(code=WSCloseCode.OK, message=message.encode()[:120])
                return
            data = message.SerializeToString()
            with suppress(ConnectionError):
                await self._socket.send_bytes(data)
            self._waiting_bytes -= len(data)


class Allowance:
    """How long the next message of a client has to wait for those before it."""

    def __init__(self, now: float) -> None:
        self._spent = 0.0
        self._at = now

    def pause(self, spent_s: float, now: float) -> float:
        """A message took `spent_s` of our time; seconds to wait before the next one is read."""
        self._spent = max(0.0, self._spent - (now - self._at) * SHARE) + spent_s
        self._at = now
        return max(0.0, self._spent - BURST_S) / SHARE


class Signaling:
    """HTTP handlers of the paths below `/rtc`."""

    def __init__(self, engine: Engine, tokens: Tokens, clock: Callable[[], float], flush: Callable[[], None]) -> None:
        self._engine = engine
        self._tokens = tokens
        self._clock = clock
        self._flush = flush
        self.ignored: Counter[str] = Counter()
        self.sockets: set[web.WebSocketResponse] = set()

    async def validate(self, request: web.Request) -> web.Response:
        """Says in plain HTTP why a WebSocket would be refused."""
        try:
            self._admit(request)
        except AuthError as error:
            return _text(error.status, str(error))
        return _text(200, "success")

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One client's signalling connection, from join to close."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return _text(404, "this is a WebSocket address")
        try:
            who = self._admit(request)
            join = read_join_request(request.query.get("join_request", ""))
        except AuthError as error:
            return _text(error.status, str(error))
        except JoinError as error:
            return _text(400, str(error))
        socket = web.WebSocketResponse(max_msg_size=MAX_MESSAGE, heartbeat=HEARTBEAT_S, compress=False)
        await socket.prepare(request)
        self.sockets.add(socket)
        try:
            await self._serve(socket, who, join)
        finally:
            self.sockets.discard(socket)
        return socket

    async def _serve(self, socket: web.WebSocketResponse, who: Identity, join: JoinRequest) -> None:
        sink = WebSocketSink(socket)
        entered = self._engine.enter(who, join, sink, self._clock())
        self._flush()
        writer = asyncio.create_task(sink.write())
        try:
            if entered is None:
                await writer
                return
            _, participant = entered
            malformed = 0
            allowance = Allowance(self._clock())
            async for message in socket:
                request = _read_request(message.type, message.data)
                if request is None:
                    self.ignored["malformed"] += 1
                    malformed += 1
                    if malformed > MAX_MALFORMED:
                        sink.close("too many messages that are not signalling")
                        break
                    continue
                if participant.sink is not sink:
                    break  # removed, or resumed elsewhere
                began = self._clock()
                try:
                    if not handle(self._engine.room_of(participant), participant, request, self._clock()):
                        self.ignored[request.WhichOneof("message") or "empty"] += 1
                except Exception:  # ours to repair; a session that is half changed must not stay
                    logger.exception("a message of %s failed", participant.identity)
                    if participant.sink is sink:
                        room = self._engine.room_of(participant)
                        room.remove(participant, DisconnectReason.STATE_MISMATCH, self._clock(), action=RECONNECT)
                self._flush()
                now = self._clock()
                if pause := allowance.pause(now - began, now):
                    await asyncio.sleep(pause)
            if participant.sink is sink:  # still in a room
                self._engine.room_of(participant).detach(participant, sink, self._clock())
            self._flush()
            sink.close("")
            await writer
        finally:
            writer.cancel()

    def _admit(self, request: web.Request) -> Identity:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            token = request.query.get("access_token", "")
        who = self._tokens.verify_join(token.strip())
        if self._engine.revocations.refuses(who):
            raise AuthError("the token was taken back")
        try:
            self._engine.check_new(who.grants.room)
        except NoNewRoomsError as error:
            raise AuthError(str(error), 503) from None
        room = self._engine.rooms.get(who.grants.room)
        if room is not None and room.is_full_for(who.identity):
            raise AuthError("the room is full", 403)
        return who


def read_join_request(text: str) -> JoinRequest:
    """Decode the `join_request` parameter; raises JoinError."""
    if not text:
        raise JoinError("the join_request parameter is missing")
    try:
        wrapped = WrappedJoinRequest.FromString(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        )
        data = wrapped.join_request
        if wrapped.compression == WrappedJoinRequest.Compression.GZIP:
            decompressor = zlib.decompressobj(wbits=31)
            data = decompressor.decompress(data, MAX_JOIN_REQUEST)
            if decompressor.unconsumed_tail:
                raise JoinError("the join_request is too large")
        return JoinRequest.FromString(data)
    except (binascii.Error, ValueError, DecodeError, zlib.error):
        raise JoinError("the join_request cannot be decoded") from None


def _read_request(kind: WSMsgType, data: object) -> SignalRequest | None:
    """One message, or None if it is not signalling; text frames are of debugging tools and not supported."""
    if kind is not WSMsgType.BINARY or not isinstance(data, bytes):
        return None
    try:
        return SignalRequest.FromString(data)
    except DecodeError:
        return None


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)
