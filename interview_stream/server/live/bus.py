"""Carries the write sets of committed transactions from our other processes to the web process, over a local socket.

Nothing may be missed: a sender numbers its messages, and a receiver that sees a gap takes everything as changed.
"""

import contextlib
import json
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from interview_stream.server.live.sets import EVERYTHING, WriteSet

log = logging.getLogger(__name__)

# A writer waits this long for a web process that is too busy to take messages in.
SEND_TIMEOUT_S = 1.0
MAX_MESSAGE = 65_536
# Leaves room for what goes around a write set. The kernel's queue counts bytes too, so most messages should be short.
MAX_WRITES = 32_768


class Sender:
    """Tells the web process what this process has written; silent while there is no web process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = secrets.token_hex(8)
        self._number = 0
        self._lock = threading.Lock()

    def send(self, writes: WriteSet) -> None:
        with self._lock:
            self._number += 1
            message = json.dumps(
                {"sender": self._name, "message": self._number, **writes.within(MAX_WRITES).as_json()}
            ).encode()
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own, _short(self._path) as address:
                    own.settimeout(SEND_TIMEOUT_S)
                    own.sendto(message, address)
            except (FileNotFoundError, ConnectionRefusedError):
                pass  # No web process runs; when it does, every client watches afresh.
            except OSError as error:
                log.warning("The web process took no live message in (%s); it catches up with the next one.", error)


class Receiver:
    """The web process's end: a datagram socket that the event loop watches."""

    def __init__(self, path: Path, publish: Callable[[WriteSet], None]) -> None:
        self._path = path
        self._publish = publish
        self._last: dict[str, int] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with _short(path) as address:
            self._socket.bind(address)
        path.chmod(0o600)

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> None:
        """Take in all that has arrived."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._accept(self._socket.recv(MAX_MESSAGE))

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _accept(self, message: bytes) -> None:
        try:
            given = json.loads(message)
            sender, number, writes = str(given["sender"]), int(given["message"]), WriteSet.from_json(given)
        except (ValueError, TypeError, KeyError, AttributeError):
            log.warning("A live message could not be read; everything is taken as changed.")
            self._publish(EVERYTHING)
            return
        expected = self._last.get(sender, number - 1) + 1
        self._last[sender] = number
        self._publish(writes if number == expected else EVERYTHING)


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name for the socket within the 107 bytes that the kernel takes, however deep the data folder lies."""
    if len(os.fsencode(path)) < 100:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
