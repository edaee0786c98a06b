"""Network namespaces for benches: made, entered by starting the bench again inside, and removed whatever happens."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

INSIDE = "BENCH_NAMESPACES"
"""In the environment of a bench that runs inside: the names, its own first."""


def entered(module: str, roles: Sequence[str]) -> list[str] | None:
    """The namespaces' names if we are inside; else make them, run `module` inside the first, remove them, and None."""
    if os.environ.get(INSIDE):
        return os.environ[INSIDE].split()
    if os.geteuid() != 0:
        sys.exit("Making networks needs root.")
    names = [f"is-{os.getpid()}-{role}" for role in roles]
    try:
        for name in names:
            _ip("netns", "add", name)
            _ip("-netns", name, "link", "set", "lo", "up")
        command = ["ip", "netns", "exec", names[0], sys.executable, "-m", module, *sys.argv[1:]]
        code = subprocess.run(command, env={**os.environ, INSIDE: " ".join(names)}, check=False).returncode
    finally:
        for name in names:
            _remove(name)
    if code:
        sys.exit(code)
    return None


def _remove(name: str) -> None:
    pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False).stdout
    for pid in pids.split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
