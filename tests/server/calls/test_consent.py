"""What a candidate lets be recorded: asked before the call, kept in words, followed at once."""

from typing import Any

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.calls.models import Consent, Knock
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewIn
from tests.server.calls.test_join import claims_of, join
from tests.server.conftest import with_link
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def choose(client: Client, scope: str) -> Any:
    question = client.get("/api/guest/recording-question").json()["question"]
    body = {"scope": scope, "question": question}
    return client.post("/api/guest/consent", body, content_type="application/json")


def recorded(client: Client, interview: Interview) -> list[tuple[str, str]]:
    (recording,) = client.get("/api/recordings").json()["items"]
    return [(t["participant"]["name"], t["source"]) for t in recording["tracks"] if t["state"] == "recording"]


@pytest.fixture
def dana(interview: Interview) -> str:
    return f"guest-{interview.invitation.id}-1"


def test_a_candidate_chooses_before_they_get_a_token(as_dana: Client, interview: Interview) -> None:
    assert problem(join(as_dana, interview)) == (409, "consent-missing")

    assert choose(as_dana, "audio").json()["chosen"] == "audio"
    Knock.objects.create(interview=interview, invitation=interview.invitation, state="admitted")

    assert claims_of(join(as_dana, interview).json()["token"]).attributes == {
        "role": "candidate",
        "recording": "audio",
    }


def test_where_no_recording_is_planned_nothing_is_asked_and_nothing_recorded(alice: Member) -> None:
    plain = create_interview(
        alice, wanted=InterviewIn(title="A chat", candidate_name="Dana", is_recording_planned=False)
    )
    client = with_link(plain)

    assert not client.get("/api/guest/recording-question").json()["is_needed"]
    Knock.objects.create(interview=plain, invitation=plain.invitation, state="admitted")
    assert claims_of(join(client, plain).json()["token"]).attributes == {"role": "candidate", "recording": "none"}


def test_every_choice_is_kept_with_its_words_and_time(as_dana: Client, as_bob: Client, interview: Interview) -> None:
    choose(as_dana, "all")
    choose(as_dana, "none")

    kept = as_bob.get(f"/api/interviews/{interview.id}/consents").json()
    assert [each["scope"] for each in kept] == ["none", "all"]
    assert kept[1]["wording"].startswith("Acme wants to record this interview")
    assert kept[1]["wording"].endswith("Record my picture, my voice and a screen that I share.")
    assert kept[0]["at"] > kept[1]["at"]


def test_nobody_agrees_to_words_they_did_not_read(as_dana: Client) -> None:
    body = {"scope": "all", "question": "May we?"}
    answer = as_dana.post("/api/guest/consent", body, content_type="application/json")

    assert problem(answer) == (409, "question-changed")
    assert not Consent.objects.exists()


def test_only_consented_tracks_are_captured(
    as_alice: Client, as_dana: Client, interview: Interview, media: StandInEngine, dana: str
) -> None:
    choose(as_dana, "audio")
    media.join(interview.id, "member-1", sources="camera microphone")
    media.join(interview.id, dana, role="candidate", sources="camera microphone")

    as_alice.post(f"/api/interviews/{interview.id}/recordings")
    assert recorded(as_alice, interview) == [
        (dana.title(), "microphone"),
        ("Member-1", "camera"),
        ("Member-1", "microphone"),
    ]

    media.publish(interview.id, dana, "screen_share")
    send_event(event("track_published", interview.id))
    assert (dana.title(), "screen_share") not in recorded(as_alice, interview)


def test_a_choice_during_the_call_is_followed_at_once(
    as_alice: Client, as_dana: Client, interview: Interview, media: StandInEngine, dana: str
) -> None:
    choose(as_dana, "all")
    media.join(interview.id, dana, role="candidate", sources="camera microphone")
    as_alice.post(f"/api/interviews/{interview.id}/recordings")
    assert len(media.running()) == 2

    choose(as_dana, "audio")
    assert recorded(as_alice, interview) == [(dana.title(), "microphone")]
    assert len(media.running()) == 1
    assert media.rooms[str(interview.id)].people[dana].attributes["recording"] == "audio"

    choose(as_dana, "none")
    assert media.running() == []

    choose(as_dana, "all")
    assert len(media.running()) == 2
    states = [(t["source"], t["segment"]) for t in as_alice.get("/api/recordings").json()["items"][0]["tracks"]]
    assert states == [("camera", 1), ("camera", 2), ("microphone", 1), ("microphone", 2)]


def test_a_choice_that_the_engine_missed_is_told_again(
    as_alice: Client, as_dana: Client, interview: Interview, media: StandInEngine, dana: str
) -> None:
    media.join(interview.id, dana, role="candidate", sources="microphone")
    choose(as_dana, "all")
    media.rooms[str(interview.id)].people[dana].attributes["recording"] = "none"

    as_alice.post(f"/api/interviews/{interview.id}/recordings")

    assert media.rooms[str(interview.id)].people[dana].attributes["recording"] == "all"
    assert recorded(as_alice, interview) == [(dana.title(), "microphone")]


def test_members_agree_by_coming_in(as_bob: Client, interview: Interview) -> None:
    assert claims_of(join(as_bob, interview).json()["token"]).attributes == {"role": "interviewer"}
