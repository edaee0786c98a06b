"""Supervision of real child processes: restarts, output, stopping, and dying together."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interview_stream.listening import close_listeners, open_listeners
from interview_stream.supervisor import Program, Supervisor
from tests.product import free_port, wait_for

PATIENCE_S = 30

STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)"
)

ANSWER_ONE_AND_DIE = (
    "import os; from interview_stream.listening import handed_listeners; (door,) = handed_listeners(os.environ); "
    "visitor, _ = door.accept(); visitor.sendall(b'hello'); os.kill(os.getpid(), 9)"
)


def python(text: str) -> list[str]:
    return [sys.executable, "-u", "-c", text]


async def seen(capsys: pytest.CaptureFixture[str], text: str, so_far: list[str]) -> str:
    """Wait until the supervisor has printed the text; returns all that it printed."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            so_far.append(capsys.readouterr().out)
            if text in "".join(so_far):
                return "".join(so_far)
            await asyncio.sleep(0.02)


async def test_output_is_prefixed_and_a_program_that_ends_starts_again(capsys: pytest.CaptureFixture[str]) -> None:
    programs = [Program("a", python("print('one')")), Program("long", python("import time; time.sleep(600)"))]
    supervisor = Supervisor(programs, os.environ)
    running = asyncio.create_task(supervisor.run())
    printed: list[str] = []
    await seen(capsys, "again in 0.2 s", printed)
    output = await seen(capsys, "again in 0.4 s", printed)
    supervisor.stop()
    await asyncio.wait_for(running, PATIENCE_S)
    assert output.count("a    | one\n") == 2
    assert "a    | ended (exit code 0)" in output


async def test_a_killed_program_is_named_with_its_signal(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([Program("a", python("import os; os.kill(os.getpid(), 9)"))], os.environ)
    running = asyncio.create_task(supervisor.run())
    await seen(capsys, "ended (SIGKILL)", [])
    supervisor.stop()
    await asyncio.wait_for(running, PATIENCE_S)


async def test_long_and_unended_lines_come_through(capsys: pytest.CaptureFixture[str]) -> None:
    text = "import sys; sys.stdout.write('x' * 100_000 + '\\n' + 'tail')"
    supervisor = Supervisor([Program("a", python(text))], os.environ)
    running = asyncio.create_task(supervisor.run())
    output = await seen(capsys, "ended", [])
    supervisor.stop()
    await asyncio.wait_for(running, PATIENCE_S)
    assert output.count("x") >= 100_000
    assert "a | tail" in output


async def test_stopping_asks_and_the_second_time_insists(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([Program("a", python(STUBBORN))], os.environ)
    running = asyncio.create_task(supervisor.run())
    await seen(capsys, "up", [])
    supervisor.stop()
    assert supervisor.is_stopping
    supervisor.stop()
    await asyncio.wait_for(running, PATIENCE_S)


async def test_what_does_not_end_in_time_is_ended(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interview_stream.supervisor.STOP_S", 0.1)
    supervisor = Supervisor([Program("a", python(STUBBORN))], os.environ)
    running = asyncio.create_task(supervisor.run())
    await seen(capsys, "up", [])
    supervisor.stop()
    await asyncio.wait_for(running, PATIENCE_S)


async def test_a_port_stays_open_while_its_program_dies_and_starts_again() -> None:
    listeners = open_listeners("127.0.0.1", 0)
    supervisor = Supervisor([Program("a", python(ANSWER_ONE_AND_DIE), listeners)], os.environ)
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(3):
            reader, writer = await asyncio.open_connection(*listeners[0].getsockname())
            assert await reader.readexactly(5) == b"hello"
            writer.close()
    supervisor.stop()
    await asyncio.wait_for(running, PATIENCE_S)
    close_listeners(listeners)


def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    child = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    parent = (
        "import asyncio, os, sys; from interview_stream.supervisor import *; "
        "asyncio.run(Supervisor([Program('a', [sys.executable, '-c', sys.argv[1]])], os.environ).run())"
    )
    process = subprocess.Popen([sys.executable, "-c", parent, child])
    pid = int(wait_for(lambda: pid_file.exists() and pid_file.read_text(), "the child"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not _is_alive(pid), "the end of the child")


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


HANGING = (
    "import http.server, socket, sys, threading\n"
    "class Handler(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        print('asked', flush=True)\n"
    "        if self.server.count > 1: threading.Event().wait()\n"
    "        self.server.count += 1\n"
    "        self.send_error(503)\n"
    "server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)\n"
    "server.count = 0\n"
    "server.serve_forever()\n"
)


async def test_a_program_that_hangs_is_ended_and_started_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To answer that something is wrong is to answer."""
    monkeypatch.setattr("interview_stream.supervisor.ASK_S", 0.05)
    monkeypatch.setattr("interview_stream.supervisor.ANSWER_S", 0.2)
    port = free_port()
    program = Program("a", [*python(HANGING), str(port)], address=f"http://127.0.0.1:{port}/")
    supervisor = Supervisor([program], os.environ)
    running = asyncio.create_task(supervisor.run())
    printed: list[str] = []
    output = await seen(capsys, "a | ended (SIGKILL)", printed)
    assert "a | does not answer any more; it is ended" in output
    printed.clear()
    await seen(capsys, "a | asked", printed)
    supervisor.stop()
    await asyncio.wait_for(running, PATIENCE_S)
