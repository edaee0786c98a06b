"""Signing in and out through allauth's headless API, as our pages do it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.sessions import forget_old_sessions
from tests.server.conftest import PASSWORD

LOGIN, SESSION = "/_allauth/browser/v1/auth/login", "/_allauth/browser/v1/auth/session"


def sign_in(client: Client, email: str, password: str, **headers: str) -> Any:
    body = {"email": email, "password": password}
    return client.post(LOGIN, body, content_type="application/json", headers=headers)


def test_a_member_signs_in_and_out(alice: Member, as_nobody: Client) -> None:
    assert sign_in(as_nobody, "Alice@example.org", PASSWORD).status_code == 200
    me = as_nobody.get("/api/me").json()
    assert (me["user"]["email"], me["role"]) == ("alice@example.org", "owner")

    assert as_nobody.delete(SESSION).status_code == 401
    assert as_nobody.get("/api/me").json()["user"] is None


def test_the_session_gets_a_new_key_on_signing_in(alice: Member, as_nobody: Client) -> None:
    """Otherwise whoever planted the old one would be signed in too."""
    as_nobody.get(SESSION)
    session = as_nobody.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(as_nobody, "alice@example.org", PASSWORD)
    assert as_nobody.session.session_key != before


def test_a_wrong_password_and_an_unknown_address_answer_alike(alice: Member, as_nobody: Client) -> None:
    wrong = sign_in(as_nobody, "alice@example.org", "not the password")
    unknown = sign_in(as_nobody, "nobody@example.org", "not the password")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.status_code == 400
    assert (wrong.headers["Content-Type"], wrong.json()["type"]) == (
        "application/problem+json",
        "/problems/bad-request",
    )
    assert wrong.json()["detail"] == wrong.json()["errors"][0]["message"]


def test_guessing_is_slowed_down(alice: Member, as_nobody: Client) -> None:
    """After too many wrong ones the right one does not get in either, for a while."""
    for number in range(5):
        assert sign_in(as_nobody, "alice@example.org", f"guess {number}").status_code == 400
    refused = sign_in(as_nobody, "alice@example.org", PASSWORD)
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-attempts")


def test_nobody_can_sign_up(as_nobody: Client) -> None:
    body = {"email": "mallory@example.org", "password": PASSWORD}
    answer = as_nobody.post("/_allauth/browser/v1/auth/signup", body, content_type="application/json")
    assert answer.status_code == 404


def test_signing_in_needs_the_csrf_token(alice: Member, db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "alice@example.org", PASSWORD).status_code == 403
    client.get("/api/me")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    assert sign_in(client, "alice@example.org", PASSWORD, **{"X-CSRFToken": token}).status_code == 200


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(alice: Member, as_nobody: Client) -> None:
    sign_in(as_nobody, "alice@example.org", PASSWORD)
    (session,) = [morsel for name, morsel in as_nobody.cookies.items() if name.startswith("is_session")]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert not session["secure"]  # The public address is http here; over https, browsers get Secure.


def test_a_member_who_was_deactivated_is_nobody(alice: Member, as_alice: Client) -> None:
    assert as_alice.get("/api/me").json()["user"] is not None
    alice.user.is_active = False
    alice.user.save()
    assert as_alice.get("/api/me").json()["user"] is None


def test_passwords_are_hashed_with_argon2() -> None:
    from interview_stream.server import settings

    with override_settings(PASSWORD_HASHERS=[h for h in settings.PASSWORD_HASHERS if "MD5" not in h]):
        assert make_password(PASSWORD).startswith("argon2$argon2id$")


def test_sessions_that_are_over_are_forgotten(as_alice: Client, as_bob: Client) -> None:
    Session.objects.filter(session_key=as_bob.session.session_key).update(expire_date=timezone.now())
    forget_old_sessions.call()
    assert [row.session_key for row in Session.objects.all()] == [as_alice.session.session_key]
