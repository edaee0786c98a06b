"""Carries the write sets of committed transactions between our processes: here over a local socket to the web process.

Nothing may be missed: a sender numbers its messages, and a receiver that sees a gap takes everything as changed. With
more than one web process, or more than one machine, Redis carries the same messages (redis_bus.py).
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


class Outbox:
    """Makes the messages of one process."""

    def __init__(self, name: str) -> None:
        """`name`: so that the process knows its own messages when they come back."""
        self.name = name
        self.number = 0

    def message(self, writes: WriteSet) -> bytes:
        self.number += 1
        given = {"sender": self.name, "message": self.number, **writes.within(MAX_WRITES).as_json()}
        return json.dumps(given).encode()


class Inbox:
    """Reads messages of other processes, and notices when one is missing."""

    def __init__(self, publish: Callable[[WriteSet], object], own_name: str = "") -> None:
        self._publish = publish
        self._own_name = own_name
        self._last: dict[str, int] = {}

    def accept(self, message: bytes) -> None:
        try:
            given = json.loads(message)
            sender, number, writes = str(given["sender"]), int(given["message"]), WriteSet.from_json(given)
        except (ValueError, TypeError, KeyError, AttributeError):
            log.warning("A live message could not be read; everything is taken as changed.")
            self._publish(EVERYTHING)
            return
        if sender == self._own_name:
            return
        expected = self._last.get(sender, number - 1) + 1
        self._last[sender] = number
        self._publish(writes if number == expected else EVERYTHING)


def new_name() -> str:
    return secrets.token_hex(8)


class SocketSender:
    """Tells the web process what this process has written; silent while there is no web process."""

    def __init__(self, path: Path, outbox: Outbox) -> None:
        self._path = path
        self._outbox = outbox
        self._lock = threading.Lock()

    def send(self, writes: WriteSet) -> None:
        with self._lock:
            message = self._outbox.message(writes)
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own, _short(self._path) as address:
                    own.settimeout(SEND_TIMEOUT_S)
                    own.sendto(message, address)
            except (FileNotFoundError, ConnectionRefusedError):
                pass  # No web process runs; when it does, every client watches afresh.
            except OSError as error:
                log.warning("The web process took no live message in (%s); it catches up with the next one.", error)


class SocketReceiver:
    """The web process's end: a datagram socket that the event loop watches."""

    def __init__(self, path: Path, inbox: Inbox) -> None:
        self._path = path
        self._inbox = inbox
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
                self._inbox.accept(self._socket.recv(MAX_MESSAGE))

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)


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
