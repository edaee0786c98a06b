"""Messages between processes: none is lost without being noticed."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_stream.server.live import bus
from interview_stream.server.live.bus import Receiver, Sender
from interview_stream.server.live.sets import EVERYTHING, MAX_ROWS, WriteSet

USERS, LINKS = WriteSet({"users": frozenset({(1, "a", None, ())})}, 7, 8), WriteSet({"links": None})


class Listener:
    def __init__(self, path: Path) -> None:
        self.heard: list[WriteSet] = []
        self.receiver = Receiver(path, self.heard.append)

    def read(self) -> list[WriteSet]:
        self.receiver.read()
        heard, self.heard[:] = list(self.heard), []
        return heard


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "live.sock"


@pytest.fixture
def listener(path: Path) -> Iterator[Listener]:
    listener = Listener(path)
    yield listener
    listener.receiver.close()


def test_messages_arrive_in_order(path: Path, listener: Listener) -> None:
    sender = Sender(path)
    sender.send(USERS)
    sender.send(LINKS)
    assert listener.read() == [USERS, LINKS]
    assert listener.read() == []


def test_a_gap_counts_as_everything_changed(path: Path, listener: Listener) -> None:
    sender = Sender(path)
    sender.send(USERS)
    sender._number += 1  # As after a message that the receiver did not take in.
    sender.send(USERS)
    sender.send(LINKS)
    assert listener.read() == [USERS, EVERYTHING, LINKS]


def test_each_sender_has_its_own_count(path: Path, listener: Listener) -> None:
    first, second = Sender(path), Sender(path)
    for sender in (first, second, first):
        sender.send(USERS)
    assert listener.read() == [USERS] * 3


def test_a_full_receiver_makes_the_sender_give_up_and_the_gap_is_noticed(
    path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bus, "SEND_TIMEOUT_S", 0.01)
    sender = Sender(path)
    while not caplog.records:  # Until the kernel's queue is full.
        sender.send(USERS)
    listener.read()
    sender.send(USERS)
    assert listener.read() == [EVERYTHING]


def test_without_a_receiver_nothing_happens(path: Path) -> None:
    Sender(path).send(USERS)


def test_a_receiver_that_comes_back_is_heard(path: Path) -> None:
    sender = Sender(path)
    first = Listener(path)
    sender.send(USERS)
    first.receiver.close()
    sender.send(USERS)
    second = Listener(path)
    sender.send(LINKS)
    assert second.read() == [LINKS]
    second.receiver.close()


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b'{"sender": 1}', b'{"sender":"a","message":1,"tables":[]}'])
def test_garbage_counts_as_everything_changed(path: Path, listener: Listener, garbage: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(garbage, str(path))
    assert listener.read() == [EVERYTHING]


def test_the_socket_is_for_its_owner_only(path: Path, listener: Listener) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_a_deep_data_folder_is_no_obstacle(tmp_path: Path) -> None:
    """Socket addresses hold 107 bytes."""
    path = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6, "live.sock")
    listener = Listener(path)
    Sender(path).send(USERS)
    assert listener.read() == [USERS]
    listener.receiver.close()


def test_another_process_is_heard(path: Path, listener: Listener) -> None:
    program = "import sys; from pathlib import Path; from interview_stream.server.live.bus import Sender; "
    program += "from interview_stream.server.live.sets import WriteSet; "
    program += "Sender(Path(sys.argv[1])).send(WriteSet({'links': None}))"
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, env=dict(os.environ))
    assert listener.read() == [LINKS]


def test_a_write_set_that_is_too_large_becomes_coarser(path: Path, listener: Listener) -> None:
    sender = Sender(path)
    rows = frozenset({("x" * 1000, number) for number in range(MAX_ROWS)})
    sender.send(WriteSet({"users": rows, "links": None}, 1, 2))
    sender.send(WriteSet({"t" * 70_000: None}, 3, 3))
    assert listener.read() == [WriteSet({"users": None, "links": None}, 1, 2), WriteSet(None, 3, 3)]
