"""E-mails about interviews: who is told what, in which order, and that a calendar fed with them shows the truth."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import User
from interview_stream.server.interviews import actions
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn, InterviewPatchIn, RescheduleIn
from tests.server.conftest import run_worker
from tests.server.interviews.test_planning import create

pytestmark = pytest.mark.django_db(transaction=True)

SOON = "2031-01-01T09:00:00Z"


def post() -> list[EmailMessage]:
    """Do what waits for the worker, and empty the outbox."""
    run_worker()
    sent = [message.message() for message in mail.outbox]
    mail.outbox.clear()
    return sent


def text_of(message: EmailMessage) -> str:
    (plain, *_) = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    content: bytes = plain.get_payload(decode=True)  # type: ignore[assignment]
    return content.decode()


def entry_of(message: EmailMessage) -> Any:
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    content: bytes = part.get_payload(decode=True)  # type: ignore[assignment]
    entry = vobject.readOne(content.decode())
    assert part.get_param("method") == entry.method.value
    return entry


def summary(messages: list[EmailMessage]) -> list[tuple[str, str, str]]:
    return sorted((m["To"], entry_of(m).method.value, entry_of(m).vevent.sequence.value) for m in messages)


def test_both_sides_are_invited_each_on_their_own_clock(as_alice: Client, alice: Member) -> None:
    User.objects.filter(pk=alice.user.pk).update(language="en-US")
    made = create(
        as_alice, scheduled_for=SOON, time_zone="Europe/Berlin", description="Two tasks.",
        candidate_name="Dana", candidate_email="dana@example.org", candidate_time_zone="America/New_York",
    )  # fmt: skip
    assert made["candidate"]["mail"]["state"] == "waiting"
    messages = {message["To"]: message for message in post()}

    assert set(messages) == {"alice@example.org", "dana@example.org"}
    to_dana, to_alice = text_of(messages["dana@example.org"]), text_of(messages["alice@example.org"])
    assert "Wednesday 1 January 2031, 04:00 - 05:00 EST (America/New York)" in to_dana
    assert "Wednesday, January 1, 2031, 10:00 AM - 11:00 AM CET (Europe/Berlin)" in to_alice
    assert made["candidate"]["link_url"] in to_dana
    assert "/join/" not in to_alice, "whoever holds the link can pose as the candidate"
    assert "dana@example.org" not in str(messages["alice@example.org"])
    for message in messages.values():
        assert entry_of(message).vevent.dtstart.value.astimezone(UTC) == datetime.fromisoformat(SOON)
    assert as_alice.get(f"/api/interviews/{made['id']}").json()["candidate"]["mail"]["state"] == "sent"


def test_news_goes_only_to_those_for_whom_it_is_news(as_alice: Client, alice: Member, bob: Member) -> None:
    made = create(as_alice, scheduled_for=SOON, candidate_email="dana@example.org")
    address = f"/api/interviews/{made['id']}"
    assert summary(post()) == [("alice@example.org", "REQUEST", "0"), ("dana@example.org", "REQUEST", "0")]

    as_alice.patch(address, {"title": made["title"]}, content_type="application/json")
    assert post() == []
    as_alice.post(f"{address}/candidate-link")
    assert summary(post()) == [("dana@example.org", "REQUEST", "1")]
    as_alice.patch(address, {"interviewer_ids": [bob.user.pk]}, content_type="application/json")
    assert summary(post()) == [
        ("alice@example.org", "CANCEL", "2"),
        ("bob@example.org", "REQUEST", "2"),
        ("dana@example.org", "REQUEST", "2"),
    ]
    as_alice.post(f"{address}/cancel", {"reason": "Secret"}, content_type="application/json")
    cancelled = post()
    assert summary(cancelled) == [("bob@example.org", "CANCEL", "3"), ("dana@example.org", "CANCEL", "3")]
    assert not any("Secret" in str(message) for message in cancelled)
    as_alice.post(f"{address}/reschedule", {"scheduled_for": "2031-01-02T09:00:00Z"}, content_type="application/json")
    assert summary(post()) == [("bob@example.org", "REQUEST", "4"), ("dana@example.org", "REQUEST", "4")]


def test_members_who_want_none_get_none_and_guests_all(as_alice: Client, as_bob: Client, bob: Member) -> None:
    chosen = {"interviews": False, "reminders": True, "scorecards": True}
    answer = as_bob.put("/api/me/mails", chosen, content_type="application/json")
    assert answer.json()["user"]["mails"] == as_bob.get("/api/me").json()["user"]["mails"] == chosen
    assert as_alice.get("/api/me").json()["user"]["mails"] == dict.fromkeys(chosen, True)

    made = create(as_alice, candidate_email="dana@example.org", scheduled_for=SOON, interviewer_ids=[bob.user.pk])
    assert summary(post()) == [("dana@example.org", "REQUEST", "0")]
    # Another time comes to them as an invitation that their calendar takes, once they want such e-mails.
    as_bob.put("/api/me/mails", chosen | {"interviews": True}, content_type="application/json")
    later = {"scheduled_for": "2031-01-02T09:00:00Z"}
    as_alice.post(f"/api/interviews/{made['id']}/reschedule", later, content_type="application/json")
    assert summary(post()) == [("bob@example.org", "REQUEST", "1"), ("dana@example.org", "REQUEST", "1")]


def test_nobody_is_told_of_what_has_no_time_or_is_over(as_alice: Client) -> None:
    create(as_alice, candidate_email="dana@example.org")
    made = create(as_alice, candidate_email="dana@example.org", scheduled_for="2020-01-01T09:00:00Z")
    as_alice.post(f"/api/interviews/{made['id']}/end")
    assert post() == []


def test_what_is_overtaken_before_it_is_sent_is_not_sent(as_alice: Client) -> None:
    made = create(as_alice, candidate_email="dana@example.org", scheduled_for=SOON)
    as_alice.patch(f"/api/interviews/{made['id']}", {"duration_minutes": 30}, content_type="application/json")
    assert summary(post()) == [("alice@example.org", "REQUEST", "1"), ("dana@example.org", "REQUEST", "1")]


def test_a_mail_server_that_is_away_is_tried_again(as_alice: Client, settings: Any) -> None:
    made = create(as_alice, candidate_email="dana@example.org", scheduled_for=SOON)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    assert post() == []
    assert as_alice.get(f"/api/interviews/{made['id']}").json()["candidate"]["mail"]["state"] == "failed"

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert post() == [], "not at once"
    DBTaskResult.objects.update(run_after=timezone.now())
    assert len(post()) == 2


class Calendar:
    """What a person's calendar does with the messages it gets, in any order (RFC 5546, section 2.1.5)."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[int, Any]] = {}

    def receive(self, message: EmailMessage) -> None:
        entry = entry_of(message)
        uid, sequence = entry.vevent.uid.value, int(entry.vevent.sequence.value)
        if uid in self.entries and self.entries[uid][0] >= sequence:
            return
        self.entries[uid] = (sequence, None if entry.method.value == "CANCEL" else entry.vevent)

    def shown(self) -> list[tuple[datetime, timedelta, str]]:
        return [
            (e.dtstart.value.astimezone(UTC), e.dtend.value - e.dtstart.value, e.summary.value)
            for _, e in self.entries.values()
            if e is not None
        ]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(0, 400)),
        st.tuples(st.just("rename"), st.integers(0, 3)),
        st.tuples(st.just("cancel"), st.just(0)),
        st.tuples(st.just("people"), st.integers(0, 2)),
        st.tuples(st.just("post"), st.just(0)),
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, shuffle=st.randoms(use_true_random=False))
def test_after_any_sequence_of_changes_every_calendar_shows_the_truth(
    alice: Member, bob: Member, steps: list[tuple[str, int]], shuffle: Any
) -> None:
    Interview.objects.all().delete()
    post()
    begin = datetime.fromisoformat(SOON)
    teams = [[alice.user.pk], [bob.user.pk], [alice.user.pk, bob.user.pk]]
    wanted = InterviewIn(
        title="T0", scheduled_for=begin, time_zone="Europe/Berlin", candidate_email="dana@example.org",
        interviewer_ids=teams[2],
    )  # fmt: skip
    interview = actions.create_interview(alice, wanted=wanted)
    messages: list[EmailMessage] = []
    for step, number in steps:
        interview.refresh_from_db()
        is_off = interview.state == "cancelled"
        if step == "move":
            new_time = RescheduleIn(scheduled_for=begin + timedelta(days=number))
            actions.reschedule_interview(alice, interview_id=interview.id, wanted=new_time)
        elif step == "cancel" and not is_off:
            actions.cancel_interview(alice, interview_id=interview.id, reason="")
        elif step == "rename" and not is_off:
            patch = InterviewPatchIn(title=f"T{number}")
            actions.change_interview(alice, interview_id=interview.id, wanted=patch)
        elif step == "people" and not is_off:
            patch = InterviewPatchIn(interviewer_ids=teams[number])
            actions.change_interview(alice, interview_id=interview.id, wanted=patch)
        elif step == "post":
            messages += post()
    messages += post()
    shuffle.shuffle(messages)
    calendars = {name: Calendar() for name in ("alice@example.org", "bob@example.org", "dana@example.org")}
    for message in messages:
        calendars[message["To"]].receive(message)

    interview.refresh_from_db()
    holders = set(interview.assignments.values_list("user__email", flat=True)) | {"dana@example.org"}
    truth = [(interview.scheduled_for, timedelta(minutes=60), interview.title)]
    for name, calendar in calendars.items():
        expected = truth if name in holders and interview.state == "scheduled" else []
        assert calendar.shown() == expected, name
    assert len({uid for calendar in calendars.values() for uid in calendar.entries}) <= 1
