"""What owners do with their organisation, and that one always has an owner."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connections
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts import organisations
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, Role, User
from interview_stream.server.interviews.models import Interview
from interview_stream.server.recordings.models import Recording
from tests.server.accounts.test_members import number_of, role_of, set_role
from tests.server.conftest import join, prove, signed_in
from tests.server.stand_in_engine import StandInEngine


def send(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/organisation/{path}", body, content_type="application/json")


def change(client: Client, **body: Any) -> Any:
    return client.patch("/api/organisation", body, content_type="application/json")


@pytest.fixture
def adam(alice: Member) -> Member:
    return join(alice.organisation, "adam", Role.ADMIN)


def test_admins_change_its_settings_one_by_one(alice: Member, adam: Member, as_bob: Client) -> None:
    as_adam = signed_in(adam.user)
    answer = change(as_adam, name="Acme Ltd", time_zone="Europe/Lisbon", session_idle_hours=12)
    organisation = answer.json()["organisation"]
    assert (organisation["name"], organisation["time_zone"]) == ("Acme Ltd", "Europe/Lisbon")
    assert change(as_adam, session_days=30).json()["organisation"]["session_idle_hours"] == 12
    assert change(as_adam, session_idle_hours=None).json()["organisation"]["session_idle_hours"] is None
    assert [event.action for event in AuditEvent.objects.order_by("pk")][:2] == [
        "organisation.renamed",
        "organisation.changed",
    ]
    assert change(as_adam, session_idle_hours=1).status_code == 422
    assert change(as_adam, time_zone="Mars/Base").status_code == 422
    assert change(as_bob, name="Evil").status_code == 403


def test_interviews_planned_without_a_zone_take_the_organisations(as_alice: Client) -> None:
    change(as_alice, time_zone="Europe/Lisbon")
    made = as_alice.post("/api/interviews", {"title": "A"}, content_type="application/json").json()
    assert Interview.objects.get(pk=made["id"]).time_zone == "Europe/Lisbon"


def test_an_owner_hands_the_organisation_over(as_alice: Client, as_bob: Client, alice: Member, bob: Member) -> None:
    answer = send(as_alice, "transfer", membership_id=number_of(bob))
    assert answer.json()["role"] == "admin"
    assert (role_of(alice), role_of(bob)) == ("admin", "owner")
    assert AuditEvent.objects.get().action == "organisation.ownership-transferred"
    assert send(as_alice, "transfer", membership_id=number_of(bob)).status_code == 403


def test_handing_over_needs_an_owner_who_has_just_signed_in_and_an_heir(
    as_alice: Client, alice: Member, adam: Member, bob: Member, charlie: Member
) -> None:
    assert send(signed_in(adam.user), "transfer", membership_id=number_of(adam)).status_code == 403
    assert send(as_alice, "transfer", membership_id=number_of(alice)).status_code == 409
    assert send(as_alice, "transfer", membership_id=number_of(charlie)).status_code == 404
    prove(as_alice, alice.user, ago_s=601)
    refused = send(as_alice, "transfer", membership_id=number_of(bob))
    assert refused.json()["type"] == "/problems/recent-sign-in-needed"


def test_a_deleted_organisation_can_be_kept(as_alice: Client, adam: Member) -> None:
    assert send(as_alice, "delete", name="Acne").status_code == 422
    assert send(signed_in(adam.user), "delete", name="Acme").status_code == 403
    deleted = send(as_alice, "delete", name="Acme").json()["organisation"]["delete_at"]
    assert deleted > (timezone.now() + timedelta(days=6)).isoformat()
    organisations.erase_organisations.call()
    assert as_alice.get("/api/interviews").status_code == 200

    assert send(signed_in(adam.user), "keep").status_code == 403
    assert send(as_alice, "keep").json()["organisation"]["delete_at"] is None


@pytest.mark.django_db(transaction=True)
def test_after_its_days_it_is_erased_with_its_files_its_log_and_its_rooms(
    as_alice: Client, alice: Member, charlie: Member, interview: Interview, media: StandInEngine
) -> None:
    recording = Recording.objects.create(interview=interview, state="ready", stopped_at=timezone.now())
    recording.folder.mkdir(parents=True)
    Path(recording.folder, "a.webm").write_bytes(b"x")
    send(as_alice, "delete", name="Acme")
    Organisation.objects.update(delete_at=timezone.now())
    Organisation.objects.filter(pk=charlie.organisation.pk).update(delete_at=None)

    organisations.erase_organisations.call()

    assert [each.name for each in Organisation.objects.all()] == ["Elsewhere"]
    assert not Interview.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not recording.folder.exists()
    assert User.objects.filter(pk=alice.user.pk).exists()
    assert as_alice.get("/api/me").json()["organisation"] is None


def test_sessions_end_by_the_strictest_limit(alice: Member, as_alice: Client, as_bob: Client) -> None:
    for client in (as_alice, as_bob):
        client.get("/api/me")
    other = Organisation.objects.create(name="Other", session_idle_hours=4)
    Membership.objects.create(user=alice.user, organisation=other, role=Role.OWNER)
    Organisation.objects.filter(pk=alice.organisation.pk).update(session_days=2)
    now = timezone.now()

    UserSession.objects.update(last_seen_at=now - timedelta(hours=5))
    organisations.end_worn_out_sessions()
    assert (as_alice.get("/api/members").status_code, as_bob.get("/api/members").status_code) == (401, 200)

    UserSession.objects.update(created_at=now - timedelta(days=3))
    organisations.end_worn_out_sessions()
    assert as_bob.get("/api/members").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_step_down_at_once_do_not_leave_it_without_one(
    alice: Member, bob: Member, as_alice: Client
) -> None:
    set_role(as_alice, bob, "owner")

    def in_thread(act: Callable[[Client], Any], member: Member) -> int:
        try:
            return int(act(signed_in(member.user)).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        leave = threads.submit(in_thread, lambda client: client.post("/api/organisation/leave"), alice)
        hand = threads.submit(in_thread, lambda client: client.post("/api/organisation/leave"), bob)
        statuses = sorted((leave.result(), hand.result()))

    assert statuses == [200, 409]
    assert Membership.objects.filter(role=Role.OWNER).count() == 1
