"""Making, changing, listing and ending interviews."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interview_stream.server.accounts.actor import Member
from interview_stream.server.interviews.actions import change_interview, create_interview
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn, InterviewPatchIn
from tests.server.stand_in_engine import StandInEngine

pytestmark = pytest.mark.django_db(transaction=True)


def create(client: Client, **body: Any) -> Any:
    answer = client.post("/api/interviews", {"title": "Front end"} | body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_an_interview_for_now_needs_only_a_title(as_alice: Client) -> None:
    made = create(as_alice)

    assert made["state"] == "scheduled"
    assert made["scheduled_for"] is None
    assert made["duration_minutes"] == 60
    assert made["created_by"]["name"] == "Alice"
    assert made["candidate"]["name"] is None
    assert made["candidate"]["link_url"].startswith("http://localhost:3000/join/")
    assert (made["recordings_count"], made["is_recording"]) == (0, False)
    assert as_alice.get(f"/api/interviews/{made['id']}").json() == made


def test_times_keep_their_zone(as_alice: Client) -> None:
    made = create(as_alice, scheduled_for="2030-05-06T14:00:00+02:00")

    assert datetime.fromisoformat(made["scheduled_for"]) == datetime.fromisoformat("2030-05-06T12:00:00Z")


def test_a_link_outlives_the_planned_time_by_two_weeks(as_alice: Client) -> None:
    made = create(as_alice, scheduled_for="2030-05-06T12:00:00Z")

    expiry = datetime.fromisoformat(made["candidate"]["link_expires_at"])
    assert expiry == datetime.fromisoformat("2030-05-06T12:00:00Z") + timedelta(days=14)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "},
        {"title": "x" * 201},
        {"title": "\u200b"},
        {"scheduled_for": "9999-12-31T23:59:59Z"},
        {"scheduled_for": "0001-01-01T00:00:00Z"},
        {"scheduled_for": "2030-05-06T12:00:00"},
        {"duration_minutes": 0},
        {"candidate_email": "dana at example.org"},
        {"candidate_name": ""},
    ],
)
def test_wrong_values_are_named(as_alice: Client, wrong: dict[str, Any]) -> None:
    answer = as_alice.post("/api/interviews", {"title": "A"} | wrong, content_type="application/json")

    assert problem(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["loc"][-1] in wrong
    assert not Interview.objects.exists()


def test_colleagues_see_each_others_interviews_newest_first(
    as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    first, second = create(as_alice, title="First"), create(as_bob, title="Second")

    assert [i["id"] for i in as_alice.get("/api/interviews").json()["items"]] == [second["id"], first["id"]]
    assert as_charlie.get("/api/interviews").json()["items"] == []


def test_listing_takes_the_same_number_of_queries_for_any_number_of_interviews(
    as_alice: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        create(as_alice)
    with django_assert_max_num_queries(16):
        assert len(as_alice.get("/api/interviews").json()["items"]) == 5


def test_only_what_is_given_changes(as_bob: Client, interview: Interview) -> None:
    address = f"/api/interviews/{interview.id}"
    changed = as_bob.patch(address, {"title": "Back end, third round"}, content_type="application/json").json()
    assert (changed["title"], changed["candidate"]["email"]) == ("Back end, third round", "dana@example.org")

    moved = as_bob.patch(
        address,
        {"scheduled_for": "2031-01-01T09:00:00Z", "candidate_email": None, "duration_minutes": 45},
        content_type="application/json",
    ).json()
    assert moved["candidate"]["email"] is None
    assert moved["duration_minutes"] == 45
    assert moved["title"] == "Back end, third round"
    assert moved["candidate"]["link_expires_at"].startswith("2031-01-15T09:00")


def test_ending_closes_the_room_and_can_be_repeated(
    as_alice: Client, interview: Interview, media: StandInEngine
) -> None:
    media.join(interview.id, "member-1")
    address = f"/api/interviews/{interview.id}"

    ended = as_alice.post(f"{address}/end").json()
    assert ended["state"] == "ended"
    assert not media.rooms

    assert as_alice.post(f"{address}/end").json() == ended
    assert problem(as_alice.patch(address, {"title": "B"}, content_type="application/json")) == (409, "interview-ended")
    assert problem(as_alice.post(f"{address}/candidate-link")) == (409, "interview-ended")


def test_an_interview_ends_also_while_the_engine_is_down(as_alice: Client, interview: Interview) -> None:
    assert as_alice.post(f"/api/interviews/{interview.id}/end").json()["state"] == "ended"


def test_a_change_of_nothing_writes_nothing(alice: Member) -> None:
    """And one of the title leaves the other columns to whoever changes them."""
    interview = create_interview(alice, wanted=InterviewIn(title="Systems"))
    with CaptureQueriesContext(connection) as asked:
        change_interview(alice, interview_id=interview.id, wanted=InterviewPatchIn(title="Systems"))
        change_interview(alice, interview_id=interview.id, wanted=InterviewPatchIn(title="Compilers"))
    [update] = [each["sql"] for each in asked if each["sql"].startswith("UPDATE")]
    assert '"title" = ' in update and '"search_text" = ' in update and '"state" = ' not in update
