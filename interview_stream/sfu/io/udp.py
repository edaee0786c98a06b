"""The media port: hides sockets; hands datagrams to peers and sends what they queue, without waiting for anything.

One socket for each address of the machine: an answer must leave from the address that was asked, or a browser drops it.
"""

import asyncio
import errno
import ipaddress
import logging
import socket
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol

from interview_stream.sfu.core.peer import PeerTable
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.io import datagrams

logger = logging.getLogger(__name__)

BUFFER_BYTES = 4 * 1024 * 1024
FAILURE_LOG_S = 10.0


class Stream(Protocol):
    """A connection that carries packets of one address instead of datagrams."""

    def send(self, data: bytes) -> None:
        """Queue one packet, or drop it if too much waits."""

    def flush(self) -> None:
        """Send what is queued, as far as that goes without waiting."""


class MediaPort:
    """One UDP port for all participants, on every address of the machine.

    The addresses of datagrams are (host, port, number of our socket), so whatever is sent to one leaves from where the
    other side knows us. A number is never used again: what is queued for a socket that is gone goes nowhere else.
    Numbers below zero are those of `streams`.
    """

    def __init__(self, peers: PeerTable, outbox: Outbox, clock: Callable[[], float]) -> None:
        self._peers = peers
        self._outbox = outbox
        self._clock = clock
        self._sockets: dict[int, socket.socket] = {}
        self._numbers: dict[str, int] = {}
        """Of the sockets by the address that each is bound to."""
        self._opened = 0
        self._port = 0
        self.streams: dict[int, Stream] = {}
        self._refused: dict[str, int] = {}
        """Why an address that was wanted has no socket, as an error number."""
        self.drops: Counter[str] = Counter()
        self._failed_at = -FAILURE_LOG_S
        self.received = 0
        self.sent = 0

    def open(self, port: int, hosts: Iterable[str]) -> list[str]:
        """Bind on these addresses, those of them that are ours; OSError when the port of one is taken, or of all."""
        self._port = port
        self.follow(hosts)
        taken = [host for host, reason in self._refused.items() if reason == errno.EADDRINUSE]
        if taken or not self._sockets:
            self.close()
            where = ", ".join(taken or self._refused)
            raise OSError(errno.EADDRINUSE, f"UDP port {port} is in use or cannot be used on {where}")
        return list(self._numbers)

    def follow(self, hosts: Iterable[str]) -> list[str]:
        """Open what is new among the machine's addresses and close what is gone; those that are open now, in order."""
        wanted = list(dict.fromkeys(hosts))
        for host in self._numbers.keys() - set(wanted):
            self._close(host)
        for host in wanted:
            if host not in self._numbers:
                self._bind(host)
        self._refused = {host: reason for host, reason in self._refused.items() if host in wanted}
        return [host for host in wanted if host in self._numbers]

    def close(self) -> None:
        """Stop."""
        for host in list(self._numbers):
            self._close(host)

    def flush(self) -> None:
        """Send what is queued; what the kernel does not take is lost, as on any network."""
        outbox = self._outbox
        self.sent += len(outbox)
        if self.streams:
            self._flush_streams()
        for reason in datagrams.send(outbox, self._sockets):
            self.drops["local address gone" if reason == datagrams.GONE else _name(reason)] += 1
        outbox.clear()

    def _flush_streams(self) -> None:
        """Leave in the outbox what goes by UDP."""
        datagrams_ = []
        fed: dict[int, Stream] = {}
        for item in self._outbox:
            number = item[1][-1]
            stream = self.streams.get(number) if isinstance(number, int) and number < 0 else None
            if stream is None or not isinstance(number, int):
                datagrams_.append(item)  # also what is for a stream that is gone: there is no such socket either
            else:
                stream.send(item[0])
                fed[number] = stream
        self._outbox[:] = datagrams_
        for stream in fed.values():
            stream.flush()

    def _bind(self, host: str) -> None:
        try:
            sock = _bound(host, self._port)
        except OSError as error:  # not ours (a public address behind NAT), not ready yet, or taken by another program
            if self._refused.get(host) != error.errno:
                logger.info("no media on %s: %s", host, error.strerror)
            self._refused[host] = error.errno or 0
            return
        self._refused.pop(host, None)
        self._opened += 1
        self._numbers[host] = self._opened
        self._sockets[self._opened] = sock
        asyncio.get_running_loop().add_reader(sock.fileno(), self._readable, sock, self._opened)

    def _close(self, host: str) -> None:
        sock = self._sockets.pop(self._numbers.pop(host))
        asyncio.get_running_loop().remove_reader(sock.fileno())
        sock.close()

    def _readable(self, sock: socket.socket, number: int) -> None:
        now = self._clock()
        try:
            arrived = datagrams.receive(sock, number)
        except OSError as error:  # a port that was unreachable earlier is reported here
            self.drops[_name(error.errno)] += 1
            return
        self.received += len(arrived)
        receive = self._peers.receive
        for data, source in arrived:
            try:
                receive(data, source, now)
            except Exception:  # noqa: BLE001 - ours to repair, and no reason to lose the datagrams of others
                self._failed(now)
        if self._outbox:
            self.flush()

    def _failed(self, now: float) -> None:
        self.drops["failed"] += 1
        if now - self._failed_at >= FAILURE_LOG_S:
            self._failed_at = now
            logger.exception("a datagram failed")


def _name(number: int | None) -> str:
    return errno.errorcode.get(number or 0, "error")


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
