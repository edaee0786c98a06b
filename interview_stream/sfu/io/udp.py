"""The media port: hides sockets; hands datagrams to peers and sends what they queue, without waiting for anything."""

import asyncio
import errno
import socket
from collections import Counter
from collections.abc import Callable

from interview_stream.sfu.core.peer import Outbox, PeerTable
from interview_stream.sfu.wire.stun import Address

BUFFER_BYTES = 4 * 1024 * 1024
MAX_DATAGRAM = 2048
# As many as are taken before other work of the process gets its turn.
BATCH = 64


class MediaPort:
    """One UDP port for all participants, IPv4 and (where there is any) IPv6."""

    def __init__(self, peers: PeerTable, outbox: Outbox, clock: Callable[[], float]) -> None:
        self._peers = peers
        self._outbox = outbox
        self._clock = clock
        self._ipv4: socket.socket | None = None
        self._ipv6: socket.socket | None = None
        self.drops: Counter[str] = Counter()
        self.received = 0
        self.sent = 0

    def open(self, port: int) -> None:
        """Bind; raises OSError when the port is taken."""
        self._ipv4 = _bound(socket.AF_INET, "0.0.0.0", port)  # noqa: S104 - clients come from everywhere
        if socket.has_ipv6:
            try:
                self._ipv6 = _bound(socket.AF_INET6, "::", port)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    self._ipv4.close()
                    raise
        loop = asyncio.get_running_loop()
        for sock in self._sockets():
            loop.add_reader(sock.fileno(), self._readable, sock)

    def close(self) -> None:
        """Stop."""
        loop = asyncio.get_running_loop()
        for sock in self._sockets():
            loop.remove_reader(sock.fileno())
            sock.close()
        self._ipv4 = self._ipv6 = None

    def flush(self) -> None:
        """Send what is queued; what the kernel does not take is lost, as on any network."""
        outbox = self._outbox
        ipv4, ipv6 = self._ipv4, self._ipv6
        for data, address in outbox:
            sock = ipv4 if len(address) == 2 else ipv6
            try:
                if sock is not None:
                    sock.sendto(data, address)
            except OSError as error:
                self.drops[errno.errorcode.get(error.errno or 0, "error")] += 1
        self.sent += len(outbox)
        outbox.clear()

    def _sockets(self) -> list[socket.socket]:
        return [sock for sock in (self._ipv4, self._ipv6) if sock is not None]

    def _readable(self, sock: socket.socket) -> None:
        receive, now = self._peers.receive, self._clock()
        for _ in range(BATCH):
            try:
                data, source = sock.recvfrom(MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                break
            except OSError as error:  # a port that was unreachable earlier is reported here
                self.drops[errno.errorcode.get(error.errno or 0, "error")] += 1
                continue
            self.received += 1
            address: Address = source
            receive(data, address, now)
        if self._outbox:
            self.flush()


def _bound(family: int, host: str, port: int) -> socket.socket:
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
