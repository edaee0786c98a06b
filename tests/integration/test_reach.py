"""Ways to the media beside the straight one, with a real TURN server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from livekit import rtc

from interview_stream.sfu.io.addresses import local_addresses
from interview_stream.sfu.io.discovery import seen_from
from tests.integration.engine import Engine, gathering, running_engine, until
from tests.product import free_port

pytestmark = pytest.mark.integration
SHARED = "a secret that the media engine and the TURN server share"
RELAYED = range(56_000, 56_100)
"""The ports of the TURN server."""


@asynccontextmanager
async def turn_server(host: str, tmp_path: Path) -> AsyncIterator[int]:
    """coturn with the settings that docs/operators tells; gives its port."""
    port = free_port(socket.SOCK_DGRAM)
    command = ["turnserver", "-n", "--listening-ip", host, "--listening-port", str(port), "--relay-ip", host]
    command += ["--use-auth-secret", "--static-auth-secret", SHARED, "--realm", "test", "--fingerprint"]
    command += ["--min-port", str(RELAYED.start), "--max-port", str(RELAYED.stop - 1)]
    command += ["--no-cli", "--no-tls", "--no-dtls", "--log-file", "stdout", "--pidfile", str(tmp_path / "turn.pid")]
    command += ["--userdb", str(tmp_path / "turn.db")]
    with (tmp_path / "turn.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        while await seen_from([(host, port)], host) is None:
            assert process.returncode is None, (tmp_path / "turn.log").read_text()
        yield port
    finally:
        process.terminate()
        await process.wait()


def sources(engine: Engine, identity: str) -> int:
    selected = engine.server.engine.rooms["room"].participants[identity].peer.selected
    assert selected is not None
    return selected[1]


async def test_a_client_that_must_use_a_relay_finds_and_may_use_it(tmp_path: Path) -> None:
    host = local_addresses()[0]  # coturn relays to no loopback address, which is as it should be
    if host.startswith("127."):
        pytest.skip("this machine has no address but its own loopback")
    async with (
        turn_server(host, tmp_path) as port,
        running_engine(tmp_path, turn_urls=(f"turn:{host}:{port}?transport=udp",), turn_secret=SHARED) as engine,
    ):
        assert await seen_from([(host, port)], host) == host
        relayed = rtc.RoomOptions(
            rtc_config=rtc.RtcConfiguration(ice_transport_type=rtc.IceTransportType.TRANSPORT_RELAY)
        )
        async with gathering(engine.join("alice"), engine.join("dana", options=relayed)) as (alice, dana):
            tracks = [await alice.film(), await dana.film()]
            await dana.sees(tracks[0])
            await alice.sees(tracks[1])
            await until(lambda: sources(engine, "dana") in RELAYED, "dana by way of the relay")
            assert sources(engine, "alice") not in RELAYED
