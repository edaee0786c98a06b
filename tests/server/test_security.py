"""Headers on every answer, and which Host and Origin headers are ours."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from interview_stream.environment import read_environment
from interview_stream.server.security import Origins

LOCAL = Origins(read_environment({}))
PUBLIC = Origins(read_environment({"INTERVIEW_STREAM_PUBLIC_URL": "https://interviews.example.org"}))


def headers(**given: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in given.items()]


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST", "192.168.1.7:3000"])
def test_our_names_and_every_address_are_answered(host: str) -> None:
    assert LOCAL.host_is_ours(headers(host=host))


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:3000", "", "[", "interviews.example.org"])
def test_a_name_that_was_pointed_at_us_is_refused(host: str) -> None:
    assert not LOCAL.host_is_ours(headers(host=host))


def test_the_public_name_is_answered() -> None:
    assert PUBLIC.host_is_ours(headers(host="interviews.example.org"))
    assert not PUBLIC.host_is_ours([])


@pytest.mark.parametrize(
    ("origins", "origin", "host", "scheme", "is_ours"),
    [
        (LOCAL, "http://localhost:3000", "localhost:3000", "ws", True),
        (LOCAL, "http://127.0.0.1:3000", "127.0.0.1:3000", "ws", True),
        (LOCAL, "https://localhost:3000", "localhost:3000", "ws", False),
        (LOCAL, "http://localhost:4000", "localhost:3000", "ws", False),
        (LOCAL, "https://evil.example", "localhost:3000", "ws", False),
        (LOCAL, "null", "localhost:3000", "ws", False),
        (LOCAL, "", "", "ws", False),
        (PUBLIC, "https://interviews.example.org", "interviews.example.org", "ws", True),
        (PUBLIC, "https://INTERVIEWS.example.org", "interviews.example.org", "ws", True),
        (PUBLIC, "http://interviews.example.org", "other", "ws", False),
        (PUBLIC, "https://10.0.0.1", "10.0.0.1", "wss", True),
    ],
)
def test_origins(origins: Origins, origin: str, host: str, scheme: str, is_ours: bool) -> None:
    scope: dict[str, Any] = {"headers": headers(origin=origin, host=host), "scheme": scheme}
    assert origins.origin_is_ours(scope) is is_ours


def test_every_answer_has_the_fixed_headers(as_nobody: Client) -> None:
    for path in ("/api/me", "/api/nothing", "/somewhere"):
        answer = as_nobody.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "camera=(self)" in answer.headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in answer.headers


def test_secure_transport_is_promised_where_the_public_address_has_it(as_nobody: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, public_url="https://interviews.example.org")
    assert as_nobody.get("/api/me").headers["Strict-Transport-Security"] == "max-age=31536000"
