"""What clients may ask of a room over their signalling connection: one handler for each kind of message."""

from collections.abc import Callable

from livekit.protocol.models import DisconnectReason, SubscriptionError, VideoQuality
from livekit.protocol.rtc import (
    Pong,
    RequestResponse,
    SignalRequest,
    SignalResponse,
    SubscriptionResponse,
    SyncState,
    UpdateParticipantMetadata,
    UpdateSubscription,
    UpdateTrackSettings,
)

from interview_stream.sfu.core import messages, publishing
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.room import RECONNECT, Room
from interview_stream.sfu.core.track import Wish

MAX_METADATA, MAX_ATTRIBUTES, MAX_NAME = 512 * 1024, 64 * 1024, 256

_IDLE = frozenset({"trickle", "ping", "ping_req"})
"""Kinds of messages that change nothing."""

Handler = Callable[[Room, Participant, SignalRequest, float], None]


def handle(room: Room, participant: Participant, request: SignalRequest, now: float) -> bool:
    """Act on one message; False if its kind is unknown or of no use here (it is ignored)."""
    kind = request.WhichOneof("message") or ""
    handler = _HANDLERS.get(kind)
    if handler is None:
        return False
    handler(room, participant, request, now)
    if kind not in _IDLE:
        room.stir()
    return True


def _offer(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    room.offer(participant, request.offer, now)


def _trickle(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    """For the record only: we are ICE-lite and learn the client's addresses from its checks (RFC 8445 section 2.5)."""
    participant.candidates.told(request.trickle.candidateInit)


def _add_track(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    reason = room.add_track(participant, request.add_track)
    if reason != RequestResponse.Reason.OK:
        participant.send(SignalResponse(request_response=RequestResponse(reason=reason, add_track=request.add_track)))


def _mute(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    room.set_muted(participant, request.mute.sid, request.mute.muted, now)


def _subscription(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    update_subscription(room, participant, request.subscription, now)


def update_subscription(room: Room, participant: Participant, update: UpdateSubscription, now: float) -> None:
    """Subscribe to the listed tracks, or unsubscribe; also the server API's way."""
    room.stir()
    sids = {*update.track_sids, *(sid for entry in update.participant_tracks for sid in entry.track_sids)}
    known = {track.sid: (publisher, track) for publisher, track in room.tracks()}
    for sid in sids:
        if not update.subscribe:
            publishing.unsubscribe(participant, sid)
        elif sid in known:
            publishing.subscribe(participant, *known[sid], room.services.random)
        else:
            response = SubscriptionResponse(track_sid=sid, err=SubscriptionError.SE_TRACK_NOTFOUND)
            participant.send(SignalResponse(subscription_response=response))


def _track_setting(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    setting: UpdateTrackSettings = request.track_setting
    quality = setting.quality if setting.quality in VideoQuality.values() else VideoQuality.HIGH
    wish = Wish(
        # OFF is a quality too, in the words of the protocol.
        is_disabled=setting.disabled or quality == VideoQuality.OFF,
        quality=VideoQuality.HIGH if quality == VideoQuality.OFF else quality,
        width=setting.width,
        height=setting.height,
    )
    for sid in setting.track_sids:
        subscription = participant.downlink.get(sid)
        if subscription is not None and subscription.track.is_video:
            subscription.wish = wish
            subscription.choose(now)


def _leave(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    room.remove(participant, DisconnectReason.CLIENT_INITIATED, now)


def _subscription_permission(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    participant.permission.CopyFrom(request.subscription_permission)
    publishing.reconcile_permissions(participant, room.participants.values())
    for other in room.participants.values():
        if other.auto_subscribe:
            for track in participant.tracks.values():
                publishing.subscribe(other, participant, track, room.services.random)


def _sync_state(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    state: SyncState = request.sync_state
    if any(published.track.sid not in participant.tracks for published in state.publish_tracks):
        known = {track.sid for track in participant.pending} | participant.tracks.keys()
        if any(published.track.sid not in known for published in state.publish_tracks):
            room.remove(participant, DisconnectReason.STATE_MISMATCH, now, action=RECONNECT)
            return
    update_subscription(room, participant, state.subscription, now)
    messages.replay(participant, room.participants.values(), state.datachannel_receive_states, now)
    for sid in state.track_sids_disabled:
        subscription = participant.downlink.get(sid)
        if subscription is not None:
            subscription.wish = Wish(is_disabled=True)
            subscription.choose(now)


def _ping(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    participant.send(SignalResponse(pong=int(room.services.unix(now) * 1000)))


def _ping_req(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    pong = Pong(last_ping_timestamp=request.ping_req.timestamp, timestamp=int(room.services.unix(now) * 1000))
    participant.send(SignalResponse(pong_resp=pong))


def _update_metadata(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    update = request.update_metadata
    reason, message = RequestResponse.Reason.OK, ""
    if not participant.who.grants.can_update_own_metadata:
        reason, message = RequestResponse.Reason.NOT_ALLOWED, "the token does not allow to change own metadata"
    elif not apply_metadata(participant, update):
        reason, message = RequestResponse.Reason.LIMIT_EXCEEDED, "name, metadata or attributes are too long"
    participant.send(
        SignalResponse(request_response=RequestResponse(request_id=update.request_id, reason=reason, message=message))
    )
    if reason == RequestResponse.Reason.OK:
        room.attributes_changed(participant, now)
        room.broadcast(participant)
        participant.send_token(now)


def apply_metadata(participant: Participant, update: UpdateParticipantMetadata) -> bool:
    """Take over name, metadata and attributes (an empty value deletes one); False if they are too long."""
    attributes = {**participant.who.attributes, **update.attributes}
    attributes = {name: value for name, value in attributes.items() if value}
    if (
        len(update.metadata) > MAX_METADATA
        or len(update.name) > MAX_NAME
        or sum(len(name) + len(value) for name, value in attributes.items()) > MAX_ATTRIBUTES
    ):
        return False
    participant.rename(update.name, update.metadata, attributes)
    return True


def _update_audio_track(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    track = participant.tracks.get(request.update_audio_track.track_sid)
    if track is not None:
        del track.info.audio_features[:]
        track.info.audio_features.extend(request.update_audio_track.features)
        room.broadcast(participant)


def _update_video_track(room: Room, participant: Participant, request: SignalRequest, now: float) -> None:
    update = request.update_video_track
    track = participant.tracks.get(update.track_sid)
    if track is not None:
        track.info.width, track.info.height = update.width, update.height
        room.broadcast(participant)


_HANDLERS: dict[str, Handler] = {
    "offer": _offer,
    "trickle": _trickle,
    "add_track": _add_track,
    "mute": _mute,
    "subscription": _subscription,
    "track_setting": _track_setting,
    "leave": _leave,
    "subscription_permission": _subscription_permission,
    "sync_state": _sync_state,
    "ping": _ping,
    "ping_req": _ping_req,
    "update_metadata": _update_metadata,
    "update_audio_track": _update_audio_track,
    "update_video_track": _update_video_track,
}
