"""Who is in a room, what they are told of each other, and which tracks go to whom."""

import pytest
from livekit.protocol.models import DisconnectReason, ParticipantInfo, TrackSource, TrackType
from livekit.protocol.rtc import AddTrackRequest, LeaveRequest, MuteTrackRequest, RequestResponse, SignalRequest

from interview_stream.sfu.core.participant import MAX_TRACKS
from interview_stream.sfu.core.room import MAX_DEPARTED
from tests.sfu.rig import Rig, vp8


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_first_message_is_join_then_answer(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    kinds = alice.signals.kinds()
    assert kinds[0] == "join"
    assert kinds.index("answer") < kinds.index("update")
    join = alice.signals.messages[0].join
    assert join.participant.permission.can_publish
    assert join.server_info.version == "1.13.5"
    assert join.ping_interval == 5
    assert alice.signals.last("refresh_token").refresh_token.startswith("token of alice")


def test_people_hear_of_each_other_and_of_the_end(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    dana = rig.client("dana").connect()
    assert [p.identity for p in dana.signals.messages[0].join.other_participants] == ["alice"]
    states = [p.state for m in alice.signals.all("update") for p in m.update.participants if p.identity == "dana"]
    assert states == [ParticipantInfo.State.JOINED, ParticipantInfo.State.ACTIVE]
    dana.ask(SignalRequest(leave=LeaveRequest()))
    (gone,) = alice.signals.last("update").update.participants
    assert (gone.state, gone.disconnect_reason) == (
        ParticipantInfo.State.DISCONNECTED,
        DisconnectReason.CLIENT_INITIATED,
    )
    assert dana.signals.closed is not None
    assert rig.names() == [
        "room_started",
        "participant_joined",
        "participant_joined",
        "participant_left",
    ]


def test_versions_of_a_participant_grow(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    alice.publish_audio()
    versions = [m.update.participants[0].version for m in alice.signals.all("update")]
    assert versions == sorted(set(versions))


def test_a_track_reaches_a_subscriber_with_its_own_numbers(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    answer = dana.answer()
    assert dana.signals.last("answer").answer.mid_to_track_id == {"0": sid}
    (ssrc,) = answer.sections[0].ssrcs
    assert answer.sections[0].msids == [(f"{alice.participant.sid}|{sid}", sid)]
    for number in range(3):
        alice.media(5001, 111, 100 + number, 960 * number, b"opus%d" % number)
    assert [packet.payload for packet in dana.packets] == [b"opus0", b"opus1", b"opus2"]
    assert {packet.ssrc for packet in dana.packets} == {ssrc}
    assert alice.signals.last("track_subscribed").track_subscribed.track_sid == sid


def test_the_update_with_a_track_comes_before_its_media_section(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    messages = dana.signals.messages
    told = next(i for i, m in enumerate(messages) if any(t.sid == sid for p in m.update.participants for t in p.tracks))
    carried = next(i for i, m in enumerate(messages) if sid in m.answer.mid_to_track_id.values())
    assert told < carried


def test_a_late_comer_gets_media_in_the_first_answer(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    sid = alice.publish_audio()
    dana = rig.client("dana").connect()
    assert dana.signals.all("answer")[0].answer.mid_to_track_id == {"0": sid}
    assert "media_sections_requirement" not in dana.signals.kinds()


def test_an_unpublished_track_is_taken_back_and_the_section_used_again(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_audio()
    rig.pass_time(0.1)
    alice.sections[-1].direction = "inactive"
    alice.offer()
    rig.pass_time(0.1)
    assert dana.answer().sections[0].direction == "inactive"
    assert not dana.signals.last("answer").answer.mid_to_track_id
    second = alice.publish_audio()
    rig.pass_time(0.1)
    assert dana.signals.last("answer").answer.mid_to_track_id == {"0": second}
    assert rig.names()[-3:] == ["track_published", "track_unpublished", "track_published"]


def test_nothing_is_forwarded_of_a_muted_track(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    alice.media(5001, 111, 1, 0, b"before")
    alice.ask(SignalRequest(mute=MuteTrackRequest(sid=sid, muted=True)))
    alice.media(5001, 111, 2, 960, b"secret")
    alice.ask(SignalRequest(mute=MuteTrackRequest(sid=sid, muted=False)))
    alice.media(5001, 111, 3, 1920, b"after")
    assert [packet.payload for packet in dana.packets] == [b"before", b"after"]
    first, last = dana.packets
    assert last.sequence_number == first.sequence_number + 1
    muted = [p.tracks[0].muted for m in dana.signals.all("update") for p in m.update.participants if p.tracks]
    assert muted[-2:] == [True, False]


def test_muting_by_the_server_tells_the_publisher(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    sid = alice.publish_audio()
    assert rig.room().mute_by_server(alice.participant, sid, rig.now)
    assert alice.signals.last("mute").mute.muted
    assert not rig.room().mute_by_server(alice.participant, "TR_unknown", rig.now)


def test_a_track_muted_before_it_is_published_starts_muted(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    sid = alice.add_track("audio", "mic", TrackSource.MICROPHONE)
    alice.ask(SignalRequest(mute=MuteTrackRequest(sid=sid, muted=True)))
    updates = len(alice.signals.all("update"))
    assert alice.participant.pending[0].info.muted
    assert updates == len(alice.signals.all("update"))


def test_the_same_identity_ends_the_older_session_first(rig: Rig) -> None:
    first = rig.client("alice").connect()
    second = rig.client("alice").connect()
    left = first.signals.last("leave").leave
    assert (left.reason, left.action) == (DisconnectReason.DUPLICATE_IDENTITY, LeaveRequest.Action.DISCONNECT)
    assert first.signals.closed is not None
    assert rig.room().participants == {"alice": second.participant}


def test_the_hidden_see_and_are_not_seen(rig: Rig) -> None:
    ghost = rig.client("ghost", hidden=True).connect()
    alice = rig.client("alice").connect()
    assert not alice.signals.messages[0].join.other_participants
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    assert ghost.signals.last("answer").answer.mid_to_track_id == {"0": sid}
    ghost.ask(SignalRequest(leave=LeaveRequest()))
    assert not any(p.identity == "ghost" for m in alice.signals.all("update") for p in m.update.participants)
    assert rig.names().count("participant_joined") == 1
    assert "participant_left" not in rig.names()


def test_one_whose_media_never_came_up_leaves_with_its_signalling(rig: Rig) -> None:
    dana = rig.client("dana").join()
    rig.room().detach(dana.participant, dana.signals, rig.now)
    assert not rig.room().participants
    assert rig.names()[-1] == "participant_connection_aborted"


def test_one_with_media_stays_without_signalling_and_resumes(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    old = dana.signals
    rig.room().detach(dana.participant, old, rig.now)
    alice.media(5001, 111, 1, 0, b"still heard")
    assert dana.packets[-1].payload == b"still heard"
    signals = dana.resume()
    assert signals.kinds()[:3] == ["reconnect", "update", "room_update"]
    told = {p.identity: [t.sid for t in p.tracks] for p in signals.messages[1].update.participants}
    assert told == {"alice": [sid], "dana": []}
    rig.room().detach(dana.participant, old, rig.now)  # the old connection's end changes nothing any more
    assert dana.participant.sink is signals


def test_a_resume_ends_a_connection_that_still_stands(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    old = dana.signals
    dana.resume()
    assert old.closed is not None
    assert "leave" not in old.kinds()


def test_an_ice_restart_keeps_media_and_numbers(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_audio()
    rig.pass_time(0.1)
    alice.media(5001, 111, 1, 0, b"one")
    dana.resume()
    dana.credentials = type(dana.credentials)("restarted", "q" * 24)
    before = dana.participant.peer.local
    answer = dana.offer()
    assert answer.sections[0].ice_ufrag not in ("", before.ufrag)
    dana.address = ("203.0.113.5", 50000)
    dana.check(use_candidate=True)
    rig.pump()
    alice.media(5001, 111, 2, 960, b"two")
    one, two = dana.packets
    assert (two.payload, two.sequence_number, two.ssrc) == (b"two", one.sequence_number + 1, one.ssrc)


def test_an_offer_that_cannot_be_answered_sends_the_client_back_to_join(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    request = SignalRequest()
    request.offer.sdp = "this is no session description"
    dana.ask(request)
    assert dana.signals.last("leave").leave.action == LeaveRequest.Action.RECONNECT
    assert not rig.room().participants


def test_grants_taken_away_end_tracks_and_subscriptions(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    permission = dana.participant.who.grants.permission()
    permission.can_subscribe = False
    dana.participant.permit(permission)
    rig.room().grants_changed(dana.participant, rig.now)
    rig.pass_time(0.1)
    assert not dana.signals.last("answer").answer.mid_to_track_id
    permission.can_subscribe = True
    dana.participant.permit(permission)
    rig.room().grants_changed(dana.participant, rig.now)
    rig.pass_time(0.1)
    assert dana.signals.last("answer").answer.mid_to_track_id == {"0": sid}
    permission.can_publish = False
    alice.participant.permit(permission)
    rig.room().grants_changed(alice.participant, rig.now)
    assert alice.signals.last("track_unpublished").track_unpublished.track_sid == sid
    assert not alice.participant.tracks


@pytest.mark.parametrize("name", ["second mic", "a name that only the browser knows"])
def test_a_section_whose_track_the_server_ended_carries_no_other(rig: Rig, name: str) -> None:
    """LiveKit's SDK goes on to send a track that lost its permission, and the next one comes in a section behind it."""
    alice = rig.client("alice").connect()
    alice.publish_audio()
    permission = alice.participant.who.grants.permission()
    for may_publish in (False, True):
        permission.can_publish = may_publish
        alice.participant.permit(permission)
        rig.room().grants_changed(alice.participant, rig.now)
    alice.offer()
    sid = alice.add_track("audio", "second mic", TrackSource.MICROPHONE)
    section = alice.section(str(len(alice.sections)), "audio", "sendonly")
    section.msids = [("-", name)]
    alice.sections.append(section)
    alice.offer()
    slots = alice.participant.negotiation.slots
    track = slots[section.mid].track
    assert track is not None
    assert track.sid == sid
    assert slots[alice.sections[-2].mid].track is None
    alice.sections[-2].direction = "inactive"
    alice.offer()
    alice.sections[-2].direction = "sendonly"
    later = alice.add_track("audio", "third mic", TrackSource.MICROPHONE)
    alice.offer()
    again = slots[alice.sections[-2].mid].track
    assert again is not None, "a section that was silent meanwhile may carry the next"
    assert again.sid == later


def test_a_room_with_a_limit_is_full_for_new_people_only(rig: Rig) -> None:
    rig.client("alice").connect()
    room = rig.room()
    assert not room.is_full_for("dana")
    room.max_participants = 1
    assert room.is_full_for("dana")
    assert not room.is_full_for("alice")


def test_a_failed_transport_sends_the_client_back_to_join(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    dana.participant.closed("the handshake failed")
    rig.pass_time(0.05)
    left = dana.signals.last("leave").leave
    assert (left.reason, left.action) == (DisconnectReason.MEDIA_FAILURE, LeaveRequest.Action.RECONNECT)


def test_removing_twice_is_removing_once(rig: Rig) -> None:
    dana = rig.client("dana").connect()
    for _ in range(2):
        rig.room().remove(dana.participant, DisconnectReason.PARTICIPANT_REMOVED, rig.now)
    assert rig.names().count("participant_left") == 1


def test_simulcast_video_flows_after_a_key_frame(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_video()
    rig.pass_time(0.1)
    mid = alice.sections[-1].mid
    for ssrc, rid in ((10, "q"), (20, "h"), (30, "f")):
        alice.media(ssrc, 96, 1, 0, vp8(picture=1), mid=mid, rid=rid)
    assert not dana.packets
    rig.pass_time(0.6)
    alice.media(30, 96, 2, 3000, vp8(key=True, picture=2))
    alice.media(30, 96, 3, 6000, vp8(picture=3))
    assert len(dana.packets) == 2


def test_who_leaves_takes_the_tracks_along(rig: Rig) -> None:
    alice, dana = rig.client("alice").connect(), rig.client("dana").connect()
    alice.publish_audio()
    rig.pass_time(0.1)
    alice.ask(SignalRequest(leave=LeaveRequest()))
    rig.pass_time(0.1)
    assert not list(dana.participant.downlink)
    assert dana.answer().sections[0].direction == "inactive"
    assert rig.names()[-2:] == ["track_unpublished", "participant_left"]


def test_grants_that_still_allow_a_track_leave_it_alone(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    sid = alice.publish_audio()
    permission = alice.participant.who.grants.permission()
    permission.can_publish_sources.append(TrackSource.MICROPHONE)
    alice.participant.permit(permission)
    rig.room().grants_changed(alice.participant, rig.now)
    assert list(alice.participant.tracks) == [sid]


def test_who_resumes_hears_of_those_who_left_meanwhile(rig: Rig) -> None:
    alice, dana, carol = (rig.client(name).connect() for name in ("alice", "dana", "carol"))
    for client in (dana, carol):
        client.ask(SignalRequest(leave=LeaveRequest()))
    rig.client("carol").connect()
    told = alice.resume().last("update").update.participants
    states = {info.identity: info.state for info in told}
    assert states == {
        "alice": ParticipantInfo.State.ACTIVE,
        "dana": ParticipantInfo.State.DISCONNECTED,
        "carol": ParticipantInfo.State.ACTIVE,
    }
    assert next(info.identity for info in told) == "dana"


def test_those_who_left_are_not_remembered_without_end(rig: Rig) -> None:
    alice = rig.client("alice").connect()
    for number in range(MAX_DEPARTED + 20):
        rig.client(f"p{number}").join().ask(SignalRequest(leave=LeaveRequest()))
    assert len(alice.resume().last("update").update.participants) == MAX_DEPARTED + 1


def test_announced_tracks_are_few_small_and_of_a_known_kind(rig: Rig) -> None:
    alice = rig.client("alice").connect()

    def refused(**fields: object) -> RequestResponse.Reason:
        count = len(alice.signals.all("request_response"))
        alice.ask(SignalRequest(add_track=AddTrackRequest(cid="x", **fields)))  # type: ignore[arg-type]
        responses = alice.signals.all("request_response")
        assert len(responses) == count + 1
        return responses[-1].request_response.reason

    assert refused(type=TrackType.DATA) == RequestResponse.Reason.UNSUPPORTED_TYPE
    assert refused(type=TrackType.VIDEO, name="n" * 20_000) == RequestResponse.Reason.LIMIT_EXCEEDED
    for _ in range(MAX_TRACKS):
        alice.publish_audio()
    assert refused(type=TrackType.AUDIO) == RequestResponse.Reason.LIMIT_EXCEEDED
