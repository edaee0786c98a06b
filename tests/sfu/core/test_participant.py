"""One session: its description, the tracks it announces, and its last words."""

import pytest
from livekit.protocol.models import ClientInfo, DisconnectReason, ParticipantInfo, TrackSource
from livekit.protocol.rtc import JoinRequest, LeaveRequest, SignalResponse

from interview_stream.sfu.core.participant import leave
from tests.sfu.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_its_description(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    first, second = alice.participant.info(), alice.participant.info()
    assert second.version == first.version + 1
    assert (first.identity, first.name, first.state) == ("alice", "Alice", ParticipantInfo.State.ACTIVE)
    assert first.joined_at == int(rig.services.unix(rig.now))
    assert not first.is_publisher
    assert first.sid.startswith("PA_")


def test_an_announced_track_is_found_by_its_id_or_else_by_its_kind(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    first = alice.add_track("audio", "one", TrackSource.MICROPHONE)
    second = alice.add_track("audio", "two", TrackSource.SCREEN_SHARE_AUDIO)
    named = alice.section("7", "audio", "sendonly")
    named.msids = [("stream", "two")]
    # Firefox calls a track otherwise in SDP than in its API.
    unnamed = alice.section("8", "audio", "sendonly")
    unnamed.msids = [("{other}", "{uuid}")]
    surplus = alice.section("9", "audio", "sendonly")
    alice.sections += [named, unnamed, surplus]
    answer = alice.offer()
    assert [section.direction for section in answer.sections[7:]] == ["recvonly", "recvonly", "inactive"]
    assert [(track.sid, track.info.mid) for track in alice.participant.tracks.values()] == [(second, "7"), (first, "8")]


def test_without_signalling_nothing_is_said(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    count = len(alice.signals.messages)
    alice.participant.sink = None
    alice.participant.send(SignalResponse(pong=1))
    alice.participant.send_leave(DisconnectReason.UNKNOWN_REASON, LeaveRequest.Action.RESUME)
    assert len(alice.signals.messages) == count


@pytest.mark.parametrize(
    ("action", "can_reconnect"),
    [
        (LeaveRequest.Action.DISCONNECT, False),
        (LeaveRequest.Action.RESUME, True),
        (LeaveRequest.Action.RECONNECT, True),
    ],
)
def test_leaving_is_said_in_the_old_words_too(action: "LeaveRequest.Action", can_reconnect: bool) -> None:
    assert leave(DisconnectReason.ROOM_DELETED, action).leave.can_reconnect == can_reconnect


def test_drops_of_a_closed_session_are_not_forgotten(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    alice.send(b"\xff" * 20)
    rig.room().remove(alice.participant, DisconnectReason.CLIENT_INITIATED, rig.now)
    assert rig.peers.drops["unknown protocol"] == 1


def test_what_a_client_can_do_is_told_once(rig: Rig) -> None:
    """It is repeated to everyone with each change, so nobody may make it long."""
    alice = rig.client("alice")
    request = JoinRequest()
    request.client_info.capabilities.extend([ClientInfo.Capability.CAP_PACKET_TRAILER] * 100_000)
    entered = rig.engine.enter(alice.who, request, alice.signals, rig.now)
    assert entered is not None
    assert list(entered[1].info().capabilities) == [ClientInfo.Capability.CAP_PACKET_TRAILER]
