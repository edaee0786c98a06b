"""Datagrams in bulk: hides system calls and socket addresses.

Written twice with one meaning and one set of tests: here, and in datagrams.c, which takes and sends many in one system
call and makes no text of addresses that it has seen before.
"""

import socket
from collections.abc import Mapping, Sequence

from interview_stream.sfu.wire.stun import Address

MAX_DATAGRAM = 2048
MAX_RECEIVED = 64
GONE = -1
"""Stands for an error number: the socket by which this was to leave is closed."""


def receive(sock: socket.socket, number: int) -> list[tuple[bytes, Address]]:
    """The datagrams that wait at a socket that does not block, MAX_RECEIVED at most, each cut at MAX_DATAGRAM bytes.

    An address is (host, port, `number`). Raises OSError for an error that waits there (a port that was unreachable
    earlier); an empty socket is none.
    """
    found: list[tuple[bytes, Address]] = []
    while len(found) < MAX_RECEIVED:
        try:
            data, source = sock.recvfrom(MAX_DATAGRAM)
        except (BlockingIOError, InterruptedError):
            break
        except OSError:
            if not found:
                raise
            break  # the error is taken from the socket now, and is no reason to lose these
        found.append((data, (source[0], source[1], number)))
    return found


def send(datagrams: Sequence[tuple[bytes, Address]], sockets: Mapping[int, socket.socket]) -> list[int]:
    """Send all, those for one address in their order; error numbers of those that could not be sent.

    `sockets` has those of ours by the numbers that addresses end with.
    """
    failures = []
    for data, address in datagrams:
        sock = sockets.get(address[-1])
        if sock is None:
            failures.append(GONE)
            continue
        try:
            sock.sendto(data, address[:2])
        except OSError as error:
            failures.append(error.errno or 0)
    return failures
