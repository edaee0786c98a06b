"""The router's conversations with the media processes: asks each how it is, and has rooms handed over."""

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from typing import Any

import aiohttp
from yarl import URL

from interview_stream.nodes import Node
from interview_stream.sfu.auth import Tokens
from interview_stream.sfu.core.grants import Grants, Identity
from interview_stream.sfu.router.placement import NoNodeError, Placement, Report

logger = logging.getLogger(__name__)

ASK_S = 1.0
ANSWER_S = 4.0
MOVE_S = 5.0
"""How long a hand-over may take; who joins meanwhile waits so long."""
CALL_S = 30.0
CONNECT_S = 5.0


class RefusedError(Exception):
    """A process did not do what it was asked; the message is its own."""


class Nodes:
    """All processes, watched. `start`, then `stop`."""

    def __init__(self, nodes: Sequence[Node], placement: Placement, tokens: Tokens) -> None:
        self.placement = placement
        self._nodes = {node.name: node for node in nodes}
        self._tokens = tokens
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._moving: dict[str, asyncio.Event] = {}

    async def start(self) -> None:
        timeout = aiohttp.ClientTimeout(total=CALL_S, connect=CONNECT_S)
        self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=False)
        self._tasks = [asyncio.create_task(self._watch(name)) for name in self._nodes]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def url(self, name: str, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self._nodes[name].port}{path}"

    async def pass_on(
        self, name: str, method: str, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        """Status, content type and body of a process's answer; raises NoNodeError if there is none."""
        assert self._session is not None
        # As it came: a path that is tidied up could become another one.
        url = URL(self.url(name, path), encoded=True)
        try:
            async with self._session.request(method, url, data=body, headers=headers) as answer:
                return answer.status, answer.headers.get("Content-Type", "text/plain"), await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.failed(name, error)
            raise NoNodeError("the media engine is not running; try again in a moment") from error

    def failed(self, name: str, error: BaseException) -> None:
        """A connection failed. Only where nobody listens is it certain that nothing is left."""
        if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError):
            self.placement.down(name, time.monotonic())

    async def settled(self, room: str) -> None:
        """Wait while the room moves; raises NoNodeError when that takes too long."""
        moving = self._moving.get(room)
        if moving is not None:
            try:
                await asyncio.wait_for(moving.wait(), MOVE_S)
            except TimeoutError:
                raise NoNodeError("the room is being moved; try again in a moment") from None

    async def drain(self, name: str, wait_s: float) -> None:
        """Give the process no new rooms, and hand over in that time what is left; raises NoNodeError, RefusedError."""
        self.placement.choose(without=name, is_beyond_limit=True)
        # Before it is told, so that no room is on its way there.
        self.placement.nodes[name].drain_left_s = wait_s
        await self._ask(name, "/node/drain", {"wait_s": wait_s})

    async def _watch(self, name: str) -> None:
        while True:
            try:
                await self._look(name)
                await self._hand_over_what_is_due(name)
            except Exception:
                logger.exception("the media process %s cannot be watched", name)
            await asyncio.sleep(ASK_S)

    async def _look(self, name: str) -> None:
        asked_at = time.monotonic()
        try:
            state = await self._ask(name, "/node")
        except (NoNodeError, RefusedError, TimeoutError) as error:
            if not isinstance(error.__cause__, aiohttp.ClientConnectorError):
                self.placement.silent(name)
            return
        report = Report(
            instance=state["instance"],
            participants=state["participants"],
            rooms=state["rooms"],
            drain_left_s=state["drain_left_s"],
        )
        self.placement.heard(name, report, asked_at)

    async def _hand_over_what_is_due(self, name: str) -> None:
        node = self.placement.nodes[name]
        if node.drain_left_s is None or node.drain_left_s > 0:
            return
        for room in sorted(node.rooms):
            try:
                await self._move(room, name)
            except (NoNodeError, RefusedError, TimeoutError) as error:
                logger.warning("a room of %s cannot be handed over now: %s", name, error)
                return

    async def _move(self, room: str, source: str) -> None:
        target = self.placement.choose(without=source, is_beyond_limit=True)
        moved = self._moving[room] = asyncio.Event()
        try:
            info = await self._ask(source, "/node/release", {"room": room})
            self.placement.forget(room, time.monotonic())
            await self._ask(target, "/node/adopt", info)
            self.placement.put(room, target, time.monotonic())
            logger.info("a room of %s went on to %s", source, target)
        finally:
            del self._moving[room]
            moved.set()

    async def _ask(self, name: str, path: str, question: dict[str, Any] | None = None) -> dict[str, Any]:
        grants = Identity(identity="router", grants=Grants(room_create=True))
        headers = {"Authorization": f"Bearer {self._tokens.sign(grants, now=time.time_ns() / 1e9, ttl_s=60.0)}"}
        if question is not None:
            headers["Content-Type"] = "application/json"
        body = b"" if question is None else json.dumps(question).encode()
        method = "GET" if question is None else "POST"
        async with asyncio.timeout(ANSWER_S):
            status, _, content = await self.pass_on(name, method, path, body=body, headers=headers)
        if status != 200:
            raise RefusedError(f"{name} answered {status}: {content[:200].decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(content)
        return answer
