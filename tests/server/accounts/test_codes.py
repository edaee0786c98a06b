"""Codes by e-mail: to sign in, and to choose a new password."""

import time
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.even_answers import DOORS, FLOOR_S
from interview_stream.server.accounts.models import AuditEvent
from interview_stream.server.accounts.tasks import send_code
from tests.server.conftest import PASSWORD

NEW_PASSWORD = "a whole new sentence"


def post(client: Client, path: str, **body: str) -> Any:
    return client.post(f"/_allauth/browser/v1/auth/{path}", body, content_type="application/json")


def jobs(name: str) -> Any:
    return DBTaskResult.objects.filter(task_path__endswith=name)


def code_sent() -> str:
    """The code in the newest e-mail, which the worker sends now."""
    send_code.call(*jobs("send_code").latest("enqueued_at").args_kwargs["args"])
    sent = mail.outbox[-1]
    assert sent.to == ["alice@example.org"]
    return sent.body.splitlines()[2]


def grow_older(client: Client, seconds: float) -> None:
    """What the session remembers of a code began so much earlier."""

    def age(value: Any) -> None:
        if isinstance(value, dict):
            for name, each in value.items():
                if name == "at" and isinstance(each, float):
                    value[name] = each - seconds
                else:
                    age(each)

    session = client.session
    age(dict(session.items()))
    session.save()


@pytest.mark.parametrize(("ask", "answer"), [("code/request", "code/confirm"), ("password/request", "password/reset")])
def test_a_code_lives_ten_minutes(alice: Member, ask: str, answer: str) -> None:
    statuses = []
    for seconds in (590, 601):
        client = Client()
        cache.clear()
        post(client, ask, email="alice@example.org")
        code = code_sent()
        grow_older(client, seconds)
        statuses.append(post(client, answer, code=code, key=code, password=NEW_PASSWORD).status_code)
    assert statuses[0] in (200, 401)  # a new password leads back to signing in
    assert statuses[1] == 409


@pytest.mark.parametrize("ask", ["code/request", "password/request"])
def test_a_new_code_is_sent_half_a_minute_after_the_last(
    alice: Member, as_nobody: Client, ask: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also to who asks from another browser, and whether or not the address is known here."""
    for email in ("alice@example.org", "mallory@example.org"):
        assert post(as_nobody, ask, email=email).status_code == 401
        refused = post(Client(), ask, email=email)
        assert refused.status_code == 429
        assert 25 < refused.json()["retry_after_s"] <= 30
    now = timezone.now().timestamp()
    monkeypatch.setattr("time.time", lambda: now + 31)
    assert post(as_nobody, ask, email="alice@example.org").status_code == 401
    assert jobs("send_code").filter(args_kwargs__icontains="alice").count() == 2


@pytest.mark.parametrize("path", sorted(DOORS))
def test_asking_for_a_code_takes_as_long_with_an_account_as_without(alice: Member, path: str) -> None:
    for email in ("alice@example.org", "mallory@example.org"):
        began = time.monotonic()
        assert Client().post(path, {"email": email}, content_type="application/json").status_code in (202, 204, 401)
        assert time.monotonic() - began >= FLOOR_S


def test_a_code_signs_in(alice: Member, as_nobody: Client) -> None:
    assert post(as_nobody, "code/request", email="alice@example.org").status_code == 401
    assert post(as_nobody, "code/confirm", code="wrong").status_code == 400
    assert as_nobody.get("/api/me").json()["user"] is None
    assert post(as_nobody, "code/confirm", code=code_sent()).status_code == 200
    assert as_nobody.get("/api/me").json()["user"]["name"] == "Alice"


def test_a_code_sets_a_new_password_and_ends_all_sessions(alice: Member, as_alice: Client, as_nobody: Client) -> None:
    as_alice.get("/api/me")
    post(as_nobody, "password/request", email="alice@example.org")
    code = code_sent()
    assert post(as_nobody, "password/reset", key=code, password="short").status_code == 400
    assert as_alice.get("/api/members").status_code == 200

    assert post(as_nobody, "password/reset", key=code, password=NEW_PASSWORD).status_code == 401
    assert as_alice.get("/api/members").status_code == 401
    assert post(Client(), "login", email="alice@example.org", password=PASSWORD).status_code == 400
    assert post(Client(), "login", email="alice@example.org", password=NEW_PASSWORD).status_code == 200
    assert AuditEvent.objects.filter(action="account.password-reset").count() == 1


@pytest.mark.parametrize(("ask", "answer"), [("code/request", "code/confirm"), ("password/request", "password/reset")])
def test_a_code_is_guessed_three_times_only(alice: Member, as_nobody: Client, ask: str, answer: str) -> None:
    post(as_nobody, ask, email="alice@example.org")
    code = code_sent()
    for _ in range(3):
        assert post(as_nobody, answer, code="wrong", key="wrong", password=NEW_PASSWORD).status_code == 400
    assert post(as_nobody, answer, code=code, key=code, password=NEW_PASSWORD).status_code == 409


@pytest.mark.parametrize(("ask", "answer"), [("code/request", "code/confirm"), ("password/request", "password/reset")])
def test_an_unknown_address_answers_alike_and_gets_no_e_mail(alice: Member, ask: str, answer: str) -> None:
    def answers(email: str) -> list[tuple[int, Any]]:
        client = Client()
        asked = post(client, ask, email=email)
        tried = post(client, answer, code="wrong", key="wrong", password=NEW_PASSWORD)
        return [(each.status_code, each.json()) for each in (asked, tried)]

    known = answers("alice@example.org")
    assert (jobs("send_code").count(), jobs("write_refusal").count()) == (1, 1)
    unknown = answers("mallory@example.org")
    # As much is written for both, so that the time tells nothing; but this one goes to nobody.
    assert (jobs("send_code").count(), jobs("write_refusal").count()) == (2, 2)
    theirs = jobs("send_code").exclude(args_kwargs__icontains="alice").get()
    send_code.call(*theirs.args_kwargs["args"])
    assert mail.outbox == []
    assert [status for status, _ in known] == [status for status, _ in unknown]
    assert known[1] == unknown[1]
    assert str(known[0][1]).replace("alice", "X") == str(unknown[0][1]).replace("mallory", "X")
