"""A line that loses packets, for one browser alone: a relay between its media and the engine."""

import random
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The engine's UDP port becomes the relay's, and TCP, which loses nothing, is not offered.
THROUGH = """
(() => {
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    const lines = sdp.split("\\r\\n").filter((line) => !/^a=candidate:\\S+ \\d+ tcp /i.test(line));
    const led = lines.map((line) => line.replace(/^(a=candidate:\\S+ \\d+ udp \\d+ \\S+ )ENGINE /i, "$1RELAY "));
    return set.call(this, { type, sdp: led.join("\\r\\n") });
  };
})();
"""


class WeakLine:
    """`loss` is the share of packets that get lost each way, from now on. Seen by the engine it is one more router."""

    def __init__(self, engine_port: int) -> None:
        self.loss = 0.0
        self.carried = 0
        self._engine_port = engine_port
        self._random = random.Random(1)
        self._outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._outside.bind(("0.0.0.0", 0))
        self._inside: dict[tuple[str, int], socket.socket] = {}
        """By the browser's address: the engine tells people apart by theirs."""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._outside, selectors.EVENT_READ)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def script(self) -> str:
        """For the pages of the one browser."""
        port = self._outside.getsockname()[1]
        return THROUGH.replace("ENGINE", str(self._engine_port)).replace("RELAY", str(port))

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
        for each in (self._outside, *self._inside.values()):
            each.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._is_over.is_set():
            for key, _ in self._selector.select(timeout=0.2):
                if key.data is None:
                    packet, browser = self._outside.recvfrom(65535)
                    self._carry(packet, self._to_engine(browser), ("127.0.0.1", self._engine_port))
                else:
                    self._carry(key.fileobj.recv(65535), self._outside, key.data)  # type: ignore[union-attr]

    def _carry(self, packet: bytes, way: socket.socket, target: tuple[str, int]) -> None:
        self.carried += 1
        if self._random.random() >= self.loss:
            way.sendto(packet, target)

    def _to_engine(self, browser: tuple[str, int]) -> socket.socket:
        if browser not in self._inside:
            way = self._inside[browser] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            way.bind(("127.0.0.1", 0))
            self._selector.register(way, selectors.EVENT_READ, browser)
        return self._inside[browser]


@contextmanager
def weak_line(engine_port: int) -> Iterator[WeakLine]:
    line = WeakLine(engine_port)
    yield line
    line.close()
