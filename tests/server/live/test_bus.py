"""Messages between processes: none is lost without being noticed, whatever carries them."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
import redis

from interview_stream.server.live import bus, redis_bus
from interview_stream.server.live.bus import Inbox, Outbox, SocketReceiver, SocketSender
from interview_stream.server.live.redis_bus import CHANNEL, RedisReceiver, RedisSender
from interview_stream.server.live.sets import EVERYTHING, MAX_ROWS, WriteSet
from tests.redis_server import RedisServer

USERS, LINKS = WriteSet({"users": frozenset({(1, "a", None, ())})}, 7, 8), WriteSet({"links": None})
PATIENCE_S = 30


class Listener:
    """The web process's end over the local socket."""

    def __init__(self, path: Path) -> None:
        self.heard: list[WriteSet] = []
        self._receiver = SocketReceiver(path, Inbox(self.heard.append))

    def read(self, count: int = 0) -> list[WriteSet]:
        self._receiver.read()
        heard, self.heard[:] = list(self.heard), []
        return heard

    def close(self) -> None:
        self._receiver.close()


class RedisListener:
    """The same over Redis, with an event loop of its own."""

    def __init__(self, url: str, own_name: str = "") -> None:
        self.heard: list[WriteSet] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._receiver = RedisReceiver(url, Inbox(self.heard.append, own_name), self.heard.append)
        asyncio.run_coroutine_threadsafe(self._receiver.open(), self._loop).result(PATIENCE_S)

    def read(self, count: int = 0) -> list[WriteSet]:
        """Waits until so many have come."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.heard) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        heard, self.heard[:] = list(self.heard), []
        return heard

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._receiver.close(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Sends(Protocol):
    def send(self, writes: WriteSet) -> None: ...


class Carrier(Protocol):
    """What both ways of carrying messages offer to the tests."""

    def sender(self, outbox: Outbox) -> Sends: ...
    def listener(self) -> Listener | RedisListener: ...
    def bring(self, message: bytes) -> None: ...

    program: str
    """Makes a sender in another process, from `place` and `outbox`."""
    place: str


class BySocket:
    program = "from interview_stream.server.live.bus import SocketSender as S; from pathlib import Path as P"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path)

    def sender(self, outbox: Outbox) -> Sends:
        return SocketSender(self._path, outbox)

    def listener(self) -> Listener:
        return Listener(self._path)

    def bring(self, message: bytes) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(message, str(self._path))


class ByRedis:
    program = "from interview_stream.server.live.redis_bus import RedisSender as S; P = str"

    def __init__(self, url: str, finish: Callable[[Callable[[], None]], None]) -> None:
        self.place = url
        self._finish = finish

    def sender(self, outbox: Outbox) -> Sends:
        sender = RedisSender(self.place, outbox)
        self._finish(sender.close)
        return sender

    def listener(self) -> RedisListener:
        return RedisListener(self.place)

    def bring(self, message: bytes) -> None:
        with redis.Redis.from_url(self.place) as stranger:
            stranger.publish(CHANNEL, message)


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "live.sock"


@pytest.fixture(params=["socket", "redis"])
def carrier(request: pytest.FixtureRequest, path: Path) -> Carrier:
    if request.param == "socket":
        return BySocket(path)
    return ByRedis(request.getfixturevalue("redis_server").url, request.addfinalizer)


@pytest.fixture
def listener(carrier: Carrier) -> Iterator[Listener | RedisListener]:
    listener = carrier.listener()
    yield listener
    listener.close()


@pytest.fixture
def over_socket(path: Path) -> Iterator[Listener]:
    listener = Listener(path)
    yield listener
    listener.close()


Ear = Listener | RedisListener


def test_messages_arrive_in_order(carrier: Carrier, listener: Ear) -> None:
    sender = carrier.sender(Outbox("a"))
    sender.send(USERS)
    sender.send(LINKS)
    assert listener.read(2) == [USERS, LINKS]
    assert listener.read() == []


def test_a_gap_counts_as_everything_changed(carrier: Carrier, listener: Ear) -> None:
    outbox = Outbox("a")
    sender = carrier.sender(outbox)
    sender.send(USERS)
    first = listener.read(1)
    outbox.number += 1  # As after a message that the receiver did not take in.
    sender.send(USERS)
    sender.send(LINKS)
    assert first + listener.read(2) == [USERS, EVERYTHING, LINKS]


def test_each_sender_has_its_own_count(carrier: Carrier, listener: Ear) -> None:
    first, second = carrier.sender(Outbox("a")), carrier.sender(Outbox("b"))
    for sender in (first, second, first):
        sender.send(USERS)
    assert listener.read(3) == [USERS] * 3


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b'{"sender": 1}', b'{"sender":"a","message":1,"tables":[]}'])
def test_garbage_counts_as_everything_changed(carrier: Carrier, listener: Ear, garbage: bytes) -> None:
    carrier.bring(garbage)
    assert listener.read(1) == [EVERYTHING]


def test_another_process_is_heard(carrier: Carrier, listener: Ear) -> None:
    program = f"import sys; {carrier.program}; from interview_stream.server.live.bus import Outbox; "
    program += "from interview_stream.server.live.sets import WriteSet; "
    program += "s = S(P(sys.argv[1]), Outbox('a')); s.send(WriteSet({'links': None})); getattr(s, 'close', int)()"
    subprocess.run([sys.executable, "-c", program, carrier.place], check=True, env=dict(os.environ))
    assert listener.read(1) == [LINKS]


def test_a_write_set_that_is_too_large_becomes_coarser(carrier: Carrier, listener: Ear) -> None:
    sender = carrier.sender(Outbox("a"))
    rows = frozenset({("x" * 1000, number) for number in range(MAX_ROWS)})
    sender.send(WriteSet({"users": rows, "links": None}, 1, 2))
    sender.send(WriteSet({"t" * 70_000: None}, 3, 3))
    assert listener.read(2) == [WriteSet({"users": None, "links": None}, 1, 2), WriteSet(None, 3, 3)]


def test_a_process_does_not_hear_itself(redis_server: RedisServer, request: pytest.FixtureRequest) -> None:
    by_redis = ByRedis(redis_server.url, request.addfinalizer)
    listener = RedisListener(redis_server.url, own_name="me")
    by_redis.sender(Outbox("me")).send(USERS)
    by_redis.sender(Outbox("other")).send(LINKS)
    assert listener.read(1) == [LINKS]
    listener.close()


def test_after_redis_was_gone_everything_counts_as_changed(
    redis_server: RedisServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_bus, "RETRY_S", 0.01)
    sender = ByRedis(redis_server.url, request.addfinalizer).sender(Outbox("a"))
    listener = RedisListener(redis_server.url)
    redis_server.stop()
    sender.send(USERS)
    redis_server.start()
    assert listener.read(1) == [EVERYTHING]
    sender.send(LINKS)
    assert listener.read(1)[-1] in (LINKS, EVERYTHING)
    listener.close()


def test_without_redis_a_process_starts_and_hears_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_bus, "_SOCKET_TIMEOUT_S", 0.1)
    listener = RedisListener(f"unix://{tmp_path}/nobody")
    assert listener.read() == []
    listener.close()


def test_a_full_receiver_makes_the_sender_give_up_and_the_gap_is_noticed(
    path: Path, over_socket: Listener, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bus, "SEND_TIMEOUT_S", 0.01)
    sender = SocketSender(path, Outbox("a"))
    while not caplog.records:  # Until the kernel's queue is full.
        sender.send(USERS)
    over_socket.read()
    sender.send(USERS)
    assert over_socket.read() == [EVERYTHING]


def test_without_a_receiver_nothing_happens(path: Path) -> None:
    SocketSender(path, Outbox("a")).send(USERS)


def test_a_receiver_that_comes_back_is_heard(path: Path) -> None:
    sender = SocketSender(path, Outbox("a"))
    first = Listener(path)
    sender.send(USERS)
    first.close()
    sender.send(USERS)
    second = Listener(path)
    sender.send(LINKS)
    assert second.read() == [LINKS]
    second.close()


def test_the_socket_is_for_its_owner_only(path: Path, over_socket: Listener) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_a_deep_data_folder_is_no_obstacle(tmp_path: Path) -> None:
    """Socket addresses hold 107 bytes."""
    path = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6, "live.sock")
    listener = Listener(path)
    SocketSender(path, Outbox("a")).send(USERS)
    assert listener.read() == [USERS]
    listener.close()
