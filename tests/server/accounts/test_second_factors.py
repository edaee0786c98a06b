"""Authenticator apps and recovery codes: setting up, signing in with them, taking them away."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.factors import Factors
from interview_stream.server.accounts.models import AuditEvent
from interview_stream.server.accounts.tasks import send_security_notice
from tests.authenticator_app import totp
from tests.server.conftest import PASSWORD, prove

ALLAUTH = "/_allauth/browser/v1"
TOTP, CODES = f"{ALLAUTH}/account/authenticators/totp", f"{ALLAUTH}/account/authenticators/recovery-codes"


def post(client: Client, path: str, **body: str) -> Any:
    return client.post(path, body, content_type="application/json")


def sign_in(client: Client, password: str = PASSWORD) -> Any:
    return post(client, f"{ALLAUTH}/auth/login", email="alice@example.org", password=password)


def second_step(client: Client, code: str) -> int:
    status: int = post(client, f"{ALLAUTH}/auth/2fa/authenticate", code=code).status_code
    return status


def acts() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def notices() -> list[str]:
    """The subjects of the e-mails that the worker would send; each is sent now."""
    waiting = DBTaskResult.objects.filter(task_path__endswith="send_security_notice").order_by("enqueued_at")
    for each in waiting:
        send_security_notice.call(*each.args_kwargs["args"])
    return [str(sent.subject) for sent in mail.outbox]


@dataclass
class App:
    secret: str
    codes: list[str]


@pytest.fixture
def app(alice: Member, as_alice: Client, django_capture_on_commit_callbacks: Callable[..., Any]) -> App:
    """alice's authenticator app, set up a moment ago, and her recovery codes."""
    secret = post(as_alice, "/api/me/totp-draft").json()["secret"]
    with django_capture_on_commit_callbacks(execute=True):
        assert post(as_alice, TOTP, code=totp(secret)).status_code == 200
    prove(as_alice, alice.user, "mfa")  # as the same request does when its transaction is not the test's
    return App(secret, as_alice.get(CODES).json()["data"]["unused_codes"])


def test_the_draft_is_a_qr_code_and_a_text(as_alice: Client) -> None:
    draft = post(as_alice, "/api/me/totp-draft").json()
    assert draft["otpauth_url"].startswith("otpauth://totp/alice%40example.org?secret=" + draft["secret"])
    assert "Interview%20Stream" in draft["otpauth_url"]
    assert "<svg" in draft["qr_svg"]


def test_an_app_is_on_once_a_code_of_it_was_typed(as_alice: Client) -> None:
    secret = post(as_alice, "/api/me/totp-draft").json()["secret"]
    assert post(as_alice, TOTP, code="000000").status_code == 400
    assert as_alice.get("/api/me/factors").json()["totp"] is None
    assert post(as_alice, TOTP, code=totp(secret)).status_code == 200
    factors = as_alice.get("/api/me/factors").json()
    assert factors["totp"] is not None
    assert factors["recovery_codes"]["unused"] == 10


def test_signing_in_then_takes_a_code_too(app: App, as_nobody: Client) -> None:
    asked = sign_in(as_nobody)
    assert asked.status_code == 401
    assert {"id": "mfa_authenticate", "is_pending": True, "types": ["recovery_codes", "totp"]} in asked.json()["data"][
        "flows"
    ]
    assert as_nobody.get("/api/me").json()["user"] is None
    assert second_step(as_nobody, "000000") == 400
    assert second_step(as_nobody, totp(app.secret, 1)) == 200
    assert as_nobody.get("/api/me").json()["user"]["name"] == "Alice"


def test_a_code_lets_in_once(app: App) -> None:
    """Neither the one that set the app up, nor one that signed somebody in, nor one older than that."""
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
    assert second_step(first, totp(app.secret)) == 400
    assert second_step(first, totp(app.secret, 1)) == 200
    assert second_step(second, totp(app.secret, 1)) == 400
    assert second_step(second, totp(app.secret)) == 400


def test_a_recovery_code_lets_in_once_and_is_told(app: App) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
    assert second_step(first, app.codes[0]) == 200
    assert second_step(second, app.codes[0]) == 400
    assert second_step(second, f"{app.codes[1][:4]} {app.codes[1][4:]}") == 200
    assert first.get("/api/me/factors").json()["recovery_codes"]["unused"] == 8
    assert "A recovery code was used" in notices()
    assert acts().count("account.recovery-code-used") == 2


def test_guessing_codes_ends(app: App, as_nobody: Client) -> None:
    sign_in(as_nobody)
    for _ in range(5):
        assert second_step(as_nobody, "000000") == 400
    refused = post(as_nobody, f"{ALLAUTH}/auth/2fa/authenticate", code=totp(app.secret, 1))
    assert refused.status_code == 429
    assert as_nobody.get("/api/me").json()["user"] is None


def test_recovery_codes_are_shown_once_and_can_be_made_anew(app: App, as_alice: Client) -> None:
    assert len(set(app.codes)) == 10
    assert "unused_codes" not in as_alice.get(CODES).json()["data"]
    renewed = post(as_alice, CODES).json()["data"]["unused_codes"]
    assert not set(renewed) & set(app.codes)
    client = Client()
    sign_in(client)
    assert second_step(client, app.codes[0]) == 400
    assert second_step(client, renewed[0]) == 200


def test_secrets_are_encrypted_in_the_database(app: App) -> None:
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert app.secret not in stored
    assert Factors().decrypt(stored) == app.secret


def test_a_password_is_not_enough_to_take_the_app_away(alice: Member, app: App, as_alice: Client) -> None:
    prove(as_alice, alice.user, "password")
    refused = as_alice.delete(TOTP)
    assert (refused.status_code, refused.json()["ways"]) == (403, ["totp", "recovery-code"])
    assert post(as_alice, f"{ALLAUTH}/auth/reauthenticate", password=PASSWORD).status_code == 200
    assert as_alice.delete(TOTP).status_code == 403
    assert post(as_alice, f"{ALLAUTH}/auth/2fa/reauthenticate", code=totp(app.secret, 1)).status_code == 200
    assert as_alice.delete(TOTP).status_code == 200
    assert as_alice.get("/api/me/factors").json()["recovery_codes"] is None
    assert sign_in(Client()).status_code == 200


def test_what_was_done_is_logged_and_mailed(app: App, as_alice: Client) -> None:
    as_alice.delete(TOTP)
    assert "account.factor-added" in acts()
    assert acts()[-1] == "account.factor-removed"
    assert notices() == ["An authenticator app was added", "The authenticator app was removed"]
    assert "/settings/security" in mail.outbox[-1].body


def test_nobody_sees_the_factors_of_others(app: App, as_bob: Client) -> None:
    assert as_bob.get("/api/me/factors").json()["totp"] is None


def test_there_are_ten_passkeys_at_most(alice: Member) -> None:
    """Asked for when one is to be made, before the browser is."""
    for number in range(10):
        Factors().get_public_key_credential_user_entity(alice.user)
        Authenticator.objects.create(user=alice.user, type="webauthn", data={"name": f"Key {number}"})
    with pytest.raises(ImmediateHttpResponse) as refused:
        Factors().get_public_key_credential_user_entity(alice.user)
    answer = refused.value.response
    assert (answer.status_code, json.loads(answer.content)["type"]) == (409, "/problems/too-many-passkeys")
