"""What of failed requests gets into the log."""

import asyncio
import io
import logging
import socket
from typing import Any

import pytest
import uvicorn
from django.test import Client
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from interview_stream.server.lib.logs import FailuresOnly


@pytest.mark.parametrize(
    ("path", "pattern"), [("/join/sEcReT", ""), ("/api/owner-links/sEcReT", "api/owner-links/<token>")]
)
def test_a_failure_is_logged_without_what_its_address_carries(
    settings: Any, django_db_blocker: Any, path: str, pattern: str
) -> None:
    """What fails here is the page without its folder, and the database, which is kept from this test."""
    settings.FRONT_END = None
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(FailuresOnly())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        with django_db_blocker.block():
            assert Client(raise_request_exception=False).get(path).status_code == 500
    finally:
        logger.removeHandler(handler)
    assert stream.getvalue().startswith(f"Answered 500 at {pattern}\nTraceback")
    assert "sEcReT" not in stream.getvalue()


async def refuse(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.http.response.start", "status": 403, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b"no"})


async def break_down(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("broken")


async def knock_at(application: Any) -> int:
    """The status with which a WebSocket is refused by the application behind the product's kind of server."""
    config = uvicorn.Config(application, ws="websockets-sansio", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        try:
            await connect(f"ws://127.0.0.1:{listener.getsockname()[1]}", proxy=None)
        except InvalidStatus as refusal:
            return refusal.response.status_code
        finally:
            server.should_exit = True
            await serving
    return 101


async def test_a_refused_socket_is_not_news(caplog: pytest.LogCaptureFixture) -> None:
    assert await knock_at(refuse) == 403

    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_socket_that_breaks_the_server_is_news(caplog: pytest.LogCaptureFixture) -> None:
    assert await knock_at(break_down) == 500

    assert "RuntimeError: broken" in caplog.text
