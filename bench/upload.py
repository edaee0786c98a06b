"""A large upload through a connection that is cut again and again: does it arrive as it was sent, in flat memory?

2 GB (16 MB with --tiny) go to the running product by the tus protocol. The connection is reset five times in the middle
of a request, at places that fall on no block; each time the client asks how much has arrived and goes on there. The
stored file's SHA-256 is compared with what was sent, and the web process's memory is watched all along.

The peer in the same run is the least that any server has to do: take the same bytes from a plain socket of this machine
and write them to the same disk, synced as often. Ends with a status of 1 when a byte is wrong or the memory grew by
more than 64 MB.
"""

import argparse
import base64
import contextlib
import hashlib
import http.client
import os
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.product import Client, Product

BLOCK = 1_048_576
SYNC_BLOCKS = 16
CUTS = 5
MOST_GROWTH = 64 * BLOCK
_noise = os.urandom(BLOCK)


def content(start: int, end: int) -> Iterator[bytes]:
    """These bytes of a file that exists nowhere: each block begins with its number."""
    for number in range(start // BLOCK, -(-end // BLOCK)):
        block = number.to_bytes(8, "big") + _noise[8:]
        at = number * BLOCK
        yield block[max(0, start - at) : end - at]


def sha256_of(size: int) -> str:
    found = hashlib.sha256()
    for piece in content(0, size):
        found.update(piece)
    return found.hexdigest()


class Memory:
    """The resident bytes of a process, from its first reading to the highest."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self.first = self.highest = self._now()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _now(self) -> int:
        line = next(line for line in self._status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            self.highest = max(self.highest, self._now())

    def close(self) -> int:
        """How much it grew at most."""
        self._stop.set()
        self._thread.join()
        return self.highest - self.first


class Sender:
    """A tus client that asks how much has arrived whenever its connection is gone."""

    def __init__(self, product: Product, alice: Client, interview: str, size: int) -> None:
        self._port, self._size = product.port, size
        cookies = {cookie.name: cookie.value or "" for cookie in alice.cookies}
        self._headers = {
            "Tus-Resumable": "1.0.0",
            "Host": f"localhost:{product.port}",
            "Origin": product.url,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": next(value for name, value in cookies.items() if name.endswith("csrftoken")),
        }
        facts = {
            "filename": "large.bin",
            "purpose": "attachment",
            "subject": interview,
            "sha256": sha256_of(size),
        }
        metadata = ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in facts.items())
        answer = self._ask("POST", "/api/uploads", {"Upload-Length": str(size), "Upload-Metadata": metadata})
        self._path = answer["location"]

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> dict[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, headers=self._headers | headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status < 300, f"{method} {path}: {answer.status} {text.decode(errors='replace')}"
            return {name.lower(): value for name, value in answer.getheaders()}

    def arrived(self) -> int:
        return int(self._ask("HEAD", self._path, {})["upload-offset"])

    def send(self, start: int, until: int | None) -> None:
        """From `start` to the end, or cut off at `until`."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        with contextlib.closing(connection):
            connection.putrequest("PATCH", self._path, skip_host=True)
            headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
            for name, value in (self._headers | headers | {"Content-Length": str(self._size - start)}).items():
                connection.putheader(name, value)
            connection.endheaders()
            for piece in content(start, until or self._size):
                connection.send(piece)
            if until is not None:
                # Closed without a farewell: what is on its way is lost.
                connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 204, f"{answer.status} {text.decode(errors='replace')}"


def upload(sender: Sender, size: int) -> float:
    """Seconds, with all interruptions."""
    began = time.monotonic()
    for cut in range(1, CUTS + 1):
        start = sender.arrived()
        sender.send(start, size * cut // (CUTS + 1) + 12_345)
    rest = sender.arrived()
    sender.send(rest, None)
    return time.monotonic() - began


def plain_socket(folder: Path, size: int) -> float:
    """Seconds that the same bytes take without any protocol."""
    listener = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        connection, _ = listener.accept()
        with connection, (folder / "plain").open("wb", buffering=0) as file:
            unsynced = 0
            while data := connection.recv(BLOCK):
                file.write(data)
                unsynced += len(data)
                if unsynced >= SYNC_BLOCKS * BLOCK:
                    os.fsync(file.fileno())
                    unsynced = 0
            os.fsync(file.fileno())

    taker = threading.Thread(target=take)
    taker.start()
    began = time.monotonic()
    with socket.create_connection(listener.getsockname()) as connection:
        for piece in content(0, size):
            connection.sendall(piece)
    taker.join()
    listener.close()
    (folder / "plain").unlink()
    return time.monotonic() - began


def stored_sha256(product: Product) -> str:
    (path,) = (product.data / "files" / "attachment").iterdir()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a few seconds, to see that it runs")
    size = 16 * BLOCK if parser.parse_args().tiny else 2048 * BLOCK
    with tempfile.TemporaryDirectory(prefix="bench-upload-") as name:
        product = Product(Path(name) / "data").start()
        try:
            alice = product.owner()
            interview: Any = alice.post("/api/interviews", {"title": "A large file"})
            sender = Sender(product, alice, interview["id"], size)
            memory = Memory(product.child("web"))
            took = upload(sender, size)
            grew = memory.close()
            is_right = stored_sha256(product) == sha256_of(size)
            (file,) = alice.get(f"/api/interviews/{interview['id']}/attachments")
        finally:
            product.stop()
        peer = plain_socket(Path(name), size)
    size_mb, grew_mb, first_mb = size / BLOCK, grew / BLOCK, memory.first / BLOCK
    print(f"{size_mb:.0f} MB, cut {CUTS} times, {file['size_bytes']} bytes stored: {took:.1f} s")
    print(f"checksum {'right' if is_right else 'WRONG'}; web grew by {grew_mb:.0f} MB from {first_mb:.0f} MB")
    if not is_right or grew > MOST_GROWTH:
        raise SystemExit("the upload did not arrive as it should")
    print(f"upload {size_mb / took:.0f} MB/s, plain socket {size_mb / peer:.0f} MB/s, ratio {took / peer:.2f}")


if __name__ == "__main__":
    main()
