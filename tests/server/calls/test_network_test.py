"""A test of the line: seats in a room of its own that are good for nothing else."""

import pytest
from django.test import Client

from interview_stream.server.calls.models import Call
from interview_stream.server.calls.network_test import TESTS
from interview_stream.server.calls.tasks import reconcile_calls
from interview_stream.server.interviews.models import Interview
from tests.server.calls.test_join import claims_of
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_seat_sends_and_the_other_receives_in_a_room_for_two(as_dana: Client, media: StandInEngine) -> None:
    given = as_dana.post("/api/network-test").json()

    sender, receiver = (claims_of(given[seat]).video for seat in ("sender", "receiver"))
    assert sender
    assert receiver
    (room,) = media.rooms
    assert (sender.room, receiver.room) == (room, room)
    assert (sender.can_publish, sender.can_subscribe) == (True, False)
    assert (receiver.can_publish, receiver.can_subscribe) == (False, True)
    assert not sender.room_admin
    assert given["url"].startswith("ws")


def test_a_tests_room_is_nobodys_call(as_dana: Client, interview: Interview, media: StandInEngine) -> None:
    as_dana.post("/api/network-test")
    (room,) = media.rooms

    assert send_event(event("participant_joined", room)).status_code == 200
    reconcile_calls()

    assert not Call.objects.exists()


def test_a_line_is_not_tested_without_end(as_dana: Client, as_bob: Client, media: StandInEngine) -> None:
    for _ in range(TESTS.times):
        assert as_dana.post("/api/network-test").status_code == 200
    assert problem(as_dana.post("/api/network-test"))[0] == 429
    assert as_bob.post("/api/network-test").status_code == 200
