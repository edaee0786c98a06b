"""What is refused at sign-in: in the log of whose account it is, with the time to wait, counted by true addresses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.attempts import write_refusal
from interview_stream.server.accounts.limits import forget_old_attempts, in_words
from interview_stream.server.accounts.models import AuditEvent, CacheEntry
from interview_stream.server.accounts.tasks import send_code
from interview_stream.server.proxies import client_address, forwarded_scheme
from tests.server.conftest import PASSWORD, signed_in

AUTH = "/_allauth/browser/v1/auth"
FORGED = "203.0.113.99"


def post(client: Client, path: str, headers: dict[str, str] | None = None, **body: str) -> Any:
    return client.post(f"{AUTH}/{path}", body, content_type="application/json", headers=headers or {})


def guess(client: Client, email: str = "alice@example.org", **headers: str) -> Any:
    return post(client, "login", headers, email=email, password="not the password")


def noted() -> list[tuple[str, str]]:
    """Once the worker has written down what waits."""
    for job in DBTaskResult.objects.filter(task_path__endswith="write_refusal").order_by("enqueued_at"):
        write_refusal.call(*job.args_kwargs["args"])
        job.delete()
    return list(AuditEvent.objects.order_by("pk").values_list("action", "detail"))


def test_wrong_passwords_and_the_lock_are_noted_without_what_was_typed(alice: Member, as_nobody: Client) -> None:
    for _ in range(7):
        guess(as_nobody, **{"User-Agent": "Firefox/140 Linux"})
    assert noted() == [("account.sign-in-refused", "Firefox on Linux, by password")] * 5 + [
        ("account.sign-in-locked", "Firefox on Linux, by password")
    ]
    event = AuditEvent.objects.latest("pk")
    assert (event.subject, event.address) == ("alice@example.org", "127.0.0.1")
    jobs = str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))
    assert "not the password" not in jobs


def test_a_stranger_s_address_is_noted_nowhere_but_costs_the_same(alice: Member, as_nobody: Client) -> None:
    guess(as_nobody, "mallory@example.org")
    assert DBTaskResult.objects.filter(task_path__endswith="write_refusal").count() == 1
    assert noted() == []


def test_wrong_codes_are_noted_also_the_last_one(alice: Member, as_nobody: Client) -> None:
    post(as_nobody, "code/request", email="alice@example.org")
    for _ in range(3):
        assert post(as_nobody, "code/confirm", code="wrong").status_code == 400
    post(as_nobody, "password/request", email="alice@example.org")
    send_code.call(
        *DBTaskResult.objects.filter(task_path__endswith="send_code").latest("enqueued_at").args_kwargs["args"]
    )
    post(as_nobody, "password/reset", key="wrong", password="a whole new sentence")
    wrong = "account.sign-in-refused"
    assert noted() == [(wrong, "Unknown device, by e-mailed code")] * 3 + [
        (wrong, "Unknown device, by code for a new password")
    ]


def test_a_wrong_second_factor_is_noted(alice: Member, as_nobody: Client) -> None:
    RecoveryCodes.activate(alice.user)
    Authenticator.objects.create(user=alice.user, type="webauthn", data={"name": "Laptop"})
    post(as_nobody, "login", email="alice@example.org", password=PASSWORD)
    assert post(as_nobody, "2fa/authenticate", code="00000000").status_code == 400
    assert noted() == [("account.sign-in-refused", "Unknown device, by second factor")]


def test_signing_in_and_out_say_how_and_by_what(alice: Member, as_nobody: Client) -> None:
    post(as_nobody, "login", email="alice@example.org", password=PASSWORD)
    as_nobody.delete(f"{AUTH}/session")
    assert noted() == [("account.signed-in", "Unknown device, by password"), ("account.signed-out", "Unknown device")]


def test_who_tried_too_often_is_told_how_long_to_wait(
    alice: Member, as_nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert guess(as_nobody).status_code == 400
    refused = guess(as_nobody)
    document = refused.json()
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert 290 < document["retry_after_s"] <= 300
    assert refused["Retry-After"] == str(document["retry_after_s"])
    assert document["detail"] == "This was tried too often. Wait 5 minutes, then try again."
    # The same for an address that nobody has.
    for _ in range(5):
        guess(Client(REMOTE_ADDR="192.0.2.7"), "mallory@example.org")
    assert guess(Client(REMOTE_ADDR="192.0.2.7"), "mallory@example.org").status_code == 429
    # Once that time is over, the right password lets in again.
    now = timezone.now().timestamp()
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now + 301)
    assert post(as_nobody, "login", email="alice@example.org", password=PASSWORD).status_code == 200


def test_what_was_tried_is_kept_in_the_database_for_all_processes(alice: Member, as_nobody: Client) -> None:
    guess(as_nobody)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cacheentry")
        assert cursor.fetchone()[0] > 0
    CacheEntry.objects.update(expires=timezone.now())
    forget_old_attempts.call()
    assert not CacheEntry.objects.exists()
    assert cache.add("x", 1, 10)


@pytest.fixture
def behind_one_proxy(settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, trusted_proxies=1)


def seen_address(client: Client) -> str:
    (session,) = client.get("/api/sessions").json()
    return str(session["address"])


def test_without_a_proxy_nobody_chooses_their_own_address(alice: Member) -> None:
    client = signed_in(alice.user)
    client.get("/api/me", headers={"X-Forwarded-For": FORGED})
    assert seen_address(client) == "127.0.0.1"
    for number in range(5):
        guess(client := Client(), **{"X-Forwarded-For": f"203.0.113.{number}"})
    for number in range(5):
        guess(client, f"other{number}@example.org", **{"X-Forwarded-For": f"198.51.100.{number}"})
    # Ten in a minute from one address, whatever it calls itself.
    assert guess(client, "yetanother@example.org", **{"X-Forwarded-For": FORGED}).status_code == 429


def test_behind_a_proxy_limits_log_and_sessions_have_the_address_it_saw(
    alice: Member, behind_one_proxy: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    headers = {"X-Forwarded-For": f"{FORGED}, 198.51.100.7"}
    client = Client()
    post(client, "login", headers, email="alice@example.org", password=PASSWORD)
    client.get("/api/me", headers=headers)
    assert seen_address(client) == "198.51.100.7"
    assert AuditEvent.objects.get().address == "198.51.100.7"
    for number in range(10):
        forged = f"203.0.113.{number}, 198.51.100.8"
        guess(Client(), f"other{number}@example.org", **{"X-Forwarded-For": forged})
    assert guess(Client(), "a@example.org", **{"X-Forwarded-For": f"{FORGED}, 198.51.100.8"}).status_code == 429
    assert guess(Client(), "a@example.org", **{"X-Forwarded-For": f"{FORGED}, 198.51.100.9"}).status_code == 400


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 1, "10.0.0.1"),
        ("203.0.113.1", 0, "10.0.0.1"),
        ("203.0.113.1, 198.51.100.7", 1, "198.51.100.7"),
        ("203.0.113.1, 198.51.100.7, 10.0.0.2", 2, "198.51.100.7"),
        ("198.51.100.7", 2, "10.0.0.1"),
        ("198.51.100.7:50000", 1, "198.51.100.7"),
        ("[2001:db8::1]:50000", 1, "2001:db8::1"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("unknown", 1, "10.0.0.1"),
    ],
)
def test_as_many_entries_count_as_there_are_proxies(forwarded: str, proxies: int, address: str) -> None:
    assert client_address(forwarded, "10.0.0.1", proxies) == address


def test_the_scheme_is_the_nearest_proxy_s_word() -> None:
    assert forwarded_scheme("http, https", 1) == "https"
    assert forwarded_scheme("https", 0) is None
    assert forwarded_scheme("gopher", 1) is None


def test_waiting_times_are_said_in_words() -> None:
    assert [in_words(seconds) for seconds in (1, 59, 90, 300)] == ["1 second", "59 seconds", "2 minutes", "5 minutes"]
