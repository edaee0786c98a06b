"""A new personal link puts out of the call whoever holds the old one, and keeps them out."""

from typing import Any

import pytest
from django.test import Client
from livekit.protocol import models as model_proto

from interview_stream.server.calls import tasks
from interview_stream.server.interviews.models import Interview
from tests.server.calls.test_join import join
from tests.server.conftest import let_in, with_link
from tests.server.stand_in_engine import Refusal, StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(as_dana: Client, interview: Interview, media: StandInEngine) -> str:
    """Whom a media token makes of the holder of the first link: they are in the call, with an interviewer."""
    let_in(interview)
    identity: str = join(as_dana, interview).json()["identity"]
    media.join(interview.id, "member-1")
    media.join(interview.id, identity, role="candidate")
    return identity


def renew(client: Client, interview: Interview) -> None:
    assert client.post(f"/api/interviews/{interview.id}/candidate-link").status_code == 200
    interview.invitation.refresh_from_db()


def new_identity(interview: Interview) -> str:
    let_in(interview)
    identity: str = join(with_link(interview), interview).json()["identity"]
    return identity


def people(media: StandInEngine, interview: Interview) -> list[str]:
    return sorted(media.rooms[str(interview.id)].people)


def enters(media: StandInEngine, interview: Interview, identity: str) -> Any:
    room = media.join(interview.id, identity, role="candidate")
    person = model_proto.ParticipantInfo(identity=identity)
    return send_event(
        event("participant_joined", interview.id, room_sid=room.sid, event_id=identity, participant=person)
    )


@pytest.mark.usefixtures("old")
def test_a_new_link_puts_out_who_holds_the_old_one(
    as_alice: Client, interview: Interview, media: StandInEngine
) -> None:
    renew(as_alice, interview)

    assert people(media, interview) == ["member-1"]


def test_a_media_token_of_the_old_link_does_not_lead_back(
    as_alice: Client, interview: Interview, media: StandInEngine, old: str
) -> None:
    """The engine takes it until it expires; and the holder of the new link is not disturbed by it."""
    renew(as_alice, interview)
    new = new_identity(interview)
    enters(media, interview, new)

    assert enters(media, interview, old).status_code == 200

    assert people(media, interview) == [new, "member-1"]


@pytest.mark.usefixtures("old")
def test_an_engine_that_fails_puts_them_out_later(as_alice: Client, interview: Interview, media: StandInEngine) -> None:
    media.refusals["RemoveParticipant"] = Refusal(500, "internal")
    renew(as_alice, interview)
    assert len(people(media, interview)) == 2

    del media.refusals["RemoveParticipant"]
    tasks.reconcile_calls()

    assert people(media, interview) == ["member-1"]


@pytest.mark.usefixtures("old")
def test_who_leaves_meanwhile_is_out(as_alice: Client, interview: Interview, media: StandInEngine) -> None:
    media.refusals["RemoveParticipant"] = Refusal(404, "not_found")

    renew(as_alice, interview)


@pytest.mark.usefixtures("no_media")
def test_a_link_is_renewed_without_an_engine(as_alice: Client, interview: Interview) -> None:
    renew(as_alice, interview)

    assert new_identity(interview).startswith("guest-")


def test_the_same_link_is_left_alone(interview: Interview, media: StandInEngine, old: str) -> None:
    enters(media, interview, old)
    tasks.reconcile_calls()

    assert people(media, interview) == [old, "member-1"]
    assert "RemoveParticipant" not in media.calls
