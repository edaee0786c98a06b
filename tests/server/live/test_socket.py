"""The live socket, spoken to as the client does, with real queries on a real database."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.test import Client

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.models import Organisation, OwnerLink
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.live import query, registry, tracking
from interview_stream.server.live.hub import Hub
from interview_stream.server.live.limits import Limits
from interview_stream.server.live.socket import BAD_MESSAGE, NO_HELLO, SOMEBODY_ELSE, TOO_MANY, LiveSocket

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 20
LIMITS = Limits(
    connections=2,
    subscriptions=3,
    message_bytes=1000,
    messages_per_s=5,
    result_bytes=1000,
    patch_bytes=100,
    hello_s=PATIENCE_S,
    send_s=PATIENCE_S,
    threads=2,
)


class Page:
    """One client of the ASGI application: `say` and `hear` JSON."""

    def __init__(self, inbox: asyncio.Queue[Any], outbox: asyncio.Queue[Any]) -> None:
        self._inbox, self._outbox = inbox, outbox
        self.ended = asyncio.Event()

    async def say(self, **message: Any) -> None:
        await self.say_text(json.dumps(message, ensure_ascii=False))

    async def say_text(self, text: str) -> None:
        await self._inbox.put({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        event = await asyncio.wait_for(self._outbox.get(), PATIENCE_S)
        if event["type"] == "websocket.send":
            message: dict[str, Any] = json.loads(event["text"])
            return message
        return dict(event)

    async def watch(self, **queries: str) -> None:
        """w1="test.name": watch that query under number 1."""
        wanted = [{"id": int(number[1:]), "query": query} for number, query in queries.items()]
        await self.say(type="watch", queries=wanted)

    async def hear_results(self) -> dict[int, dict[str, Any]]:
        """The next update's results by number."""
        message = await self.hear()
        assert message["type"] == "update", message
        return {result["id"]: result for result in message["results"]}

    async def hear_data(self) -> dict[int, Any]:
        return {number: result["data"] for number, result in (await self.hear_results()).items()}

    async def hear_problem(self, number: int = 1) -> dict[str, Any]:
        results = await self.hear_results()
        assert list(results) == [number]
        problem: dict[str, Any] = results[number]["problem"]
        return problem

    @property
    def has_heard(self) -> bool:
        """Whether something has come that was not taken in yet."""
        return not self._outbox.empty()

    async def in_step(self) -> None:
        """Wait until everything said so far was taken in; nothing else may have come."""
        await self.say(type="ping")
        assert await self.hear() == {"type": "pong"}


class Server:
    def __init__(self, limits: Limits = LIMITS) -> None:
        self.hub = Hub()
        self.app = LiveSocket(self.hub, limits, settings.SESSION_COOKIE_NAME)

    @asynccontextmanager
    async def page(
        self,
        client: Client | None = None,
        *,
        origin: str | None = "http://localhost",
        neighbours: str = "",
        taken: asyncio.Semaphore | None = None,
        push: Callable[[asyncio.Queue[Any], bytes], bool] = lambda outbox, frame: False,
    ) -> AsyncIterator[Page]:
        """With `taken`, the client takes in one message for each release; `push` is what its line does with a frame."""
        headers: list[tuple[bytes, bytes]] = []
        if client is not None:
            cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
            headers.append((b"cookie", (neighbours + cookies).encode()))
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        inbox: asyncio.Queue[Any] = asyncio.Queue()
        outbox: asyncio.Queue[Any] = asyncio.Queue()
        await inbox.put({"type": "websocket.connect"})
        page = Page(inbox, outbox)

        async def take_in(event: dict[str, Any]) -> None:
            if taken is not None and event["type"] != "websocket.accept":
                await taken.acquire()
            await outbox.put(event)

        extensions = {"interview_stream.push": partial(push, outbox)}
        scope = {"headers": headers, "extensions": extensions}
        task = asyncio.create_task(self.app(scope, inbox.get, take_in))
        task.add_done_callback(lambda _: page.ended.set())
        assert (await asyncio.wait_for(outbox.get(), PATIENCE_S))["type"] == "websocket.accept"
        yield page
        await inbox.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(task, PATIENCE_S)
        assert task.done()

    async def settled(self) -> None:
        """Each connection has found out, for a start, for whom it speaks."""
        for _ in range(PATIENCE_S * 100):
            watched = [one for watcher in self.hub._watchers for one in watcher.subscriptions.values()]
            if watched and all(one.is_answered for one in watched):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("nothing was answered")

    async def write(self, write: Callable[[], Any]) -> None:
        """Write in a thread, as the API does, and publish as the web process does."""
        stop = tracking.on_write(self.hub.publish)
        try:
            await sync_to_async(write)()
        finally:
            stop()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    yield server
    server.app.close()


