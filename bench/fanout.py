"""What it costs a server to tell many sockets of one change: `python -m bench.fanout`.

The product is the web process as it is: pages of ten members of one organisation watch the same interview, and its
title is changed over HTTP. Its peers know nothing of data and rights: a socket sends a text, and all are sent a payload
of the same bytes as the product's. They are Channels with its layer in memory, and a loop in a plain ASGI application,
both on the product's uvicorn with its settings; and a loop over the sockets of `ws` on Node.

A server has CPU 0 to itself, the sockets are on CPU 1. The next change is made when everybody has heard of the last.
Counted is the CPU time of the server's processes for a change, by the number of sockets: the product's HTTP request,
write and query are in it. Without them means what a change costs more with N sockets than with one, by the N - 1: the
delivery itself, which is what all of them do alike.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from bench.live import TINY as LIVE_TINY
from bench.live import Product, running
from bench.processes import ServerProcess, pin_generator

_PATIENCE_S = 120
_SETTLE_S = 0.5
_SERVER_JS = Path(__file__).parents[1] / "web" / "bench" / "fanout-server.js"


@dataclass(frozen=True, slots=True)
class Plan:
    sockets: tuple[int, ...]
    changes: int


FULL = Plan(sockets=(400, 2000), changes=40)
TINY = Plan(sockets=(20,), changes=3)


class Peer:
    """A server that tells all its sockets the payload when one of them sends a text."""

    def __init__(self, name: str, port: int, process: ServerProcess) -> None:
        self.name = name
        self.process = process
        self._url = f"ws://127.0.0.1:{port}/"
        self._first: aiohttp.ClientWebSocketResponse | None = None

    async def join(self, http: aiohttp.ClientSession, _number: int) -> aiohttp.ClientWebSocketResponse:
        page = await http.ws_connect(self._url)
        if self._first is None or self._first.closed:
            self._first = page
        return page

    async def change(self, _http: aiohttp.ClientSession) -> None:
        assert self._first is not None
        await self._first.send_str("change")


class Live:
    """The product; notes what it sends, for the peers to send the same."""

    name = "live"

    def __init__(self, product: Product) -> None:
        self.process = product.process
        self.payload = ""
        self._product = product
        self._changes = 0

    async def join(self, http: aiohttp.ClientSession, number: int) -> aiohttp.ClientWebSocketResponse:
        product = self._product
        page = await http.ws_connect(f"{product.url}/live", headers=product.headers_of(number % len(product.cookies)))
        await page.send_json({"type": "hello", "guest": None})
        query = {"id": 1, "query": "interviews.get", "args": {"interview_id": product.interviews[0]}}
        await page.send_json({"type": "watch", "queries": [query]})
        self.payload = await page.receive_str()
        assert "data" in json.loads(self.payload)["results"][0], self.payload
        return page

    async def change(self, http: aiohttp.ClientSession) -> None:
        self._changes += 1
        url, title = f"{self._product.url}/api/interviews/{self._product.interviews[0]}", f"Title {self._changes}"
        async with http.patch(url, headers=self._product.headers, json={"title": title}) as answer:
            answer.raise_for_status()


class Audience:
    """The sockets of one server, and how many of them have heard of the change."""

    def __init__(self, server: Live | Peer, http: aiohttp.ClientSession) -> None:
        self._server = server
        self._http = http
        self._listeners: list[asyncio.Task[None]] = []
        self._heard = 0
        self._all_heard = asyncio.Event()

    async def grow(self, size: int) -> None:
        for number in range(len(self._listeners), size):
            page = await self._server.join(self._http, number)
            self._listeners.append(asyncio.create_task(self._listen(page)))

    async def cpu_us(self, changes: int) -> float:
        """Of one change, in microseconds."""
        await self._change()
        await asyncio.sleep(_SETTLE_S)
        before = self._server.process.cpu_seconds()
        for _ in range(changes):
            await self._change()
        await asyncio.sleep(_SETTLE_S)  # What the server does once all is sent belongs to it too.
        return (self._server.process.cpu_seconds() - before) / changes * 1e6

    async def close(self) -> None:
        for listener in self._listeners:
            listener.cancel()
        await asyncio.gather(*self._listeners, return_exceptions=True)

    async def _change(self) -> None:
        self._heard = 0
        self._all_heard.clear()
        async with asyncio.timeout(_PATIENCE_S):
            await self._server.change(self._http)
            await self._all_heard.wait()

    async def _listen(self, page: aiohttp.ClientWebSocketResponse) -> None:
        async for _ in page:
            self._heard += 1
            if self._heard == len(self._listeners):
                self._all_heard.set()


async def _wait_until_up(server: Live | Peer, http: aiohttp.ClientSession) -> None:
    page = await server.process.first_answer(lambda: server.join(http, 0), _PATIENCE_S)
    await page.close()


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one delivery, in microseconds of CPU."""

    whole_us: float
    more_us: float
    """What each socket after the first adds."""


