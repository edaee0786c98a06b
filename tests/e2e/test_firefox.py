"""The two-person call with Firefox on one side, in a network that the test makes.

Firefox checks no candidate at 127.0.0.1, so server and browsers need another address, and one that no firewall or route
of this machine has a say about.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 900
"""For everything inside: two browsers start, hold two calls and a recording is made."""


@pytest.fixture
def namespace() -> Iterator[str]:
    """A network namespace whose one interface has an address from the range for documentation (RFC 5737)."""
    name = f"interview-stream-{os.getpid()}"
    ip("netns", "add", name)
    try:
        ip("-netns", name, "link", "set", "lo", "up")
        ip("-netns", name, "link", "add", "call0", "type", "veth", "peer", "name", "call1")
        ip("-netns", name, "address", "add", "198.51.100.1/24", "dev", "call0")
        for end in ("call0", "call1"):
            ip("-netns", name, "link", "set", end, "up")
        # Firefox takes the address that leads out of the machine.
        ip("-netns", name, "route", "add", "default", "dev", "call0")
        yield name
    finally:
        for left_over in ip("netns", "pids", name).split():
            with suppress(ProcessLookupError):
                os.kill(int(left_over), signal.SIGKILL)
        ip("netns", "delete", name)


def ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="making a network needs root")
def test_firefox_and_chromium_hold_a_call(namespace: str, tmp_path: Path) -> None:
    module = ROOT / "tests" / "e2e" / "firefox_call.py"
    inside = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "inside")]
    done = subprocess.run(
        ["ip", "netns", "exec", namespace, *inside, str(module)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(done.stdout, pytrace=False)
