"""Raised hands, reactions, focus time and the clock: who sees and changes what."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from livekit.protocol import models as model_proto

from interview_stream.server.accounts.actor import Member
from interview_stream.server.calls.floor import REACTIONS_AT_ONCE, SHOWN_FOR
from interview_stream.server.calls.models import Call, Hand, Knock, Reaction
from interview_stream.server.interviews.models import Interview, Observer
from tests.server.calls.test_door import hold_call
from tests.server.calls.test_join import join
from tests.server.conftest import let_in
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def floor(client: Client, interview: Interview) -> Any:
    return client.get(f"/api/interviews/{interview.id}/floor").json()


def send(client: Client, method: str, interview: Interview, act: str, **body: Any) -> Any:
    return client.generic(method, f"/api/interviews/{interview.id}/{act}", as_json(body), "application/json")


def as_json(body: dict[str, Any]) -> str:
    return json.dumps(body)


@pytest.fixture
def call(interview: Interview) -> Call:
    let_in(interview)
    return hold_call(interview)


def test_hands_are_seen_by_all_in_the_order_of_raising_and_lowered_by_oneself_or_a_host(
    as_bob: Client, as_dana: Client, interview: Interview, call: Call
) -> None:
    send(as_dana, "PUT", interview, "hand", raised=True)
    send(as_bob, "PUT", interview, "hand", raised=True)
    send(as_dana, "PUT", interview, "hand", raised=True)

    for client in (as_bob, as_dana):
        assert [hand["name"] for hand in floor(client, interview)["hands"]] == ["Dana", "Bob"]

    danas = floor(as_bob, interview)["hands"][0]
    assert danas["identity"] == join(as_dana, interview).json()["identity"]
    assert as_dana.delete(f"/api/interviews/{interview.id}/hands/{danas['id']}").status_code == 401
    assert as_bob.delete(f"/api/interviews/{interview.id}/hands/{danas['id']}").status_code == 204
    assert as_bob.delete(f"/api/interviews/{interview.id}/hands/{danas['id']}").status_code == 204
    send(as_bob, "PUT", interview, "hand", raised=False)
    assert floor(as_dana, interview)["hands"] == []


def test_who_leaves_takes_their_hand_along(as_dana: Client, interview: Interview, call: Call) -> None:
    send(as_dana, "PUT", interview, "hand", raised=True)
    identity = Hand.objects.get().identity
    left = model_proto.ParticipantInfo(identity=identity)

    assert send_event(event("participant_left", interview.id, participant=left)).status_code == 200

    assert not Hand.objects.exists()


def test_reactions_are_few_and_short_lived(as_dana: Client, interview: Interview, call: Call) -> None:
    for _ in range(REACTIONS_AT_ONCE):
        assert send(as_dana, "POST", interview, "reactions", kind="clap").status_code == 204
    assert problem(send(as_dana, "POST", interview, "reactions", kind="clap")) == (409, "too-many-reactions")

    Reaction.objects.update(at=timezone.now() - SHOWN_FOR - timedelta(seconds=1))
    assert send(as_dana, "POST", interview, "reactions", kind="heart").status_code == 204
    assert [each["kind"] for each in floor(as_dana, interview)["reactions"]] == ["heart"]


def test_outside_the_room_nothing_is_seen_and_nothing_said(
    as_bob: Client, as_dana: Client, interview: Interview, call: Call
) -> None:
    send(as_bob, "PUT", interview, "hand", raised=True)
    Knock.objects.update(state="removed")

    assert floor(as_dana, interview)["hands"] == []
    assert floor(as_dana, interview)["started_at"] is None
    assert problem(send(as_dana, "PUT", interview, "hand", raised=True)) == (409, "not-admitted")


def test_nothing_is_raised_in_an_empty_room(as_bob: Client, interview: Interview) -> None:
    assert problem(send(as_bob, "PUT", interview, "hand", raised=True)) == (409, "nobody-in-call")


def test_an_observer_watches_the_floor_only(as_bob: Client, bob: Member, interview: Interview, call: Call) -> None:
    Observer.objects.create(interview=interview, user=bob.user, name="Bob")
    assert floor(as_bob, interview)["started_at"] is not None
    assert problem(send(as_bob, "POST", interview, "reactions", kind="clap")) == (403, "observers-only-watch")


def test_focus_time_stops_what_the_candidate_sends_and_ends_early_by_either(
    as_bob: Client, as_dana: Client, interview: Interview, call: Call, media: StandInEngine
) -> None:
    dana = join(as_dana, interview).json()["identity"]
    media.join(interview.id, dana, role="candidate", sources="camera microphone screen_share")
    media.join(interview.id, "bob", sources="camera")

    assert send(as_bob, "POST", interview, "focus", minutes=10).status_code == 204

    assert media.muted(interview.id, dana) == {"camera", "microphone", "screen_share"}
    assert media.muted(interview.id, "bob") == set()
    seen = floor(as_dana, interview)["focus"]
    began, ends = (datetime.fromisoformat(seen[name]) for name in ("began_at", "ends_at"))
    assert ends - began == timedelta(minutes=10)
    assert send(as_dana, "DELETE", interview, "focus").status_code == 204
    assert floor(as_bob, interview)["focus"]["is_over"] is True

    send(as_bob, "POST", interview, "focus", minutes=10)
    send(as_bob, "POST", interview, "focus", minutes=20)
    assert call.focuses.filter(ends_at__gt=timezone.now()).count() == 1
    assert send(as_bob, "POST", interview, "focus", minutes=0).status_code == 422


def test_the_candidate_sees_the_time_left_only_if_an_interviewer_wants_it(
    as_bob: Client, as_dana: Client, interview: Interview, call: Call
) -> None:
    assert floor(as_dana, interview)["is_clock_shown"] is False
    assert send(as_dana, "PUT", interview, "clock", shown=True).status_code == 401
    assert send(as_bob, "PUT", interview, "clock", shown=True).status_code == 204
    assert floor(as_dana, interview)["is_clock_shown"] is True
