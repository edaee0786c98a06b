"""A right that ends takes the seat in the call along, and the media tokens that it gave."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from livekit.protocol import models as model_proto

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Membership, User
from interview_stream.server.calls import seats
from interview_stream.server.calls.actions import enter_room
from interview_stream.server.calls.models import Seat
from interview_stream.server.interviews.models import Interview
from tests.server.calls.test_join import join
from tests.server.conftest import let_in, signed_in
from tests.server.stand_in_engine import Refusal, StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


def sits(client: Client, interview: Interview, media: StandInEngine) -> str:
    """Whoever holds this browser is in the call; returns their identity there."""
    identity: str = join(client, interview).json()["identity"]
    media.join(interview.id, identity)
    return identity


def people(media: StandInEngine, interview: Interview) -> list[str]:
    return sorted(media.rooms[str(interview.id)].people)


def sessions(client: Client) -> list[dict[str, Any]]:
    client.get("/api/me")
    found: list[dict[str, Any]] = client.get("/api/sessions").json()
    return found


def test_a_revoked_session_leaves_the_call_and_the_other_device_stays(
    bob: Member, interview: Interview, media: StandInEngine
) -> None:
    laptop, phone = signed_in(bob.user), signed_in(bob.user)
    lost, kept = sits(laptop, interview, media), sits(phone, interview, media)
    laptop.get("/api/me")
    other = next(each for each in sessions(phone) if not each["is_current"])

    assert phone.delete(f"/api/sessions/{other['id']}").status_code == 200

    assert people(media, interview) == [kept]
    assert (str(interview.id), lost) in media.revoked
    assert (str(interview.id), kept) not in media.revoked
    assert [seat.identity for seat in Seat.objects.all()] == [kept]


def test_all_other_sessions_at_once(bob: Member, interview: Interview, media: StandInEngine) -> None:
    clients = [signed_in(bob.user) for _ in range(3)]
    identities = [sits(client, interview, media) for client in clients]
    for client in clients:
        client.get("/api/me")

    clients[0].post("/api/sessions/revoke-others")

    assert people(media, interview) == identities[:1]


def test_signing_out_leaves_the_call(as_bob: Client, interview: Interview, media: StandInEngine) -> None:
    sits(as_bob, interview, media)
    as_bob.logout()
    assert people(media, interview) == []


def test_a_removed_member_leaves_the_call(
    as_alice: Client, as_bob: Client, bob: Member, interview: Interview, media: StandInEngine
) -> None:
    identity = sits(as_bob, interview, media)
    membership = Membership.objects.get(user=bob.user)

    assert as_alice.delete(f"/api/members/{membership.pk}").status_code == 200

    assert people(media, interview) == []
    assert (str(interview.id), identity) in media.revoked


def test_a_role_that_still_may_see_the_interview_keeps_the_seat(
    as_alice: Client, as_bob: Client, bob: Member, interview: Interview, media: StandInEngine
) -> None:
    identity = sits(as_bob, interview, media)
    membership = Membership.objects.get(user=bob.user)

    as_alice.patch(f"/api/members/{membership.pk}", {"role": "admin"}, content_type="application/json")

    assert people(media, interview) == [identity]


def test_a_new_link_takes_back_tokens_of_the_old_one_also_of_who_is_not_in_the_call(
    as_alice: Client, as_dana: Client, interview: Interview, media: StandInEngine
) -> None:
    let_in(interview)
    identity = join(as_dana, interview).json()["identity"]

    as_alice.post(f"/api/interviews/{interview.id}/candidate-link")

    assert (str(interview.id), identity) in media.revoked


def test_an_engine_that_is_away_is_told_later(as_bob: Client, interview: Interview, media: StandInEngine) -> None:
    identity = sits(as_bob, interview, media)
    media.refusals["RemoveParticipant"] = Refusal(500, "internal")
    as_bob.logout()
    assert people(media, interview) == [identity]

    del media.refusals["RemoveParticipant"]
    seats.tell_engine()

    assert people(media, interview) == []
    assert not Seat.objects.exists()


def test_a_cluster_that_lets_an_old_token_in_is_told_to_put_its_holder_out(
    as_bob: Client, interview: Interview, media: StandInEngine
) -> None:
    identity = sits(as_bob, interview, media)
    as_bob.logout()
    room = media.join(interview.id, identity)
    person = model_proto.ParticipantInfo(identity=identity)

    send_event(event("participant_joined", interview.id, room_sid=room.sid, event_id="again", participant=person))

    assert people(media, interview) == []


def test_seats_are_forgotten_unless_the_call_goes_on(as_bob: Client, bob: Member, interview: Interview) -> None:
    join(as_bob, interview)
    Seat.objects.update(taken_at="2020-01-01T00:00Z")
    call = enter_room(interview, room_sid="RM_1", at=datetime(2020, 1, 1, tzinfo=UTC))
    seats.forget_old_seats()
    assert Seat.objects.exists()

    call.ended_at = "2020-01-01T01:00Z"
    call.save()
    seats.forget_old_seats()
    assert not Seat.objects.exists()
    assert User.objects.filter(pk=bob.user.pk).exists()
