"""Networks that tests make: a namespace with addresses that no firewall or route of this machine has a say about."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 900
"""For everything inside: two browsers start, hold some calls and recordings are made."""
INTERFACE, NOWHERE = "call0", "nowhere"
LOST = "77"
"""The routing table of what gets nowhere."""


@contextmanager
def namespace(*addresses: str) -> Iterator[str]:
    """A network namespace whose one interface has these addresses; its name."""
    name = f"interview-stream-{os.getpid()}"
    ip("netns", "add", name)
    try:
        ip("-netns", name, "link", "set", "lo", "up")
        ip("-netns", name, "link", "add", INTERFACE, "type", "veth", "peer", "name", "call1")
        for address in addresses:
            # Without asking others whether it is theirs: an address of IPv6 would be of no use until that is settled.
            ip("-netns", name, "address", "add", address, "dev", INTERFACE, *(["nodad"] if ":" in address else []))
        for end in (INTERFACE, "call1"):
            ip("-netns", name, "link", "set", end, "up")
        for family in {"-6" if ":" in address else "-4" for address in addresses}:
            # Firefox takes the address that leads out of the machine.
            ip("-netns", name, family, "route", "add", "default", "dev", INTERFACE)
        yield name
    finally:
        for left_over in ip("netns", "pids", name).split():
            with suppress(ProcessLookupError):
                os.kill(int(left_over), signal.SIGKILL)
        ip("netns", "delete", name)


def run_inside(namespace: str, module: str, folder: Path) -> None:
    """Run the tests of a module of this folder in that network; their report is the failure."""
    inside = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", str(folder / "inside")]
    done = subprocess.run(
        ["ip", "netns", "exec", namespace, *inside, str(ROOT / "tests" / "e2e" / module)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(done.stdout, pytrace=False)


@contextmanager
def without_udp(port: int) -> Iterator[None]:
    """Datagrams of IPv4 to this port vanish in the namespace we are in; nobody is told, as by a firewall."""
    ip("link", "add", NOWHERE, "type", "veth", "peer", "name", "nobody")  # at whose end nobody listens
    for end in (NOWHERE, "nobody"):
        ip("link", "set", end, "arp", "off", "up")
    ip("route", "add", "default", "dev", NOWHERE, "table", LOST)
    # The table of the machine's own addresses comes first otherwise, and all are its own.
    ip("rule", "add", "pref", "100", "lookup", "local")
    ip("rule", "delete", "pref", "0", "lookup", "local")
    ip("rule", "add", "pref", "10", "ipproto", "udp", "dport", str(port), "lookup", LOST)
    try:
        yield
    finally:
        ip("rule", "delete", "pref", "10")
        ip("rule", "add", "pref", "0", "lookup", "local")
        ip("rule", "delete", "pref", "100")
        ip("link", "delete", NOWHERE)


def ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done.stdout
