"""Pages that are alike share a watcher, and whatever sets one apart gives it its own; nobody misses a state."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.models import Organisation, OwnerLink
from interview_stream.server.live import query, rounds
from interview_stream.server.live.hub import Hub
from interview_stream.server.live.socket import SOMEBODY_ELSE
from interview_stream.server.live.wiring import Wiring
from tests.server.live.test_hub import Client as HubClient
from tests.server.live.test_hub import users
from tests.server.live.test_socket import LIMITS, PATIENCE_S, Page, Server, queries, rename

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["queries"]


class Line:
    """Takes frames at once while it is free."""

    def __init__(self) -> None:
        self.is_free = True

    def push(self, outbox: asyncio.Queue[Any], frame: bytes) -> bool:
        if self.is_free:
            outbox.put_nowait({"type": "websocket.send", "text": frame[frame.index(b"{") :].decode()})
        return self.is_free


class Crowd(Server):
    def __init__(self) -> None:
        super().__init__(replace(LIMITS, connections=50, messages_per_s=1000))
        self.names = 0

    @asynccontextmanager
    async def open(self, client: Client, **hello: Any) -> AsyncIterator[Page]:
        """A page that has been told its organisation's name under 1."""
        async with self.page(client, push=Line().push) as page:
            await page.say(type="hello", **hello)
            await page.watch(w1="test.name")
            await page.hear()
            yield page

    async def tell(self, *pages: Page) -> None:
        """Those that are alike have one watcher when they have heard this."""
        self.names += 1
        await self.write(rename(f"Name {self.names}"))
        for page in pages:
            assert await page.hear_data() == {1: f"Name {self.names}"}

    async def join(self, watchers: int, *pages: Page) -> None:
        """Tell until so many are left; a page that was just sent something may miss the round of the others."""
        for _ in range(100):
            await self.tell(*pages)
            if self.watchers == watchers:
                return
        raise AssertionError(f"{self.watchers} watchers are left")

    @property
    def watchers(self) -> int:
        return len(self.hub)


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    crowd = Crowd()
    yield crowd
    crowd.app.close()


async def test_alike_pages_share_a_watcher_once_they_were_told_the_same(
    crowd: Crowd, as_alice: Client, as_bob: Client
) -> None:
    async with crowd.open(as_alice) as one, crowd.open(as_alice) as two, crowd.open(as_bob) as other:
        assert crowd.watchers == 3
        await crowd.join(2, one, two, other)
        await crowd.tell(one, two, other)
        async with crowd.open(as_alice) as late:
            assert crowd.watchers == 3
            await crowd.join(2, one, two, other, late)
            assert crowd.app.connections == 4
        await crowd.tell(one, two, other)
    assert (crowd.watchers, crowd.app.connections) == (0, 0)


async def test_pages_that_know_patches_and_those_that_do_not_stay_apart(crowd: Crowd, as_alice: Client) -> None:
    async with crowd.open(as_alice, patches=True) as one, crowd.open(as_alice) as two:
        await crowd.join(2, one, two)


async def test_a_slow_page_is_told_the_newest_state_while_others_go_on(crowd: Crowd, as_alice: Client) -> None:
    line = Line()
    async with crowd.open(as_alice) as quick, crowd.open(as_alice) as other:
        slow_page = crowd.page(as_alice, push=line.push)
        async with slow_page as slow:
            await slow.say(type="hello")
            await slow.watch(w1="test.name")
            await slow.hear()
            await crowd.join(1, quick, other, slow)
            line.is_free = False
            await crowd.tell(quick, other, slow)
            assert crowd.watchers == 2, "what it was not pushed, it was sent by its own watcher"
            line.is_free = True
            await crowd.join(1, quick, other, slow)


async def test_a_page_that_takes_nothing_in_is_not_told_more_and_then_the_newest(
    crowd: Crowd, as_alice: Client
) -> None:
    taken, line = asyncio.Semaphore(1), Line()
    async with crowd.open(as_alice) as quick, crowd.page(as_alice, taken=taken, push=line.push) as slow:
        await slow.say(type="hello")
        await slow.watch(w1="test.name")
        await slow.hear()
        await crowd.join(1, quick, slow)
        line.is_free = False
        if not taken.locked():  # Its first answer was pushed.
            await taken.acquire()
        for _ in range(5):
            await crowd.tell(quick)
        taken.release()
        assert await slow.hear_data() == {1: f"Name {crowd.names - 4}"}
        taken.release()
        assert await slow.hear_data() == {1: f"Name {crowd.names}"}
        line.is_free = True
        taken.release()
        await crowd.join(1, quick, slow)


