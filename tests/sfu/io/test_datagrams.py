"""Datagrams in bulk, over real sockets. All of it holds for both forms of the module."""

import errno
import socket
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.io.datagrams import GONE, MAX_DATAGRAM, MAX_RECEIVED, receive, send
from interview_stream.sfu.wire.stun import Address


def bound(family: socket.AddressFamily, host: str) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
    sock.bind((host, 0))
    sock.setblocking(False)
    return sock


def address_of(sock: socket.socket, number: int) -> Address:
    host, port = sock.getsockname()[:2]
    return host, port, number


def drain(sock: socket.socket) -> list[tuple[bytes, Address]]:
    found: list[tuple[bytes, Address]] = []
    while batch := receive(sock, 7):
        found += batch
    return found


@pytest.fixture(params=[(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Ours and theirs."""
    with bound(*request.param) as ours, bound(*request.param) as theirs:
        yield ours, theirs


Pair = tuple[socket.socket, socket.socket]


def test_nothing_waits(pair: Pair) -> None:
    assert receive(pair[0], 7) == []
    assert send([], {}) == []


def test_what_is_sent_comes_with_the_address_to_answer_to(pair: Pair) -> None:
    ours, theirs = pair
    assert send([(b"one", address_of(theirs, 3))], {3: ours}) == []
    assert receive(theirs, 7) == [(b"one", address_of(ours, 7))]
    assert send([(b"two", address_of(ours, 1))], {1: theirs}) == []
    assert receive(ours, 9) == [(b"two", address_of(theirs, 9))]


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0, 1, 12, 700, 1200, 1200, 1200, 1400])), max_size=200))
def test_each_address_gets_its_own_whole_and_in_order(plan: list[tuple[int, int]]) -> None:
    """Whatever sizes follow each other: trains of one size, shorter ends, empty ones."""
    with (
        bound(socket.AF_INET, "127.0.0.1") as ours,
        bound(socket.AF_INET, "127.0.0.1") as first,
        bound(socket.AF_INET, "127.0.0.1") as second,
        bound(socket.AF_INET, "127.0.0.1") as third,
    ):
        theirs = (first, second, third)
        addresses = [address_of(sock, 1) for sock in theirs]
        queue = [(bytes([index & 0xFF]) * size, addresses[who]) for index, (who, size) in enumerate(plan)]
        assert send(queue, {1: ours}) == []
        for sock, address in zip(theirs, addresses, strict=True):
            assert [data for data, _ in drain(sock)] == [data for data, to in queue if to == address]


def test_a_long_train_is_cut_where_the_kernel_wants_it(pair: Pair) -> None:
    ours, theirs = pair
    queue = [(index.to_bytes(2, "big") * 600, address_of(theirs, 1)) for index in range(300)]
    to = queue[0][1]
    assert send([(data, to) for data, _ in queue], {1: ours}) == []
    assert [data for data, _ in drain(theirs)] == [data for data, _ in queue]


def test_so_many_are_taken_at_once_and_no_more(pair: Pair) -> None:
    ours, theirs = pair
    to = address_of(theirs, 1)
    send([(b"x", to)] * (MAX_RECEIVED + 5), {1: ours})
    assert [len(receive(theirs, 7)), len(receive(theirs, 7)), len(receive(theirs, 7))] == [MAX_RECEIVED, 5, 0]


def test_what_is_longer_than_any_of_ours_is_cut(pair: Pair) -> None:
    ours, theirs = pair
    send([(b"x" * 5000, address_of(theirs, 1))], {1: ours})
    assert [len(data) for data, _ in receive(theirs, 7)] == [MAX_DATAGRAM]


def test_each_failure_is_told_and_stops_no_other(pair: Pair) -> None:
    ours, theirs = pair
    to = address_of(theirs, 1)
    queue = [(b"gone", address_of(theirs, 2)), (b"x" * 70_000, to), (b"good", to), (b"no such host", ("?", 5, 1))]
    failures = send(queue, {1: ours})
    assert len(failures) == 3
    assert {GONE, errno.EMSGSIZE} < set(failures)
    assert [data for data, _ in drain(theirs)] == [b"good"]


def test_a_port_that_was_unreachable_is_told_once() -> None:
    with bound(socket.AF_INET, "127.0.0.1") as ours:
        with bound(socket.AF_INET, "127.0.0.1") as theirs:
            to = theirs.getsockname()
        ours.connect(to)  # only a connected socket hears of it
        ours.send(b"x")
        with pytest.raises(ConnectionRefusedError):
            receive(ours, 7)
        assert receive(ours, 7) == []


def test_however_many_addresses_come_they_are_told_apart() -> None:
    """More than are remembered."""
    with bound(socket.AF_INET, "127.0.0.1") as ours:
        seen = set()
        for index in range(4200):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.bind((f"127.1.{index >> 8}.{index & 0xFF}", 0))
                client.sendto(b"x", ours.getsockname())
                source = client.getsockname()
            ((_, address),) = receive(ours, 7)
            assert address == (*source, 7)
            seen.add(address)
        assert len(seen) == 4200


def test_nothing_is_kept_of_what_was_sent_and_received(pair: Pair) -> None:
    ours, theirs = pair
    data, to = bytes(bytearray(900)), address_of(theirs, 1)
    before = sys.getrefcount(data)
    for _ in range(5):
        send([(data, to)] * 10, {1: ours})
        drain(theirs)
    assert sys.getrefcount(data) == before
    send([(b"yy", to)], {1: ours})
    ((received, _),) = receive(theirs, 7)
    assert sys.getrefcount(received) == 2
