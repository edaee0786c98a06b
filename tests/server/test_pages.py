"""The page that every address gives, its Content-Security-Policy, and the reports about it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

NONCES = '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__" src="/assets/x.js"></script>'


@pytest.fixture
def built(settings: Any, tmp_path: Path) -> Path:
    settings.FRONT_END = tmp_path
    (tmp_path / "index.html").write_text(f"<!doctype html>{NONCES}<div id=root></div>")
    return tmp_path


def policy(answer: Any) -> dict[str, list[str]]:
    rules = [rule.split() for rule in answer.headers["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in rules}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/interviews/7/room", "/join/a.b:c"])
def test_every_address_gives_the_page(built: Path, as_nobody: Client, path: str) -> None:
    answer = as_nobody.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_each_answer_has_its_own_nonce(built: Path, as_nobody: Client) -> None:
    nonces = set()
    for _ in range(2):
        answer = as_nobody.get("/")
        found = set(re.findall(r'nonce="([^"]+)"', answer.content.decode()))
        assert len(found) == 1
        assert f"'nonce-{found.copy().pop()}'" in policy(answer)["script-src"]
        nonces |= found
    assert len(nonces) == 2


def test_the_policy_allows_nothing_that_is_not_needed(built: Path, as_nobody: Client) -> None:
    rules = policy(as_nobody.get("/"))
    assert rules["default-src"] == ["'self'"]
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["worker-src"] == ["'self'", "blob:"]
    assert rules["connect-src"] == ["'self'", "ws://testserver"]
    assert rules["report-uri"] == ["/csp-report"]
    assert not any("unsafe" in value or value == "*" for values in rules.values() for value in values)


def test_a_cluster_may_be_connected_to(built: Path, as_nobody: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, livekit_url="wss://media.example.org")
    assert policy(as_nobody.get("/"))["connect-src"][2:] == ["wss://media.example.org", "https://media.example.org"]


def test_the_page_brings_the_csrf_cookie_and_its_name(built: Path, as_nobody: Client, settings: Any) -> None:
    """Two installations on one host share their cookies, so each has a name of its own."""
    (built / "index.html").write_text('<meta name="csrf-cookie" content="__CSRF_COOKIE__">')
    name = f"is_{settings.ENVIRONMENT.port}_csrftoken"
    assert f'content="{name}"' in as_nobody.get("/").content.decode()
    assert as_nobody.cookies[name].value


def test_a_new_build_is_noticed(built: Path, as_nobody: Client) -> None:
    as_nobody.get("/")
    (built / "index.html").unlink()
    (built / "index.html").write_text("new build")
    assert as_nobody.get("/").content == b"new build"


def test_without_a_build_the_page_says_what_to_do(settings: Any, tmp_path: Path, as_nobody: Client) -> None:
    settings.FRONT_END = tmp_path / "missing"
    answer = as_nobody.get("/")
    assert answer.status_code == 503
    assert b"make run" in answer.content


def test_a_write_to_a_page_is_refused(built: Path, as_nobody: Client) -> None:
    assert as_nobody.post("/").status_code == 405


def report(client: Client, body: str, **headers: str) -> Any:
    return client.post("/csp-report", body, content_type="application/csp-report", headers=headers)


def test_a_report_is_logged_and_counted(as_nobody: Client, caplog: pytest.LogCaptureFixture) -> None:
    before = as_nobody.get("/csp-report").json()["reports"]
    body = '{"csp-report": {"blocked-uri": "https://evil.example", "effective-directive": "script-src-elem"}}'
    assert report(as_nobody, body).status_code == 204
    assert as_nobody.get("/csp-report").json()["reports"] == before + 1
    assert "https://evil.example" in caplog.text


@pytest.mark.parametrize("body", ["", "[]", "{", '{"csp-report": []}', '{"csp-report": {"blocked-uri": "a\\nb"}}'])
def test_a_strange_report_does_no_harm(as_nobody: Client, body: str, caplog: pytest.LogCaptureFixture) -> None:
    assert report(as_nobody, body).status_code == 204
    assert "\n" not in caplog.records[-1].getMessage()


def test_another_site_cannot_report(as_nobody: Client) -> None:
    assert report(as_nobody, "{}", origin="https://evil.example").status_code == 403
    assert report(as_nobody, "{}", origin="http://testserver").status_code == 204


def test_reports_do_not_fill_the_log(
    as_nobody: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = as_nobody.get("/csp-report").json()["reports"]
    monkeypatch.setattr("interview_stream.server.spa.MOST_LOGGED", before + 2)
    for _ in range(5):
        report(as_nobody, "{}")
    assert len(caplog.records) == 2
    assert as_nobody.get("/csp-report").json()["reports"] == before + 5
