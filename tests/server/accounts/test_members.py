"""Who belongs to an organisation: roles, removing, leaving, and several organisations of one person."""

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Membership, Role
from tests.server.conftest import join, signed_in


def number_of(member: Member) -> int:
    return Membership.objects.get(user=member.user, organisation=member.organisation).pk


def set_role(client: Client, member: Member, role: str) -> int:
    path = f"/api/members/{number_of(member)}"
    return client.patch(path, {"role": role}, content_type="application/json").status_code


def role_of(member: Member) -> str:
    return Membership.objects.get(user=member.user).role


@pytest.fixture
def adam(alice: Member) -> Member:
    return join(alice.organisation, "adam", Role.ADMIN)


def test_everybody_sees_who_belongs_to_the_organisation(as_bob: Client, alice: Member, charlie: Member) -> None:
    names = [member["name"] for member in as_bob.get("/api/members").json()]
    assert names == ["Alice", "Bob"]


def test_an_owner_changes_roles_and_it_is_logged(as_alice: Client, alice: Member, bob: Member) -> None:
    assert set_role(as_alice, bob, "admin") == 200
    assert role_of(bob) == "admin"
    event = AuditEvent.objects.get()
    assert (event.user_name, event.action, event.subject, event.detail) == (
        "Alice",
        "member.role-changed",
        "bob@example.org",
        "interviewer → admin",
    )
    assert event.address == "127.0.0.1"


def test_an_admin_changes_everybody_but_owners(adam: Member, alice: Member, bob: Member) -> None:
    as_adam = signed_in(adam.user)
    assert set_role(as_adam, bob, "admin") == 200
    assert set_role(as_adam, bob, "owner") == 403
    assert set_role(as_adam, alice, "interviewer") == 403
    assert as_adam.delete(f"/api/members/{number_of(alice)}").status_code == 403
    assert (role_of(alice), role_of(bob)) == ("owner", "admin")


def test_the_last_owner_cannot_be_lost(as_alice: Client, alice: Member, bob: Member) -> None:
    assert set_role(as_alice, alice, "admin") == 409
    refused = as_alice.post("/api/organisation/leave")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-owner")

    assert set_role(as_alice, bob, "owner") == 200
    assert as_alice.post("/api/organisation/leave").status_code == 200
    assert [each.user for each in Membership.objects.filter(organisation=alice.organisation)] == [bob.user]
    me = as_alice.get("/api/me").json()
    assert (me["user"]["name"], me["organisation"], me["role"]) == ("Alice", None, None)


def test_who_is_removed_is_nobody_from_then_on(as_alice: Client, as_bob: Client, bob: Member) -> None:
    assert as_alice.delete(f"/api/members/{number_of(bob)}").status_code == 200
    assert as_bob.get("/api/members").status_code == 401


def test_nobody_removes_oneself_by_mistake(as_alice: Client, alice: Member) -> None:
    assert as_alice.delete(f"/api/members/{number_of(alice)}").status_code == 409
    assert role_of(alice) == "owner"


def test_a_person_of_two_organisations_switches_between_them(
    as_bob: Client, bob: Member, charlie: Member, alice: Member
) -> None:
    Membership.objects.create(user=bob.user, organisation=charlie.organisation, role=Role.ADMIN)
    me = as_bob.get("/api/me").json()
    assert (me["organisation"]["name"], me["role"]) == ("Acme", "interviewer")
    assert [each["name"] for each in me["organisations"]] == ["Acme", "Elsewhere"]

    body = {"organisation_id": str(charlie.organisation.id)}
    me = as_bob.put("/api/me/organisation", body, content_type="application/json").json()
    assert (me["organisation"]["name"], me["role"]) == ("Elsewhere", "admin")
    assert [each["name"] for each in as_bob.get("/api/members").json()] == ["Bob", "Charlie"]

    Membership.objects.filter(user=bob.user, organisation=charlie.organisation).delete()
    assert as_bob.get("/api/me").json()["organisation"]["name"] == "Acme"


def test_an_organisation_is_renamed_by_those_who_look_after_it(as_alice: Client, as_bob: Client) -> None:
    body = {"name": "Acme & Söhne"}
    assert as_bob.patch("/api/organisation", body, content_type="application/json").status_code == 403
    renamed = as_alice.patch("/api/organisation", body, content_type="application/json").json()
    assert renamed["organisation"]["name"] == "Acme & Söhne"


def test_the_log_cannot_be_changed(as_alice: Client, bob: Member) -> None:
    set_role(as_alice, bob, "admin")
    event = AuditEvent.objects.get()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(subject="somebody else")
