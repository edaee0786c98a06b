"""Who waits, who is let in, and that nobody else gets a token for the media."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from livekit.protocol import models as model_proto

from interview_stream.server.accounts.actor import Member
from interview_stream.server.calls import door, tasks
from interview_stream.server.calls.actions import enter_room
from interview_stream.server.calls.models import Call, Knock
from interview_stream.server.interviews.actions import assign, create_interview
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn
from tests.server.calls.test_consent import choose
from tests.server.calls.test_join import join
from tests.server.conftest import let_in, with_link
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def knock(client: Client) -> Any:
    return client.post("/api/guest/knock")


def answer(client: Client, knock_id: int, *, admit: bool) -> Any:
    return client.post(f"/api/knocks/{knock_id}/answer", {"admit": admit}, content_type="application/json")


def waiting(client: Client) -> list[str]:
    return [each["name"] for each in client.get("/api/waiting").json()]


def hold_call(interview: Interview) -> Call:
    return enter_room(interview, room_sid="RM_1", at=timezone.now())


def lock(client: Client, interview: Interview, *, locked: bool = True) -> Any:
    address = f"/api/interviews/{interview.id}/lock"
    return client.put(address, {"locked": locked}, content_type="application/json")


@pytest.fixture
def at_the_door(as_dana: Client, interview: Interview) -> int:
    choose(as_dana, "all")
    assert knock(as_dana).json()["knock"] == "waiting"
    return Knock.objects.get(interview=interview).pk


def test_a_candidate_gets_no_token_before_an_interviewer_lets_them_in(
    as_alice: Client, as_dana: Client, interview: Interview, at_the_door: int
) -> None:
    assert problem(join(as_dana, interview)) == (409, "not-admitted")
    assert waiting(as_alice) == ["Dana"]
    (seen,) = as_alice.get(f"/api/interviews/{interview.id}/door").json()["waiting"]
    assert seen["id"] == at_the_door

    assert answer(as_alice, at_the_door, admit=True).status_code == 204

    assert join(as_dana, interview).status_code == 200
    assert waiting(as_alice) == []
    assert as_dana.get("/api/guest/seat").json()["knock"] == "admitted"
    kept = Knock.objects.get(pk=at_the_door)
    assert kept.answered_by is not None
    assert kept.answered_by.name == "Alice"


def test_the_candidate_reads_who_was_told(as_dana: Client, at_the_door: int) -> None:
    assert as_dana.get("/api/guest/seat").json() == {
        "knock": "waiting",
        "told": ["Alice"],
        "is_live": False,
        "is_locked": False,
    }


def test_only_who_holds_the_interview_is_told_but_all_of_the_team_may_answer(
    as_bob: Client, at_the_door: int, interview: Interview, bob: Member
) -> None:
    assert waiting(as_bob) == []
    assert answer(as_bob, at_the_door, admit=True).status_code == 204

    assign(interview, [bob.user.pk])
    Knock.objects.update(state="waiting")
    assert waiting(as_bob) == ["Dana"]


def test_who_was_refused_may_knock_again(
    as_alice: Client, as_dana: Client, interview: Interview, at_the_door: int
) -> None:
    answer(as_alice, at_the_door, admit=False)
    assert as_dana.get("/api/guest/seat").json()["knock"] == "refused"
    assert problem(join(as_dana, interview)) == (409, "not-admitted")

    assert knock(as_dana).json()["knock"] == "waiting"
    assert Knock.objects.count() == 2


def test_the_first_answer_counts(as_alice: Client, as_bob: Client, at_the_door: int) -> None:
    answer(as_alice, at_the_door, admit=True)

    assert answer(as_bob, at_the_door, admit=True).status_code == 204
    assert problem(answer(as_bob, at_the_door, admit=False)) == (409, "knock-answered")


def test_a_name_and_a_choice_come_before_the_knock(as_dana: Client, alice: Member) -> None:
    assert problem(knock(as_dana)) == (409, "consent-missing")

    unnamed = with_link(create_interview(alice, wanted=InterviewIn(title="A")))
    assert problem(knock(unnamed)) == (409, "name-missing")


def test_who_closes_the_page_waits_no_longer(as_alice: Client, as_dana: Client, at_the_door: int) -> None:
    Knock.objects.update(seen_at=timezone.now() - door.PATIENCE - timedelta(seconds=1))
    knock(as_dana)
    door.forget_the_silent()
    assert waiting(as_alice) == ["Dana"]

    Knock.objects.update(seen_at=timezone.now() - door.PATIENCE - timedelta(seconds=1))
    door.forget_the_silent()
    assert waiting(as_alice) == []

    knock(as_dana)
    as_dana.delete("/api/guest/knock")
    assert waiting(as_alice) == []


def test_an_admission_lasts_as_long_as_the_call(
    as_alice: Client, as_dana: Client, interview: Interview, at_the_door: int
) -> None:
    hold_call(interview)
    answer(as_alice, at_the_door, admit=True)
    assert join(as_dana, interview).status_code == 200
    assert join(as_dana, interview).status_code == 200

    send_event(event("room_finished", interview.id, room_sid="RM_1"))
    assert problem(join(as_dana, interview)) == (409, "not-admitted")


def test_an_interview_may_let_its_candidate_in_by_itself(alice: Member) -> None:
    wanted = InterviewIn(title="A", candidate_name="Dana", admits_automatically=True)
    open_one = create_interview(alice, wanted=wanted)
    client = with_link(open_one)
    choose(client, "all")

    assert knock(client).json()["knock"] == "admitted"
    Knock.objects.update(state="removed")
    assert knock(client).json()["knock"] == "waiting"


def test_a_locked_room_takes_nobody_new(
    as_alice: Client, as_bob: Client, as_dana: Client, interview: Interview, bob: Member
) -> None:
    assert problem(lock(as_alice, interview)) == (409, "nobody-in-call")
    hold_call(interview)
    choose(as_dana, "all")

    assert lock(as_alice, interview).json()["is_locked"]

    assert problem(knock(as_dana)) == (409, "room-locked")
    assert problem(join(as_bob, interview)) == (409, "room-locked")
    assert join(as_alice, interview).status_code == 200
    let_in(interview)
    assert join(as_dana, interview).status_code == 200

    lock(as_alice, interview, locked=False)
    assert join(as_bob, interview).status_code == 200


def test_a_token_kept_from_before_does_not_lead_back(
    as_alice: Client, interview: Interview, media: StandInEngine, as_dana: Client
) -> None:
    """The engine takes it until it expires."""
    let_in(interview)
    identity = join(as_dana, interview).json()["identity"]
    room = media.join(interview.id, "member-1")
    door.send_away(interview.invitation.id)

    media.join(interview.id, identity, role="candidate")
    person = model_proto.ParticipantInfo(identity=identity)
    send_event(event("participant_joined", interview.id, room_sid=room.sid, participant=person))
    assert list(room.people) == ["member-1"]

    media.join(interview.id, identity, role="candidate")
    tasks.reconcile_calls()
    assert list(room.people) == ["member-1"]


def state_of(client: Client, interview: Interview) -> str:
    return str(client.get(f"/api/interviews/{interview.id}").json()["state"])


def test_an_interview_says_that_its_candidate_waits(
    as_alice: Client, as_dana: Client, interview: Interview, at_the_door: int
) -> None:
    assert state_of(as_alice, interview) == "waiting"
    assert as_dana.get("/api/guest").json()["interview"]["state"] == "scheduled"
    assert problem(as_alice.post(f"/api/interviews/{interview.id}/no-show", {}, content_type="application/json")) == (
        409,
        "candidate-waiting",
    )
    answer(as_alice, at_the_door, admit=False)
    assert state_of(as_alice, interview) == "scheduled"
    knock(as_dana)
    assert state_of(as_alice, interview) == "waiting"
    as_dana.delete("/api/guest/knock")
    assert state_of(as_alice, interview) == "scheduled"


@pytest.mark.usefixtures("at_the_door")
def test_who_closed_the_page_waits_no_longer(as_alice: Client, interview: Interview) -> None:
    Knock.objects.update(seen_at=timezone.now() - door.PATIENCE - timedelta(seconds=1))
    door.forget_the_silent()
    assert state_of(as_alice, interview) == "scheduled"


@pytest.mark.usefixtures("at_the_door")
def test_a_call_that_ends_while_somebody_waits(as_alice: Client, interview: Interview, media: StandInEngine) -> None:
    """Entering the room makes it live; a candidate who knocks meanwhile changes nothing of that."""
    media.join(interview.id, "member-1")
    tasks.reconcile_calls()
    assert state_of(as_alice, interview) == "live"
    as_alice.post(f"/api/interviews/{interview.id}/end")
    assert state_of(as_alice, interview) == "ended"
    assert not Knock.objects.filter(state="waiting").exists()
