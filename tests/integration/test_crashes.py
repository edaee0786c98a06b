"""The web process is killed while people write: what was acknowledged is there, and pages come to show it.

On SQLite and on PostgreSQL, where a second product on the same database (and one Redis) is watched meanwhile.
"""

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from tests.postgresql import Cluster
from tests.product import Client, Product, wait_for
from tests.redis_server import RedisServer

pytestmark = pytest.mark.integration

KILLS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 1
INTERVIEWS, WRITES_PER_S, SECONDS_PER_KILL = 10, 200, 2.0
PATIENCE_S = 90


class Scene:
    """A product under test, its interviews, and where pages are watched."""

    def __init__(self, product: Product, watched_at: Product) -> None:
        self.product, self.watched_at = product, watched_at
        owner = product.owner()
        plan = {"title": "Title 0", "scheduled_for": None, "duration_minutes": 60}
        self.interviews = [str(owner.post("/api/interviews", plan)["id"]) for _ in range(INTERVIEWS)]
        self.acknowledged = dict.fromkeys(self.interviews, 0)
        self.headers = headers_of(owner, product)
        self.watching = headers_of(signed_in(watched_at), watched_at) if watched_at is not product else self.headers
        self.shown: dict[str, str] = {}

    def kept(self) -> dict[str, str]:
        """The titles that the database holds, after it has been checked."""
        raise NotImplementedError


class OnSQLite(Scene):
    def kept(self) -> dict[str, str]:
        with contextlib.closing(sqlite3.connect(self.product.data / "db.sqlite3")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            return {
                _dashed(one): title for one, title in database.execute("SELECT id, title FROM interviews_interview")
            }


class OnPostgreSQL(Scene):
    def kept(self) -> dict[str, str]:
        with psycopg.connect(self.product.settings["DATABASE_URL"]) as database:
            database.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
            database.execute(
                "SELECT bt_index_check(indexrelid, true) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
                " JOIN pg_am ON pg_am.oid = relam WHERE amname = 'btree' AND relnamespace = 'public'::regnamespace"
            )
            return {str(one): title for one, title in database.execute("SELECT id, title FROM interviews_interview")}


def _dashed(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def headers_of(client: Client, product: Product) -> dict[str, str]:
    cookies = {cookie.name: str(cookie.value) for cookie in client.cookies}
    token = next(value for name, value in cookies.items() if name.endswith("csrftoken"))
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": cookie, "Origin": product.url, "X-CSRFToken": token}


def signed_in(product: Product) -> Client:
    client = Client(product.url)
    body = {"email": "alice@example.org", "password": "correct horse battery staple"}
    client.post("/_allauth/browser/v1/auth/login", body)
    return client


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with contextlib.ExitStack() as ends:
        if request.param == "sqlite":
            product = Product(tmp_path / "data").start()
            ends.callback(product.stop)
            yield OnSQLite(product, product)
            return
        cluster, redis = Cluster(), RedisServer()
        ends.callback(cluster.stop)
        ends.callback(redis.remove)
        settings = {"DATABASE_URL": cluster.create("stream"), "REDIS_URL": redis.url}
        one, other = (Product(tmp_path / name, settings=settings) for name in ("one", "other"))
        one.start()
        ends.callback(one.stop)
        shutil.copytree(one.data / "secrets", other.data / "secrets")
        other.start()
        ends.callback(other.stop)
        yield OnPostgreSQL(one, other)


async def _write(scene: Scene, http: aiohttp.ClientSession, interview: str, done: asyncio.Event) -> None:
    """One after the other, so that what is there last is known."""
    number, pause_s = 0, INTERVIEWS / WRITES_PER_S
    url = f"{scene.product.url}/api/interviews/{interview}"
    while not done.is_set():
        number += 1
        pause = asyncio.create_task(asyncio.sleep(pause_s))
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with http.patch(url, headers=scene.headers, json={"title": f"Title {number}"}) as answer:
                assert answer.status in (200, 503), await answer.text()
                if answer.status == 200:
                    scene.acknowledged[interview] = number
        await pause


async def _watch(scene: Scene, http: aiohttp.ClientSession) -> None:
    """As the page does: comes back after each cut."""
    while True:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async for results in _updates(scene, http):
                for result in results:
                    if "data" in result:
                        scene.shown[scene.interviews[result["id"]]] = result["data"]["title"]
        await asyncio.sleep(0.1)


async def _updates(scene: Scene, http: aiohttp.ClientSession) -> AsyncIterator[list[dict[str, Any]]]:
    async with http.ws_connect(f"{scene.watched_at.url}/live", headers=scene.watching) as page:
        await page.send_json({"type": "hello", "guest": None})
        queries = [
            {"id": number, "query": "interviews.get", "args": {"interview_id": one}}
            for number, one in enumerate(scene.interviews)
        ]
        await page.send_json({"type": "watch", "queries": queries})
        async for frame in page:
            yield json.loads(frame.data).get("results", [])


async def _kill_while_writing(scene: Scene) -> None:
    done = asyncio.Event()
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout) as http, asyncio.TaskGroup() as tasks:
        page = tasks.create_task(_watch(scene, http))
        writers = [tasks.create_task(_write(scene, http, one, done)) for one in scene.interviews]
        for _ in range(KILLS):
            await _until(_more_than(scene, INTERVIEWS))
            await asyncio.sleep(SECONDS_PER_KILL)
            await asyncio.to_thread(scene.product.kill, "web")
        await _until(_more_than(scene, 0))
        done.set()
        await asyncio.gather(*writers)
        kept = await asyncio.to_thread(scene.kept)
        for interview, number in scene.acknowledged.items():
            assert int(kept[interview].rsplit(" ", 1)[1]) >= number, f"{kept[interview]}, acknowledged {number}"
        await _until(lambda: scene.shown == kept)
        page.cancel()


def _more_than(scene: Scene, number: int) -> Callable[[], bool]:
    """Whether so many writes have been acknowledged from now on."""
    before = sum(scene.acknowledged.values())
    return lambda: sum(scene.acknowledged.values()) > before + number


async def _until(condition: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_for, condition, "writes and pages to go on")


async def test_what_was_acknowledged_survives_and_pages_come_to_show_it(scene: Scene) -> None:
    await _kill_while_writing(scene)
    assert sum(scene.acknowledged.values()) > KILLS * INTERVIEWS
