"""Times that are suggested, offered and chosen."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.interviews import slots
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn
from tests.server.conftest import run_worker, with_link
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def live_in(member: Member, zone: ZoneInfo) -> None:
    member.user.time_zone = zone.key
    member.user.save()


def suggested(client: Client, *members: Member, **more: Any) -> list[datetime]:
    body = {"interviewer_ids": [each.user.pk for each in members]} | more
    answer = client.post("/api/free-slots", body, content_type=JSON)
    assert answer.status_code == 200, answer.content
    return [datetime.fromisoformat(each) for each in answer.json()]


def plan(member: Member, start: datetime | None = None, **more: Any) -> Interview:
    return create_interview(member, wanted=InterviewIn(title="Round", scheduled_for=start, **more))


def offer(client: Client, interview: Interview, *starts: datetime) -> Any:
    body = {"starts": [start.isoformat() for start in starts]}
    return client.put(f"/api/interviews/{interview.id}/slots", body, content_type=JSON)


def choose(client: Client, slot: Any) -> Any:
    return client.post("/api/guest/slot", {"slot_id": slot["id"]}, content_type=JSON)


def seen(client: Client) -> list[Any]:
    found: list[Any] = client.get("/api/guest").json()["slots"]
    return found


def test_suggestions_lie_in_everybodys_working_hours(alice: Member, bob: Member, as_alice: Client) -> None:
    live_in(alice, BERLIN)
    live_in(bob, NEW_YORK)

    found = suggested(as_alice, alice, bob, minutes=60)

    assert found
    assert found == sorted(found)
    assert found[0] >= timezone.now() + slots.LEAD
    for start in found:
        for zone in (BERLIN, NEW_YORK):
            local = start.astimezone(zone)
            end = local + timedelta(hours=1)
            assert local.weekday() < 5 and local.hour >= 9
            assert (end.hour, end.minute) <= (17, 0) and end.date() == local.date()


def test_the_hours_stay_through_the_change_of_the_clocks() -> None:
    """Berlin leaves summer time on 25 October 2026: nine o'clock is another hour of UTC before and after it."""
    before, after = datetime(2026, 10, 23, 7, tzinfo=UTC), datetime(2026, 10, 26, 7, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert slots._is_work(before.astimezone(BERLIN), hour)
    assert not slots._is_work(after.astimezone(BERLIN), hour)
    assert slots._is_work((after + hour).astimezone(BERLIN), hour)


def test_nobody_is_suggested_where_one_of_them_is_busy(alice: Member, bob: Member, as_alice: Client) -> None:
    free = suggested(as_alice, alice, bob)[4]
    busy = plan(bob, free, duration_minutes=30)

    assert free not in suggested(as_alice, alice, bob)
    assert free - timedelta(minutes=30) not in suggested(as_alice, bob)
    assert free in suggested(as_alice, alice)
    assert free in suggested(as_alice, bob, interview_id=str(busy.id))
    Interview.objects.filter(id=busy.id).update(state="cancelled", ended_at=timezone.now())
    assert free in suggested(as_alice, alice, bob)


def test_strangers_days_are_not_told(charlie: Member, as_alice: Client) -> None:
    body = {"interviewer_ids": [charlie.user.pk]}
    assert as_alice.post("/api/free-slots", body, content_type=JSON).status_code == 422


def test_the_candidate_chooses_and_everybody_is_told(interview: Interview, alice: Member, as_alice: Client) -> None:
    first, second = suggested(as_alice, alice)[:2]
    answer = offer(as_alice, interview, second, first)
    assert [datetime.fromisoformat(each) for each in answer.json()["offered"]] == [first, second]
    run_worker()
    [message] = mail.outbox
    assert (message.to, message.subject) == (["dana@example.org"], f"Choose a time: {interview.title}")
    assert "/join/" in message.body
    as_dana = with_link(interview)

    answer = choose(as_dana, seen(as_dana)[1])

    assert datetime.fromisoformat(answer.json()["interview"]["scheduled_for"]) == second
    assert answer.json()["slots"] == []
    run_worker()
    invited = {each.to[0] for each in mail.outbox if any("calendar" in str(a) for a in each.attachments)}
    assert invited == {"alice@example.org", "dana@example.org"}
    acts = as_alice.get(f"/api/interviews/{interview.id}/activities").json()
    assert [(each["act"], each["by"] and each["by"]["name"]) for each in acts] == [
        ("choose_time", None), ("offer_times", "Alice"),
    ]  # fmt: skip


def test_first_come_first_served(interview: Interview, alice: Member, as_alice: Client) -> None:
    start = suggested(as_alice, alice)[0]
    rival = plan(alice, candidate_name="Erin", candidate_email="erin@example.org")
    for each in (interview, rival):
        offer(as_alice, each, start)
    as_dana, as_erin = with_link(interview), with_link(rival)
    [slot], [same] = seen(as_dana), seen(as_erin)

    assert choose(as_dana, slot).status_code == 200
    assert problem(choose(as_erin, same)) == (409, "slot-taken")
    assert seen(as_erin) == []
    assert problem(choose(as_erin, slot)) == (404, "slot-gone")


def test_what_is_over_or_withdrawn_can_not_be_chosen(interview: Interview, alice: Member, as_alice: Client) -> None:
    first, second = suggested(as_alice, alice)[:2]
    offer(as_alice, interview, first, second)
    as_dana = with_link(interview)
    old, good = seen(as_dana)
    interview.slots.filter(pk=old["id"]).update(start=timezone.now() - timedelta(minutes=1))

    assert [each["id"] for each in seen(as_dana)] == [good["id"]]
    assert problem(choose(as_dana, old)) == (409, "slot-taken")
    as_alice.delete(f"/api/interviews/{interview.id}/slots")
    assert problem(choose(as_dana, good)) == (404, "slot-gone")


def test_what_can_not_be_offered(interview: Interview, alice: Member, as_alice: Client) -> None:
    start = suggested(as_alice, alice)[0]
    nameless = plan(alice)
    assert problem(offer(as_alice, nameless, start)) == (409, "no-address")
    assert offer(as_alice, interview, timezone.now() - timedelta(hours=1)).status_code == 422
    assert offer(as_alice, interview).status_code == 422
    as_alice.post(f"/api/interviews/{interview.id}/cancel", {}, content_type=JSON)
    assert problem(offer(as_alice, interview, start)) == (409, "interview-ended")