@pytest.fixture(autouse=True)
def queries() -> Iterator[None]:
    kept = dict(registry._queries)

    @query("test.name")
    def get_name(actor: Actor) -> str:
        return Organisation.objects.get(pk=member_among(actor).organisation.pk).name

    @query("test.rows")
    def list_rows(actor: Actor) -> list[str]:
        return [Organisation.objects.get(pk=member_among(actor).organisation.pk).name, *("row" for _ in range(40))]

    @query("test.links")
    def count_links(actor: Actor, at_least: int = 0) -> int:
        count = OwnerLink.objects.count()
        if count < at_least:
            raise NotFound
        return count

    yield
    registry._queries.clear()
    registry._queries.update(kept)


def rename(name: str) -> Callable[[], Any]:
    return lambda: Organisation.objects.update(name=name)


async def test_a_result_comes_at_once_and_again_when_it_changes(
    server: Server, alice: Member, as_alice: Client
) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello", guest=None)
        await page.watch(w1="test.name")
        assert await page.hear_data() == {1: "Acme"}
        await server.write(rename("Acme Ltd"))
        assert await page.hear_data() == {1: "Acme Ltd"}


async def test_what_did_not_change_is_not_sent(server: Server, as_alice: Client) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name", w2="test.links")
        assert await page.hear_data() == {1: "Acme", 2: 0}
        await server.write(rename("Acme"))
        await server.write(lambda: OwnerLink.objects.create(token_hash="x", expires_at="2030-01-01T00:00Z"))
        assert await page.hear_data() == {2: 1}
        await page.in_step()


async def test_what_is_no_longer_watched_is_not_sent(server: Server, as_alice: Client) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        await page.hear()
        await page.say(type="unwatch", ids=[1])
        await page.in_step()
        await server.write(rename("Other"))
        await page.in_step()


async def test_signing_out_ends_what_was_watched(server: Server, as_alice: Client) -> None:
    """The session is part of the read set."""
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        await page.hear()
        await server.write(as_alice.logout)
        assert (await page.hear_problem())["status"] == 401


@pytest.mark.parametrize("is_watching", [True, False])
async def test_a_socket_does_not_outlive_its_session(server: Server, as_alice: Client, is_watching: bool) -> None:
    """What was watched hears why; a socket that watches nothing is closed just the same."""
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        if is_watching:
            await page.watch(w1="test.name")
            await page.hear()
        else:
            await server.settled()
        await server.write(as_alice.logout)
        if is_watching:
            await page.hear_problem()
        assert (await page.hear())["code"] == SOMEBODY_ELSE


async def test_a_socket_does_not_outlive_a_role(server: Server, alice: Member, as_alice: Client) -> None:
    """The same client comes back at once, with the rights of now."""
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        await page.hear()
        await server.write(lambda: alice.user.memberships.update(role="interviewer"))
        assert (await page.hear())["code"] == SOMEBODY_ELSE


async def test_a_neighbours_odd_cookie_hides_nothing(server: Server, as_alice: Client) -> None:
    """Whatever else runs on this host, on another port, leaves its cookies with ours."""
    async with server.page(as_alice, neighbours='prefs={"theme":"dark"}; a[b]=c; ') as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        assert await page.hear_data() == {1: "Acme"}


async def test_losing_the_membership_ends_what_was_watched(server: Server, alice: Member, as_alice: Client) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        await page.hear()
        await server.write(lambda: alice.user.memberships.all().delete())
        assert (await page.hear_problem())["type"] == "/problems/not-signed-in"


