"""Two Chromium, the engine and a bad network between them, each in its own namespace: what benches call through."""

import asyncio
import json
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict
from pathlib import Path

from aiohttp import web
from livekit import api
from playwright.async_api import Browser, async_playwright

from bench.impairer import INWARD, OUTWARD, Impairment
from bench.processes import ServerProcess
from interview_stream.keys import Keys, load_keys
from tests.e2e.people import ARGUMENTS, CHROMIUM

ENGINE, ALICE, DANA = "198.51.100.1", "198.51.100.2", "198.51.100.3"
PAGE_PORT, SIGNAL_PORT, MEDIA_PORT = 4805, 4806, 4807
IN_CALLS = [
    "--autoplay-policy=no-user-gesture-required",
    f"--unsafely-treat-insecure-origin-as-secure=http://{ENGINE}:{PAGE_PORT}",
]


class Network:
    """The impairer's process."""

    def __init__(self, seed: str, clients: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.impairer", seed, json.dumps(clients)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer("ready")

    def impair(self, address: str, impairment: Impairment, ways: Sequence[str] = (OUTWARD, INWARD)) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"address": address, "ways": ways, **asdict(impairment)}) + "\n")
        self._process.stdin.flush()
        self._answer("done")

    def _answer(self, expected: str) -> None:
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != expected:
            raise RuntimeError("The impairer has ended.")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


async def serve_pages(stack: AsyncExitStack, keys: Keys) -> None:
    """The page and the client library; and signalling, for the engine listens on loopback only.

    A request to join moves somebody out of their lobby, as the product's server would.
    """
    here = Path(__file__).parent
    library = here.parent / "web" / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js"

    async def file(path: Path) -> web.FileResponse:
        return web.FileResponse(path)

    engine = await stack.enter_async_context(
        api.LiveKitAPI(f"http://127.0.0.1:{SIGNAL_PORT}", keys.media_key, keys.media_secret)
    )

    async def join(request: web.Request) -> web.Response:
        await engine.room.move_participant(api.MoveParticipantRequest(**json.loads(await request.read())))
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/join", join)
    app.router.add_get("/", lambda _: file(here / "call_page.html"))
    app.router.add_get("/livekit-client.js", lambda _: file(library))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, ENGINE, PAGE_PORT).start()
    relay = await asyncio.start_server(_relay, ENGINE, SIGNAL_PORT)
    stack.callback(relay.close)
    await _engine_answers()


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection to the engine, both ways, until one side ends it."""
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", SIGNAL_PORT)
    pumps = [asyncio.create_task(_pump(reader, inner_writer)), asyncio.create_task(_pump(inner_reader, writer))]
    await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    for pump in pumps:
        pump.cancel()
    for end in (writer, inner_writer):
        end.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def _engine_answers() -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", SIGNAL_PORT)
                writer.close()
                return
            await asyncio.sleep(0.1)


async def set_up(
    stack: AsyncExitStack, seed: str, names: Sequence[str]
) -> tuple[Network, list[Browser], tuple[str, str]]:
    """The network, the engine and two browsers in it, and the engine's key; all end with the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
    network = Network(seed, dict(zip(names, (ENGINE, ALICE, DANA), strict=True)))
    stack.callback(network.close)
    keys = load_keys(folder)
    settings = {
        "INTERVIEW_STREAM_DATA": str(folder),
        "INTERVIEW_STREAM_SFU_PORT": str(SIGNAL_PORT),
        "INTERVIEW_STREAM_MEDIA_PORT": str(MEDIA_PORT),
        "INTERVIEW_STREAM_MEDIA_TCP_PORT": str(MEDIA_PORT + 1),
        "INTERVIEW_STREAM_WEBHOOK_URL": "http://127.0.0.1:9/",
        "INTERVIEW_STREAM_LOG_LEVEL": "error",
    }
    engine = ServerProcess([sys.executable, "-m", "interview_stream.sfu"], folder / "log", settings)
    stack.callback(engine.close)
    await serve_pages(stack, keys)
    playwright = await stack.enter_async_context(async_playwright())
    browsers = []
    for name in names[1:]:
        wrapper = folder / name
        wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {name} {CHROMIUM} "$@"\n')
        wrapper.chmod(stat.S_IRWXU)
        browsers.append(await playwright.chromium.launch(executable_path=wrapper, args=ARGUMENTS + IN_CALLS))
        stack.push_async_callback(browsers[-1].close)
    return network, browsers, (keys.media_key, keys.media_secret)
