"""Asking STUN servers for the public address."""

import asyncio
import socket
from typing import cast

from interview_stream.sfu.io import discovery
from interview_stream.sfu.io.discovery import public_addresses
from interview_stream.sfu.wire.stun import Class, Message

HOST = "127.0.0.1"
PUBLIC = "203.0.113.9"


class Server(asyncio.DatagramProtocol):
    """Behind a router that shows this machine as PUBLIC; a stranger answers too, without knowing the question."""

    def __init__(self, answers_from: int = 1) -> None:
        self.asked = 0
        self._answers_from = answers_from

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        if self.asked < self._answers_from:
            return
        question = Message.parse(data)
        for number, host in ((b"x" * 12, "198.51.100.1"), (question.transaction_id, PUBLIC)):
            answer = Message(message_class=Class.SUCCESS, transaction_id=number, mapped_address=(host, addr[1]))
            self.transport.sendto(answer.serialize(), addr)
        self.transport.sendto(b"not STUN", addr)


async def listening(server: Server) -> tuple[str, int]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=(HOST, 0))
    name: tuple[str, int] = transport.get_extra_info("sockname")
    return name


async def test_the_address_is_what_the_server_says_and_only_it() -> None:
    server = Server(answers_from=2)
    address = await listening(server)
    assert await public_addresses([address], [HOST, "127.0.0.2"]) == [PUBLIC]
    assert server.asked >= 2, "the first question was lost"
    assert await public_addresses([address], [HOST, PUBLIC]) == []
    server.transport.close()


async def test_the_next_server_is_asked_when_one_is_silent() -> None:
    server = Server()
    address = await listening(server)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        servers = [("no such host.invalid", 3478), silent.getsockname(), address]
        assert await public_addresses(servers, [HOST]) == [PUBLIC]
        assert await public_addresses([silent.getsockname()], [HOST]) == []
    server.transport.close()


def test_waiting_is_bounded() -> None:
    assert discovery.FIRST_WAIT_S * (2**discovery.TRIES - 1) < 5
