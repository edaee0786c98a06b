"""A person's sessions: where they are signed in, ending one or all others, and what a new password ends."""

from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interview_stream.server.accounts.actor import Member, Nobody
from interview_stream.server.accounts.devices import device_name
from interview_stream.server.accounts.models import AuditEvent
from interview_stream.server.accounts.sessions import actor_behind, forget_old_sessions
from interview_stream.server.live.registry import Credentials
from tests.server.conftest import PASSWORD, signed_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
NEW_PASSWORD = "a whole new sentence"


def sessions_of(client: Client) -> Any:
    return client.get("/api/sessions").json()


def change_password(client: Client, current: str, new: str) -> Any:
    body = {"current_password": current, "new_password": new}
    return client.post("/_allauth/browser/v1/account/password/change", body, content_type="application/json")


@pytest.fixture
def elsewhere(alice: Member) -> Client:
    """alice at another browser, which has been used."""
    client = Client(headers={"User-Agent": PHONE})
    client.force_login(alice.user)
    client.get("/api/me")
    return client


def test_each_session_tells_its_device_and_which_one_is_this(as_alice: Client, elsewhere: Client) -> None:
    as_alice.get("/api/me", headers={"User-Agent": FIREFOX})
    here, there = sessions_of(as_alice)
    assert (here["device"], here["address"], here["is_current"]) == ("Firefox on Linux", "127.0.0.1", True)
    assert (there["device"], there["is_current"]) == ("Safari on iPhone", False)
    assert [each["is_current"] for each in sessions_of(elsewhere)] == [True, False]


def test_nobody_sees_the_sessions_of_others(as_alice: Client, as_bob: Client) -> None:
    as_alice.get("/api/me")
    as_bob.get("/api/me")
    assert len(sessions_of(as_bob)) == 1


def test_a_session_that_is_ended_is_nobodys(as_alice: Client, elsewhere: Client) -> None:
    as_alice.get("/api/me")
    credentials = Credentials(session_key=elsewhere.session.session_key, guest_token=None)
    assert isinstance(actor_behind(credentials), Member)

    there = sessions_of(as_alice)[1]
    assert [each["is_current"] for each in as_alice.delete(f"/api/sessions/{there['id']}").json()] == [True]
    assert elsewhere.get("/api/members").status_code == 401
    assert isinstance(actor_behind(credentials), Nobody)
    assert AuditEvent.objects.get().action == "account.session-revoked"


def test_who_is_behind_an_outdated_session_is_found_without_writing(alice: Member, elsewhere: Client) -> None:
    """A live query finds it out inside a snapshot, where a write would fail."""
    credentials = Credentials(session_key=elsewhere.session.session_key, guest_token=None)
    alice.user.set_password(NEW_PASSWORD)
    alice.user.save()
    with CaptureQueriesContext(connection) as captured:
        assert isinstance(actor_behind(credentials), Nobody)
    assert captured
    assert all(query["sql"].startswith("SELECT") for query in captured)


def test_all_others_end_at_once(alice: Member, as_alice: Client, elsewhere: Client) -> None:
    third = signed_in(alice.user)
    for client in (third, as_alice):
        client.get("/api/me")
    left = as_alice.post("/api/sessions/revoke-others").json()
    assert [each["is_current"] for each in left] == [True]
    assert [client.get("/api/members").status_code for client in (as_alice, elsewhere, third)] == [200, 401, 401]


def test_a_new_password_needs_the_old_one_and_ends_all_other_sessions(as_alice: Client, elsewhere: Client) -> None:
    assert change_password(as_alice, "not the password", NEW_PASSWORD).status_code == 400
    assert change_password(as_alice, PASSWORD, "short").status_code == 400
    assert elsewhere.get("/api/members").status_code == 200

    assert change_password(as_alice, PASSWORD, NEW_PASSWORD).status_code == 200
    assert as_alice.get("/api/members").status_code == 200
    assert elsewhere.get("/api/members").status_code == 401
    assert [each["is_current"] for each in sessions_of(as_alice)] == [True]
    assert AuditEvent.objects.get().action == "account.password-changed"


def test_being_seen_is_written_once_a_minute(as_alice: Client, django_assert_num_queries: Any) -> None:
    as_alice.get("/api/me")
    seen = UserSession.objects.get().last_seen_at
    as_alice.get("/api/me")
    assert UserSession.objects.get().last_seen_at == seen


def test_what_is_noted_of_a_session_goes_with_it(as_alice: Client) -> None:
    as_alice.get("/api/me")
    Session.objects.all().delete()
    forget_old_sessions.call()
    assert not UserSession.objects.exists()


def test_a_profile_is_changed(as_bob: Client) -> None:
    def change(**body: str) -> Any:
        return as_bob.patch("/api/me", {"name": "Bob", "time_zone": ""} | body, content_type="application/json")

    user = change(name="Bob Brown", time_zone="Europe/Lisbon").json()["user"]
    assert (user["name"], user["time_zone"]) == ("Bob Brown", "Europe/Lisbon")
    assert change(time_zone="Mars/Base").status_code == 422
    assert change(name="  ").status_code == 422


def test_a_language_is_chosen_kept_and_given_up(as_bob: Client, settings: Any, tmp_path: Path) -> None:
    """The page says it before anything runs in it, so that no day is first written in another way."""
    settings.FRONT_END = tmp_path
    (tmp_path / "index.html").write_text('<meta content="__LANGUAGE__">')

    def change(**language: str | None) -> Any:
        body = {"name": "Bob", "time_zone": "", **language}
        return as_bob.patch("/api/me", body, content_type="application/json")

    def shown() -> tuple[str | None, str]:
        return as_bob.get("/api/me").json()["user"]["language"], as_bob.get("/").content.decode()

    assert shown() == (None, '<meta content="">')
    assert change(language="en-IE").json()["user"]["language"] == "en-IE"
    refused = change(language="de-DE")
    assert (refused.status_code, refused.headers["Content-Type"]) == (422, "application/problem+json")
    assert "en-GB" in refused.json()["errors"][0]["msg"]
    assert change().status_code == 200
    assert shown() == ("en-IE", '<meta content="en-IE">')
    change(language=None)
    assert shown() == (None, '<meta content="">')


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Python-urllib/3.11", "A script"),
        ("", "Unknown device"),
    ],
)
def test_devices_are_named_in_words(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