@pytest.mark.parametrize("hello", [{}, {"guest": "a forged link"}])
async def test_a_stranger_gets_a_problem(server: Server, hello: dict[str, str]) -> None:
    async with server.page() as page:
        await page.say(type="hello", **hello)
        await page.watch(w1="test.name")
        assert (await page.hear_problem())["status"] in (401, 404)


async def test_without_an_origin_the_cookie_counts_for_nothing(server: Server, as_alice: Client) -> None:
    async with server.page(as_alice, origin=None) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        assert (await page.hear_problem())["status"] == 401


async def test_a_link_wins_over_the_session(server: Server, as_alice: Client) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello", guest="a forged link")
        await page.watch(w1="test.name")
        assert (await page.hear_problem())["type"] == "/problems/link-unknown"


@pytest.mark.parametrize(
    ("watch", "status"),
    [
        ({"query": "no.such"}, 404),
        ({"query": "test.links", "args": {"at_least": "many"}}, 422),
        ({"query": "test.links", "args": {"other": 1}}, 422),
        ({"query": "test.links", "args": {"at_least": 5}}, 404),
    ],
)
async def test_a_query_that_cannot_be_watched_gives_a_problem(
    server: Server, as_alice: Client, watch: dict[str, Any], status: int
) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.say(type="watch", queries=[{"id": 3, **watch}])
        assert (await page.hear_problem(3))["status"] == status
        await page.in_step()


async def test_a_client_watches_only_so_much(server: Server, as_alice: Client) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        for number in range(LIMITS.subscriptions):
            await page.watch(**{f"w{number}": "test.links"})
            await page.hear()
        await page.watch(w99="test.links")
        assert (await page.hear_problem(99))["status"] == 429


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"type":"nonsense"}', '{"type":"watch"}', '{"type":"ping","x":"' + "y" * 1000 + '"}']
)
@pytest.mark.parametrize("said_hello", [True, False])
async def test_a_message_that_is_none_closes_the_socket(server: Server, text: str, said_hello: bool) -> None:
    async with server.page() as page:
        if said_hello:
            await page.say(type="hello")
        await page.say_text(text)
        closed = await page.hear()
        assert (closed["type"], closed["code"]) == ("websocket.close", BAD_MESSAGE)


@pytest.mark.parametrize("first", [{"type": "ping"}, {"type": "watch", "queries": [{"id": 1, "query": "test.links"}]}])
async def test_hello_comes_first(server: Server, first: dict[str, Any]) -> None:
    async with server.page() as page:
        await page.say(**first)
        assert (await page.hear())["code"] == BAD_MESSAGE


async def test_hello_comes_once(server: Server) -> None:
    async with server.page() as page:
        await page.say(type="hello")
        await page.say(type="hello")
        assert (await page.hear())["code"] == BAD_MESSAGE


async def test_who_says_nothing_is_let_go() -> None:
    server = Server(replace(LIMITS, hello_s=0.01))
    async with server.page() as page:
        assert (await page.hear())["code"] == NO_HELLO
    server.app.close()


async def test_a_process_holds_only_so_many_connections(server: Server) -> None:
    async with server.page() as one, server.page() as two:
        for page in (one, two):
            await page.say(type="hello")
            await page.in_step()
        async with _third(server) as three:
            refusal = await three.hear()
            assert (refusal["code"], refusal["reason"]) == (TOO_MANY, "The server keeps at most 2 pages up to date.")


@asynccontextmanager
async def _third(server: Server) -> AsyncIterator[Page]:
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    outbox: asyncio.Queue[Any] = asyncio.Queue()
    await inbox.put({"type": "websocket.connect"})
    await server.app({"headers": []}, inbox.get, outbox.put)
    await outbox.get()
    yield Page(inbox, outbox)


async def test_who_talks_too_much_is_let_go(server: Server) -> None:
    async with server.page() as page:
        await page.say(type="hello")
        for _ in range(LIMITS.messages_per_s * 10):
            await page.in_step()
        await page.say(type="ping")
        refusal = await page.hear()
        assert (refusal["code"], refusal["reason"]) == (TOO_MANY, "At most 5 messages a second may come.")


