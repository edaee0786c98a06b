"""All rooms of a process: made on join, ended when empty, and what resumes find."""

import pytest
from livekit.protocol.egress import EgressInfo
from livekit.protocol.models import DisconnectReason, TrackSource, TrackType
from livekit.protocol.rtc import AddTrackRequest, JoinRequest, LeaveRequest, SignalRequest

from interview_stream.sfu.core.engine import MAX_FINISHED, NotFoundError
from interview_stream.sfu.wire.rtcp import ReceiverReport
from tests.sfu.rig import Rig, Signals


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_room_is_made_on_join_and_ends_some_time_after_the_last_left(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    room = rig.room()
    alice.ask(SignalRequest(leave=LeaveRequest()))
    rig.pass_time(19.0, step=0.5)
    assert rig.engine.rooms == {"room": room}
    rig.pass_time(2.0, step=0.5)
    assert not rig.engine.rooms
    assert rig.names()[-1] == "room_finished"


def test_who_comes_back_before_that_finds_the_same_room(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    room = rig.room()
    alice.ask(SignalRequest(leave=LeaveRequest()))
    rig.pass_time(10.0, step=0.5)
    rig.client("alice").connect()
    rig.pass_time(30.0, step=0.1)
    assert rig.room() is room


def test_a_room_that_nobody_ever_joined_ends_later(rig: Rig) -> None:
    rig.engine.room("early", rig.now)
    rig.pass_time(299.0, step=1.0)
    assert "early" in rig.engine.rooms
    rig.pass_time(3.0, step=1.0)
    assert "early" not in rig.engine.rooms


def test_deleting_a_room_sends_everybody_away(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    rig.engine.delete_room("room", rig.now)
    left = alice.signals.last("leave").leave
    assert (left.reason, left.action) == (DisconnectReason.ROOM_DELETED, LeaveRequest.Action.DISCONNECT)
    with pytest.raises(NotFoundError):
        rig.engine.delete_room("room", rig.now)


def test_shutting_down_sends_everybody_to_the_next_process(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    rig.engine.shut_down(rig.now)
    left = alice.signals.last("leave").leave
    assert (left.reason, left.action) == (DisconnectReason.SERVER_SHUTDOWN, LeaveRequest.Action.RECONNECT)


@pytest.mark.parametrize("sid", ["PA_unknown", "of another session"])
def test_a_resume_of_what_is_not_there_is_sent_back_to_join(rig: Rig, sid: str) -> None:
    client = rig.client("alice")
    if sid != "PA_unknown":
        rig.client("alice").connect()
    signals = Signals()
    request = JoinRequest(reconnect=True, participant_sid=sid)
    assert rig.engine.enter(client.who, request, signals, rig.now) is None
    assert signals.messages[0].leave.action == LeaveRequest.Action.RECONNECT
    assert signals.messages[0].leave.reason == DisconnectReason.STATE_MISMATCH
    assert signals.closed is not None


def test_a_resume_without_a_session_id_is_a_new_join(rig: Rig) -> None:
    client = rig.client("alice")
    assert rig.engine.enter(client.who, JoinRequest(reconnect=True), client.signals, rig.now) is not None
    assert client.signals.kinds()[0] == "join"


def test_a_join_may_announce_tracks_and_come_without_an_offer(rig: Rig) -> None:
    client = rig.client("alice")
    request = JoinRequest(
        add_track_requests=[AddTrackRequest(cid="mic", type=TrackType.AUDIO, source=TrackSource.MICROPHONE)]
    )
    request.connection_settings.auto_subscribe = True
    entered = rig.engine.enter(client.who, request, client.signals, rig.now)
    assert entered is not None
    client.participant = entered[1]
    assert "track_published" in client.signals.kinds()
    assert "answer" not in client.signals.kinds()
    client.offer()
    assert "answer" in client.signals.kinds()


def test_people_and_rooms_are_found_by_name(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    assert rig.engine.find_participant("room", "alice") == (rig.room(), alice.participant)
    with pytest.raises(NotFoundError):
        rig.engine.find_participant("room", "nobody")
    with pytest.raises(NotFoundError):
        rig.engine.find_room("nowhere")


def test_the_oldest_ended_recordings_are_forgotten(rig: Rig) -> None:
    for number in range(MAX_FINISHED + 5):
        rig.engine.remember(EgressInfo(egress_id=f"EG_{number}"))
    assert len(rig.engine.recordings()) == MAX_FINISHED
    assert rig.engine.recordings()[0].egress_id == "EG_5"


def test_a_failure_in_one_room_is_told_and_does_not_stop_the_others(rig: Rig) -> None:
    rig.engine.room("aaa", rig.now).participants["broken"] = None  # type: ignore[assignment]
    alice = rig.client("alice").connect()
    alice.publish_audio()
    for number in range(60):
        alice.media(5001, 111, number, 960 * number, b"opus")
        rig.now += 0.02
        with pytest.raises(ExceptionGroup):
            rig.engine.tick(rig.now)
        rig.pump()
    assert next(alice.heard(ReceiverReport))
