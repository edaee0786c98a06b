"""Moving an interview, calling it off, and noting that the candidate did not come."""

from typing import Any

import pytest
from django.test import Client

from interview_stream.server.interviews.models import Interview
from tests.server.conftest import let_in
from tests.server.interviews.test_planning import create, problem
from tests.server.stand_in_engine import StandInEngine

pytestmark = pytest.mark.django_db(transaction=True)


def act(client: Client, interview: Interview, what: str, **body: Any) -> Any:
    answer = client.post(f"/api/interviews/{interview.id}/{what}", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def activities(client: Client, interview: Interview) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/interviews/{interview.id}/activities").json()
    return found


def test_a_new_time_keeps_its_reason(as_bob: Client, interview: Interview) -> None:
    moved = act(as_bob, interview, "reschedule", scheduled_for="2031-01-01T09:00:00Z", reason="Dana is ill.")

    assert (moved["state"], moved["scheduled_for"]) == ("scheduled", "2031-01-01T09:00:00Z")
    assert moved["candidate"]["link_expires_at"].startswith("2031-01-15T09:00")
    (noted,) = activities(as_bob, interview)
    assert (noted["act"], noted["by"]["name"], noted["reason"]) == ("reschedule", "Bob", "Dana is ill.")
    assert (noted["planned_before"], noted["planned_after"]) == (None, "2031-01-01T09:00:00Z")


def test_editing_the_time_is_noted_and_editing_the_rest_is_not(as_bob: Client, interview: Interview) -> None:
    address = f"/api/interviews/{interview.id}"
    as_bob.patch(address, {"title": "B", "scheduled_for": None}, content_type="application/json")
    assert activities(as_bob, interview) == []

    as_bob.patch(address, {"scheduled_for": "2031-01-01T09:00:00Z"}, content_type="application/json")
    assert [noted["act"] for noted in activities(as_bob, interview)] == ["reschedule"]


@pytest.mark.parametrize(
    ("what", "kept", "state"), [("cancel", "cancel", "cancelled"), ("no-show", "mark_no_show", "no_show")]
)
def test_what_is_called_off_shuts_the_door_and_a_new_time_opens_it(
    as_alice: Client, as_dana: Client, interview: Interview, media: StandInEngine, what: str, kept: str, state: str
) -> None:
    over = act(as_alice, interview, what, reason="The position is filled.")

    assert over["state"] == state
    assert over["ended_at"] is not None
    assert over["allowed"] == ["reschedule"]
    address = f"/api/interviews/{interview.id}"
    assert problem(as_dana.generic("POST", f"{address}/join")) == (409, "interview-ended")
    assert problem(as_alice.patch(address, {"title": "B"}, content_type="application/json")) == (409, "interview-ended")
    assert problem(as_alice.post(f"{address}/{what}", {}, content_type="application/json")) == (409, "interview-ended")
    seen = as_dana.get("/api/guest")
    assert seen.json()["interview"]["state"] == state
    assert b"filled" not in seen.content

    again = act(as_alice, interview, "reschedule", scheduled_for="2031-01-01T09:00:00Z")
    assert (again["state"], again["ended_at"]) == ("scheduled", None)
    let_in(interview)
    assert as_dana.generic("POST", f"{address}/join").status_code == 200
    assert [noted["act"] for noted in activities(as_alice, interview)] == ["reschedule", kept]


def test_waiting_alone_in_the_room_ends_with_a_no_show(
    as_alice: Client, interview: Interview, media: StandInEngine
) -> None:
    media.join(interview.id, "member-1")
    Interview.objects.update(state="live")
    assert problem(as_alice.post(f"/api/interviews/{interview.id}/cancel", {}, content_type="application/json")) == (
        409,
        "interview-live",
    )

    assert act(as_alice, interview, "no-show")["state"] == "no_show"
    assert not media.rooms


def test_a_call_that_goes_on_is_not_moved_but_can_be_renamed(as_alice: Client) -> None:
    made = create(as_alice)
    Interview.objects.update(state="live")
    address = f"/api/interviews/{made['id']}"

    assert as_alice.patch(address, {"title": "B"}, content_type="application/json").status_code == 200
    for answer in (
        as_alice.patch(address, {"scheduled_for": "2031-01-01T09:00:00Z"}, content_type="application/json"),
        as_alice.post(
            f"{address}/reschedule", {"scheduled_for": "2031-01-01T09:00:00Z"}, content_type="application/json"
        ),
    ):
        assert problem(answer) == (409, "interview-live")
