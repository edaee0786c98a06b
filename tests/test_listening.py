"""The public port: opened on every address of the host, handed to a child, kept between children."""

import errno
import os
import socket
import subprocess
import sys

import pytest

from interview_stream.listening import close_listeners, handed_listeners, handing, open_listeners
from tests.product import free_port

GREET_ONE = (
    "import os, sys; from interview_stream.listening import handed_listeners; "
    "(door,) = handed_listeners(os.environ); visitor, _ = door.accept(); "
    "visitor.sendall(visitor.recv(100) + sys.argv[1].encode())"
)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def names_of_localhost(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """What the machine's hosts file says."""

    def resolve(host: str, port: int, **_: int) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(families[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in hosts]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_name_is_opened_on_all_its_addresses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    names_of_localhost(monkeypatch, "::1", "127.0.0.1", "127.0.0.1")
    listeners = open_listeners("localhost", port)
    assert [listener.getsockname()[:2] for listener in listeners] == [("::1", port), ("127.0.0.1", port)]
    close_listeners(listeners)


@pytest.mark.parametrize("host", ["localhost", "::"])
def test_an_address_that_the_machine_does_not_have_is_left_out(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    names_of_localhost(monkeypatch, "2001:db8::1", "127.0.0.1")
    listeners = open_listeners(host, port)
    assert [listener.getsockname()[0] for listener in listeners] == ["127.0.0.1"]
    close_listeners(listeners)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_everywhere_is_both_versions_of_ip_or_ipv4_alone() -> None:
    port = free_port()
    for host, reached in (("::", {"::1": True, "127.0.0.1": True}), ("0.0.0.0", {"::1": False, "127.0.0.1": True})):
        listeners = open_listeners(host, port)
        assert {address: answers(address, port) for address in reached} == reached
        close_listeners(listeners)


def answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=30).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_host_without_any_address_here_is_refused() -> None:
    with pytest.raises(OSError) as failure:
        open_listeners("192.0.2.1", free_port())
    assert failure.value.errno == errno.EADDRNOTAVAIL


def test_a_port_that_is_taken_on_one_address_is_not_half_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.2", 0)) as other:
        port = other.getsockname()[1]
        names_of_localhost(monkeypatch, "127.0.0.1", "127.0.0.2")
        with pytest.raises(OSError) as failure:
            open_listeners("localhost", port)
        assert failure.value.errno == errno.EADDRINUSE
        socket.create_server(("127.0.0.1", port)).close()


def test_who_comes_between_two_children_is_answered_by_the_second() -> None:
    listeners = open_listeners("127.0.0.1", 0)
    descriptors = [listener.fileno() for listener in listeners]
    for name in ("first", "second"):
        with socket.create_connection(listeners[0].getsockname(), timeout=30) as visitor:
            visitor.sendall(b"I am waiting. ")
            subprocess.run(
                [sys.executable, "-c", GREET_ONE, name],
                env=os.environ | handing(listeners),
                pass_fds=descriptors,
                check=True,
            )
            assert visitor.recv(100) == b"I am waiting. " + name.encode()
    close_listeners(listeners)


def test_who_waits_is_turned_away_when_the_port_closes() -> None:
    listeners = open_listeners("127.0.0.1", 0)
    with socket.create_connection(listeners[0].getsockname(), timeout=30) as visitor:
        close_listeners(listeners)
        with pytest.raises(ConnectionResetError):
            visitor.recv(1)


def test_what_was_handed_is_taken_once_and_passed_to_no_grandchild() -> None:
    (own,) = open_listeners("127.0.0.1", 0)
    given = os.dup(own.fileno())
    os.set_inheritable(given, True)
    variables = {"LISTENING_DESCRIPTORS": str(given)}
    taken = handed_listeners(variables)
    assert taken is not None
    assert [listener.getsockname() for listener in taken] == [own.getsockname()]
    assert not taken[0].get_inheritable()
    assert variables == {}
    close_listeners([own, *taken])


def test_without_anything_handed_the_process_is_on_its_own() -> None:
    assert handed_listeners({}) is None
    assert handing([]) == {}
