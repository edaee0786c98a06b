"""What clients may ask over signalling, message by message."""

import pytest
from livekit.protocol.models import AudioTrackFeature, ParticipantTracks, TrackSource, TrackType
from livekit.protocol.rtc import (
    AddTrackRequest,
    LeaveRequest,
    Ping,
    RequestResponse,
    SignalRequest,
    SubscriptionPermission,
    SyncState,
    TrackPermission,
    TrackPublishedResponse,
    TrickleRequest,
    UpdateLocalAudioTrack,
    UpdateLocalVideoTrack,
    UpdateParticipantMetadata,
    UpdateSubscription,
    UpdateTrackSettings,
)

from interview_stream.sfu.core.participant import MAX_PENDING_TRACKS
from tests.sfu.rig import Client, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def alice(rig: Rig) -> Client:
    return rig.client("alice").connect()


@pytest.fixture
def dana(rig: Rig) -> Client:
    return rig.client("dana").connect()


def mids(client: Client) -> dict[str, str]:
    return dict(client.signals.last("answer").answer.mid_to_track_id)


def test_pings_are_answered_in_both_forms(alice: Client) -> None:
    assert alice.ask(SignalRequest(ping=5))
    assert alice.ask(SignalRequest(ping_req=Ping(timestamp=77)))
    now_ms = int(alice.rig.services.unix(alice.rig.now) * 1000)
    assert alice.signals.last("pong").pong == now_ms
    pong = alice.signals.last("pong_resp").pong_resp
    assert (pong.last_ping_timestamp, pong.timestamp) == (77, now_ms)


def test_unknown_and_empty_messages_are_ignored(alice: Client) -> None:
    assert not alice.ask(SignalRequest())
    assert not alice.ask(SignalRequest(simulate={}))
    assert alice.ask(SignalRequest(trickle=TrickleRequest(candidateInit='{"candidate":""}')))


def test_tracks_that_may_not_be_published_are_refused_with_a_reason(rig: Rig) -> None:
    viewer = rig.client("viewer", publish_sources=frozenset({TrackSource.MICROPHONE})).connect()
    request = AddTrackRequest(cid="c", type=TrackType.VIDEO, source=TrackSource.CAMERA)
    viewer.ask(SignalRequest(add_track=request))
    refusal = viewer.signals.last("request_response").request_response
    assert (refusal.reason, refusal.add_track.cid) == (RequestResponse.Reason.NOT_ALLOWED, "c")


def test_so_many_tracks_may_be_announced_and_no_more(alice: Client) -> None:
    for number in range(MAX_PENDING_TRACKS + 1):
        alice.ask(SignalRequest(add_track=AddTrackRequest(cid=str(number), type=TrackType.AUDIO)))
    refusal = alice.signals.last("request_response").request_response
    assert refusal.reason == RequestResponse.Reason.LIMIT_EXCEEDED


def test_subscriptions_can_be_ended_and_begun_again(rig: Rig, alice: Client, dana: Client) -> None:
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    assert mids(dana) == {"0": sid}
    dana.ask(SignalRequest(subscription=UpdateSubscription(track_sids=[sid], subscribe=False)))
    rig.pass_time(0.1)
    assert mids(dana) == {}
    lists = [ParticipantTracks(participant_sid=alice.participant.sid, track_sids=[sid])]
    dana.ask(SignalRequest(subscription=UpdateSubscription(participant_tracks=lists, subscribe=True)))
    rig.pass_time(0.1)
    assert mids(dana) == {"0": sid}
    dana.ask(SignalRequest(subscription=UpdateSubscription(track_sids=["TR_no"], subscribe=True)))
    assert dana.signals.last("subscription_response").subscription_response.track_sid == "TR_no"
    dana.ask(SignalRequest(subscription=UpdateSubscription(track_sids=["TR_no"], subscribe=False)))


def test_settings_for_audio_or_unknown_tracks_change_nothing(rig: Rig, alice: Client, dana: Client) -> None:
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    dana.ask(SignalRequest(track_setting=UpdateTrackSettings(track_sids=[sid, "TR_no"], disabled=True)))
    alice.media(5001, 111, 1, 0, b"opus")
    assert dana.packets


def test_a_publisher_may_choose_who_gets_what(rig: Rig, alice: Client, dana: Client) -> None:
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    alice.ask(SignalRequest(subscription_permission=SubscriptionPermission(all_participants=False)))
    update = dana.signals.last("subscription_permission_update").subscription_permission_update
    assert (update.track_sid, update.allowed) == (sid, False)
    rig.pass_time(0.1)
    assert mids(dana) == {}
    for entry in (
        TrackPermission(participant_identity="dana", track_sids=[sid]),
        TrackPermission(participant_sid=dana.participant.sid, all_tracks=True),
    ):
        permission = SubscriptionPermission(track_permissions=[entry])
        alice.ask(SignalRequest(subscription_permission=permission))
        rig.pass_time(0.1)
        assert mids(dana) == {"0": sid}
    other = TrackPermission(participant_identity="dana", track_sids=["TR_other"])
    alice.ask(SignalRequest(subscription_permission=SubscriptionPermission(track_permissions=[other])))
    rig.pass_time(0.1)
    assert mids(dana) == {}


