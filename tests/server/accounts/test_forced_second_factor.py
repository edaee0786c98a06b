"""An organisation that lets nobody in without a second factor, and what that means for its members."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from interview_stream.server.accounts.actor import Member, Nobody
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, Role
from interview_stream.server.accounts.sessions import actor_behind
from interview_stream.server.calls.models import Seat
from interview_stream.server.interviews.actions import assign
from interview_stream.server.interviews.models import Interview
from interview_stream.server.live.registry import Credentials
from tests.server.conftest import prove


def require(client: Client, wanted: bool = True) -> Any:
    return client.patch("/api/organisation", {"requires_second_factor": wanted}, content_type="application/json")


def give_app(member: Member) -> None:
    Authenticator.objects.create(user=member.user, type="totp", data={"secret": "x"})


@pytest.fixture
def strict(alice: Member, as_alice: Client) -> Organisation:
    give_app(alice)
    prove(as_alice, alice.user, "mfa")
    assert require(as_alice).json()["organisation"]["requires_second_factor"] is True
    return alice.organisation


def test_who_has_none_is_nobody_there_until_one_is_set_up(strict: Organisation, bob: Member, as_bob: Client) -> None:
    me = as_bob.get("/api/me").json()
    assert (me["organisation"], me["role"], me["barred_from"]["name"]) == (None, None, "Acme")
    assert (me["user"]["name"], [each["name"] for each in me["organisations"]]) == ("Bob", ["Acme"])
    assert as_bob.get("/api/interviews").status_code == 401
    assert as_bob.get("/api/members").status_code == 401
    credentials = Credentials(session_key=as_bob.session.session_key, guest_token=None)
    assert isinstance(actor_behind(credentials), Nobody)
    # What it takes to change that stays open.
    assert as_bob.get("/api/me/factors").status_code == 200
    assert as_bob.post("/api/me/totp-draft").status_code == 200

    give_app(bob)
    assert as_bob.get("/api/me").json()["organisation"]["name"] == "Acme"
    assert as_bob.get("/api/members").status_code == 200


def test_other_organisations_of_the_same_person_are_not_affected(
    strict: Organisation, bob: Member, as_bob: Client
) -> None:
    other = Organisation.objects.create(name="Other")
    Membership.objects.create(user=bob.user, organisation=other, role=Role.ADMIN)
    switched = as_bob.put("/api/me/organisation", {"organisation_id": str(other.id)}, content_type="application/json")
    assert (switched.status_code, switched.json()["organisation"]["name"]) == (200, "Other")
    assert switched.json()["barred_from"] is None
    assert [each["name"] for each in as_bob.get("/api/members").json()] == ["Bob"]


def test_their_seats_in_calls_are_taken_back(
    alice: Member, as_alice: Client, bob: Member, interview: Interview, no_media: None
) -> None:
    assign(interview, [alice.user.pk, bob.user.pk])
    give_app(alice)
    prove(as_alice, alice.user, "mfa")
    for member in (alice, bob):
        Seat.objects.create(interview=interview, identity=f"member-{member.user.pk}-x", user=member.user)
    require(as_alice)
    assert [seat.user for seat in Seat.objects.filter(revoked_at=None)] == [alice.user]


@pytest.mark.parametrize("is_shared", [False, True])
def test_no_key_of_theirs_is_a_way_around_it(
    alice: Member, as_alice: Client, bob: Member, as_bob: Client, is_shared: bool
) -> None:
    Membership.objects.filter(user=bob.user).update(role=Role.ADMIN)
    wanted = {"name": "CI", "scopes": ["interviews:write"], "expires_in_days": 30, "is_shared": is_shared}
    token = as_bob.post("/api/api-keys", wanted, content_type="application/json").json()["token"]
    by_key = Client(headers={"Authorization": f"Bearer {token}"})
    assert by_key.get("/api/interviews").status_code == 200
    give_app(alice)
    prove(as_alice, alice.user, "mfa")
    require(as_alice)
    for refused in (
        by_key.get("/api/interviews"),
        by_key.post("/api/interviews", {"title": "By key"}, content_type="application/json"),
    ):
        assert (refused.status_code, refused.json()["type"]) == (401, "/problems/key-barred")
    assert not Interview.objects.filter(title="By key").exists()

    give_app(bob)
    assert by_key.get("/api/interviews").status_code == 200


def test_nor_is_their_calendars_address(alice: Member, as_alice: Client, bob: Member, as_bob: Client) -> None:
    address = urlsplit(as_bob.get("/api/calendar-feed").json()["url"]).path
    assert as_bob.get(address).status_code == 200
    give_app(alice)
    prove(as_alice, alice.user, "mfa")
    require(as_alice)
    assert Client().get(address).status_code == 404
    give_app(bob)
    assert Client().get(address).status_code == 200


def test_it_is_for_owners_with_a_factor_who_have_just_confirmed(
    alice: Member, as_alice: Client, bob: Member, as_bob: Client
) -> None:
    assert require(as_bob).status_code == 403
    Membership.objects.filter(user=bob.user).update(role=Role.ADMIN)
    assert require(as_bob).json()["type"] == "/problems/owners-only"
    assert require(as_alice).json()["type"] == "/problems/second-factor-first"
    give_app(alice)
    assert require(as_alice).json()["type"] == "/problems/recent-sign-in-needed"
    assert as_alice.patch("/api/organisation", {"name": "Acme 2"}, content_type="application/json").status_code == 200
    prove(as_alice, alice.user, "mfa")
    assert require(as_alice).status_code == 200
    event = AuditEvent.objects.get(action="organisation.changed")
    assert event.detail == "requires second factor: no → yes"
    assert require(as_alice, wanted=False).json()["organisation"]["requires_second_factor"] is False