async def test_a_page_that_watches_something_else_leaves_the_others(crowd: Crowd, as_alice: Client) -> None:
    async with crowd.open(as_alice) as one, crowd.open(as_alice) as two:
        await crowd.join(1, one, two)
        await one.watch(w2="test.links")
        assert await one.hear_data() == {2: 0}
        assert crowd.watchers == 2
        await crowd.tell(one, two)
        await two.in_step()
        await one.say(type="unwatch", ids=[2])
        await one.in_step()
        await crowd.join(1, one, two)


async def test_a_question_under_two_numbers_is_answered_under_both(crowd: Crowd, as_alice: Client) -> None:
    async with crowd.open(as_alice) as one, crowd.open(as_alice) as two:
        for page in (one, two):
            await page.watch(w2="test.name")
            await page.hear()
        for name in map(str, range(100)):
            await crowd.write(rename(name))
            for page in (one, two):
                assert await page.hear_data() == {1: name, 2: name}
            if crowd.watchers == 1:
                break
        assert crowd.watchers == 1
        await one.say(type="unwatch", ids=[1])
        await one.in_step()
        await crowd.write(rename("Last"))
        assert (await one.hear_data(), await two.hear_data()) == ({2: "Last"}, {1: "Last", 2: "Last"})


async def test_what_a_page_changes_during_a_round_counts_from_its_end(crowd: Crowd, as_alice: Client) -> None:
    """The others hear all, and it hears no more of what it no longer watches."""
    begun, may_go_on = threading.Event(), threading.Event()
    may_go_on.set()

    @query("test.slow")
    def slow(actor: Actor) -> str:
        name = Organisation.objects.get(pk=member_among(actor).organisation.pk).name
        begun.set()
        assert may_go_on.wait(20)
        return name

    async with crowd.open(as_alice) as one, crowd.open(as_alice) as two, crowd.open(as_alice) as three:
        pages = (one, two, three)
        for page in pages:
            await page.say(type="unwatch", ids=[1])
            await page.watch(w2="test.slow")
            await page.hear()
        for number in range(100):
            await crowd.write(rename(f"First {number}"))
            for page in pages:
                assert await page.hear_data() == {2: f"First {number}"}
            if crowd.watchers == 1:
                break
        assert crowd.watchers == 1
        begun.clear()
        may_go_on.clear()
        await crowd.write(rename("Second"))
        await asyncio.to_thread(begun.wait, 20)
        await one.say(type="unwatch", ids=[2])
        await two.watch(w3="test.links")
        await three.say(type="ping")
        assert await three.hear() == {"type": "pong"}
        await crowd.write(rename("Third"))
        may_go_on.set()
        assert await one.hear_data() == {2: "Second"}
        await one.in_step()
        assert await two.hear_data() == {2: "Second"}
        heard = await two.hear_data()
        while len(heard) < 2:
            heard.update(await two.hear_data())
        assert heard == {2: "Third", 3: 0}
        assert [await three.hear_data() for _ in range(2)] == [{2: "Second"}, {2: "Third"}]
        await one.in_step()


async def test_a_right_that_is_revoked_ends_all_pages_of_its_viewer_and_no_others(
    crowd: Crowd, as_alice: Client, as_bob: Client
) -> None:
    async with crowd.open(as_alice) as one, crowd.open(as_alice) as two, crowd.open(as_bob) as other:
        await crowd.join(2, one, two, other)
        await crowd.write(as_alice.logout)
        for page in (one, two):
            assert (await page.hear_problem())["status"] == 401
            assert (await page.hear())["code"] == SOMEBODY_ELSE
        await crowd.tell(other)


async def test_a_role_that_changes_closes_all_pages_of_its_viewer(
    crowd: Crowd, alice: Member, as_alice: Client
) -> None:
    async with crowd.open(as_alice) as one, crowd.open(as_alice) as two:
        await crowd.join(1, one, two)
        await crowd.write(lambda: alice.user.memberships.update(role="interviewer"))
        for page in (one, two):
            assert (await page.hear())["code"] == SOMEBODY_ELSE


@pytest.fixture
async def wired(crowd: Crowd, tmp_path: Path) -> AsyncIterator[Crowd]:
    """Told by this process's own transactions, as in the web process."""
    wiring = Wiring(crowd.hub, crowd.app.give_way, "", tmp_path / "live")
    await wiring.open()
    yield crowd
    await wiring.close()


async def test_a_change_is_told_before_its_own_thread_goes_on(
    wired: Crowd, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "GIVE_WAY_S", PATIENCE_S)
    async with wired.open(as_alice) as one, wired.open(as_alice) as two:
        for number in range(20):
            await asyncio.to_thread(rename(f"Name {number}"))
            assert (one.has_heard, two.has_heard) == (True, True)
            assert await one.hear_data() == await two.hear_data() == {1: f"Name {number}"}