def test_who_subscribes_by_hand_is_given_nothing(rig: Rig, alice: Client) -> None:
    dana = rig.client("dana").connect(auto_subscribe=False)
    sid = alice.publish_audio()
    rig.pass_time(0.1)
    alice.ask(SignalRequest(subscription_permission=SubscriptionPermission(all_participants=True)))
    rig.room().grants_changed(dana.participant, rig.now)
    rig.pass_time(0.1)
    assert mids(dana) == {}
    dana.ask(SignalRequest(subscription=UpdateSubscription(track_sids=[sid], subscribe=True)))
    rig.pass_time(0.1)
    assert mids(dana) == {"0": sid}


def test_metadata_is_changed_by_those_who_may_and_everyone_is_told(rig: Rig, alice: Client) -> None:
    update = UpdateParticipantMetadata(name="New", metadata="m", attributes={"a": "1"}, request_id=3)
    alice.ask(SignalRequest(update_metadata=update))
    refusal = alice.signals.last("request_response").request_response
    assert (refusal.request_id, refusal.reason) == (3, RequestResponse.Reason.NOT_ALLOWED)
    dana = rig.client("dana", can_update_own_metadata=True).connect()
    dana.ask(SignalRequest(update_metadata=update))
    dana.ask(SignalRequest(update_metadata=UpdateParticipantMetadata(attributes={"a": "", "b": "2"})))
    (told,) = alice.signals.last("update").update.participants
    assert (told.name, told.metadata, dict(told.attributes)) == ("New", "m", {"b": "2"})
    (own,) = dana.signals.last("update").update.participants
    assert own.name == "New"


@pytest.mark.parametrize(
    "update",
    [
        UpdateParticipantMetadata(name="n" * 257),
        UpdateParticipantMetadata(metadata="m" * (512 * 1024 + 1)),
        UpdateParticipantMetadata(attributes={"a": "v" * 65536}),
    ],
)
def test_metadata_has_limits(rig: Rig, update: UpdateParticipantMetadata) -> None:
    dana = rig.client("dana", can_update_own_metadata=True).connect()
    dana.ask(SignalRequest(update_metadata=update))
    assert dana.signals.last("request_response").request_response.reason == RequestResponse.Reason.LIMIT_EXCEEDED


def test_what_a_track_is_like_can_be_told_later(rig: Rig, alice: Client, dana: Client) -> None:
    voice = alice.publish_audio()
    features = [AudioTrackFeature.TF_ECHO_CANCELLATION]
    alice.ask(SignalRequest(update_audio_track=UpdateLocalAudioTrack(track_sid=voice, features=features)))
    (told,) = dana.signals.last("update").update.participants
    assert list(told.tracks[0].audio_features) == features
    picture = alice.publish_video()
    alice.ask(SignalRequest(update_video_track=UpdateLocalVideoTrack(track_sid=picture, width=800, height=600)))
    (told,) = dana.signals.last("update").update.participants
    assert (told.tracks[1].width, told.tracks[1].height) == (800, 600)
    alice.ask(SignalRequest(update_audio_track=UpdateLocalAudioTrack(track_sid="TR_no")))
    alice.ask(SignalRequest(update_video_track=UpdateLocalVideoTrack(track_sid="TR_no")))


def test_a_resuming_client_says_what_it_had(rig: Rig, alice: Client, dana: Client) -> None:
    sid, film = alice.publish_audio(), alice.publish_video()
    rig.pass_time(0.2)
    dana.resume()
    state = SyncState(
        subscription=UpdateSubscription(track_sids=[sid], subscribe=False), track_sids_disabled=[film, "TR_no"]
    )
    dana.ask(SignalRequest(sync_state=state))
    subscriptions = {s.track.sid: s.wish.is_disabled for s in dana.participant.downlink}
    assert subscriptions == {film: True}
    alice.resume()
    pending = alice.add_track("audio", "second", TrackSource.MICROPHONE)
    published = [TrackPublishedResponse(track={"sid": known}) for known in (sid, film, pending)]
    alice.ask(SignalRequest(sync_state=SyncState(publish_tracks=published)))
    assert alice.signals.closed is None


def test_a_resuming_client_with_a_track_we_do_not_know_joins_anew(rig: Rig, alice: Client) -> None:
    alice.resume()
    published = [TrackPublishedResponse(track={"sid": "TR_unknown"})]
    alice.ask(SignalRequest(sync_state=SyncState(publish_tracks=published)))
    assert alice.signals.last("leave").leave.action == LeaveRequest.Action.RECONNECT
