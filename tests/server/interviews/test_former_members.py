"""Members who leave or are removed: what they held goes on without them, or says that it needs somebody."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Membership
from interview_stream.server.evaluations.models import Scorecard
from interview_stream.server.evaluations.tasks import remind_of_scorecards
from interview_stream.server.interviews.actions import assign, create_interview
from interview_stream.server.interviews.models import CalendarFeed, Interview, Notice, Observer, Reminder
from interview_stream.server.interviews.schemas import InterviewIn
from tests.server.conftest import run_worker

pytestmark = pytest.mark.django_db(transaction=True)


def plan(member: Member, *holders: Member) -> Interview:
    wanted = InterviewIn(
        title="Pairing", scheduled_for=timezone.now() + timedelta(days=3), candidate_name="Dana",
        candidate_email="dana@example.org", interviewer_ids=[each.user.pk for each in holders],
    )  # fmt: skip
    return create_interview(member, wanted=wanted)


def remove(client: Client, member: Member) -> None:
    membership = Membership.objects.get(user=member.user, organisation=member.organisation)
    assert client.delete(f"/api/members/{membership.pk}").status_code == 200


def leave(client: Client) -> None:
    assert client.post("/api/organisation/leave").status_code == 200


def ended(member: Member, *holders: Member) -> Interview:
    made = plan(member, *holders)
    ended_at = timezone.now() - timedelta(hours=25)
    Interview.objects.filter(pk=made.pk).update(state="ended", ended_at=ended_at)
    return made


def test_the_others_hold_it_and_the_leaver_is_told_and_reminded_of_nothing(
    alice: Member, bob: Member, as_alice: Client
) -> None:
    shared, watched = plan(alice, alice, bob), plan(alice, alice)
    Observer.objects.create(interview=watched, user=bob.user, name="Bob", email=bob.user.email)
    Reminder.objects.create(interview=shared, user=bob.user, kind="before-15", moment=timezone.now())
    CalendarFeed.objects.create(user=bob.user, organisation=bob.organisation)
    remove(as_alice, bob)

    assert [each.user_id for each in shared.assignments.all()] == [alice.user.pk]
    assert not watched.observers.present().exists()
    assert not Reminder.objects.filter(user=bob.user).exists()
    assert not CalendarFeed.objects.exists()
    newest = {notice.address: notice.method for notice in Notice.objects.filter(interview=shared).order_by("pk")}
    assert newest == {"alice@example.org": "REQUEST", "dana@example.org": "REQUEST", "bob@example.org": "CANCEL"}
    mail.outbox.clear()
    run_worker()
    assert not [message for message in mail.outbox if "needs an interviewer" in message.subject]


def test_an_interview_that_nobody_holds_any_more_is_told_to_who_is_in_charge(
    alice: Member, bob: Member, as_alice: Client, as_bob: Client
) -> None:
    made = plan(bob, bob)
    run_worker()
    mail.outbox.clear()
    leave(as_bob)
    run_worker()

    told = {message.to[0]: message for message in mail.outbox}
    assert set(told) == {"alice@example.org", "bob@example.org"}  # not dana, who hears once somebody is there
    assert told["bob@example.org"].subject == "Cancelled: Pairing"
    assert told["alice@example.org"].subject == "An interview needs an interviewer"
    assert f"/interviews/{made.id}" in told["alice@example.org"].body
    assert "Bob does not belong to Acme any more" in told["alice@example.org"].body
    assert as_alice.get(f"/api/interviews/{made.id}").json()["interviewers"] == []

    mail.outbox.clear()
    change = {"interviewer_ids": [alice.user.pk]}
    assert as_alice.patch(f"/api/interviews/{made.id}", change, content_type="application/json").status_code == 200
    run_worker()
    assert {message.to[0] for message in mail.outbox} == {"alice@example.org", "dana@example.org"}


def test_what_was_held_keeps_them_and_waits_for_their_card_no_longer(
    alice: Member, bob: Member, as_alice: Client
) -> None:
    waiting, unjudged = ended(alice, alice, bob), ended(alice, alice, bob)
    Scorecard.objects.create(interview=waiting, author=alice.user, overall=3, submitted_at=timezone.now())
    remove(as_alice, bob)

    assert waiting.assignments.count() == unjudged.assignments.count() == 2
    waiting.refresh_from_db()
    unjudged.refresh_from_db()
    assert (waiting.state, unjudged.state) == ("evaluated", "ended")
    mail.outbox.clear()
    remind_of_scorecards.call()
    run_worker()
    assert [message.to[0] for message in mail.outbox if "scorecard" in message.subject] == ["alice@example.org"]


def test_a_missing_card_does_not_keep_what_ends_afterwards_from_being_evaluated(
    alice: Member, bob: Member, as_alice: Client
) -> None:
    made = ended(alice, alice, bob)
    remove(as_alice, bob)
    as_alice.put(f"/api/interviews/{made.id}/scorecard", {"ratings": {}, "overall": 3}, content_type="application/json")
    assert as_alice.post(f"/api/interviews/{made.id}/scorecard/submit").status_code == 200
    made.refresh_from_db()
    assert made.state == "evaluated"


def test_another_role_takes_nothing_away(alice: Member, bob: Member, as_alice: Client, interview: Interview) -> None:
    assign(interview, [bob.user.pk])
    membership = Membership.objects.get(user=bob.user)
    change = {"role": "admin"}
    assert as_alice.patch(f"/api/members/{membership.pk}", change, content_type="application/json").status_code == 200
    assert interview.assignments.count() == 1


def test_what_got_stuck_before_leaving_let_go_is_mended(alice: Member, bob: Member) -> None:
    """Both migrations, over rows as they were left behind."""
    shared, watched = plan(alice, alice, bob), plan(alice, alice)
    waiting, unjudged = ended(alice, alice, bob), ended(alice, alice, bob)
    for interview in (shared, waiting):
        Reminder.objects.create(interview=interview, user=bob.user, kind="before-15", moment=timezone.now())
    Observer.objects.create(interview=watched, user=bob.user, name="Bob", email=bob.user.email)
    Scorecard.objects.create(interview=waiting, author=alice.user, overall=3, submitted_at=timezone.now())
    Membership.objects.filter(user=bob.user).delete()

    folder = "interview_stream.server.{}.migrations.{}_former_members"
    import_module(folder.format("interviews", "0018")).let_former_members_go(apps, None)
    import_module(folder.format("evaluations", "0004")).evaluate_without_former_members(apps, None)

    assert [each.user_id for each in shared.assignments.all()] == [alice.user.pk]
    assert not watched.observers.present().exists()
    assert [each.interview_id for each in Reminder.objects.all()] == [waiting.pk]
    assert waiting.assignments.count() == 2, "who held it stays on the record"
    waiting.refresh_from_db()
    unjudged.refresh_from_db()
    assert (waiting.state, unjudged.state) == ("evaluated", "ended")
