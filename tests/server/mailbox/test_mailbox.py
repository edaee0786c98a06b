"""The developer's mailbox: what it shows, and that it is not there for anybody else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from interview_stream.environment import SettingError, read_environment
from interview_stream.server.mailbox import backend

MAILS = "/api/development/mails"


@pytest.fixture(autouse=True)
def mailbox(settings: Any, tmp_path: Path) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, shows_mails=True, data=tmp_path)


def send(subject: str = "Hello") -> None:
    connection = get_connection("interview_stream.server.mailbox.backend.EmailBackend")
    mail = EmailMultiAlternatives(subject, "As text, ünd more", "us@example.org", ["dana@example.org"])
    mail.attach_alternative("<p onclick='alert(1)'>As HTML</p><script>alert(1)</script>", "text/html")
    mail.attach("invite.ics", b"BEGIN:VCALENDAR", "text/calendar")
    mail.connection = connection
    assert mail.send() == 1


@pytest.mark.django_db
def test_it_shows_text_html_and_attachments(as_nobody: Client, capsys: pytest.CaptureFixture[str]) -> None:
    send()
    assert "As text" in capsys.readouterr().out, "the log has it as before"
    send("Another")
    newest, mail = as_nobody.get(MAILS).json()
    assert newest["subject"] == "Another"
    assert (mail["to"], mail["text"].strip(), mail["has_html"]) == ("dana@example.org", "As text, ünd more", True)
    (part,) = mail["attachments"]
    assert (part["name"], part["mime"]) == ("invite.ics", "text/calendar")
    html = as_nobody.get(f"{MAILS}/{mail['id']}/html")
    assert b"As HTML" in html.content
    assert "default-src 'none'" in html["Content-Security-Policy"]
    assert "sandbox;" in html["Content-Security-Policy"]
    file = as_nobody.get(f"{MAILS}/{mail['id']}/attachments/0")
    assert file.content == b"BEGIN:VCALENDAR"
    assert file["Content-Disposition"].startswith("attachment;")
    assert as_nobody.get(f"{MAILS}/{mail['id']}/attachments/1").status_code == 404
    assert as_nobody.get(f"{MAILS}/..%2F..%2Fsecrets%2Fkey/html").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "told",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_it_is_not_there_for_others(told: dict[str, Any], as_alice: Client) -> None:
    send()
    assert as_alice.get(MAILS).status_code == 200
    answer = as_alice.generic("GET", MAILS, **told)
    assert answer.status_code == 404


def test_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "KEPT", 3)
    for number in range(5):
        send(str(number))
    assert len(backend.kept()) == 3


@pytest.mark.parametrize(
    "others",
    [
        {"HOST": "0.0.0.0"},
        {"PUBLIC_URL": "https://interviews.example.org"},
        {"TRUSTED_PROXIES": "1"},
        {"SMTP_HOST": "mail.example.org"},
    ],
)
def test_a_server_that_others_reach_refuses_it(others: Mapping[str, str]) -> None:
    given = {"INTERVIEW_STREAM_MAILBOX": "on"}
    assert read_environment(given).shows_mails
    with pytest.raises(SettingError, match="MAILBOX"):
        read_environment(given | {f"INTERVIEW_STREAM_{name}": value for name, value in others.items()})
