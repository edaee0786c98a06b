"""Media over TCP: real connections, from the first check to media, and what is done about those that mean no good."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from interview_stream.sfu.io import streams
from interview_stream.sfu.io.streams import MAX_STRANGERS_PER_SOURCE, MAX_WAITING, StreamPort, source_of
from interview_stream.sfu.io.udp import MediaPort
from interview_stream.sfu.wire.rtp import serialize_header
from interview_stream.sfu.wire.stun import Class, Message
from tests.integration.engine import until
from tests.product import free_port
from tests.sfu.rig import Client, Rig

HOST = "127.0.0.1"


class Server:
    """An engine with both ports, and the clock that they go by."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.udp = MediaPort(self.rig.peers, self.rig.outbox, lambda: self.rig.now)
        self.tcp = StreamPort(self.rig.peers, self.udp.streams, lambda: self.rig.now, self.udp.flush)
        self.number = free_port(socket.SOCK_STREAM)
        self.udp.open(free_port(socket.SOCK_DGRAM), [HOST])
        self.tcp.open(self.number)

    def close(self) -> None:
        self.tcp.close()
        self.udp.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    yield made
    made.close()


class Browser(Client):
    """A client that reaches the engine over TCP alone."""

    def __init__(self, server: Server, identity: str, host: str = HOST) -> None:
        super().__init__(server.rig, identity, server.rig.client("nobody").who.grants)
        self.server = server
        self.host = host
        self.socket = self.connected()
        self.waiting = b""
        self.answers = 0

    def connected(self) -> socket.socket:
        sock = socket.create_connection((self.host, self.server.number))
        sock.setblocking(False)
        return sock

    def send(self, datagram: bytes) -> None:
        self.socket.sendall(framed(datagram))

    def read(self) -> None:
        """Take what has come."""
        try:
            self.waiting += self.socket.recv(65536)
        except BlockingIOError:
            return
        while len(self.waiting) >= 2 and len(self.waiting) >= 2 + int.from_bytes(self.waiting[:2], "big"):
            size = int.from_bytes(self.waiting[:2], "big")
            data, self.waiting = self.waiting[2 : 2 + size], self.waiting[2 + size :]
            if data[0] < 4:
                assert Message.parse(data).message_class == Class.SUCCESS
                self.answers += 1
            else:
                self.receive(data)

    async def hear(self, condition: Callable[[], bool], what: str) -> None:
        def look() -> bool:
            self.read()
            return condition()

        await until(look, what)

    async def nominate(self) -> None:
        before = self.answers
        self.check(use_candidate=True)
        await self.hear(lambda: self.answers > before, "an answer")

    async def come_in(self) -> "Browser":
        self.join()
        await self.nominate()
        for datagram in self.dtls.step():
            self.send(datagram)
        await self.hear(lambda: self.participant.is_active, "the handshake")
        return self


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def is_closed(sock: socket.socket) -> bool:
    """Whether the other side has ended this connection."""
    try:
        return sock.recv(65536) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("host", [HOST, "::1"])
async def test_a_client_without_udp_comes_in_and_gets_media(server: Server, host: str) -> None:
    dana = await Browser(server, "dana", host).come_in()
    for sequence in range(100):
        dana.participant.peer.outlet.send_rtp(serialize_header(111, sequence, 0, 1), b"opus" * 20)
    server.udp.flush()
    await dana.hear(lambda: len(dana.packets) == 100, "the packets")
    assert [packet.sequence_number for packet in dana.packets] == list(range(100))
    dana.socket.close()


async def test_frames_may_arrive_in_pieces(server: Server) -> None:
    dana = Browser(server, "dana")
    dana.join()
    sent: list[bytes] = []
    dana.send = sent.append  # type: ignore[method-assign,assignment]
    dana.check(use_candidate=True)
    for octet in framed(b"") + framed(sent[0]) + framed(sent[0])[:5]:
        dana.socket.sendall(bytes([octet]))
        await asyncio.sleep(0)
    await dana.hear(lambda: dana.answers == 1, "an answer to the first")
    dana.socket.sendall(framed(sent[0])[5:])
    await dana.hear(lambda: dana.answers == 2, "an answer to the second")
    dana.socket.close()


async def test_when_the_connection_breaks_another_takes_over(server: Server) -> None:
    dana = await Browser(server, "dana").come_in()
    first, dana.socket = dana.socket, dana.connected()
    await dana.nominate()
    first.close()
    await until(lambda: len(server.tcp) == 1, "the end of the first connection")
    assert dana.participant.peer.is_connected
    dana.socket.close()
    await until(lambda: not dana.participant.peer.is_connected, "nothing to send on")
    assert dana.participant.lost_at is not None
    dana.socket = dana.connected()
    dana.waiting = b""
    await dana.nominate()
    assert dana.participant.peer.is_connected
    dana.socket.close()


