"""All rooms of a process: made on join, ended when empty, and what resumes find."""

from dataclasses import replace

import pytest
from livekit.protocol.egress import EgressInfo
from livekit.protocol.models import DisconnectReason, TrackSource, TrackType
from livekit.protocol.rtc import AddTrackRequest, JoinRequest, LeaveRequest, SignalRequest

from interview_stream.sfu.core.engine import MAX_FINISHED, Engine, NoNewRoomsError, NotFoundError, WrongStateError
from interview_stream.sfu.core.grants import Grants
from interview_stream.sfu.wire.rtcp import ReceiverReport
from tests.sfu.rig import Rig, Signals

ANOTHER = Grants(room="another", room_join=True)


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


def test_a_room_goes_on_in_another_process_as_the_same_session(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    video = alice.publish_video()
    _, capture = rig.record(video)
    room = rig.room()
    room.metadata, room.max_participants = "round 2", 5
    rig.events.clear()

    handed = rig.engine.release("room", rig.now)

    for client in (alice, dana):
        left = client.signals.messages[-1].leave
        assert (left.reason, left.action) == (DisconnectReason.MIGRATION, LeaveRequest.Action.RECONNECT)
    assert capture.notes[-1] == "end: the track ended"
    # To the server nobody left and nothing ended but what was captured of it.
    assert rig.names() == ["egress_ended", "track_unpublished"]
    with pytest.raises(NotFoundError):
        rig.engine.release("room", rig.now)

    other = Rig()
    other.engine.take_over(handed, other.now)
    taken = other.room()
    assert (taken.sid, taken.metadata, taken.max_participants) == (room.sid, "round 2", 5)
    assert taken.info().creation_time_ms == handed.creation_time_ms
    other.client("alice").connect()
    assert other.room() is taken
    assert "room_started" not in other.names()
    with pytest.raises(WrongStateError):
        other.engine.take_over(handed, other.now)


def test_a_room_that_was_taken_over_waits_for_its_people(rig: Rig) -> None:
    rig.engine.room("room", rig.now)
    rig.pass_time(200.0, step=1.0)
    handed = rig.engine.release("room", rig.now)
    rig.engine.take_over(handed, rig.now)
    rig.pass_time(299.0, step=1.0)
    assert "room" in rig.engine.rooms
    rig.pass_time(3.0, step=1.0)
    assert "room" not in rig.engine.rooms


def test_a_process_that_is_being_emptied_opens_no_room_and_lets_people_into_those_it_has(rig: Rig) -> None:
    rig.client("alice").connect()
    rig.engine.drain_until = rig.now
    rig.client("dana").connect()
    assert set(rig.room().participants) == {"alice", "dana"}
    with pytest.raises(NoNewRoomsError, match="emptied"):
        rig.engine.room("another", rig.now)
    signals = Signals()
    assert rig.engine.enter(replace(rig.client("erin").who, grants=ANOTHER), JoinRequest(), signals, rig.now) is None
    assert signals.messages[-1].leave.action == LeaveRequest.Action.RECONNECT
    assert list(rig.engine.rooms) == ["room"]


def test_a_full_process_opens_no_room_and_lets_people_into_those_it_has(rig: Rig) -> None:
    engine = rig.engine = Engine(rig.services, max_participants=2)
    rig.client("alice").connect()
    engine.check_new("another")
    rig.client("dana").connect()
    rig.client("erin").connect()
    assert engine.participants == 3
    with pytest.raises(NoNewRoomsError, match="full"):
        engine.check_new("another")
