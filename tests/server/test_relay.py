"""The relay between clients and a media engine: here a small WebSocket server that does what each test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import web

from interview_stream.environment import read_environment
from interview_stream.server.relay import GOING_AWAY, SERVICE_RESTART, Relay
from interview_stream.server.security import Origins
from tests.product import free_port

PATIENCE_S = 20
LONG = "x" * 60_000


class Engine:
    """Notes what reaches it; `script` is what it does with a socket."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.closed = asyncio.Event()
        self.close_code: int | None = None
        self.script: Callable[[web.WebSocketResponse], Awaitable[None]] = echo

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if request.headers.get("Upgrade") == "websocket":
            if request.query.get("access_token") == "wrong":
                return web.Response(status=401, text="invalid token")
            socket = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
            await socket.prepare(request)
            await self.script(socket)
            self.close_code = socket.close_code
            self.closed.set()
            return socket
        self.bodies.append(await request.read())
        return web.Response(status=201, text="made", content_type="application/json")


async def echo(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type == web.WSMsgType.BINARY:
            await socket.send_bytes(message.data)
        else:
            await socket.send_str(message.data)


class Client:
    """One ASGI connection or request to the relay."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.inbox: asyncio.Queue[Any] = asyncio.Queue()
        self.outbox: asyncio.Queue[Any] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    def open(self, target: str = "/rtc/v1?access_token=right", **headers: str) -> None:
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(
            self.relay.socket(scope("websocket", target, headers), self.inbox.get, self.send)
        )

    async def send(self, event: Any) -> None:
        self.outbox.put_nowait(event)

    async def hear(self) -> Any:
        return await asyncio.wait_for(self.outbox.get(), PATIENCE_S)

    def say(self, **event: Any) -> None:
        self.inbox.put_nowait({"type": "websocket.receive", **event})

    def leave(self, code: int) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": code})

    async def ended(self) -> None:
        assert self.task is not None
        await asyncio.wait_for(self.task, PATIENCE_S)

    async def request(
        self, method: str, target: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        self.inbox.put_nowait({"type": "http.request", "body": body})
        await self.relay.http(scope("http", target, headers, method), self.inbox.get, self.send)
        start, content = await self.hear(), await self.hear()
        return start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, content["body"]


def scope(kind: str, target: str, headers: dict[str, str], method: str = "GET") -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": kind,
        "method": method,
        "scheme": "ws" if kind == "websocket" else "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (n.replace("_", "-").encode(), v.encode()) for n, v in {"host": "localhost:3000", **headers}.items()
        ],
    }


@asynccontextmanager
async def relay_to(port: int) -> AsyncIterator[Relay]:
    environment = replace(read_environment({}), sfu_port=port)
    relay = Relay(environment, Origins(environment))
    await relay.start()
    yield relay
    await relay.stop()


@pytest.fixture
async def engine() -> AsyncIterator[tuple[Engine, int]]:
    engine = Engine()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", engine.answer)
    runner = web.AppRunner(app, max_line_size=70_000, shutdown_timeout=1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield engine, port
    await runner.cleanup()


@pytest.fixture
async def client(engine: tuple[Engine, int]) -> AsyncIterator[Client]:
    async with relay_to(engine[1]) as relay:
        yield Client(relay)


@pytest.fixture
async def stranded() -> AsyncIterator[Client]:
    """A client while no engine runs."""
    async with relay_to(free_port()) as relay:
        yield Client(relay)


@pytest.mark.parametrize("path", ["/rtc", "/rtc/v1", "/rtc/v1/validate", "/twirp/livekit.RoomService/ListRooms"])
def test_it_takes_the_engines_paths(path: str) -> None:
    assert Relay.takes(path)


@pytest.mark.parametrize("path", ["/", "/rtcx", "/api/rtc", "/twirp"])
def test_it_takes_no_others(path: str) -> None:
    assert not Relay.takes(path)


async def test_messages_pass_both_ways(client: Client) -> None:
    client.open()
    assert (await client.hear())["type"] == "websocket.accept"
    client.say(bytes=b"\0\1")
    assert await client.hear() == {"type": "websocket.send", "bytes": b"\0\1"}
    client.say(text="{}")
    assert await client.hear() == {"type": "websocket.send", "text": "{}"}
    client.leave(1000)
    await client.ended()


async def test_the_request_reaches_the_engine_whole(client: Client, engine: tuple[Engine, int]) -> None:
    target = f"/rtc/v1?join_request={LONG}%3D%3D&access_token=right"
    client.open(target, authorization="Bearer abc", cookie="session=secret", origin="http://localhost:3000")
    await client.hear()
    (request,) = engine[0].requests
    assert request.raw_path == target
    assert request.headers["Authorization"] == "Bearer abc"
    assert "Cookie" not in request.headers
    client.leave(1000)
    await client.ended()


@pytest.mark.parametrize(("code", "passed"), [(1000, 1000), (4001, 4001), (1005, GOING_AWAY), (1006, GOING_AWAY)])
async def test_the_clients_close_code_reaches_the_engine(
    client: Client, engine: tuple[Engine, int], code: int, passed: int
) -> None:
    client.open()
    await client.hear()
    client.leave(code)
    await client.ended()
    await asyncio.wait_for(engine[0].closed.wait(), PATIENCE_S)
    assert engine[0].close_code == passed


async def test_the_engines_close_code_reaches_the_client(client: Client, engine: tuple[Engine, int]) -> None:
    async def leave(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"leave")
        await socket.close(code=4003, message=b"removed")

    engine[0].script = leave
    client.open()
    await client.hear()
    assert (await client.hear())["bytes"] == b"leave"
    assert await client.hear() == {"type": "websocket.close", "code": 4003, "reason": "removed"}
    await client.ended()


async def test_an_engine_that_dies_closes_with_restart(client: Client, engine: tuple[Engine, int]) -> None:
    async def die(socket: web.WebSocketResponse) -> None:
        transport = socket._req.transport if socket._req else None
        assert transport is not None
        transport.abort()

    engine[0].script = die
    client.open()
    await client.hear()
    assert (await client.hear())["code"] == SERVICE_RESTART
    await client.ended()


async def test_the_engines_refusal_comes_before_the_upgrade(client: Client) -> None:
    client.open("/rtc/v1?access_token=wrong")
    assert (await client.hear())["status"] == 401
    assert (await client.hear())["body"] == b"invalid token"


async def test_a_message_beyond_the_cap_closes_the_connection(client: Client, engine: tuple[Engine, int]) -> None:
    async def flood(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"x" * (2 * 1024 * 1024 + 1))
        await socket.receive()

    engine[0].script = flood
    client.open()
    await client.hear()
    assert (await client.hear())["type"] == "websocket.close"
    await client.ended()


async def test_an_engine_faster_than_its_client_is_held_back(engine: tuple[Engine, int]) -> None:
    """Nothing piles up in the relay: an engine that writes without end is soon made to wait."""
    written, stuck = 0, asyncio.Event()

    async def pour(socket: web.WebSocketResponse) -> None:
        nonlocal written
        for _ in range(2000):
            try:
                await asyncio.wait_for(socket.send_bytes(b"x" * 65_536), 0.5)
            except TimeoutError:
                break
            written += 1
        stuck.set()

    engine[0].script = pour
    async with relay_to(engine[1]) as relay:
        client = Client(relay)
        taken = asyncio.Event()
        accepted = asyncio.Event()

        async def slow(event: Any) -> None:
            if event["type"] == "websocket.send":
                await taken.wait()
            accepted.set()

        client.send = slow  # type: ignore[method-assign]
        client.open()
        await asyncio.wait_for(accepted.wait(), PATIENCE_S)
        await asyncio.wait_for(stuck.wait(), PATIENCE_S)
        assert written < 2000
        taken.set()
        client.leave(1000)
        await client.ended()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:4000"])
async def test_a_foreign_origin_may_not_signal(client: Client, engine: tuple[Engine, int], origin: str) -> None:
    client.open(origin=origin)
    assert (await client.hear())["status"] == 403
    assert engine[0].requests == []


async def test_without_an_engine_a_socket_gets_503(stranded: Client) -> None:
    stranded.open()
    assert (await stranded.hear())["status"] == 503
    assert json.loads((await stranded.hear())["body"])["type"] == "/problems/unavailable"


async def test_calls_pass_with_their_body(client: Client, engine: tuple[Engine, int]) -> None:
    status, headers, body = await client.request(
        "POST",
        "/twirp/livekit.RoomService/ListRooms",
        b"\0proto",
        content_type="application/protobuf",
        authorization="B",
    )
    assert (status, body) == (201, b"made")
    assert headers["content-type"].startswith("application/json")
    assert engine[0].bodies == [b"\0proto"]
    assert engine[0].requests[0].headers["Content-Type"] == "application/protobuf"


async def test_any_page_may_read_why_it_was_refused(client: Client, stranded: Client) -> None:
    for one, status in ((client, 201), (stranded, 503)):
        answer, headers, _ = await one.request("GET", f"/rtc/v1/validate?x={LONG}", origin="https://elsewhere.example")
        assert answer == status
        assert headers["access-control-allow-origin"] == "https://elsewhere.example"


async def test_a_preflight_is_answered_without_the_engine(stranded: Client) -> None:
    status, headers, _ = await stranded.request("OPTIONS", "/rtc/v1/validate", origin="https://elsewhere.example")
    assert status == 204
    assert "authorization" in headers["access-control-allow-headers"]


@pytest.mark.parametrize("target", ["/rtc/../metrics", "/rtc/%2e%2e/metrics", "/twirp/x/../../healthz"])
async def test_no_dots_lead_to_other_addresses_of_the_engine(
    client: Client, engine: tuple[Engine, int], target: str
) -> None:
    await client.request("GET", target)
    assert [request.path.split("/")[1] for request in engine[0].requests] == [target.split("/")[1]]


@pytest.mark.parametrize("path", ["/rtc/", "/twirp/"])
async def test_no_request_line_leads_to_another_host(engine: tuple[Engine, int], path: str) -> None:
    """Put behind `127.0.0.1:7880`, a line that begins with an escaped slash would name a user at another host."""
    other, port = engine
    target = path.replace("/", "%2F") + f"@127.0.0.1:{port}/secret"
    async with relay_to(free_port()) as relay:
        status, _, _ = await Client(relay).request("GET", target)
        assert status == 503
        client = Client(relay)
        client.open(target)
        assert (await client.hear())["status"] == 503
        await client.ended()
    assert other.requests == []
