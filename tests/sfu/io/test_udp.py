"""The media port: real sockets of both families, one for each address, and what happens when sending fails."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable

import pytest

from interview_stream.sfu.core.peer import PeerTable
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.io.udp import MediaPort
from interview_stream.sfu.wire.rtcp import ReceiverReport
from interview_stream.sfu.wire.rtp import serialize_header
from interview_stream.sfu.wire.stun import Class, Message
from tests.integration.engine import until
from tests.product import free_port
from tests.sfu.rig import Client, Rig

FIRST, SECOND = "127.0.0.1", "127.0.0.2"
REPORT = ReceiverReport(1).serialize()


@pytest.fixture
def outbox() -> Outbox:
    return []


async def test_datagrams_of_both_families_come_in_and_go_out(outbox: Outbox) -> None:
    peers = PeerTable()
    port = MediaPort(peers, outbox, time.monotonic)
    number = free_port(socket.SOCK_DGRAM)
    assert port.open(number, [FIRST, "::1"]) == [FIRST, "::1"]
    try:
        for local, (family, host) in enumerate(((socket.AF_INET, FIRST), (socket.AF_INET6, "::1")), start=1):
            with socket.socket(family, socket.SOCK_DGRAM) as client:
                client.bind((host, 0))
                client.setblocking(False)
                client.sendto(b"\x80 not known", (host, number))
                await until(lambda: port.received, "the datagram")
                outbox.append((b"answer", (*client.getsockname()[:2], local)))
                port.flush()
                assert await asyncio.get_running_loop().sock_recv(client, 100) == b"answer"
            port.received = 0
        assert peers.drops["unknown source"] == 2
        assert (outbox, port.sent) == ([], 2)
    finally:
        port.close()


async def test_what_cannot_be_sent_is_counted(outbox: Outbox) -> None:
    port = MediaPort(PeerTable(), outbox, time.monotonic)
    port.open(free_port(socket.SOCK_DGRAM), [FIRST])
    outbox += [(b"x" * 70_000, (FIRST, 9, 1)), (b"small", (FIRST, 9, 1))]
    port.flush()
    assert port.drops["EMSGSIZE"] == 1
    port.close()
    outbox.append((b"late", (FIRST, 9, 1)))
    port.flush()
    assert not outbox
    assert port.drops["local address gone"] == 1


async def test_a_port_in_use_is_an_error_at_once(outbox: Outbox) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        port = MediaPort(PeerTable(), outbox, time.monotonic)
        with pytest.raises(OSError, match="in use"):
            port.open(taken.getsockname()[1], [FIRST])


async def test_an_address_of_another_machine_is_left_out(outbox: Outbox) -> None:
    port = MediaPort(PeerTable(), outbox, time.monotonic)
    number = free_port(socket.SOCK_DGRAM)
    with pytest.raises(OSError, match="cannot be used"):
        port.open(number, ["203.0.113.7"])
    assert port.open(number, ["203.0.113.7", FIRST]) == [FIRST]
    assert port.follow(["203.0.113.7", SECOND, FIRST]) == [SECOND, FIRST]
    port.close()


class Browser(Client):
    """A client on a real socket that checks one of the server's addresses."""

    def __init__(self, rig: Rig, identity: str, number: int) -> None:
        super().__init__(rig, identity, rig.client("nobody").who.grants)
        self.number = number
        self.target = FIRST
        self.answered_by: list[str] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((FIRST, 0))
        self.socket.setblocking(False)

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, (self.target, self.number))

    def read(self) -> None:
        """Take what has come, as a browser does: only from the address that was asked."""
        while True:
            try:
                data, source = self.socket.recvfrom(2048)
            except BlockingIOError:
                return
            self.answered_by.append(source[0])
            if data[0] < 4:
                assert Message.parse(data).message_class == Class.SUCCESS
            else:
                self.receive(data)

    async def use(self, target: str) -> None:
        """Nominate a pair with this address of the server."""
        self.target = target
        self.answered_by.clear()
        self.check(use_candidate=True)
        await self.hear(lambda: bool(self.answered_by), "an answer")
        assert self.answered_by == [target]

    async def hear(self, condition: Callable[[], bool], what: str) -> None:
        def look() -> bool:
            self.read()
            return condition()

        await until(look, what)


async def test_answers_and_media_leave_from_the_address_that_was_checked() -> None:
    rig = Rig()
    port = MediaPort(rig.peers, rig.outbox, lambda: rig.now)
    number = free_port(socket.SOCK_DGRAM)
    port.open(number, [FIRST, SECOND])
    try:
        dana = Browser(rig, "dana", number)
        with dana.socket:
            dana.join()
            await dana.use(FIRST)
            await dana.use(SECOND)
            for datagram in dana.dtls.step():
                dana.send(datagram)
            await dana.hear(lambda: dana.participant.is_active, "the handshake")
            assert set(dana.answered_by) == {SECOND}
            for sequence, target in enumerate((FIRST, SECOND)):
                await dana.use(target)
                dana.answered_by.clear()
                dana.participant.peer.send_rtcp(REPORT)
                dana.participant.peer.outlet.send_rtp(serialize_header(111, sequence, 0, 1), b"opus")
                port.flush()
                await dana.hear(lambda: len(dana.answered_by) == 2, "a report and a packet")
                assert dana.answered_by == [target] * 2
    finally:
        port.close()


async def test_an_address_that_goes_disturbs_no_other_and_one_that_comes_serves() -> None:
    rig = Rig()
    port = MediaPort(rig.peers, rig.outbox, lambda: rig.now)
    number = free_port(socket.SOCK_DGRAM)
    port.open(number, [SECOND, FIRST])
    try:
        dana, alice = Browser(rig, "dana", number), Browser(rig, "alice", number)
        with dana.socket, alice.socket:
            for client, target in ((dana, FIRST), (alice, SECOND)):
                client.join()
                await client.use(target)
            assert port.follow([FIRST]) == [FIRST]
            await dana.use(FIRST)
            assert port.follow([SECOND, FIRST]) == [SECOND, FIRST]
            await alice.use(SECOND)
            await dana.use(FIRST)
    finally:
        port.close()


async def test_a_datagram_that_trips_us_is_counted_and_the_next_one_served(outbox: Outbox) -> None:
    class Tripping(Counter[str]):
        def __setitem__(self, cause: str, count: int) -> None:
            if cause == "unknown user":
                raise RuntimeError("a mistake of ours")
            super().__setitem__(cause, count)

    peers = PeerTable()
    peers.drops = Tripping()
    port = MediaPort(peers, outbox, time.monotonic)
    number = free_port(socket.SOCK_DGRAM)
    port.open(number, [FIRST])
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for data in (b"\0 no user's check", b"\x80 not known"):
                client.sendto(data, (FIRST, number))
            await until(lambda: peers.drops["unknown source"], "the second datagram")
        assert port.drops["failed"] == 1
    finally:
        port.close()
