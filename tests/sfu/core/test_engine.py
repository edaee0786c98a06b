"""All rooms of a process: made on join, ended when empty, and what resumes find."""

from dataclasses import replace

import pytest
from livekit.protocol.egress import EgressInfo
from livekit.protocol.models import DisconnectReason, ParticipantInfo, TrackSource, TrackType
from livekit.protocol.rtc import AddTrackRequest, JoinRequest, LeaveRequest, SignalRequest

from interview_stream.sfu.core.engine import MAX_FINISHED, Engine, NoNewRoomsError, NotFoundError, WrongStateError
from interview_stream.sfu.core.grants import Grants
from interview_stream.sfu.wire.rtcp import Pli, ReceiverReport
from tests.sfu.rig import Client, Rig, Signals, vp8

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


LOBBY = "room~1"


def pictures(client: Client) -> int:
    return sum(packet.payload_type == 96 for packet in client.packets)


def film(rig: Rig, alice: Client, *, key: bool = False) -> None:
    """One picture in the smallest layer."""
    rig.pass_time(0.04)
    mid = alice.sections[-1].mid
    number = round(rig.now * 25)
    picture = vp8(key=key, picture=number & 0x7FFF, tl0=number)
    alice.media(70, 96, number, number * 3600 & 0xFFFFFFFF, picture, mid=mid, rid="q")


def asks_for_keyframe(client: Client) -> bool:
    return any(isinstance(packet, Pli) for packet in client.rtcp)


def test_whoever_waits_in_a_lobby_is_moved_in_with_session_and_transport(rig: Rig) -> None:
    dana = rig.client("dana", room=LOBBY).connect()
    alice = rig.client("alice").connect()
    alice.publish_audio()
    sid = alice.publish_video()
    film(rig, alice, key=True)
    session = dana.participant.sid
    assert not dana.packets
    assert not any(b"alice" in message.SerializeToString() for message in dana.signals.messages)
    rig.engine.move(LOBBY, "dana", "room", rig.now)
    moved = dana.signals.last("room_moved").room_moved
    assert (moved.room.name, moved.participant.sid, moved.participant.identity) == ("room", session, "dana")
    assert moved.token.startswith("token of dana")
    assert [other.identity for other in moved.other_participants] == ["alice"]
    assert alice.signals.last("update").update.participants[0].sid == session
    rig.pass_time(0.1)
    assert asks_for_keyframe(alice)
    film(rig, alice, key=True)
    for _ in range(3):
        film(rig, alice)
    assert [s.track.sid for s in dana.participant.downlink if s.is_bound and s.track.is_video] == [sid]
    assert pictures(dana) >= 4
    left, joined = [event for event in rig.events if event.participant.identity == "dana"][-2:]
    assert (left.event, left.room.name) == ("participant_left", LOBBY)
    assert (joined.event, joined.room.name) == ("participant_joined", "room")
    rig.pass_time(25.0, step=0.5)
    assert set(rig.engine.rooms) == {"room"}


def test_one_who_was_up_before_catches_up_on_what_was_asked_for_while_negotiating(rig: Rig) -> None:
    dana = rig.client("dana", room=LOBBY).connect()
    dana.answers_requests = False
    alice = rig.client("alice").connect()
    alice.publish_video()
    rig.engine.move(LOBBY, "dana", "room", rig.now)
    film(rig, alice, key=True)
    for _ in range(5):
        film(rig, alice)
    assert not dana.packets
    dana.offer()
    assert pictures(dana) == 6
    film(rig, alice)
    assert pictures(dana) == 7


def test_what_the_moved_one_publishes_goes_along(rig: Rig) -> None:
    dana, carol = rig.client("dana", room=LOBBY).connect(), rig.client("carol", room=LOBBY).connect()
    alice = rig.client("alice").connect()
    sid = dana.publish_audio()
    rig.pass_time(0.1)
    assert carol.participant.downlink.get(sid)
    rig.engine.move(LOBBY, "dana", "room", rig.now)
    gone = carol.signals.last("update").update.participants[0]
    assert (gone.identity, gone.state) == ("dana", ParticipantInfo.State.DISCONNECTED)
    assert carol.participant.downlink.get(sid) is None
    rig.pass_time(0.1)
    dana.media(5001, 111, 1, 960, b"sound")
    assert [packet.payload for packet in alice.packets] == [b"sound"]
    assert not carol.packets
    assert [event.room.name for event in rig.events if event.track.sid == sid] == [LOBBY, LOBBY, "room"]


def test_whoever_is_there_with_that_identity_gives_way_and_the_session_can_resume(rig: Rig) -> None:
    before = rig.client("dana").connect()
    dana = rig.client("dana", room=LOBBY).connect()
    rig.engine.move(LOBBY, "dana", "room", rig.now)
    assert before.signals.last("leave").leave.reason == DisconnectReason.DUPLICATE_IDENTITY
    assert rig.room().participants == {"dana": dana.participant}
    with pytest.raises(NotFoundError):
        rig.engine.find_participant(LOBBY, "dana")
    dana.who = dana.participant.who
    assert dana.resume().all("reconnect")
    dana.who = replace(dana.who, grants=replace(dana.who.grants, room=LOBBY))
    assert dana.resume().last("leave").leave.reason == DisconnectReason.STATE_MISMATCH


def test_a_move_that_cannot_be_changes_nothing(rig: Rig) -> None:
    dana = rig.client("dana", room=LOBBY).connect()
    rig.client("alice").connect()
    rig.room().max_participants = 1
    for destination in ("room", LOBBY):
        with pytest.raises(WrongStateError):
            rig.engine.move(LOBBY, "dana", destination, rig.now)
    with pytest.raises(NotFoundError):
        rig.engine.move(LOBBY, "carol", "another", rig.now)
    rig.engine.drain_until = rig.now + 60
    with pytest.raises(NoNewRoomsError):
        rig.engine.move(LOBBY, "dana", "another", rig.now)
    assert rig.engine.find_participant(LOBBY, "dana")[1] is dana.participant
    assert dana.participant.is_active


def test_of_a_hidden_one_who_is_moved_nobody_hears(rig: Rig) -> None:
    rig.client("dana", room=LOBBY, hidden=True).connect()
    carol, alice = rig.client("carol", room=LOBBY).connect(), rig.client("alice").connect()
    for client in (carol, alice):
        client.signals.messages.clear()
    rig.engine.move(LOBBY, "dana", "room", rig.now)
    assert not carol.signals.all("update")
    assert not alice.signals.all("update")
    assert "participant_joined" not in [e.event for e in rig.events if e.participant.identity == "dana"]
