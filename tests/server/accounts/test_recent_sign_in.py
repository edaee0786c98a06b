"""Step-up: what needs a recent proof of who is there, and the ways to give it."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member, Nobody
from interview_stream.server.accounts.recent_sign_in import RecentSignInNeeded, require_recent_sign_in
from interview_stream.server.accounts.tasks import send_code
from interview_stream.server.lib.problems import Unauthenticated
from tests.server.conftest import PASSWORD, prove

LONG_AGO = 601


def end_other_sessions(client: Client) -> Any:
    return client.post("/api/sessions/revoke-others")


def confirm(client: Client, path: str, **body: str) -> int:
    return client.post(path, body, content_type="application/json").status_code


def confirm_by_password(client: Client, password: str) -> int:
    return confirm(client, "/_allauth/browser/v1/auth/reauthenticate", password=password)


def test_a_recent_sign_in_is_enough(as_alice: Client) -> None:
    assert end_other_sessions(as_alice).status_code == 200


def test_an_old_one_is_confirmed_by_password_and_the_call_repeated(alice: Member, as_alice: Client) -> None:
    prove(as_alice, alice.user, ago_s=LONG_AGO)
    refused = end_other_sessions(as_alice)
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/recent-sign-in-needed"
    assert (refused.json()["ways"], refused.json()["email"]) == (["password"], "alice@example.org")

    assert confirm_by_password(as_alice, "not the password") == 400
    assert end_other_sessions(as_alice).status_code == 403
    assert confirm_by_password(as_alice, PASSWORD) == 200
    assert end_other_sessions(as_alice).status_code == 200


def test_who_has_no_password_confirms_by_e_mailed_code(alice: Member, as_alice: Client) -> None:
    alice.user.set_unusable_password()
    alice.user.save()
    as_alice.force_login(alice.user)
    assert end_other_sessions(as_alice).json()["ways"] == ["email-code"]

    assert confirm(as_alice, "/api/me/confirmation", code="early") == 409
    assert confirm(as_alice, "/api/me/confirmation-code") == 204
    send_code.call(*DBTaskResult.objects.latest("enqueued_at").args_kwargs["args"])
    code = mail.outbox[-1].body.splitlines()[2]
    assert confirm(as_alice, "/api/me/confirmation", code="wrong") == 422
    assert end_other_sessions(as_alice).status_code == 403
    assert confirm(as_alice, "/api/me/confirmation", code=code) == 204
    assert end_other_sessions(as_alice).status_code == 200
    assert confirm(as_alice, "/api/me/confirmation", code=code) == 409


def test_a_code_to_confirm_is_guessed_three_times_only(alice: Member, as_alice: Client) -> None:
    alice.user.set_unusable_password()
    alice.user.save()
    as_alice.force_login(alice.user)
    confirm(as_alice, "/api/me/confirmation-code")
    guesses = [confirm(as_alice, "/api/me/confirmation", code="wrong") for _ in range(4)]
    assert guesses == [422, 422, 422, 409]


def test_who_has_no_password_confirms_before_choosing_one(alice: Member, as_alice: Client) -> None:
    def choose() -> int:
        body = {"new_password": "a whole new sentence"}
        path = "/_allauth/browser/v1/account/password/change"
        return as_alice.post(path, body, content_type="application/json").status_code

    alice.user.set_unusable_password()
    alice.user.save()
    as_alice.force_login(alice.user)
    assert choose() == 403
    prove(as_alice, alice.user, "code")
    assert choose() == 200


def test_an_action_asks_for_it_in_one_line(alice: Member) -> None:
    """Without a session, as by an API key, nobody has signed in recently."""
    with pytest.raises(RecentSignInNeeded):
        require_recent_sign_in(alice)
    with pytest.raises(Unauthenticated):
        require_recent_sign_in(Nobody())
