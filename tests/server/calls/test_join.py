"""Who gets a token for which room."""

from dataclasses import replace
from typing import Any

import jwt
import pytest
from django.test import Client
from livekit import api

from interview_stream.server.accounts.actor import Member
from interview_stream.server.calls import engine
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn
from tests.server.conftest import let_in, with_link
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db


def join(client: Client, interview: Interview, *, secure: bool = False, **headers: str) -> Any:
    return client.generic("POST", f"/api/interviews/{interview.id}/join", secure=secure, headers=headers)


def claims_of(token: str) -> api.access_token.Claims:
    return api.TokenVerifier(*engine.credentials()).verify(token)


def test_an_interviewer_may_enter_this_room_and_administer_none(
    as_bob: Client, bob: Member, interview: Interview
) -> None:
    joined = join(as_bob, interview).json()

    assert joined["identity"].startswith(f"member-{bob.user.pk}-")
    assert (joined["name"], joined["role"]) == ("Bob", "interviewer")
    claims = claims_of(joined["token"])
    assert claims.identity == joined["identity"]
    assert claims.attributes == {"role": "interviewer"}
    assert claims.video
    assert (claims.video.room, claims.video.room_join) == (str(interview.id), True)
    assert not claims.video.room_admin
    assert not claims.video.can_update_own_metadata
    assert not claims.video.room_record


def test_a_token_lives_ten_minutes(as_bob: Client, interview: Interview) -> None:
    token = join(as_bob, interview).json()["token"]

    times = jwt.decode(token, options={"verify_signature": False})
    assert times["exp"] - times["nbf"] == 600


def test_a_candidate_enters_as_themselves(as_dana: Client, interview: Interview) -> None:
    let_in(interview)
    joined = join(as_dana, interview).json()

    assert joined["identity"] == f"guest-{interview.invitation.id}-1"
    assert (joined["name"], joined["role"]) == ("Dana", "candidate")
    assert claims_of(joined["token"]).attributes == {"role": "candidate", "recording": "all"}


def test_a_candidate_says_their_name_first(alice: Member) -> None:
    unnamed = create_interview(alice, wanted=InterviewIn(title="A"))
    client = with_link(unnamed)
    assert problem(join(client, unnamed)) == (409, "name-missing")

    client.put("/api/guest", {"name": "Dana"}, content_type="application/json")
    let_in(unnamed)
    assert join(client, unnamed).json()["name"] == "Dana"


def test_a_link_opens_its_own_interview_only(as_dana: Client, alice: Member) -> None:
    other = create_interview(alice, wanted=InterviewIn(title="Another"))

    assert problem(join(as_dana, other)) == (404, "not-found")


def test_an_ended_interview_lets_nobody_in(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    as_alice.post(f"/api/interviews/{interview.id}/end")

    assert problem(join(as_alice, interview)) == (409, "interview-ended")
    assert problem(join(as_dana, interview)) == (409, "interview-ended")


def test_signalling_takes_the_way_the_browser_came(as_bob: Client, interview: Interview) -> None:
    assert join(as_bob, interview, Host="localhost:3000").json()["url"] == "ws://localhost:3000"
    assert join(as_bob, interview, secure=True, Host="example.org").json()["url"] == "wss://example.org"


def test_signalling_behind_a_proxy_that_ends_tls(as_bob: Client, interview: Interview, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, public_url="https://interviews.example.org")

    assert join(as_bob, interview, Host="interviews.example.org").json()["url"] == "wss://interviews.example.org"


def test_a_cluster_is_reached_directly(as_bob: Client, interview: Interview, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, livekit_url="wss://media.example.org")

    assert join(as_bob, interview).json()["url"] == "wss://media.example.org"
