"""What operators do on the command line: second factors that were lost, and everybody's access ended at once."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts import operating
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, MemberInvitation, OwnerLink
from interview_stream.server.accounts.tasks import send_security_notice
from interview_stream.server.calls.models import Seat
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.problems import NotFound
from tests.server.conftest import PASSWORD, let_in, with_link

LOGIN = "/_allauth/browser/v1/auth/login"


def sign_in(client: Client) -> int:
    body = {"email": "alice@example.org", "password": PASSWORD}
    status: int = client.post(LOGIN, body, content_type="application/json").status_code
    return status


def test_lost_factors_are_taken_off_and_everybody_learns_of_it(alice: Member, as_alice: Client) -> None:
    as_alice.get("/api/me")
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=alice.user, type=kind, data={"secret": "x", "seed": "x", "used_mask": 0})
    assert sign_in(Client()) == 401

    assert operating.reset_second_factors("Alice@example.org ") == 1
    assert as_alice.get("/api/members").status_code == 401
    assert sign_in(Client()) == 200
    event = AuditEvent.objects.get(action="installation.factors-reset")
    assert (event.user_name, event.subject) == ("The operator", "alice@example.org")
    job = DBTaskResult.objects.get(task_path__endswith="send_security_notice")
    send_security_notice.call(*job.args_kwargs["args"])
    assert "taken off by whoever runs the server" in mail.outbox[-1].subject


def test_an_unknown_address_is_said(alice: Member) -> None:
    with pytest.raises(NotFound, match=r"mallory@example\.org"):
        operating.reset_second_factors("mallory@example.org")


def test_a_lockdown_ends_every_way_in(
    as_alice: Client, as_charlie: Client, interview: Interview, no_media: None
) -> None:
    let_in(interview)
    as_dana = with_link(interview)
    path = f"/api/interviews/{interview.id}"
    observers = as_alice.post(f"{path}/observers", {"name": "Olga"}, content_type="application/json").json()[
        "observers"
    ]
    as_observer = Client(headers={"Authorization": f"Guest {observers[0]['link_url'].rsplit('/', 1)[1]}"})
    as_alice.post(
        "/api/member-invitations", {"emails": ["nora@example.org"], "role": "admin"}, content_type="application/json"
    )
    calendar = as_alice.get("/api/calendar-feed").json()["url"].split("/calendar/")[1]
    wanted = {"name": "CI", "scopes": ["organisation:read"], "expires_in_days": 30}
    key = as_alice.post("/api/api-keys", wanted, content_type="application/json").json()["token"]
    by_key = Client(headers={"Authorization": f"Bearer {key}"})
    OwnerLink.objects.create(token_hash="x", expires_at=interview.created_at)
    Seat.objects.create(interview=interview, identity="member-1-x")
    ways: list[Any] = [
        lambda: as_alice.get("/api/members"),
        lambda: as_charlie.get("/api/members"),
        lambda: as_dana.get("/api/guest"),
        lambda: as_observer.get("/api/guest"),
        lambda: Client().get(f"/calendar/{calendar}"),
        lambda: by_key.get("/api/members"),
    ]
    assert [way().status_code for way in ways] == [200] * 6

    ended = operating.lock_down()
    assert [way().status_code for way in ways] == [401, 401, 410, 410, 404, 401]
    assert (ended.sessions, ended.invitations, ended.owner_links) == (2, 1, 1)
    assert not UserSession.objects.exists()
    assert not MemberInvitation.objects.open().exists()
    assert not Seat.objects.filter(revoked_at=None).exists()
    assert AuditEvent.objects.filter(action="installation.locked-down", user_name="The operator").count() == 2
    # Who has an account gets in again, and makes new links.
    assert sign_in(as_alice) == 200
    interview.invitation.refresh_from_db()
    assert with_link(interview).get("/api/guest").status_code == 200
