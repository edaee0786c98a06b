"""Frames that are written at once, on a real uvicorn with a real client."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import aiohttp
import pytest
import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.live import query, registry, tracking
from interview_stream.server.live.hub import Hub
from interview_stream.server.live.limits import Limits
from interview_stream.server.live.push import Push, PushSocket, push_of, text_frame
from interview_stream.server.live.socket import LiveSocket

PATIENCE_S = 20
FILLING, CHANGES = "x" * 1_000_000, 30
LIMITS = Limits(
    connections=2,
    subscriptions=3,
    message_bytes=1000,
    messages_per_s=5,
    result_bytes=2 * len(FILLING),
    patch_bytes=100,
    hello_s=PATIENCE_S,
    send_s=PATIENCE_S,
    threads=2,
)
LONG = "ä" * 40_000


class Application:
    """Accepts, sends a greeting as ASGI does, and keeps how to push to each client."""

    def __init__(self) -> None:
        self.pushes: asyncio.Queue[Push] = asyncio.Queue()
        self.taken_out_of_turn: list[bool] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        push = push_of(scope)
        self.taken_out_of_turn.append(push(text_frame(b"early")))
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "hello"})
        await self.pushes.put(push)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.taken_out_of_turn.append(push(text_frame(b"late")))


@pytest.fixture
async def application() -> Application:
    return Application()


@asynccontextmanager
async def serving(application: Any) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(application, ws=PushSocket, lifespan="off", log_level="warning"))
        task = asyncio.create_task(server.serve([listener]))
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        await asyncio.wait_for(task, PATIENCE_S)


@pytest.fixture
async def url(application: Application) -> AsyncIterator[str]:
    async with serving(application) as url:
        yield url
    assert set(application.taken_out_of_turn) == {False}, "only between accept and the end there is a WebSocket"


@pytest.mark.parametrize("text", ["", "kurz", "x" * 126, LONG])
async def test_a_pushed_frame_is_a_message_like_those_of_send(application: Application, url: str, text: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as page:
        push = await application.pushes.get()
        assert push(text_frame(text.encode()))
        assert [await page.receive_str(), await page.receive_str()] == ["hello", text]


async def test_a_line_that_is_full_takes_nothing_until_the_client_does(application: Application, url: str) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(url, max_msg_size=0) as page:
        push = await application.pushes.get()
        frame, taken = text_frame(LONG.encode()), 0
        while push(frame):
            taken += 1
            await asyncio.sleep(0)
            assert taken < 1000
        assert not push(frame)
        assert await page.receive_str() == "hello"
        for _ in range(taken):
            assert await page.receive_str() == LONG
        for _ in range(PATIENCE_S * 100):
            if push(text_frame(b"again")):
                break
            await asyncio.sleep(0.01)
        assert await page.receive_str() == "again"


def test_other_servers_take_nothing() -> None:
    assert not push_of({})(b"")
    assert not push_of({"extensions": {}})(b"")


@pytest.mark.django_db(transaction=True)
async def test_a_page_that_takes_nothing_in_gets_the_newest_state_and_holds_up_nobody(alice: Member) -> None:
    """Each state is larger than what the line between holds."""
    kept = dict(registry._queries)

    @query("test.large")
    def large_name(actor: Actor) -> str:
        return Organisation.objects.get(pk=member_among(actor).organisation.pk).name + FILLING

    signed_in = Client()
    await sync_to_async(signed_in.force_login)(alice.user)
    cookies = {name: morsel.value for name, morsel in signed_in.cookies.items()}
    hub = Hub()
    live = LiveSocket(hub, LIMITS, settings.SESSION_COOKIE_NAME)
    stop = tracking.on_write(hub.publish)
    headers = {"Origin": "http://localhost"}
    try:
        async with serving(live) as url, aiohttp.ClientSession(cookies=cookies, headers=headers) as http:
            pages = [await http.ws_connect(url, max_msg_size=0) for _ in range(2)]
            for page in pages:
                await page.send_json({"type": "hello"})
                await page.send_json({"type": "watch", "queries": [{"id": 1, "query": "test.large"}]})
                assert await hear_name(page) == "Acme"
            slow, quick = pages
            for number in range(CHANGES):
                await sync_to_async(rename)(alice.organisation.pk, f"Name {number}")
                assert await hear_name(quick) == f"Name {number}"
            heard = [await hear_name(slow)]
            while heard[-1] != f"Name {CHANGES - 1}":
                heard.append(await hear_name(slow))
            assert len(heard) < CHANGES
            for page in pages:
                await page.close()
    finally:
        stop()
        live.close()
        registry._queries.clear()
        registry._queries.update(kept)


async def hear_name(page: aiohttp.ClientWebSocketResponse) -> str:
    update = await asyncio.wait_for(page.receive_json(), PATIENCE_S)
    name: str = update["results"][0]["data"]
    return name.removesuffix(FILLING)


def rename(organisation: UUID, name: str) -> None:
    Organisation.objects.filter(pk=organisation).update(name=name)
