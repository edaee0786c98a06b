"""Deleting one's account: what goes, what stays without a name, and when it is refused."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, Role, User
from interview_stream.server.api_keys.models import ApiKey
from interview_stream.server.calls.models import Seat
from interview_stream.server.chat.models import Message
from interview_stream.server.evaluations.models import Comment, Decision, Note, Scorecard
from interview_stream.server.interviews.actions import assign
from interview_stream.server.interviews.models import Interview, Notice
from interview_stream.server.recordings.models import RecordedTrack, Recording
from tests.server.conftest import PASSWORD, join, prove, run_worker, signed_in

BROWSER = "/_allauth/browser/v1"


def delete(client: Client, email: str = "bob@example.org") -> Any:
    return client.post("/api/me/delete", {"email": email}, content_type="application/json")


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_in_by_it_any_more(as_alice: Client, as_bob: Client, bob: Member, no_media: None) -> None:
    wanted = {"name": "CI", "scopes": ["interviews:read"], "expires_in_days": 1}
    token = as_bob.post("/api/api-keys", wanted, content_type="application/json").json()["token"]
    by_key = Client(headers={"Authorization": f"Bearer {token}"})
    calendar = as_bob.get("/api/calendar-feed").json()["url"].partition("/calendar/")[2]
    elsewhere = signed_in(bob.user)
    assert by_key.get("/api/interviews").status_code == elsewhere.get("/api/members").status_code == 200
    Authenticator.objects.create(user=bob.user, type="recovery_codes", data={})
    EmailAddress.objects.create(user=bob.user, email="bob@home.example", verified=True)

    assert delete(as_bob).status_code == 204
    assert as_bob.get("/api/me").json()["user"] is None
    for lost in (as_bob, elsewhere, by_key):
        assert lost.get("/api/members").status_code == 401
    assert Client().get(f"/calendar/{calendar}").status_code == 404
    for kept in (UserSession, Authenticator, EmailAddress, ApiKey, Membership):
        assert not kept.objects.filter(user=bob.user).exists()
    for email in ("bob@example.org", "bob@home.example"):
        body = {"email": email, "password": PASSWORD}
        assert Client().post(f"{BROWSER}/auth/login", body, content_type="application/json").status_code == 400
    assert [each["name"] for each in as_alice.get("/api/members").json()] == ["Alice"]
    gone = User.objects.get(pk=bob.user.pk)
    assert (gone.name, gone.email, gone.is_active) == ("Former member", f"{bob.user.pk}@former.invalid", False)
    run_worker()
    (farewell,) = mail.outbox
    assert (farewell.to, farewell.subject) == (["bob@example.org"], "Your account has been deleted")

    # The address is free: the same person can come back, as a new one.
    assert join(bob.organisation, "bob", Role.INTERVIEWER).user.pk != bob.user.pk


def test_what_they_did_stays_without_their_name(
    alice: Member, as_alice: Client, bob: Member, as_bob: Client, interview: Interview
) -> None:
    made = as_bob.post("/api/interviews", {"title": "Bob's"}, content_type="application/json").json()
    assign(interview, [alice.user.pk, bob.user.pk])
    Interview.objects.filter(pk=interview.pk).update(state="ended", ended_at=timezone.now())
    Scorecard.objects.create(interview=interview, author=bob.user, overall=3, submitted_at=timezone.now())
    Scorecard.objects.create(interview=interview, author=alice.user, overall=3, submitted_at=timezone.now())
    Comment.objects.create(interview=interview, author=bob.user, stars=3, text="Good")
    Decision.objects.create(interview=interview, by=bob.user, outcome="pass")
    Note.objects.create(interview=interview, author=bob.user, text="Mine alone")
    Message.objects.create(id=uuid.uuid4(), interview=interview, user=bob.user, author="Bob", channel="team", text="Hi")
    recording = Recording.objects.create(
        interview=interview, started_by=bob.user, state="ready", stopped_at=timezone.now()
    )
    for number, identity in enumerate((f"member-{bob.user.pk}-x", f"member-{bob.user.pk}1-x")):
        RecordedTrack.objects.create(
            recording=recording, participant_identity=identity, participant_name="Bob", participant_role="host",
            kind="audio", source="microphone", segment=1, capture=str(number), state="ready",
        )  # fmt: skip

    assert delete(as_bob).status_code == 204
    evaluation = as_alice.get(f"/api/interviews/{interview.id}/evaluation").json()
    assert [card["author"]["name"] for card in evaluation["others"]] == ["Former member"]
    assert evaluation["comments"][0]["author"]["name"] == "Former member"
    assert evaluation["decision"]["by"]["name"] == "Former member"
    held = as_alice.get(f"/api/interviews/{interview.id}").json()["interviewers"]
    assert [each["name"] for each in held] == ["Alice", "Former member"]
    planned = as_alice.get(f"/api/interviews/{made['id']}").json()
    assert (planned["created_by"]["name"], planned["interviewers"]) == ("Former member", [])
    assert Message.objects.get().author == "Former member"
    assert not Note.objects.exists()
    names = RecordedTrack.objects.order_by("capture").values_list("participant_name", flat=True)
    assert list(names) == ["Former member", "Bob"]
    event = AuditEvent.objects.get(action="account.deleted")
    assert (event.user_name, event.subject, event.organisation) == ("Bob", "bob@example.org", alice.organisation)


def test_who_is_left_for_an_interview_to_come_is_told(
    alice: Member, as_alice: Client, bob: Member, as_bob: Client
) -> None:
    plan = {"title": "Pairing", "scheduled_for": "2031-01-01T09:00:00Z", "candidate_email": "dana@example.org"}
    wanted = plan | {"interviewer_ids": [alice.user.pk, bob.user.pk]}
    assert as_alice.post("/api/interviews", wanted, content_type="application/json").status_code == 201
    before = set(Notice.objects.values_list("pk", flat=True))
    assert delete(as_bob).status_code == 204
    told = Notice.objects.exclude(pk__in=before).values_list("address", "method")
    assert sorted(told) == [("alice@example.org", "REQUEST"), ("dana@example.org", "REQUEST")]
    assert not Notice.objects.filter(address="bob@example.org").exists()


def test_they_leave_running_calls(bob: Member, as_bob: Client, interview: Interview, no_media: None) -> None:
    seat = Seat.objects.create(interview=interview, identity=f"member-{bob.user.pk}-x", user=bob.user)
    assert delete(as_bob).status_code == 204
    assert not Seat.objects.filter(pk=seat.pk, revoked_at=None).exists()


def test_it_is_told_in_each_organisation_and_asks_who_is_there(bob: Member, as_bob: Client, charlie: Member) -> None:
    Membership.objects.create(user=bob.user, organisation=charlie.organisation, role=Role.OWNER)
    assert delete(as_bob, "alice@example.org").json()["errors"][0]["loc"] == ["body", "email"]
    prove(as_bob, bob.user, ago_s=3600)
    assert delete(as_bob).json()["type"] == "/problems/recent-sign-in-needed"
    assert Membership.objects.filter(user=bob.user).count() == 2
    prove(as_bob, bob.user)
    assert delete(as_bob, " Bob@Example.org ").status_code == 204
    assert AuditEvent.objects.filter(action="account.deleted").count() == 2


def test_the_last_owner_hands_over_or_ends_the_organisation_first(
    alice: Member, as_alice: Client, bob: Member, as_charlie: Client, charlie: Member
) -> None:
    refused = delete(as_alice, "alice@example.org")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-owner")
    assert refused.json()["detail"] == "You are the only owner of Acme. Make somebody else an owner first."
    assert as_alice.get("/api/me").json()["user"]["name"] == "Alice"
    ending = {"delete_at": timezone.now() + timedelta(days=1)}
    Organisation.objects.update(**ending)
    # Who is left in Acme could not take its end back; in charlie's nobody is.
    assert delete(as_alice, "alice@example.org").status_code == 409
    Organisation.objects.update(delete_at=None)
    assert delete(as_charlie, "charlie@example.org").json()["detail"].endswith("Delete the organisation first.")
    Organisation.objects.update(**ending)
    assert delete(as_charlie, "charlie@example.org").status_code == 204
    Organisation.objects.update(delete_at=None)
    Membership.objects.filter(user=bob.user).update(role=Role.OWNER)
    assert delete(as_alice, "alice@example.org").status_code == 204


def test_who_belongs_to_no_organisation_can_too(bob: Member, as_bob: Client) -> None:
    Membership.objects.filter(user=bob.user).delete()
    assert delete(as_bob).status_code == 204
    assert delete(as_bob).status_code == 401
