"""What the media engine's events change, and that only the engine can send them."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from livekit import api
from livekit.protocol import models as model_proto

from interview_stream.server.calls import engine
from interview_stream.server.calls.models import Call, HandledEvent
from interview_stream.server.interviews.models import Interview
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(interview: Interview) -> str:
    return Interview.objects.get(id=interview.id).state


def test_an_interview_is_live_while_people_are_in_its_room(interview: Interview) -> None:
    assert send_event(event("room_started", interview.id)).status_code == 200
    send_event(event("participant_joined", interview.id))
    assert state_of(interview) == "live"
    call = Call.objects.get()
    assert (call.interview, call.rooms.get().sid, call.ended_at) == (interview, "RM_1", None)

    send_event(event("room_finished", interview.id))
    assert state_of(interview) == "scheduled"
    assert Call.objects.get().ended_at is not None


def test_an_event_sent_again_changes_nothing(interview: Interview) -> None:
    started = event("room_started", interview.id)
    send_event(started)
    send_event(event("room_finished", interview.id))

    assert send_event(started).status_code == 200
    assert state_of(interview) == "scheduled"
    assert HandledEvent.objects.count() == 2


def test_an_event_that_comes_late_does_not_reopen_its_call(interview: Interview) -> None:
    send_event(event("room_started", interview.id))
    send_event(event("room_finished", interview.id))

    send_event(event("participant_joined", interview.id))
    assert state_of(interview) == "scheduled"


def test_a_call_goes_on_in_the_room_of_a_restarted_engine(as_alice: Client, interview: Interview) -> None:
    """With its clock, its lock and the hands that are up; the end of the room that is gone says nothing."""
    send_event(event("participant_joined", interview.id, room_sid="RM_1"))
    as_alice.put(f"/api/interviews/{interview.id}/lock", {"locked": True}, content_type="application/json")
    Call.objects.get().hands.create(identity="member-1", name="Alice")
    before = Call.objects.get()

    send_event(event("participant_joined", interview.id, room_sid="RM_2", at=before.started_at + timedelta(minutes=3)))
    call = Call.objects.get()
    assert (call.pk, call.started_at, call.ended_at, call.is_locked) == (before.pk, before.started_at, None, True)
    assert call.hands.count() == 1

    send_event(event("room_finished", interview.id, room_sid="RM_1"))
    send_event(event("participant_joined", interview.id, room_sid="RM_1", event_id="late"))
    assert state_of(interview) == "live"

    send_event(event("room_finished", interview.id, room_sid="RM_2"))
    assert state_of(interview) == "scheduled"


def test_people_who_come_hours_after_a_room_was_lost_begin_another_call(interview: Interview) -> None:
    """As after a night in which the machine was off: nothing told of the end, and nobody wants that clock."""
    send_event(event("participant_joined", interview.id, room_sid="RM_1"))
    first = Call.objects.get()

    send_event(event("participant_joined", interview.id, room_sid="RM_2", at=first.started_at + timedelta(hours=8)))
    second = Call.objects.get(ended_at=None)
    assert second.started_at == first.started_at + timedelta(hours=8)
    assert Call.objects.get(pk=first.pk).ended_at == first.started_at
    assert state_of(interview) == "live"


def test_an_ended_interview_stays_ended_and_its_room_is_closed_again(
    as_alice: Client, interview: Interview, media: StandInEngine
) -> None:
    as_alice.post(f"/api/interviews/{interview.id}/end")
    media.join(interview.id, "member-1")  # with a token that is not used up yet

    send_event(event("participant_joined", interview.id))
    assert state_of(interview) == "ended"
    assert not media.rooms
    assert not Call.objects.exists()


@pytest.mark.parametrize("name", ["my-sdk-room", "", "00000000-0000-4000-8000-000000000000"])
def test_rooms_of_other_programs_are_left_alone(name: str, db: None) -> None:
    sent = event("room_started", "x")
    sent.room.CopyFrom(model_proto.Room(name=name, sid="RM_9"))

    assert send_event(sent).status_code == 200
    assert not Call.objects.exists()


def test_unknown_events_and_fields_are_accepted(interview: Interview) -> None:
    assert send_event(event("something_new", interview.id)).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "another secret, long enough to sign with it"}, {"body": '{"event":"room_started"}'}],
    ids=["signed by somebody else", "body changed on its way"],
)
def test_what_the_engine_did_not_sign_is_refused(interview: Interview, wrong: dict[str, Any]) -> None:
    assert problem(send_event(event("room_started", interview.id), **wrong)) == (401, "not-signed-in")
    assert state_of(interview) == "scheduled"


@pytest.mark.parametrize("authorization", ["", "nonsense", "Bearer a.b.c", "é"])
def test_a_webhook_without_a_token_is_refused(authorization: str) -> None:
    answer = Client().post("/webhooks/livekit", "{}", "application/json", headers={"Authorization": authorization})

    assert answer.status_code == 401


def test_a_signed_body_that_is_no_event_is_a_bad_request() -> None:
    body = b"[1, 2]"
    digest = b64encode(sha256(body).digest()).decode()
    token = api.AccessToken(*engine.credentials()).with_sha256(digest).to_jwt()

    answer = Client().post("/webhooks/livekit", body, "application/json", headers={"Authorization": token})
    assert problem(answer) == (400, "bad-request")


def test_only_posts_are_webhooks() -> None:
    assert Client().get("/webhooks/livekit").status_code == 405
