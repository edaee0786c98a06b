"""Inviting members: a list of addresses, a personal link for each, and what becomes of it."""

import re
import smtplib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, MemberInvitation, Membership, Role, User
from interview_stream.server.accounts.tasks import send_member_invitation
from tests.server.conftest import PASSWORD, join, run_worker, signed_in

NEW = {"name": "Nora Novák", "password": PASSWORD}


def invite(client: Client, *emails: str, role: str = "interviewer") -> Any:
    body = {"emails": list(emails), "role": role}
    return client.post("/api/member-invitations", body, content_type="application/json")


def invited(client: Client, email: str = "nora@example.org", role: str = "interviewer") -> dict[str, Any]:
    answer = invite(client, email, role=role)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = next(each for each in answer.json() if each["email"] == email)
    return found


def path_of(invitation: dict[str, Any]) -> str:
    return f"/api/invitation-links/{invitation['link_url'].rsplit('/', 1)[1]}"


def accept(client: Client, invitation: dict[str, Any], body: dict[str, str] | None = None) -> Any:
    return client.post(path_of(invitation), body or {}, content_type="application/json")


def test_each_address_gets_a_link_of_its_own(as_alice: Client) -> None:
    answer = invite(as_alice, "nora@example.org", "OLE@example.org", "nora@example.org")
    assert sorted(each["email"] for each in answer.json()) == ["nora@example.org", "ole@example.org"]
    assert len({each["link_url"] for each in answer.json()}) == 2
    assert {each["mail"] for each in answer.json()} == {"off"}


def test_a_new_person_makes_an_account_and_is_in(as_alice: Client, as_nobody: Client, alice: Member) -> None:
    invitation = invited(as_alice, role="admin")
    shown = as_nobody.get(path_of(invitation)).json()
    assert (shown["organisation_name"], shown["invited_by"], shown["email"]) == ("Acme", "Alice", "nora@example.org")
    assert shown["has_account"] is False

    answer = accept(as_nobody, invitation, NEW)
    assert answer.status_code == 201
    me = as_nobody.get("/api/me").json()
    assert (me["user"]["name"], me["organisation"]["name"], me["role"]) == ("Nora Novák", "Acme", "admin")
    assert as_alice.get("/api/member-invitations").json() == []
    assert AuditEvent.objects.filter(action="member.joined", user_name="Nora Novák").count() == 1


@pytest.mark.parametrize("body", [{}, {"name": "Nora"}, {"name": "Nora", "password": "short"}])
def test_a_new_account_needs_a_name_and_a_good_password(
    as_alice: Client, as_nobody: Client, body: dict[str, str]
) -> None:
    invitation = invited(as_alice)
    answer = accept(as_nobody, invitation, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][-1]["loc"][-1] == "password"
    assert not User.objects.filter(email="nora@example.org").exists()
    assert accept(as_nobody, invitation, NEW).status_code == 201


def test_who_has_an_account_signs_in_first(as_alice: Client, as_charlie: Client, as_nobody: Client) -> None:
    invitation = invited(as_alice, "charlie@example.org")
    assert as_nobody.get(path_of(invitation)).json()["has_account"] is True
    refused = accept(as_nobody, invitation, NEW)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/sign-in-first")

    me = accept(as_charlie, invitation).json()
    assert (me["organisation"]["name"], me["role"]) == ("Acme", "interviewer")
    assert [each["name"] for each in me["organisations"]] == ["Acme", "Elsewhere"]


def test_who_belongs_to_no_organisation_any_more_comes_back(as_alice: Client, as_bob: Client, bob: Member) -> None:
    Membership.objects.filter(user=bob.user).delete()
    assert accept(as_bob, invited(as_alice, "bob@example.org", role="admin")).status_code == 201
    assert as_bob.get("/api/me").json()["role"] == "admin"


def test_an_invitation_is_for_its_address_only(as_alice: Client, as_charlie: Client) -> None:
    for email in ("nora@example.org", "bob@elsewhere.example"):
        answer = accept(as_charlie, invited(as_alice, email), NEW)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/another-account")
    assert Membership.objects.count() == 2


def test_an_invitation_to_any_of_ones_addresses_is_ones_own(
    as_alice: Client, as_bob: Client, charlie: Member, as_charlie: Client
) -> None:
    EmailAddress.objects.create(user=charlie.user, email="charlie@home.example", verified=True)
    invitation = invited(as_alice, "charlie@home.example")
    told = [client.get(path_of(invitation)).json() for client in (as_charlie, as_bob, Client())]
    assert [(each["has_account"], each["is_yours"]) for each in told] == [(True, True), (True, False), (True, False)]
    assert accept(as_charlie, invitation).json()["organisation"]["name"] == "Acme"


