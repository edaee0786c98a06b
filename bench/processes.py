"""Runs a server under test pinned to one core and reads the CPU time of its whole process tree."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import aiohttp

T = TypeVar("T")

SERVER_CPU, GENERATOR_CPU = 0, 1


def pin_generator() -> None:
    os.sched_setaffinity(0, {GENERATOR_CPU})


class ServerProcess:
    """A child on SERVER_CPU, with its output in a file."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CPU}),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def check_alive(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._process.args!r} has ended:\n{self._log.read_text(errors='replace')[-2000:]}")

    async def first_answer(self, ask: Callable[[], Awaitable[T]], patience_s: float) -> T:
        """What it answers once it listens."""
        async with asyncio.timeout(patience_s):
            while True:
                self.check_alive()
                try:
                    return await ask()
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)

    def cpu_seconds(self) -> float:
        """User and system time of the process and its descendants, in nanosecond steps, not in clock ticks."""
        return sum(time.clock_gettime(_cpu_clock(pid)) for pid in _tree(self.pid))

    def others_seconds(self) -> float:
        """How long everything but this server has used its CPU, or was kept from it by the machine's host.

        Since boot and in clock ticks, so only differences over seconds say something. Interrupts are left out: most of
        them carry the server's own datagrams.
        """
        user, nice, system, _idle, _iowait, _irq, _softirq, steal = _cpu_ticks(SERVER_CPU)
        return (user + nice + system + steal) / os.sysconf("SC_CLK_TCK") - self.cpu_seconds()

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def load_seconds() -> float:
    """How long the load's CPU has been busy since boot, with whatever; in clock ticks."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = _cpu_ticks(GENERATOR_CPU)
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _cpu_ticks(cpu: int) -> list[int]:
    """proc(5): user, nice, system, idle, iowait, irq, softirq, steal."""
    line = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith(f"cpu{cpu} "))
    return [int(ticks) for ticks in line.split()[1:9]]


def _cpu_clock(pid: int) -> int:
    """The kernel's clock id of another process's CPU time, as clock_getcpuclockid(3) makes it."""
    return (~pid << 3) | 2


def _tree(pid: int) -> list[int]:
    found = [pid]
    for process in found:
        for task in Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):  # The thread has ended meanwhile.
                found += [int(child) for child in (task / "children").read_text().split()]
    return found