async def test_a_message_that_is_too_large_is_refused_by_its_bytes(server: Server) -> None:
    async with server.page() as page:
        await page.say(type="hello", guest="é" * (LIMITS.message_bytes // 2))
        refusal = await page.hear()
        assert (refusal["code"], refusal["reason"]) == (BAD_MESSAGE, "A message may have at most 1000 bytes.")


async def test_a_result_that_is_too_large_is_refused(server: Server, as_alice: Client) -> None:
    @query("test.long")
    def get_long(actor: Actor) -> str:
        return "x" * LIMITS.result_bytes

    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.long")
        assert (await page.hear_problem())["status"] == 413


async def test_what_one_transaction_changes_arrives_in_one_message(server: Server, as_alice: Client) -> None:
    def both() -> None:
        with transaction.atomic():
            Organisation.objects.update(name="Both")
            OwnerLink.objects.create(token_hash="x", expires_at="2030-01-01T00:00Z")

    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name", w2="test.links")
        await page.hear_data()
        await server.write(both)
        assert await page.hear_data() == {1: "Both", 2: 1}
        await page.in_step()


async def test_a_page_never_shows_two_states_at_once(server: Server, as_alice: Client) -> None:
    """Writes go on while queries run; in every state the name says how many links there are."""

    def write(count: int) -> None:
        with transaction.atomic():
            OwnerLink.objects.create(token_hash=str(count), expires_at="2030-01-01T00:00Z")
            Organisation.objects.update(name=str(count))

    def write_all() -> None:
        for count in range(1, 41):
            write(count)

    async with server.page(as_alice) as page:
        await server.write(lambda: Organisation.objects.update(name="0"))
        await page.say(type="hello")
        await page.watch(w1="test.name", w2="test.links")
        writing = asyncio.create_task(server.write(write_all))
        shown: dict[int, Any] = {}
        while shown.get(2) != 40:
            shown |= await page.hear_data()
            assert shown[1] == str(shown[2])
        await writing
        await page.in_step()


async def test_who_comes_back_is_sent_only_what_changed(server: Server, as_alice: Client) -> None:
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name", w2="test.links")
        etags = {number: result["etag"] for number, result in (await page.hear_results()).items()}
    await server.write(rename("While away"))
    async with server.page(as_alice) as page:
        await page.say(type="hello")
        queries = {1: "test.name", 2: "test.links"}
        wanted = [{"id": number, "query": query, "has": etags[number]} for number, query in queries.items()]
        await page.say(type="watch", queries=wanted)
        results = await page.hear_results()
        assert results[1]["data"] == "While away"
        assert results[2] == {"id": 2, "etag": etags[2]}


async def test_a_client_that_knows_patches_is_told_what_to_change(server: Server, as_alice: Client) -> None:
    async with server.page(as_alice) as plain, server.page(as_alice) as page:
        for each, knows in ((plain, False), (page, True)):
            await each.say(type="hello", patches=knows)
            await each.watch(w1="test.rows", w2="test.name")
            assert (await each.hear_data())[1][0] == "Acme"
        for name in ("Acme Ltd", "Acme GmbH"):
            await server.write(rename(name))
            assert (await plain.hear_data())[1][0] == name
            heard = await page.hear_results()
            assert heard[1]["patch"] == [{"op": "replace", "path": "/0", "value": name}]
            assert heard[2]["data"] == name, "what is short comes as a whole"


async def test_a_slow_client_gets_the_newest_state_only(server: Server, as_alice: Client) -> None:
    taken = asyncio.Semaphore(0)
    async with server.page(as_alice, taken=taken) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        taken.release()
        assert await page.hear_data() == {1: "Acme"}
        for number in range(10):
            await server.write(rename(f"Name {number}"))
        heard: list[dict[int, Any]] = []
        while heard[-1:] != [{1: "Name 9"}]:
            taken.release()
            heard.append(await page.hear_data())
        assert len(heard) <= 2


async def test_a_client_that_takes_nothing_in_is_let_go(as_alice: Client) -> None:
    server = Server(replace(LIMITS, send_s=0.05))
    taken = asyncio.Semaphore(0)
    async with server.page(as_alice, taken=taken) as page:
        await page.say(type="hello")
        await page.watch(w1="test.name")
        await asyncio.wait_for(page.ended.wait(), PATIENCE_S)
    assert len(server.hub) == 0
    server.app.close()
