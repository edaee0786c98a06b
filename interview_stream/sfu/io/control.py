"""What the router asks of one media process of several, below `/node`: its rooms, to be emptied, to hand rooms over."""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from livekit.protocol.models import Room as RoomInfo

from interview_stream.sfu.auth import AuthError, Tokens
from interview_stream.sfu.core.engine import Engine, NotFoundError, WrongStateError

logger = logging.getLogger(__name__)

LOOK_S = 0.5
LAST_EVENTS_S = 60.0
"""How long after its time a process that is empty waits for the server to take the last events."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Control:
    """The process's side of placement. Only who can sign for the room service may use it."""

    def __init__(
        self,
        engine: Engine,
        tokens: Tokens,
        clock: Callable[[], float],
        *,
        flush: Callable[[], None],
        is_settled: Callable[[], bool],
        drained: Callable[[], None],
    ) -> None:
        """`is_settled` says that the server knows all that happened; `drained` is called once nothing is left here."""
        self._engine = engine
        self._tokens = tokens
        self._clock = clock
        self._flush = flush
        self._is_settled = is_settled
        self._drained = drained
        self._instance = secrets.token_hex(8)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/node", self._signed(self._state))
        app.router.add_post("/node/drain", self._signed(self._drain))
        app.router.add_post("/node/release", self._signed(self._release))
        app.router.add_post("/node/adopt", self._signed(self._adopt))

    async def watch(self) -> None:
        """Ends the process that is being emptied, once it is empty and everybody knows."""
        was_empty = False
        while True:
            await asyncio.sleep(LOOK_S)
            until = self._engine.drain_until
            if until is None or self._engine.rooms:
                was_empty = False
                continue
            # Twice, so that what clients were told last has left.
            if was_empty and (self._is_settled() or self._clock() > until + LAST_EVENTS_S):
                logger.info("this process is empty and ends")
                self._drained()
                return
            was_empty = True

    def _signed(self, handler: Handler) -> Handler:
        async def checked(request: web.Request) -> web.Response:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            try:
                who = self._tokens.verify(token.strip() if scheme.lower() == "bearer" else "")
            except AuthError as error:
                return web.json_response({"error": str(error)}, status=error.status)
            if not who.grants.room_create:
                return web.json_response({"error": "permissions denied"}, status=403)
            return await handler(request)

        return checked

    async def _state(self, request: web.Request) -> web.Response:
        until = self._engine.drain_until
        return web.json_response(
            {
                "instance": self._instance,
                "participants": self._engine.participants,
                "rooms": list(self._engine.rooms),
                "drain_left_s": None if until is None else until - self._clock(),
            }
        )

    async def _drain(self, request: web.Request) -> web.Response:
        try:
            wait_s = float((await request.json())["wait_s"])
        except (json.JSONDecodeError, KeyError, TypeError, ValueError):
            return web.json_response({"error": "wait_s must be a number of seconds"}, status=400)
        self._engine.drain_until = self._clock() + wait_s
        logger.info("no new rooms from now on; %d left, handed over in %.0f s", len(self._engine.rooms), wait_s)
        return await self._state(request)

    async def _release(self, request: web.Request) -> web.Response:
        try:
            info = self._engine.release(str((await request.json())["room"]), self._clock())
        except NotFoundError as error:
            return web.json_response({"error": str(error)}, status=404)
        except (json.JSONDecodeError, KeyError, TypeError):
            return web.json_response({"error": "the room is to be named"}, status=400)
        self._flush()
        return web.json_response(MessageToDict(info, preserving_proto_field_name=True))

    async def _adopt(self, request: web.Request) -> web.Response:
        try:
            info = ParseDict(await request.json(), RoomInfo(), ignore_unknown_fields=True)
            self._engine.take_over(info, self._clock())
        except WrongStateError as error:
            return web.json_response({"error": str(error)}, status=409)
        except (json.JSONDecodeError, ParseError):
            return web.json_response({"error": "this is not the description of a room"}, status=400)
        return web.json_response({})
