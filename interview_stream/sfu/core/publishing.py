"""Rules between publishers and subscribers of one room: who gets which track, and who is told."""

from collections.abc import Iterable

from livekit.protocol.models import VideoQuality
from livekit.protocol.rtc import (
    SignalResponse,
    StreamState,
    StreamStateInfo,
    StreamStateUpdate,
    SubscribedCodec,
    SubscribedQuality,
    SubscribedQualityUpdate,
    SubscriptionPermissionUpdate,
    TrackSubscribed,
)

from interview_stream.sfu.core.forwarder import Randomness
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.subscription import Subscription
from interview_stream.sfu.core.track import QUALITIES, Track, Wish


def may_subscribe(subscriber: Participant, publisher: Participant, track: Track) -> bool:
    """Whether grants and the publisher's own wish allow it."""
    if not subscriber.who.grants.can_subscribe:
        return False
    permission = publisher.permission
    if permission.all_participants:
        return True
    return any(
        (entry.participant_sid == subscriber.sid or entry.participant_identity == subscriber.identity)
        and (entry.all_tracks or track.sid in entry.track_sids)
        for entry in permission.track_permissions
    )


def subscribe(subscriber: Participant, publisher: Participant, track: Track, random: Randomness) -> bool:
    """Give a track to a participant; False if it has it already or may not have it."""
    if subscriber is publisher or subscriber.downlink.get(track.sid) or not may_subscribe(subscriber, publisher, track):
        return False
    # A client that tells the size of its elements gets the smallest layer until it has told.
    first = VideoQuality.LOW if subscriber.adaptive_stream else VideoQuality.HIGH
    subscription = Subscription(
        track, subscriber.peer.outlet, random, Wish(quality=first), subscriber.downlink.path.log
    )
    subscriber.downlink.add(subscription)
    return True


def unsubscribe(subscriber: Participant, track_sid: str) -> bool:
    """Take a track away; whether it was there."""
    subscription = subscriber.downlink.remove(track_sid)
    if subscription is None:
        return False
    subscriber.negotiation.release(subscription)
    return True


def reconcile_permissions(publisher: Participant, others: Iterable[Participant]) -> None:
    """The publisher changed who may see its tracks."""
    for other in others:
        for track in publisher.tracks.values():
            allowed = may_subscribe(other, publisher, track)
            if other.downlink.get(track.sid) is not None and not allowed:
                unsubscribe(other, track.sid)
                other.send(
                    SignalResponse(
                        subscription_permission_update=SubscriptionPermissionUpdate(
                            participant_sid=publisher.sid, track_sid=track.sid, allowed=False
                        )
                    )
                )


def tell_first_subscriber(publisher: Participant, track: Track) -> None:
    """The publisher may wait for this before it counts the track as seen."""
    if not track.has_subscriber:
        track.has_subscriber = True
        publisher.send(SignalResponse(track_subscribed=TrackSubscribed(track_sid=track.sid)))


def tell_need(publisher: Participant, track: Track, wishes: Iterable[Wish], now: float) -> None:
    """Tell the publisher which qualities somebody looks at, so that it need not encode the others (dynacast)."""
    needed = track.news_of_need(wishes, now)
    if needed is None:
        return
    qualities = [SubscribedQuality(quality=q, enabled=on) for q, on in zip(QUALITIES, needed, strict=True)]
    publisher.send(
        SignalResponse(
            subscribed_quality_update=SubscribedQualityUpdate(
                track_sid=track.sid,
                subscribed_qualities=qualities,
                subscribed_codecs=[SubscribedCodec(codec=track.codec_name.lower(), qualities=qualities)],
            )
        )
    )


def tell_streams(subscriber: Participant) -> None:
    """Tell a subscriber which pictures are paused for want of bandwidth, and which go on."""
    news = [s for s in subscriber.downlink if s.is_bound and s.is_paused != s.told_paused]
    if not news:
        return
    states = []
    for subscription in news:
        subscription.told_paused = subscription.is_paused
        states.append(
            StreamStateInfo(
                participant_sid=subscription.track.publisher_sid,
                track_sid=subscription.track.sid,
                state=StreamState.PAUSED if subscription.is_paused else StreamState.ACTIVE,
            )
        )
    subscriber.send(SignalResponse(stream_state_update=StreamStateUpdate(stream_states=states)))
