"""Media over TCP (RFC 6544, passive; framed as RFC 4571 says): hides connections, framing and back-pressure.

For clients whose networks let no UDP through. A connection that no good check came from ends soon; what one that reads
slowly is owed is bounded, and video goes first.
"""

import asyncio
import errno
import ipaddress
import logging
import socket
from collections import Counter, deque
from collections.abc import Callable, MutableMapping
from contextlib import suppress

from interview_stream.sfu.core.peer import PeerTable
from interview_stream.sfu.io.udp import Stream
from interview_stream.sfu.wire.stun import Address

logger = logging.getLogger(__name__)

MAX_FRAME = 2048
MAX_READ = 65536
MAX_WRITE = 65536
MAX_WAITING_VIDEO = 128 * 1024
"""About a key frame. What waits longer is of no use to anybody: the client asks for it again, or gets a lower layer."""
MAX_WAITING = 192 * 1024
"""Of everything. Sound, handshakes and messages then go too; who needs them sends them again."""
UNSENT_BYTES = 32 * 1024
"""What the kernel may hold that has not left: the rest waits with us, where sound overtakes video."""
STRANGER_S = 10.0
"""How long a connection may stand that belongs to no participant."""
IDLE_S = 60.0
MAX_STRANGERS = 256
MAX_STRANGERS_PER_SOURCE = 16
MAX_STREAMS = 1024
MAX_STREAMS_PER_SOURCE = 256
"""People of one office may share an address."""
BACKLOG = 128
ACCEPTED_AT_ONCE = 16
SWEEP_S = 1.0
REST_S = 1.0
"""How long nobody is accepted after the process ran out of descriptors."""


class Connection:
    """One TCP connection. Frames go out in their order, but all others overtake video."""

    def __init__(self, sock: socket.socket, address: Address, source: str, port: "StreamPort", now: float) -> None:
        self.sock = sock
        self.address = address
        self.source = source
        """Whom it is counted for: the host, of IPv6 the /64."""
        self.known_at = now
        """When it was last seen to belong to a participant; at first when it was accepted."""
        self.is_stranger = True
        """It never belonged to a participant."""
        self.heard_at = now
        self._port = port
        self._arrived = b""
        self._urgent: deque[bytes] = deque()
        self._video: deque[bytes] = deque()
        self._begun = b""
        """What is left of frames that have partly left."""
        self.waiting = 0
        self.waiting_video = 0
        self._waits_for_room = False

    def send(self, data: bytes) -> None:
        """Queue one packet; dropped and counted when too much waits. `flush` sends."""
        size = len(data) + 2
        is_video = self._port.peers.is_video(data, self.address)
        if self.waiting + size > MAX_WAITING or (is_video and self.waiting_video + size > MAX_WAITING_VIDEO):
            self._port.drops["slow stream, video" if is_video else "slow stream"] += 1
            return
        (self._video if is_video else self._urgent).append(len(data).to_bytes(2, "big") + data)
        self.waiting += size
        self.waiting_video += size if is_video else 0

    def flush(self) -> None:
        """Give the kernel what it takes; the rest goes when it has room again."""
        if self._waits_for_room:
            return
        while self._begun or self._urgent or self._video:
            try:
                sent = self.sock.send(self._begun or self._next())
            except (BlockingIOError, InterruptedError):
                self._wait_for_room()
                return
            except OSError:
                self._port.close_stream(self)
                return
            self.waiting -= sent
            self._begun = self._begun[sent:]

    def _next(self) -> bytes:
        frames, size = [], 0
        for queue in (self._urgent, self._video):
            while queue and size < MAX_WRITE:
                frames.append(queue.popleft())
                size += len(frames[-1])
                self.waiting_video -= len(frames[-1]) if queue is self._video else 0
        self._begun = b"".join(frames)
        return self._begun

    def _wait_for_room(self) -> None:
        self._waits_for_room = True
        asyncio.get_running_loop().add_writer(self.sock.fileno(), self._has_room)

    def _has_room(self) -> None:
        asyncio.get_running_loop().remove_writer(self.sock.fileno())
        self._waits_for_room = False
        self.flush()

    def readable(self) -> None:
        """Take what arrived, at most MAX_READ, so that no connection holds up the others."""
        try:
            data = self.sock.recv(MAX_READ)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._port.close_stream(self)
            return
        arrived, at = self._arrived + data, 0
        while at + 2 <= len(arrived):
            size = arrived[at] << 8 | arrived[at + 1]
            if size > MAX_FRAME:
                self._port.drops["stream frame too long"] += 1
                self._port.close_stream(self)
                return
            if at + 2 + size > len(arrived):
                break
            if size:  # an empty one only keeps the connection open (RFC 4571 section 2)
                self._port.take(arrived[at + 2 : at + 2 + size], self)
            at += 2 + size
        self._arrived = arrived[at:]