async def measure(server: Live | Peer, plan: Plan) -> dict[int, Cost]:
    """By the number of sockets."""
    connector = aiohttp.TCPConnector(family=socket.AF_INET, limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        await _wait_until_up(server, http)
        audience = Audience(server, http)
        await audience.grow(1)
        alone_us, deliveries = await audience.cpu_us(plan.changes), {}
        for sockets in plan.sockets:
            await audience.grow(sockets)
            whole_us = await audience.cpu_us(plan.changes)
            cost = deliveries[sockets] = Cost(whole_us / sockets, (whole_us - alone_us) / (sockets - 1))
            print(
                f"{server.name:8} {sockets:5} sockets: {cost.whole_us:7.1f} µs CPU per delivery, "
                f"{cost.more_us:7.1f} µs without what one socket costs ({alone_us:.0f} µs)",
                flush=True,
            )
        await audience.close()
    return deliveries


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _peer(name: str, folder: Path) -> Iterator[Peer]:
    port, payload = _free_port(), str(folder / "payload")
    python = [sys.executable, "-m", "bench.fanout_server", name, str(port), payload]
    command = ["node", str(_SERVER_JS), str(port), payload] if name == "ws" else python
    process = ServerProcess(command, folder / f"{name}.log")
    try:
        yield Peer(name, port, process)
    finally:
        process.close()


def _whole(cost: Cost) -> float:
    return cost.whole_us


def _more(cost: Cost) -> float:
    return cost.more_us


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a few sockets, to see that it runs")
    plan = TINY if parser.parse_args().tiny else FULL
    members = replace(LIVE_TINY, interviews=1, clients=min(10, max(plan.sockets)))
    os.environ["INTERVIEW_STREAM_LIVE_CONNECTIONS"] = str(max(plan.sockets) + 10)
    with tempfile.TemporaryDirectory(prefix="bench-fanout-") as name:
        folder = Path(name)
        with running(members, folder) as product:
            pin_generator()
            live = Live(product)
            found = {live.name: asyncio.run(measure(live, plan))}
        (folder / "payload").write_text(live.payload)
        for peer_name in ("channels", "asgi", "ws"):
            with _peer(peer_name, folder) as peer:
                found[peer_name] = asyncio.run(measure(peer, plan))
    print(f"each is told {len(live.payload.encode())} bytes")
    ours = found.pop(live.name)
    for sockets in plan.sockets:
        for what, cost_of in (("delivery alone", _more), ("with the write", _whole)):
            best = min(found, key=lambda name: cost_of(found[name][sockets]))
            mine, theirs = cost_of(ours[sockets]), cost_of(found[best][sockets])
            figures = f"live {mine:.1f} µs, {best} {theirs:.1f} µs"
            print(f"{sockets} sockets, {what}: {figures}, ratio {mine / theirs:.2f}")


if __name__ == "__main__":
    main()