async def test_a_query_that_takes_long_holds_up_no_change(wired: Crowd, as_alice: Client) -> None:
    may_go_on = threading.Event()
    may_go_on.set()

    @query("test.slow")
    def slow(actor: Actor) -> str:
        assert may_go_on.wait(PATIENCE_S)
        return Organisation.objects.get(pk=member_among(actor).organisation.pk).name

    async with wired.open(as_alice) as page:
        await page.watch(w2="test.slow")
        await page.hear()
        may_go_on.clear()
        await asyncio.to_thread(rename("First"))
        await asyncio.to_thread(rename("Second"))
        assert not page.has_heard
        may_go_on.set()
        heard = await page.hear_data()
        while heard != {1: "Second", 2: "Second"}:
            heard.update(await page.hear_data())


def test_what_only_one_of_two_has_seen_still_counts_for_both() -> None:
    hub = Hub()
    older, newer = HubClient(hub), HubClient(hub)
    for client, seen in ((older, 5), (newer, 6)):
        client.watch()
        client.run(b"1", seen=seen, reads=hub.known(frozenset({("users", frozenset())})))
    assert newer.watcher.state() == older.watcher.state()
    assert newer.watcher.stands_for(older.watcher)
    hub.publish(users(6))
    assert len(newer.take_due()) == 1


def test_who_has_something_to_do_stands_for_nobody_and_nobody_for_it() -> None:
    hub = Hub()
    one, two, three = (HubClient(hub) for _ in range(3))
    for client in (one, two, three):
        client.watch()
        client.run(b"1", seen=5, reads=hub.known(frozenset({("users", frozenset())})))
    assert one.watcher.stands_for(two.watcher)
    one.watch(8)
    assert not one.watcher.stands_for(two.watcher)
    assert not two.watcher.stands_for(one.watcher)
    hub.publish(users(6))
    assert not two.watcher.stands_for(three.watcher)
    running = two.take_due(), three.take_due()
    assert all(running)
    assert not two.watcher.stands_for(three.watcher)


class Shown:
    """What a page shows, from all that it was told."""

    def __init__(self, page: Page, line: Line) -> None:
        self.page, self.line = page, line
        self.wanted = {1: "test.name"}
        self.data: dict[int, Any] = {}
        self.versions: list[int] = []

    async def catch_up(self) -> None:
        """Take in all that came until the answer to a ping."""
        await self.page.say(type="ping")
        while (message := await self.page.hear())["type"] != "pong":
            self.versions.append(message["version"])
            self.data.update({result["id"]: result["data"] for result in message["results"] if "data" in result})

    async def watch(self, number: int, name: str) -> None:
        self.data.pop(number, None)
        self.wanted[number] = name
        await self.page.say(type="watch", queries=[{"id": number, "query": name}])

    async def unwatch(self, number: int) -> None:
        del self.wanted[number]
        await self.page.say(type="unwatch", ids=[number])


def add_link() -> None:
    OwnerLink.objects.create(token_hash=f"{OwnerLink.objects.count()}", expires_at="2030-01-01T00:00Z")


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_pages_do_all_show_the_last_state_in_the_end(
    crowd: Crowd, as_alice: Client, as_bob: Client, seed: int
) -> None:
    chance, links = random.Random(seed), 0
    async with AsyncExitStack() as stack:
        pages: list[Shown] = []
        for step in range(80):
            if len(pages) < 6 or (step % 10 == 0 and len(pages) < 12):
                line = Line()
                opened = crowd.page(chance.choice((as_alice, as_bob)), push=line.push)
                pages.append(Shown(await stack.enter_async_context(opened), line))
                await pages[-1].page.say(type="hello")
                await pages[-1].watch(1, "test.name")
            shown = chance.choice(pages)
            match chance.randrange(7):
                case 0:
                    await crowd.write(add_link)
                    links += 1
                case 1:
                    shown.line.is_free = not shown.line.is_free
                case 2 if 2 not in shown.wanted:
                    await shown.watch(2, chance.choice(("test.name", "test.links")))
                case 3 if 2 in shown.wanted:
                    await shown.unwatch(2)
                case 4:
                    await shown.catch_up()
                case _:
                    await crowd.write(rename(f"Name {step}"))
        await crowd.write(rename("Last"))
        truth = {"test.name": "Last", "test.links": links}
        for shown in pages:
            for _ in range(1000):
                await shown.catch_up()
                if all(shown.data.get(number) == truth[name] for number, name in shown.wanted.items()):
                    break
                await asyncio.sleep(0.01)
            assert {n: shown.data.get(n) for n in shown.wanted} == {n: truth[q] for n, q in shown.wanted.items()}
            assert shown.versions == sorted(shown.versions)
    assert crowd.watchers == 0
