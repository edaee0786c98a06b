"""Starts the product's processes, restarts one that dies, prefixes their output, and stops them all together."""

import asyncio
import ctypes
import http.client
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from interview_stream.listening import handing

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
# A process that ran this long starts the pauses from the beginning.
STEADY_S = 10.0
STOP_S = 8.0
LINE_BYTES = 16_384
# A program that gives no answer so many times in a row hangs: what it serves is lost already.
ASK_S, ANSWER_S, MOST_SILENCES = 4.0, 4.0, 3

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """One process to keep running."""

    name: str
    arguments: Sequence[str]
    listeners: Sequence[socket.socket] = ()
    """Handed to it at each start, and open between: connections wait for it instead of being refused."""
    address: str = ""
    """A URL that it answers while it works. If it has and then is silent for long, it is killed and started again."""


class Supervisor:
    def __init__(self, programs: Sequence[Program], variables: Mapping[str, str]) -> None:
        self._programs = programs
        self._variables = dict(variables)
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()
        self._width = max(len(program.name) for program in programs)

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """The first call asks the processes to end, the second one ends them."""
        if self._stopping.is_set():
            self._signal(signal.SIGKILL)
        self._stopping.set()
        self._signal(signal.SIGTERM)

    async def run(self) -> None:
        """Until `stop` is called and all processes have ended."""
        async with asyncio.TaskGroup() as group:
            for program in self._programs:
                group.create_task(self._keep(program))
            await self._stopping.wait()
            killer = asyncio.get_running_loop().call_later(STOP_S, self._signal, signal.SIGKILL)
        killer.cancel()

    async def _keep(self, program: Program) -> None:
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = loop.time()
            code = await self._run_once(program)
            if self._stopping.is_set():
                return
            if loop.time() - started > STEADY_S:
                pause = FIRST_PAUSE_S
            self._say(program.name, f"ended ({_reason(code)}); starting it again in {pause:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _run_once(self, program: Program) -> int:
        process = await asyncio.create_subprocess_exec(
            *program.arguments,
            env=self._variables | handing(program.listeners),
            pass_fds=[listener.fileno() for listener in program.listeners],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_BYTES,
            # Ctrl-C reaches the supervisor only, which then stops its children in an orderly way.
            start_new_session=True,
            preexec_fn=_die_with(os.getpid()),
        )
        self._running[program.name] = process
        if self._stopping.is_set():
            process.terminate()
        assert process.stdout is not None
        watching = asyncio.create_task(self._watch(program, process)) if program.address else None
        try:
            await self._copy_lines(program.name, process.stdout)
            return await process.wait()
        finally:
            if watching is not None:
                watching.cancel()
            del self._running[program.name]

    async def _watch(self, program: Program, process: asyncio.subprocess.Process) -> None:
        has_answered, silences = False, 0
        while silences < MOST_SILENCES:
            await asyncio.sleep(ASK_S)
            if self._stopping.is_set():
                return
            if await asyncio.to_thread(_answers, program.address):
                has_answered, silences = True, 0
            elif has_answered:
                silences += 1
        self._say(program.name, "does not answer any more; it is ended")
        process.kill()

    async def _copy_lines(self, name: str, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await stream.readuntil(b"\n")
            except asyncio.IncompleteReadError as end:
                if end.partial:
                    self._say(name, end.partial.decode(errors="replace"))
                return
            except asyncio.LimitOverrunError as overrun:
                line = await stream.read(overrun.consumed or LINE_BYTES)
            self._say(name, line.decode(errors="replace"))

    def _say(self, name: str, text: str) -> None:
        sys.stdout.write(f"{name:<{self._width}} | {text.rstrip()}\n")
        sys.stdout.flush()

    def _signal(self, number: signal.Signals) -> None:
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.send_signal(number)


def _die_with(parent: int) -> Callable[[], None]:
    """For the child, before it becomes the program: the kernel ends it when the supervisor is gone, even by kill -9."""

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # The supervisor was gone before the kernel knew.
            os._exit(1)

    return prepare


def _answers(address: str) -> bool:
    """Whatever it says."""
    try:
        with urllib.request.urlopen(address, timeout=ANSWER_S):  # noqa: S310 - our own process
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except (OSError, http.client.HTTPException):
        return False


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
