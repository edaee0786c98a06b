"""Health of each part, also when it is broken in a way that a running product rarely shows."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from interview_stream.server import health
from interview_stream.server.heartbeat import BEAT_S, Heartbeat
from tests.product import wait_for


@pytest.fixture
def heartbeat(settings: Any, tmp_path: Path) -> Heartbeat:
    settings.RUN_FOLDER = tmp_path
    return Heartbeat(tmp_path / "worker")


def test_a_worker_that_never_was_is_down(heartbeat: Heartbeat) -> None:
    assert health.worker_state() == "down"


def test_a_beating_worker_is_ok(heartbeat: Heartbeat) -> None:
    heartbeat.beat()
    assert health.worker_state() == "ok"


def test_a_worker_that_stopped_beating_is_not_answering(heartbeat: Heartbeat, tmp_path: Path) -> None:
    heartbeat.beat()
    last = heartbeat.last()
    assert last is not None
    (tmp_path / "worker").write_text(f"{os.getpid()} {last.at - 4 * BEAT_S}")
    assert health.worker_state() == "not answering"


def test_a_dead_worker_is_down_at_once_even_before_its_parent_noticed(heartbeat: Heartbeat, tmp_path: Path) -> None:
    heartbeat.beat()
    last = heartbeat.last()
    assert last is not None
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # It has ended, and is still to be collected.
    (tmp_path / "worker").write_text(f"{process.pid} {last.at}")
    assert health.worker_state() == "down"
    process.wait()
    assert health.worker_state() == "down"


def test_a_damaged_heartbeat_is_none(heartbeat: Heartbeat, tmp_path: Path) -> None:
    (tmp_path / "worker").write_text("nonsense")
    assert health.worker_state() == "down"


@pytest.fixture
def engine_port(settings: Any) -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, sfu_port=server.getsockname()[1], livekit_url="")
        yield server


def test_an_engine_that_accepts_and_says_nothing_is_not_answering(
    engine_port: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ANSWER_S", 0.05)
    assert health.engine_state() == "not answering"


def test_an_engine_that_is_gone_is_down(engine_port: socket.socket) -> None:
    engine_port.close()
    assert health.engine_state() == "down"


@pytest.mark.parametrize(
    ("cluster", "asked"),
    [("wss://media.example.org", "https://media.example.org"), ("ws://10.0.0.1:7880", "http://10.0.0.1:7880")],
)
def test_a_cluster_is_asked_at_its_address(settings: Any, cluster: str, asked: str) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, livekit_url=cluster)
    assert health.engine_address() == asked


@pytest.mark.django_db(transaction=True)
def test_a_broken_database_is_named(heartbeat: Heartbeat, engine_port: socket.socket) -> None:
    """Renaming the table is the least that breaks every query on it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO hidden")
    try:
        answer = Client().get("/healthz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO django_migrations")
    assert answer.status_code == 503
    assert answer.json()["database"] == "failing"
    assert answer.json()["web"] == "ok"


def test_a_heart_goes_on_beating_once_the_disk_takes_files_again(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interview_stream.server.heartbeat.BEAT_S", 0.01)
    folder = tmp_path / "run"
    heartbeat = Heartbeat(folder / "worker")
    heartbeat.keep_beating()
    shutil.rmtree(folder)
    folder.write_text("in the way of the folder")
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "heartbeat"]
    thread.join(0.1)
    assert thread.is_alive()
    folder.unlink()
    folder.mkdir()
    wait_for(heartbeat.last, "the next beat", patience_s=20)


def test_of_several_media_processes_the_broken_one_is_named(settings: Any) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()
            self.wfile.write(b'{"sfu-1": "ok", "sfu-2": "down", "problem": "sfu-2: down"}')

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, sfu_port=server.server_port, livekit_url="")
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert health.engine_state() == "sfu-2: down"
        thread.join()