def test_a_link_works_once(as_alice: Client, as_nobody: Client) -> None:
    invitation = invited(as_alice)
    accept(as_nobody, invitation, NEW)
    again = accept(Client(), invitation, NEW)
    assert (again.status_code, again.json()["type"]) == (410, "/problems/link-used")


def test_a_link_taken_back_is_dead(as_alice: Client, as_nobody: Client) -> None:
    invitation = invited(as_alice)
    assert as_alice.delete(f"/api/member-invitations/{invitation['id']}").json() == []
    for answer in (as_nobody.get(path_of(invitation)), accept(as_nobody, invitation, NEW)):
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/link-revoked")
    assert invited(as_alice)["id"] != invitation["id"]


def test_an_expired_link_lives_again_when_it_is_sent_again(as_alice: Client, as_nobody: Client) -> None:
    invitation = invited(as_alice)
    MemberInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert as_nobody.get(path_of(invitation)).json()["type"] == "/problems/link-expired"
    (shown,) = as_alice.get("/api/member-invitations").json()
    assert shown["is_expired"] is True

    (again,) = as_alice.post(f"/api/member-invitations/{invitation['id']}/resend").json()
    assert (again["is_expired"], again["link_url"]) == (False, invitation["link_url"])
    assert accept(as_nobody, invitation, NEW).status_code == 201


@pytest.mark.parametrize("altered", ["x", "é", "." * 30, "a" * 500])
def test_an_unknown_link_is_unknown(as_alice: Client, as_nobody: Client, altered: str) -> None:
    invitation = invited(as_alice)
    assert as_nobody.get(path_of(invitation) + altered).status_code == 404


def test_inviting_again_changes_the_role(as_alice: Client) -> None:
    first = invited(as_alice)
    second = invited(as_alice, role="admin")
    assert (second["id"], second["role"]) == (first["id"], "admin")


def test_members_are_not_invited(as_alice: Client, bob: Member) -> None:
    answer = invite(as_alice, "nora@example.org", "bob@example.org")
    assert answer.status_code == 422
    assert "bob@example.org" in answer.json()["errors"][0]["msg"]
    assert not MemberInvitation.objects.exists()


def test_a_wrong_address_is_named_by_its_place(as_alice: Client) -> None:
    answer = invite(as_alice, "nora@example.org", "nonsense")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-2:] == ["emails", 1]


def test_interviewers_neither_invite_nor_see_links(as_alice: Client, as_bob: Client) -> None:
    invitation = invited(as_alice)
    assert as_bob.get("/api/member-invitations").json() == []
    assert invite(as_bob, "ole@example.org").status_code == 403
    assert as_bob.delete(f"/api/member-invitations/{invitation['id']}").status_code == 403


def test_an_admin_cannot_make_owners(as_alice: Client, alice: Member) -> None:
    as_adam = signed_in(join(alice.organisation, "adam", Role.ADMIN).user)
    assert invite(as_adam, "nora@example.org", role="owner").status_code == 403
    invitation = invited(as_alice, role="owner")
    assert as_adam.delete(f"/api/member-invitations/{invitation['id']}").status_code == 404
    assert invite(as_adam, "nora@example.org", role="admin").status_code == 403
    # Its link would make whoever holds it an owner.
    assert as_adam.get("/api/member-invitations").json() == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_the_e_mail(as_alice: Client, settings: Any, charlie: Member) -> None:
    """Who has an account reads it in their English."""
    EmailAddress.objects.create(user=charlie.user, email="nora@example.org", verified=True)
    User.objects.filter(pk=charlie.user.pk).update(language="en-US")
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, smtp_host="mail.example.org")
    invitation = invited(as_alice)
    assert invitation["mail"] == "waiting"
    run_worker()
    (sent,) = mail.outbox
    assert sent.to == ["nora@example.org"]
    assert sent.subject == "Alice invites you to Acme"
    assert "/invitation/" in sent.body
    assert re.search(r"until [A-Z][a-z]+ \d+, 20\d\d:", str(sent.body))
    assert invitation["link_url"] not in sent.body
    assert as_alice.get("/api/member-invitations").json()[0]["mail"] == "sent"


@pytest.mark.django_db(transaction=True)
def test_an_e_mail_that_cannot_be_sent_is_told_and_sent_later(as_alice: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, smtp_host="127.0.0.1")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    invited(as_alice)
    run_worker()
    assert as_alice.get("/api/member-invitations").json()[0]["mail"] == "failed"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    DBTaskResult.objects.update(run_after=timezone.now())
    run_worker()
    assert as_alice.get("/api/member-invitations").json()[0]["mail"] == "sent"
    assert issubclass(smtplib.SMTPException, OSError)


def test_nothing_is_sent_for_an_invitation_taken_back(as_alice: Client) -> None:
    invitation = invited(as_alice)
    as_alice.delete(f"/api/member-invitations/{invitation['id']}")
    send_member_invitation.call(invitation["id"])
    assert mail.outbox == []