class StreamPort:
    """One TCP port for all participants. Its connections' addresses end with numbers below zero."""

    def __init__(
        self,
        peers: PeerTable,
        streams: MutableMapping[int, Stream],
        clock: Callable[[], float],
        flush: Callable[[], None],
    ) -> None:
        """`streams` is where the media port finds connections by number; `flush` sends what peers have queued."""
        self.peers = peers
        self.drops: Counter[str] = Counter()
        self.received = 0
        self._streams = streams
        self._clock = clock
        self._flush = flush
        self._connections: dict[int, Connection] = {}
        self._strangers: dict[int, Connection] = {}
        self._by_source: Counter[str] = Counter()
        self._strangers_by_source: Counter[str] = Counter()
        self._listeners: list[socket.socket] = []
        self._opened = 0
        self._sweeper: asyncio.TimerHandle | None = None

    def open(self, port: int) -> None:
        """Listen on all addresses of the machine; OSError when the port is taken."""
        try:
            for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104 - media is public
                with suppress(_FamilyMissing):
                    self._listeners.append(_listener(family, host, port))
        except OSError as error:
            self.close()
            raise OSError(error.errno, f"TCP port {port} for media cannot be used: {error.strerror}") from error
        self._listen()
        self._arm()

    def close(self) -> None:
        """Stop."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in list(self._connections.values()):
            self.close_stream(connection)
        for sock in self._listeners:
            with suppress(RuntimeError):  # not listening yet
                asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()
        self._listeners.clear()

    def __len__(self) -> int:
        return len(self._connections)

    def take(self, data: bytes, connection: Connection) -> None:
        """One packet arrived."""
        now = self._clock()
        connection.heard_at = now
        self.received += 1
        try:
            self.peers.receive(data, connection.address, now)
        except Exception:
            self.drops["failed"] += 1
            logger.exception("a packet over TCP failed")
        if connection.is_stranger and self.peers.is_known(connection.address):
            self._no_stranger(connection)
        self._flush()

    def close_stream(self, connection: Connection) -> None:
        """End one connection; its peer sends elsewhere from now on."""
        number = connection.address[-1]
        if not isinstance(number, int) or self._connections.pop(number, None) is None:
            return
        del self._streams[number]
        self._no_stranger(connection)
        _take_one(self._by_source, connection.source)
        loop = asyncio.get_running_loop()
        loop.remove_reader(connection.sock.fileno())
        loop.remove_writer(connection.sock.fileno())
        connection.sock.close()
        self.peers.forget(connection.address, self._clock())

    def _no_stranger(self, connection: Connection) -> None:
        if connection.is_stranger:
            connection.is_stranger = False
            del self._strangers[int(connection.address[-1])]
            _take_one(self._strangers_by_source, connection.source)

    def _listen(self) -> None:
        for sock in self._listeners:
            asyncio.get_running_loop().add_reader(sock.fileno(), self._accept, sock)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                sock, address = listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    self._rest(error)
                    return
                continue  # it was gone before we came to it
            self._take_in(sock, address[0], address[1])

    def _rest(self, error: OSError) -> None:
        """Out of descriptors: who waits would wake us again at once."""
        logger.warning("no media over TCP for a moment: %s", error.strerror)
        loop = asyncio.get_running_loop()
        for sock in self._listeners:
            loop.remove_reader(sock.fileno())
        loop.call_later(REST_S, self._listen)

    def _take_in(self, sock: socket.socket, host: str, port: int) -> None:
        now, source = self._clock(), source_of(host)
        if not self._has_room(source):
            self.drops["too many streams"] += 1
            sock.close()
            return
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        except OSError:  # gone already
            sock.close()
            return
        self._opened += 1
        number = -self._opened
        connection = Connection(sock, (host, port, number), source, self, now)
        self._connections[number] = self._streams[number] = self._strangers[number] = connection
        self._by_source[source] += 1
        self._strangers_by_source[source] += 1
        asyncio.get_running_loop().add_reader(sock.fileno(), connection.readable)

    def _has_room(self, source: str) -> bool:
        """Whether one more from there may be taken; the oldest stranger gives way to make room."""
        if self._strangers_by_source[source] >= MAX_STRANGERS_PER_SOURCE:
            return False
        if self._by_source[source] >= MAX_STREAMS_PER_SOURCE:
            return False
        if len(self._strangers) >= MAX_STRANGERS or (self._strangers and len(self._connections) >= MAX_STREAMS):
            self.drops["stranger gave way"] += 1
            self.close_stream(next(iter(self._strangers.values())))
        return len(self._connections) < MAX_STREAMS

    def _arm(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        self._arm()
        self.sweep()

    def sweep(self) -> None:
        """Close what belongs to nobody, or says nothing."""
        now = self._clock()
        for connection in list(self._connections.values()):
            if self.peers.is_known(connection.address):
                connection.known_at = now
            if now - connection.known_at >= STRANGER_S or now - connection.heard_at >= IDLE_S:
                self.drops["idle stream"] += 1
                self.close_stream(connection)


def _take_one(counts: Counter[str], source: str) -> None:
    counts[source] -= 1
    if counts[source] <= 0:
        del counts[source]


class _FamilyMissing(Exception):
    """The machine does not speak this version of IP."""


def source_of(host: str) -> str:
    """Whom a connection is counted for; one household or server has a /64 of IPv6."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return host
    return str(ipaddress.IPv6Network((address, 64), strict=False))


def _listener(family: int, host: str, port: int) -> socket.socket:
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _FamilyMissing from error
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise _FamilyMissing from error
        raise
    return sock
