"""The media port: real sockets of both families, and what happens when sending fails."""

import asyncio
import socket
import time

import pytest

from interview_stream.sfu.core.peer import Outbox, PeerTable
from interview_stream.sfu.io.udp import MediaPort
from tests.integration.engine import free_port, until


@pytest.fixture
def outbox() -> Outbox:
    return []


async def test_datagrams_of_both_families_come_in_and_go_out(outbox: Outbox) -> None:
    peers = PeerTable()
    port = MediaPort(peers, outbox, time.monotonic)
    number = free_port(socket.SOCK_DGRAM)
    port.open(number)
    try:
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family, socket.SOCK_DGRAM) as client:
                client.bind((host, 0))
                client.setblocking(False)
                client.sendto(b"\x80 not known", (host, number))
                await until(lambda: port.received, "the datagram")
                outbox.append((b"answer", client.getsockname()))
                port.flush()
                assert await asyncio.get_running_loop().sock_recv(client, 100) == b"answer"
            port.received = 0
        assert peers.drops["unknown source"] == 2
        assert (outbox, port.sent) == ([], 2)
    finally:
        port.close()


async def test_what_cannot_be_sent_is_counted(outbox: Outbox) -> None:
    port = MediaPort(PeerTable(), outbox, time.monotonic)
    port.open(free_port(socket.SOCK_DGRAM))
    outbox += [(b"x" * 70_000, ("127.0.0.1", 9)), (b"small", ("127.0.0.1", 9))]
    port.flush()
    assert port.drops["EMSGSIZE"] == 1
    port.close()
    outbox.append((b"late", ("127.0.0.1", 9)))
    port.flush()
    assert not outbox


async def test_a_port_in_use_is_an_error_at_once(outbox: Outbox) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        port = MediaPort(PeerTable(), outbox, time.monotonic)
        with pytest.raises(OSError, match="in use"):
            port.open(taken.getsockname()[1])
