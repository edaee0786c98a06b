"""Rows follow the engine's rooms also when its events were lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interview_stream.server.calls import tasks
from interview_stream.server.calls.models import Call, HandledEvent, Room
from interview_stream.server.interviews.models import Interview
from tests.server.calls.test_webhooks import state_of
from tests.server.stand_in_engine import StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def missing_for(seconds: float) -> None:
    Call.objects.update(missing_since=timezone.now() - timedelta(seconds=seconds))


def test_a_room_nobody_told_of_becomes_a_call(interview: Interview, media: StandInEngine) -> None:
    media.join(interview.id, "member-1")
    media.join("my-sdk-room", "robot")

    tasks.reconcile_calls()
    tasks.reconcile_calls()

    assert state_of(interview) == "live"
    assert Call.objects.get().rooms.get().sid == media.rooms[str(interview.id)].sid


def test_a_call_whose_room_is_gone_ends_after_a_while(interview: Interview, media: StandInEngine) -> None:
    send_event(event("participant_joined", interview.id))

    tasks.reconcile_calls()
    assert state_of(interview) == "live"

    missing_for(61)
    tasks.reconcile_calls()
    assert state_of(interview) == "scheduled"
    assert Call.objects.get().ended_at == Call.objects.get().missing_since


def test_people_who_come_back_in_time_keep_the_call(interview: Interview, media: StandInEngine) -> None:
    room = media.join(interview.id, "member-1")
    send_event(event("participant_joined", interview.id, room_sid=room.sid))
    missing_for(61)

    tasks.reconcile_calls()
    assert Call.objects.get().missing_since is None
    assert state_of(interview) == "live"


def test_a_room_is_seen_while_it_is_there(interview: Interview, media: StandInEngine) -> None:
    room = media.join(interview.id, "member-1")
    send_event(event("participant_joined", interview.id, room_sid=room.sid))
    long_ago = timezone.now() - timedelta(hours=1)
    Room.objects.update(seen_at=long_ago)

    tasks.reconcile_calls()
    seen = Room.objects.get().seen_at
    assert seen > long_ago

    tasks.reconcile_calls()
    assert Room.objects.get().seen_at == seen, "not written at every pass"

    media.die()
    Room.objects.update(seen_at=long_ago)
    tasks.reconcile_calls()
    assert Room.objects.get().seen_at == long_ago


def test_an_engine_that_is_down_ends_no_call(interview: Interview, no_media: None) -> None:
    send_event(event("participant_joined", interview.id))
    missing_for(3600)

    tasks.reconcile_calls()
    assert state_of(interview) == "live"


def test_the_room_of_an_interview_that_ended_while_the_engine_was_down_is_closed(
    interview: Interview, media: StandInEngine
) -> None:
    room = media.join(interview.id, "member-1")
    send_event(event("participant_joined", interview.id, room_sid=room.sid))
    Interview.objects.filter(id=interview.id).update(state="ended", ended_at=timezone.now())

    tasks.reconcile_calls()
    assert not media.rooms


def test_handled_events_are_forgotten_after_a_week(interview: Interview) -> None:
    send_event(event("room_started", interview.id))
    tasks.forget_handled_events.call()
    assert HandledEvent.objects.count() == 1

    HandledEvent.objects.update(handled_at=timezone.now() - timedelta(days=8))
    tasks.forget_handled_events.call()
    assert HandledEvent.objects.count() == 0