async def test_a_slow_reader_loses_video_first_and_what_waits_is_bounded(server: Server) -> None:
    server.rig.client("alice").connect().publish_video()
    dana = await Browser(server, "dana").come_in()
    video = next(iter(dana.participant.downlink)).forwarder.stream.ssrc
    connection = next(iter(server.tcp._connections.values()))
    peer = dana.participant.peer
    sequence, until_dropped = 0, 200_000
    while not server.tcp.drops["slow stream, video"] and sequence < until_dropped:
        peer.outlet.send_rtp(serialize_header(96, sequence & 0xFFFF, 0, video), b"v" * 1100)
        server.udp.flush()
        sequence += 1
    assert server.tcp.drops["slow stream"] == 0
    before = len(dana.packets)
    for number in range(20):
        peer.outlet.send_rtp(serialize_header(111, number, 0, 1), b"opus" * 20)
    server.udp.flush()
    assert connection.waiting <= MAX_WAITING
    assert server.tcp.drops["slow stream"] == 0, "sound still finds room"
    await dana.hear(lambda: sum(packet.ssrc == 1 for packet in dana.packets) == 20, "all of the sound")
    await dana.hear(lambda: connection.waiting == 0, "the rest")
    order = [packet.ssrc for packet in dana.packets[before:]]
    assert order[-1] == video, "sound overtook the video that waited"
    assert {packet.ssrc for packet in dana.packets} == {1, video}
    for number in range(20_000):
        peer.outlet.send_rtp(serialize_header(111, 100 + number, 0, 1), b"opus" * 200)
    server.udp.flush()
    assert connection.waiting <= MAX_WAITING
    assert server.tcp.drops["slow stream"] > 0
    dana.socket.close()


async def test_a_stranger_is_sent_away_and_a_participant_stays(server: Server) -> None:
    dana = await Browser(server, "dana").come_in()
    with socket.create_connection((HOST, server.number)) as stranger:
        stranger.setblocking(False)
        await until(lambda: len(server.tcp) == 2, "both connections")
        for _ in range(int(streams.STRANGER_S) - 1):
            server.rig.now += 1
            stranger.sendall(framed(b"\x80 neither check nor known"))
            await dana.nominate()
        server.tcp.sweep()
        assert not is_closed(stranger)
        server.rig.now += 1.1
        await dana.nominate()
        server.tcp.sweep()
        await until(lambda: is_closed(stranger), "the end of the stranger")
    await dana.nominate()
    server.rig.now += streams.IDLE_S + 1
    server.tcp.sweep()
    await until(lambda: is_closed(dana.socket), "the end of who says nothing any more")
    dana.socket.close()


async def test_what_is_no_framing_ends_the_connection(server: Server) -> None:
    with socket.create_connection((HOST, server.number)) as stranger:
        stranger.setblocking(False)
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
        await until(lambda: is_closed(stranger), "the end")
    assert server.tcp.drops["stream frame too long"] == 1


async def test_one_source_cannot_take_all_room_for_strangers(server: Server) -> None:
    crowd = [socket.create_connection((HOST, server.number)) for _ in range(MAX_STRANGERS_PER_SOURCE + 3)]
    try:
        await until(lambda: server.tcp.drops["too many streams"] == 3, "three refusals")
        assert len(server.tcp) == MAX_STRANGERS_PER_SOURCE
        dana = Browser(server, "dana", "::1")
        await dana.come_in()
        dana.socket.close()
    finally:
        for sock in crowd:
            sock.close()
    await until(lambda: not len(server.tcp), "the end of all")
    assert not server.tcp._by_source
    assert not server.tcp._strangers_by_source


async def test_when_all_room_is_taken_the_oldest_stranger_gives_way(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_STRANGERS", 2)
    crowd = [socket.create_connection((HOST, server.number)) for _ in range(3)]
    try:
        for sock in crowd:
            sock.setblocking(False)
        await until(lambda: server.tcp.drops["stranger gave way"] == 1, "room for the newest")
        await until(lambda: is_closed(crowd[0]), "the end of the oldest")
        assert len(server.tcp) == 2
    finally:
        for sock in crowd:
            sock.close()


async def test_a_port_in_use_is_an_error_at_once() -> None:
    rig = Rig()
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        port = StreamPort(rig.peers, {}, lambda: rig.now, lambda: None)
        with pytest.raises(OSError, match=r"TCP port .* cannot be used"):
            port.open(taken.getsockname()[1])


def test_a_household_is_one_source() -> None:
    assert source_of("192.0.2.7") == "192.0.2.7"
    assert source_of("2001:db8:1:2::7") == source_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert source_of("fe80::1%eth0") == "fe80::/64"
