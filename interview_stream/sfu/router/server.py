"""The router's process: stands where one media process would, and hands on to several."""

import asyncio
import json
import logging
import time

from aiohttp import web

from interview_stream.environment import Environment
from interview_stream.keys import Keys
from interview_stream.metrics import CONTENT_TYPE, Metric, by, exposition, merged, own_process
from interview_stream.nodes import nodes_of
from interview_stream.sfu.auth import AuthError, Tokens
from interview_stream.sfu.io.server import MAX_API_BODY, MAX_REQUEST_LINE
from interview_stream.sfu.router.calls import Calls
from interview_stream.sfu.router.nodes import Nodes, RefusedError
from interview_stream.sfu.router.placement import NodeView, NoNodeError, Placement, State
from interview_stream.sfu.router.sockets import Sockets

logger = logging.getLogger(__name__)

MOST_DRAIN_S = 86_400.0
LAST_MESSAGES_S = 2.0
"""How long, at the end, clients may still be told by their processes what to do."""


class Router:
    """`start`, then `stop`."""

    def __init__(self, environment: Environment, keys: Keys) -> None:
        nodes = nodes_of(environment)
        self._port = environment.sfu_port
        self._tokens = Tokens(keys.media_key, keys.media_secret)
        self.placement = Placement([node.name for node in nodes], environment.sfu_max_participants)
        self._nodes = Nodes(nodes, self.placement, self._tokens)
        self._sockets = Sockets(self._nodes, self._tokens, time.monotonic)
        self._runner = web.AppRunner(
            self._routes(Calls(self._nodes, self._tokens, time.monotonic)),
            handle_signals=False,
            max_line_size=MAX_REQUEST_LINE,
            max_field_size=MAX_REQUEST_LINE,
            shutdown_timeout=1.0,
            access_log=None,
        )

    async def start(self) -> None:
        """Open the port; raises OSError when it is taken."""
        await self._nodes.start()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        logger.info("rooms are spread over %s", ", ".join(self.placement.nodes))

    async def stop(self) -> None:
        """The processes end at the same time, and tell their clients what to do: that is still passed on."""
        if self._sockets.open:
            await asyncio.wait(self._sockets.open, timeout=LAST_MESSAGES_S)
        await self._runner.cleanup()
        await self._nodes.stop()

    def _routes(self, calls: Calls) -> web.Application:
        app = web.Application(client_max_size=MAX_API_BODY)
        app.router.add_get("/rtc/v1", self._sockets.connect)
        app.router.add_get("/rtc/v1/validate", self._sockets.validate)
        app.router.add_get("/rtc/validate", self._sockets.validate)
        app.router.add_post("/twirp/{service}/{method}", calls.handle)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/nodes", self._list)
        app.router.add_post("/nodes/{name}/drain", self._drain)
        return app

    async def _health(self, request: web.Request) -> web.Response:
        """200 when every process works."""
        states = {name: str(node.state) for name, node in self.placement.nodes.items()}
        broken = [f"{name}: {state}" for name, state in states.items() if state != State.UP]
        return web.json_response({**states, "problem": ", ".join(broken)}, status=503 if broken else 200)

    async def _metrics(self, request: web.Request) -> web.Response:
        """The figures of all processes; those of one that does not answer are missing."""
        nodes = self.placement.nodes.values()
        names = [node.name for node in nodes if node.state is State.UP]
        asked = (self._nodes.pass_on(name, "GET", "/metrics") for name in names)
        answers = [one for one in await asyncio.gather(*asked, return_exceptions=True) if isinstance(one, tuple)]
        up = {node.name: float(node.state is State.UP) for node in nodes}
        draining = {node.name: float(node.is_draining) for node in nodes}
        own = [
            Metric("sfu_process_up", "gauge", "1 when this media process works.", by("process", up)),
            Metric("sfu_process_draining", "gauge", "1 while it gets no new rooms.", by("process", draining)),
            *own_process("router"),
        ]
        text = merged(exposition(own), *(content.decode() for status, _, content in answers if status == 200))
        return web.Response(text=text, headers={"Content-Type": CONTENT_TYPE})

    async def _list(self, request: web.Request) -> web.Response:
        if not self._is_operator(request):
            return web.json_response({"error": "permissions denied"}, status=403)
        return web.json_response([_described(node) for node in self.placement.nodes.values()])

    async def _drain(self, request: web.Request) -> web.Response:
        if not self._is_operator(request):
            return web.json_response({"error": "permissions denied"}, status=403)
        name = request.match_info["name"]
        if name not in self.placement.nodes:
            return web.json_response({"error": f"there is no media process {name}"}, status=404)
        try:
            wait_s = float((await request.json())["wait_s"])
            if not 0 <= wait_s <= MOST_DRAIN_S:
                raise ValueError
            await self._nodes.drain(name, wait_s)
        except (json.JSONDecodeError, KeyError, TypeError, ValueError):
            said = f"the time to wait must be a number of seconds up to {MOST_DRAIN_S:.0f}"
            return web.json_response({"error": said}, status=400)
        except NoNodeError:
            return web.json_response({"error": f"no other media process could take the calls of {name}"}, status=409)
        except (RefusedError, TimeoutError) as error:
            return web.json_response({"error": str(error) or f"{name} does not answer"}, status=502)
        return web.json_response(_described(self.placement.nodes[name]))

    def _is_operator(self, request: web.Request) -> bool:
        try:
            token = request.headers.get("Authorization", "").partition(" ")[2]
            return self._tokens.verify(token.strip()).grants.room_create
        except AuthError:
            return False


def _described(node: NodeView) -> dict[str, object]:
    return {
        "name": node.name,
        "state": str(node.state),
        "instance": node.instance,
        "rooms": len(node.rooms),
        "participants": node.participants,
        "drain_left_s": node.drain_left_s,
    }
