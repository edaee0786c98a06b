"""Asks STUN servers under which addresses this machine is seen from outside (RFC 8489 section 2): hides sockets."""

import asyncio
import ipaddress
import logging
import secrets
import socket
from collections.abc import Iterable, Sequence
from contextlib import closing

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.stun import Class, Message

logger = logging.getLogger(__name__)

TRIES = 3
FIRST_WAIT_S = 0.5
MAX_ANSWER = 1500


async def public_addresses(servers: Sequence[tuple[str, int]], local: Iterable[str]) -> list[str]:
    """What the servers see of each of these addresses, without repetition and without what the machine has itself.

    A client needs our port there too: the router must map it one to one (port forwarding).
    """
    own = list(local)
    seen = await asyncio.gather(*(seen_from(servers, host) for host in own))
    return [host for host in dict.fromkeys(seen) if host is not None and host not in own]


async def seen_from(servers: Sequence[tuple[str, int]], local: str) -> str | None:
    """What the first server that answers says; None if none does."""
    family = socket.AF_INET6 if ipaddress.ip_address(local).version == 6 else socket.AF_INET
    loop = asyncio.get_running_loop()
    for host, port in servers:
        try:
            found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_DGRAM)
            with closing(socket.socket(family, socket.SOCK_DGRAM)) as sock:
                sock.setblocking(False)
                sock.bind((local, 0))
                sock.connect(found[0][4])
                address = await _ask(sock)
        except OSError as error:
            logger.debug("no answer from %s for %s: %s", host, local, error)
            continue
        if address is not None:
            return address
    return None


async def _ask(sock: socket.socket) -> str | None:
    loop = asyncio.get_running_loop()
    request = Message(message_class=Class.REQUEST, transaction_id=secrets.token_bytes(12))
    wait_s = FIRST_WAIT_S
    for _ in range(TRIES):
        await loop.sock_sendall(sock, request.serialize())
        try:
            async with asyncio.timeout(wait_s):
                while True:
                    answer = _parse(await loop.sock_recv(sock, MAX_ANSWER))
                    # Only who saw the question knows its number.
                    if answer is not None and answer.transaction_id == request.transaction_id:
                        return answer.mapped_address[0] if answer.mapped_address else None
        except TimeoutError:
            wait_s *= 2
    return None


def _parse(data: bytes) -> Message | None:
    try:
        return Message.parse(data)
    except MalformedPacket:
        return None
