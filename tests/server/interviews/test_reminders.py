"""Reminders: who gets which, on whose clock, and that none is stale, doubled or late."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import User
from interview_stream.server.evaluations.models import Scorecard
from interview_stream.server.evaluations.tasks import remind_of_scorecards
from interview_stream.server.interviews import actions
from interview_stream.server.interviews.models import Interview, Notice, Observer, Reminder
from interview_stream.server.interviews.reminders import remind_of_starts
from interview_stream.server.interviews.schemas import InterviewIn, InterviewPatchIn, RescheduleIn
from tests.server.conftest import run_worker

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime.fromisoformat("2031-01-01T09:00Z")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START - 10 * DAY
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def sent_at(self, now: datetime) -> list[tuple[str, str]]:
        """Who is reminded when the clock stands there: address and subject."""
        self.now = now
        mail.outbox.clear()
        remind_of_starts.call()
        remind_of_scorecards.call()
        run_worker()
        return sorted((message.to[0], str(message.subject)) for message in mail.outbox)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def planned(clock: Clock, alice: Member) -> Interview:
    User.objects.filter(pk=alice.user.pk).update(time_zone="Asia/Kolkata")
    wanted = InterviewIn(
        title="Pairing", scheduled_for=START, time_zone="Europe/Berlin", candidate_name="Dana",
        candidate_email="dana@example.org", candidate_time_zone="America/New_York",
    )  # fmt: skip
    interview = actions.create_interview(alice, wanted=wanted)
    run_worker()
    return interview


BOTH = ["alice@example.org", "dana@example.org"]


def test_a_day_and_a_quarter_of_an_hour_before_each_on_their_own_clock(planned: Interview, clock: Clock) -> None:
    assert "14:30 - 15:30 IST (Asia/Kolkata)" in mail.outbox[0].body, "the invitation, on the profile's clock"
    assert clock.sent_at(START - DAY - MINUTE) == []
    assert clock.sent_at(START - DAY) == [(address, "In 24 hours: Pairing") for address in BOTH]
    to_alice, to_dana = sorted(mail.outbox, key=lambda message: message.to)
    assert "14:30 - 15:30 IST (Asia/Kolkata)" in to_alice.body
    assert "/join/" not in to_alice.body
    assert "04:00 - 05:00 EST (America/New York)" in to_dana.body
    assert "/join/" in to_dana.body
    assert clock.sent_at(START - DAY + MINUTE) == [], "once"
    assert clock.sent_at(START - 15 * MINUTE) == [(address, "In 15 minutes: Pairing") for address in BOTH]
    assert clock.sent_at(START - 14 * MINUTE) == []


def test_a_member_gets_only_the_reminders_that_they_want_and_the_candidate_all(
    planned: Interview, clock: Clock, alice: Member
) -> None:
    def wants(**chosen: bool) -> None:
        User.objects.filter(pk=alice.user.pk).update(**chosen)

    # Whoever wants no news of interviews is still reminded of them.
    wants(mail_interviews=False)
    assert clock.sent_at(START - DAY) == [(address, "In 24 hours: Pairing") for address in BOTH]
    wants(mail_reminders=False)
    assert clock.sent_at(START - 15 * MINUTE) == [("dana@example.org", "In 15 minutes: Pairing")]
    clock.now = START + HOUR
    actions.end_interview(alice, interview_id=planned.id)
    assert clock.sent_at(START + 25 * HOUR) == [("alice@example.org", "Your scorecard is missing: Pairing")]


def test_nor_a_reminder_of_the_scorecard_when_that_is_switched_off(
    planned: Interview, clock: Clock, alice: Member
) -> None:
    User.objects.filter(pk=alice.user.pk).update(mail_scorecards=False)
    clock.now = START + HOUR
    actions.end_interview(alice, interview_id=planned.id)
    assert clock.sent_at(START + 25 * HOUR) == []


def test_after_an_outage_a_little_late_or_not_at_all(planned: Interview, clock: Clock) -> None:
    assert clock.sent_at(START - DAY + 3 * HOUR) == []
    assert clock.sent_at(START - 10 * MINUTE) == [(address, "In 10 minutes: Pairing") for address in BOTH]
    assert clock.sent_at(START + MINUTE) == []


def test_another_time_is_reminded_of_anew_and_the_old_one_not(planned: Interview, clock: Clock, alice: Member) -> None:
    assert len(clock.sent_at(START - DAY)) == 2
    later = RescheduleIn(scheduled_for=START + 3 * DAY)
    actions.reschedule_interview(alice, interview_id=planned.id, wanted=later)
    run_worker()
    assert clock.sent_at(START - 15 * MINUTE) == []
    assert len(clock.sent_at(START + 2 * DAY)) == 2
    actions.cancel_interview(alice, interview_id=planned.id, reason="")
    run_worker()
    assert clock.sent_at(START + 3 * DAY - 15 * MINUTE) == []


def test_what_was_cancelled_before_the_worker_came_to_it_is_not_sent(
    planned: Interview, clock: Clock, alice: Member
) -> None:
    clock.now = START - DAY
    remind_of_starts.call()
    actions.cancel_interview(alice, interview_id=planned.id, reason="")
    run_worker()
    assert not [message for message in mail.outbox if message.subject.startswith("In ")]
    assert Reminder.objects.filter(sent_at__isnull=False).count() == 0


def test_who_was_invited_just_now_needs_no_reminder(planned: Interview, clock: Clock) -> None:
    Notice.objects.filter(user=None).update(created_at=START - DAY + MINUTE)
    assert [address for address, _ in clock.sent_at(START - DAY + 2 * MINUTE)] == ["alice@example.org"]


def test_who_only_watches_is_not_reminded_and_never_gets_the_candidates_link(
    planned: Interview, clock: Clock, alice: Member
) -> None:
    Observer.objects.create(interview=planned, name="Olga", email="olga@example.org")
    actions.change_interview(alice, interview_id=planned.id, wanted=InterviewPatchIn(title="Pairing"))
    run_worker()
    assert any(message.to == ["olga@example.org"] for message in mail.outbox), "invited, a while before"
    assert clock.sent_at(START - DAY) == [(address, "In 24 hours: Pairing") for address in BOTH]


def test_the_operator_chooses_when(planned: Interview, clock: Clock, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, reminder_minutes=())
    assert clock.sent_at(START - DAY) == []


def test_a_missing_scorecard_is_asked_for_once_a_day_later(
    planned: Interview, clock: Clock, alice: Member, bob: Member
) -> None:
    planned.assignments.create(user=bob.user)
    Scorecard.objects.create(interview=planned, author=bob.user, overall=3, submitted_at=START)
    clock.now = START + HOUR
    actions.end_interview(alice, interview_id=planned.id)
    assert clock.sent_at(START + 24 * HOUR) == []
    assert clock.sent_at(START + 25 * HOUR) == [("alice@example.org", "Your scorecard is missing: Pairing")]
    assert "/evaluation" in mail.outbox[0].body
    assert clock.sent_at(START + 26 * HOUR) == []
