"""Who gets ready is connected before they join, in a room of their own, and is moved into the call from there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.calls import seats
from interview_stream.server.calls.lobby import LOBBIES, room_of
from interview_stream.server.calls.models import Call, Seat
from interview_stream.server.calls.tasks import reconcile_calls
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn
from tests.server.calls.test_join import claims_of
from tests.server.conftest import let_in
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import Refusal, StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def open_lobby(client: Client, interview: Interview) -> Any:
    return client.generic("POST", f"/api/interviews/{interview.id}/lobby")


def get_ready(client: Client, interview: Interview, media: StandInEngine) -> str:
    """Open a lobby and be connected in it, as a page does; returns its name."""
    given = open_lobby(client, interview).json()
    claims = claims_of(given["token"])
    assert claims.video
    media.join(claims.video.room, claims.identity, role="other")
    lobby: str = given["lobby"]
    return lobby


def join_from(client: Client, interview: Interview, lobby: str | None) -> Any:
    return client.post(f"/api/interviews/{interview.id}/join", {"lobby": lobby}, content_type="application/json")


def test_who_waits_to_be_let_in_has_a_room_with_nobody_and_nothing(as_dana: Client, interview: Interview) -> None:
    given = open_lobby(as_dana, interview).json()

    claims = claims_of(given["token"])
    assert claims.identity == f"guest-{interview.invitation.id}-1"
    assert claims.video
    assert claims.video.room == f"{interview.id}~{given['lobby']}"
    assert len(given["lobby"]) == 16
    assert (claims.video.can_publish, claims.video.can_publish_data, claims.video.can_subscribe) == (False,) * 3
    assert not claims.video.room_admin
    assert given["url"].startswith("ws")
    assert not Seat.objects.exists()
    assert problem(join_from(as_dana, interview, given["lobby"])) == (409, "consent-missing")


def test_a_link_opens_lobbies_of_its_own_interview_only(as_dana: Client, as_charlie: Client, alice: Member) -> None:
    other = create_interview(alice, wanted=InterviewIn(title="Another"))

    assert problem(open_lobby(as_dana, other)) == (404, "not-found")
    assert problem(open_lobby(as_charlie, other)) == (404, "not-found")
    assert problem(open_lobby(Client(), other)) == (401, "not-signed-in")


def test_nobody_gets_ready_for_an_ended_interview(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    as_alice.post(f"/api/interviews/{interview.id}/end")

    assert problem(open_lobby(as_alice, interview)) == (409, "interview-ended")
    assert problem(open_lobby(as_dana, interview)) == (409, "interview-ended")


def test_a_cluster_moves_nobody(as_bob: Client, interview: Interview, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, livekit_url="wss://media.example.org")

    answer = open_lobby(as_bob, interview)
    assert (answer.status_code, answer.json()) == (200, None)


def test_lobbies_are_not_opened_without_end(as_dana: Client, as_bob: Client, interview: Interview) -> None:
    for _ in range(LOBBIES.times):
        assert open_lobby(as_dana, interview).status_code == 200
    assert problem(open_lobby(as_dana, interview)) == (429, "too-many-requests")
    assert open_lobby(as_bob, interview).status_code == 200


def test_a_lobby_is_nobodys_call(as_dana: Client, interview: Interview, media: StandInEngine) -> None:
    get_ready(as_dana, interview, media)
    (room,) = media.rooms

    assert send_event(event("participant_joined", room)).status_code == 200
    reconcile_calls()

    assert not Call.objects.exists()


def test_a_candidate_is_moved_into_the_call_as_a_token_would_let_them_in(
    as_dana: Client, interview: Interview, media: StandInEngine
) -> None:
    let_in(interview)
    lobby = get_ready(as_dana, interview, media)

    joined = join_from(as_dana, interview, lobby).json()

    assert joined["is_moved"]
    assert not media.rooms[room_of(interview.id, lobby)].people
    person = media.rooms[str(interview.id)].people[joined["identity"]]
    claims = claims_of(joined["token"])
    assert person.name == claims.name == "Dana"
    assert dict(person.attributes) == claims.attributes == {"role": "candidate", "recording": "all"}
    assert claims.video
    for right in ("can_publish", "can_publish_data", "can_subscribe"):
        assert getattr(person.permission, right) is getattr(claims.video, right) is True
    assert Seat.objects.filter(interview=interview, identity=joined["identity"], revoked_at=None).exists()


def test_an_observer_is_moved_to_watch_only(as_alice: Client, interview: Interview, media: StandInEngine) -> None:
    address = f"/api/interviews/{interview.id}/observers"
    (olga,) = as_alice.post(address, {"name": "Olga"}, content_type="application/json").json()["observers"]
    as_olga = Client(headers={"Authorization": f"Guest {olga['link_url'].rsplit('/', 1)[1]}"})

    joined = join_from(as_olga, interview, get_ready(as_olga, interview, media)).json()

    permission = media.rooms[str(interview.id)].people[joined["identity"]].permission
    assert joined["is_moved"]
    assert (permission.can_publish, permission.can_publish_data, permission.can_subscribe) == (False, False, True)


def test_a_candidate_who_is_not_let_in_is_not_moved(
    as_dana: Client, interview: Interview, media: StandInEngine
) -> None:
    interview.is_recording_planned = False
    interview.save(update_fields=["is_recording_planned"])
    lobby = get_ready(as_dana, interview, media)

    assert problem(join_from(as_dana, interview, lobby)) == (409, "not-admitted")
    assert str(interview.id) not in media.rooms


def test_somebody_elses_lobby_moves_nobody(
    as_alice: Client, as_dana: Client, interview: Interview, media: StandInEngine
) -> None:
    lobby = get_ready(as_dana, interview, media)

    joined = join_from(as_alice, interview, lobby).json()

    assert (joined["is_moved"], joined["token"] != "") == (False, True)
    assert list(media.rooms[room_of(interview.id, lobby)].people) == [f"guest-{interview.invitation.id}-1"]
    assert str(interview.id) not in media.rooms


@pytest.mark.parametrize("lobby", [None, "NeverOpenedAtAll"])
def test_without_a_lobby_one_joins_by_the_token(
    as_alice: Client, interview: Interview, media: StandInEngine, lobby: str | None
) -> None:
    joined = join_from(as_alice, interview, lobby).json()

    assert not joined["is_moved"]
    assert claims_of(joined["token"]).identity == joined["identity"]


@pytest.mark.parametrize("lobby", ["short", "a" * 17, "../../etc/passwd", "sixteen chars ~!"])
def test_what_is_no_lobby_is_refused(as_alice: Client, interview: Interview, lobby: str) -> None:
    assert problem(join_from(as_alice, interview, lobby))[0] == 422


@pytest.mark.parametrize("status", [403, 503])
def test_an_engine_that_moves_nobody_keeps_nobody_out(
    as_alice: Client, interview: Interview, media: StandInEngine, status: int
) -> None:
    media.refusals["MoveParticipant"] = Refusal(status, "permission_denied" if status == 403 else "unavailable")

    joined = join_from(as_alice, interview, get_ready(as_alice, interview, media))

    assert (joined.status_code, joined.json()["is_moved"]) == (200, False)


def test_an_engine_that_is_away_keeps_nobody_out(
    as_alice: Client, interview: Interview, media: StandInEngine, lose_media: Callable[[], None]
) -> None:
    lobby = get_ready(as_alice, interview, media)
    lose_media()

    joined = join_from(as_alice, interview, lobby)

    assert (joined.status_code, joined.json()["is_moved"]) == (200, False)


def test_whose_seat_was_taken_back_meanwhile_is_put_out(
    as_alice: Client, interview: Interview, media: StandInEngine
) -> None:
    """The engine is told before it has moved them, when there is nobody to put out."""
    lobby = get_ready(as_alice, interview, media)
    media.meanwhile["MoveParticipant"] = seats.revoke_all

    join_from(as_alice, interview, lobby)

    assert not media.rooms[str(interview.id)].people
