"""One room: who is in it, what they are told of each other, and which tracks go to whom."""

from collections.abc import Callable, Iterable, Iterator

from livekit.protocol.egress import EgressInfo, EgressStatus
from livekit.protocol.models import DisconnectReason, ParticipantInfo, TrackType, UserPacket
from livekit.protocol.models import Room as RoomInfo
from livekit.protocol.room import SendDataRequest
from livekit.protocol.rtc import (
    AddTrackRequest,
    ICEServer,
    JoinRequest,
    JoinResponse,
    LeaveRequest,
    MuteTrackRequest,
    ReconnectResponse,
    RequestResponse,
    RoomMovedResponse,
    RoomUpdate,
    SessionDescription,
    SignalResponse,
    TrackPublishedResponse,
    TrackUnpublishedResponse,
)
from livekit.protocol.webhook import WebhookEvent

from interview_stream.sfu.core import messages, publishing
from interview_stream.sfu.core.grants import Identity
from interview_stream.sfu.core.names import room_sid
from interview_stream.sfu.core.offers import answer_offer, forget_asked
from interview_stream.sfu.core.participant import Participant, SignalSink
from interview_stream.sfu.core.recording import WISH, Recording, may_record
from interview_stream.sfu.core.reporting import Reporter
from interview_stream.sfu.core.services import SERVER_VERSION, Services, publish_codecs
from interview_stream.sfu.core.track import Track, Wish
from interview_stream.sfu.errors import MalformedPacket

PING_INTERVAL_S, PING_TIMEOUT_S = 5, 15
MAX_DEPARTED = 100
MAX_NONCES = 1000
MAX_ANNOUNCEMENT = 16 * 1024

DISCONNECT = LeaveRequest.Action.DISCONNECT
RECONNECT = LeaveRequest.Action.RECONNECT


class Room:
    """The state of one room. It changes by the calls below, each complete in itself; time passes in `housekeeping`."""

    def __init__(self, name: str, services: Services, now: float, remember: Callable[[EgressInfo], None]) -> None:
        """`remember` is given the description of each recording that ended."""
        self._remember = remember
        self.name = name
        self.services = services
        self.sid = room_sid(services.random_text(12))
        self.metadata = ""
        self.max_participants = 0
        self.empty_timeout = services.timeouts.empty_room
        self.departure_timeout = services.timeouts.departure
        self.participants: dict[str, Participant] = {}
        """By identity."""
        self._departed: dict[str, ParticipantInfo] = {}
        """By identity, the last who left: one whose signalling was down did not hear of it."""
        self.recordings: dict[str, Recording] = {}
        """Running ones by egress id."""
        self._nonces: dict[bytes, None] = {}
        """Of the messages that the server sent lately."""
        self.created_at = now
        self.left_at: float | None = None
        """When the last participant left."""
        self.taken_over_at: float | None = None
        """When it came from another process; its people are on their way."""
        self._is_moving = False
        """It goes on in another process, so that nobody leaves it."""
        self.is_count_changed = False
        """The number of participants changed since the room was last described to them."""
        self.is_stirred = True
        """Something changed that time acts on, since everything was looked at."""
        self.failed: dict[Participant, str] = {}
        """Participants whose transport is lost for good, with the reason; removed at the next tick."""
        self.reporter = Reporter(services.totals, now)

    def stir(self) -> None:
        """Something changed that time acts on (who needs what, who is where): look at everything soon."""
        self.is_stirred = True
        self.services.wake()

    # What others see.

    def info(self) -> RoomInfo:
        """The room as clients and the server API know it."""
        created = self.services.unix(self.created_at)
        people = [p for p in self.participants.values() if not p.who.grants.hidden]
        return RoomInfo(
            sid=self.sid,
            name=self.name,
            empty_timeout=int(self.empty_timeout),
            departure_timeout=int(self.departure_timeout),
            max_participants=self.max_participants,
            creation_time=int(created),
            creation_time_ms=int(created * 1000),
            metadata=self.metadata,
            num_participants=len(people),
            num_publishers=sum(bool(p.tracks) for p in people),
            active_recording=bool(self.recordings) or any(p.who.grants.recorder for p in self.participants.values()),
            enabled_codecs=publish_codecs(),
        )

    def happened(self, event: str, participant: Participant | None = None, track: Track | None = None) -> None:
        """Tell the server."""
        message = WebhookEvent(event=event, room=self.info())
        if participant is not None:
            message.participant.CopyFrom(participant.info())
        if track is not None:
            message.track.CopyFrom(track.info)
        self.services.events.happened(message)

    def egress_happened(self, event: str, recording: Recording) -> None:
        """Tell the server of a recording."""
        recording.info.updated_at = max(recording.info.updated_at, recording.info.ended_at)
        self.services.events.happened(WebhookEvent(event=event, egress_info=recording.info))

    def report(self, now: float) -> None:
        """Tell the server how everybody's connection was since the last time."""
        samples = self.reporter.samples(self.participants.values(), now, self.services.unix(now))
        if samples:
            self.services.events.sampled(WebhookEvent(event="connections_sampled", room=self.info()), samples)

    def send_all(self, message: SignalResponse) -> None:
        for participant in self.participants.values():
            participant.send(message)

    def broadcast(self, participant: Participant) -> None:
        """Tell everyone, the participant too, what it is like now."""
        self.stir()
        info = participant.info()
        if participant.who.grants.hidden:
            participant.send_update([info])
            return
        for other in self.participants.values():
            other.send_update([info])

    def broadcast_room(self) -> None:
        self.is_count_changed = False
        self.send_all(SignalResponse(room_update=RoomUpdate(room=self.info())))

    # Coming and going.

    def join(self, who: Identity, request: JoinRequest, sink: SignalSink, now: float) -> Participant:
        """A new session; an older one of the same identity ends first."""
        participant = Participant(who, request.client_info, self.services, self, now)
        participant.attach(sink, now)
        participant.state = ParticipantInfo.State.JOINED
        participant.auto_subscribe = request.connection_settings.auto_subscribe
        settings = request.connection_settings
        participant.adaptive_stream = settings.adaptive_stream
        participant.downlink.may_pause = settings.subscriber_allow_pause or not settings.HasField(
            "subscriber_allow_pause"
        )
        self._take_in(participant, now)
        participant.send(SignalResponse(join=self._welcome(participant, now)))
        participant.send_token(now)
        for track_request in request.add_track_requests:
            self.add_track(participant, track_request)
        if request.publisher_offer.sdp:
            self.offer(participant, request.publisher_offer, now)
        self.broadcast(participant)
        return participant

    def _take_in(self, participant: Participant, now: float) -> None:
        """From now on it is here, and whoever had its identity is not."""
        old = self.participants.get(participant.identity)
        if old is not None:
            self.remove(old, DisconnectReason.DUPLICATE_IDENTITY, now, action=DISCONNECT)
        self.participants[participant.identity] = participant
        self._departed.pop(participant.identity, None)
        self.left_at = None
        self.is_count_changed = True
        if participant.auto_subscribe:
            for publisher, track in self.tracks():
                publishing.subscribe(participant, publisher, track, self.services.random)
        for subscription in participant.downlink:
            subscription.prepare(now)

    def move_in(self, participant: Participant, now: float) -> None:
        """Somebody comes from another room of this process, which let them go, without joining anew."""
        participant.enter_room(self.name, self, now)
        self._take_in(participant, now)
        moved = RoomMovedResponse(
            room=self.info(),
            token=participant.token(now),
            participant=participant.info(),
            other_participants=[other.info() for other in self._visible_to(participant)],
        )
        participant.send(SignalResponse(room_moved=moved))
        self.broadcast(participant)
        if participant.is_active and not participant.who.grants.hidden:
            self.happened("participant_joined", participant)
        for track in participant.tracks.values():
            self._announce(participant, track)

    def move_out(self, participant: Participant, now: float) -> None:
        """Somebody goes on in another room of this process: to those who stay it is as if they had left."""
        state = participant.state
        self._take_out(participant, now)
        for subscription in list(participant.downlink):
            publishing.unsubscribe(participant, subscription.track.sid)
        for track in participant.tracks.values():
            self._withdraw(participant, track, now)
        self._tell_gone(participant, DisconnectReason.UNKNOWN_REASON, now)
        participant.state = state

    def resume(self, participant: Participant, sink: SignalSink, now: float) -> None:
        """The client's signalling came back: tell it everything again."""
        old = participant.sink
        participant.resumes += 1
        participant.attach(sink, now)
        self.stir()
        if old is not None:
            old.close("the session was resumed elsewhere")
        forget_asked(participant)
        reconnect = ReconnectResponse(
            server_info=self.services.server_info,
            last_message_seq=participant.history.last_sequence,
            ice_servers=self._relays(participant, now),
        )
        participant.send(SignalResponse(reconnect=reconnect))
        here = [other.info() for other in self._visible_to(participant)]
        participant.send_update([*self._departed.values(), *here, participant.info()])
        participant.send(SignalResponse(room_update=RoomUpdate(room=self.info())))
        participant.send_token(now)
        for track in participant.tracks.values():
            track.forget_told()
        for subscription in participant.downlink:
            subscription.told_paused = not subscription.is_paused

    def detach(self, participant: Participant, sink: SignalSink, now: float) -> None:
        """A signalling connection closed. While media flows the participant stays: it will resume."""
        if participant.sink is not sink:
            return
        participant.sink = None
        if not participant.is_active:
            self.remove(participant, DisconnectReason.SIGNAL_CLOSE, now)

    def remove(
        self,
        participant: Participant,
        reason: DisconnectReason,
        now: float,
        *,
        action: "LeaveRequest.Action | None" = None,
    ) -> None:
        """End a session; with an `action` the client is told what to do next."""
        if self.participants.get(participant.identity) is not participant:
            return
        self._take_out(participant, now)
        if action is not None:
            participant.send_leave(reason, action)
        elif participant.sink is not None:
            participant.sink.close(DisconnectReason.Name(reason))
            participant.sink = None
        for track in list(participant.tracks.values()):
            self._end_track(participant, track, now)
        participant.close()
        self._tell_gone(participant, reason, now)

    def _take_out(self, participant: Participant, now: float) -> None:
        """From now on it is not here."""
        if self.services.sample_s:
            self.report(now)  # of all, as tracks end for others too
        del self.participants[participant.identity]
        self.failed.pop(participant, None)

    def _tell_gone(self, participant: Participant, reason: DisconnectReason, now: float) -> None:
        """Everybody who stays is told, and the server."""
        was_active = participant.is_active
        participant.state = ParticipantInfo.State.DISCONNECTED
        self.stir()
        if not participant.who.grants.hidden:
            info = participant.info(reason)
            for other in self.participants.values():
                other.send_update([info])
        self._remember_departed(participant, reason)
        self.is_count_changed = True
        if not self.participants:
            self.left_at = now
        if not participant.who.grants.hidden and not self._is_moving:
            self.happened("participant_left" if was_active else "participant_connection_aborted", participant)

    def hand_over(self, now: float) -> RoomInfo:
        """Everybody is told to join anew, in another process; to the server it is the same session that goes on."""
        info = self.info()
        self._is_moving = True
        for participant in self.participants.values():
            participant.send_leave(DisconnectReason.MIGRATION, RECONNECT)
        for participant in list(self.participants.values()):
            self.remove(participant, DisconnectReason.MIGRATION, now)
        return info

    def take_over(self, info: RoomInfo, now: float) -> None:
        """Be the room that another process described as it handed it over."""
        self.sid, self.metadata, self.max_participants = info.sid, info.metadata, info.max_participants
        self.empty_timeout, self.departure_timeout = float(info.empty_timeout), float(info.departure_timeout)
        self.created_at = info.creation_time_ms / 1000 - self.services.unix_offset
        self.taken_over_at = now

    def close(self, reason: DisconnectReason, now: float, action: "LeaveRequest.Action" = DISCONNECT) -> None:
        """Everybody leaves and the room is over."""
        for participant in list(self.participants.values()):
            self.remove(participant, reason, now, action=action)
        self.happened("room_finished")

    def is_over(self, now: float) -> bool:
        """Whether nobody is here, for long enough."""
        if self.participants:
            return False
        if self.left_at is None:
            return now - (self.taken_over_at or self.created_at) > self.empty_timeout
        return now - self.left_at > self.departure_timeout

    def is_full_for(self, identity: str) -> bool:
        """Whether a limit keeps this identity out."""
        return 0 < self.max_participants <= len(self.participants) and identity not in self.participants

    def find(self, sid: str) -> Participant | None:
        """The participant with this session id."""
        return next((p for p in self.participants.values() if p.sid == sid), None)

    # Publishing.

    def tracks(self) -> Iterator[tuple[Participant, Track]]:
        """All published tracks with their publishers."""
        for participant in self.participants.values():
            for track in participant.tracks.values():
                yield participant, track

    def add_track(self, participant: Participant, request: AddTrackRequest) -> "RequestResponse.Reason":
        """A client announces a track; anything but OK says why it may not publish it."""
        if request.type not in (TrackType.AUDIO, TrackType.VIDEO):
            return RequestResponse.Reason.UNSUPPORTED_TYPE
        if not participant.who.grants.may_publish(request.source):
            return RequestResponse.Reason.NOT_ALLOWED
        # What it says is repeated to everyone with each change.
        track = participant.add_pending(request) if request.ByteSize() <= MAX_ANNOUNCEMENT else None
        if track is None:
            return RequestResponse.Reason.LIMIT_EXCEEDED
        response = TrackPublishedResponse(cid=request.cid, track=track.info)
        participant.send(SignalResponse(track_published=response))
        return RequestResponse.Reason.OK

    def offer(self, participant: Participant, description: SessionDescription, now: float) -> bool:
        """A client's offer; False if it cannot be answered, and then the client must join anew."""
        try:
            outcome = answer_offer(participant, description, self.services, now)
        except (MalformedPacket, ValueError):
            self.remove(participant, DisconnectReason.STATE_MISMATCH, now, action=RECONNECT)
            return False
        for subscription in outcome.bound:
            subscription.choose(now)
            publisher = self.find(subscription.track.publisher_sid)
            assert publisher is not None
            publishing.tell_first_subscriber(publisher, subscription.track)
            if participant.is_active and subscription.track.is_video:
                # Whose transport was up before can have at once what was asked for meanwhile.
                subscription.forwarder.show_latest(now)
        for track in outcome.ended:
            self._end_track(participant, track, now)
        for track in outcome.published:
            participant.tracks[track.sid] = track
        if outcome.ended or outcome.published:
            self.broadcast(participant)
        for track in outcome.published:
            self._announce(participant, track)
        return True

    def set_muted(self, participant: Participant, track_sid: str, muted: bool, now: float) -> bool:
        """The publisher, or the server API, mutes or unmutes; False if there is no such track."""
        track = participant.tracks.get(track_sid)
        if track is None:
            track = next((track for track in participant.pending if track.sid == track_sid), None)
            if track is None:
                return False
        if track.set_muted(muted, now) and track.is_published:
            self.broadcast(participant)
        return True

    def mute_by_server(self, participant: Participant, track_sid: str, now: float) -> bool:
        """Mute and tell the publisher so."""
        if not self.set_muted(participant, track_sid, True, now):
            return False
        participant.send(SignalResponse(mute=MuteTrackRequest(sid=track_sid, muted=True)))
        return True

    def grants_changed(self, participant: Participant, now: float) -> None:
        """Take away what is no longer allowed, and give what now is."""
        self.attributes_changed(participant, now)
        grants = participant.who.grants
        for track in list(participant.tracks.values()):
            if not grants.may_publish(track.info.source):
                participant.send(SignalResponse(track_unpublished=TrackUnpublishedResponse(track_sid=track.sid)))
                self._end_track(participant, track, now)
        for publisher, track in self.tracks():
            if not grants.can_subscribe:
                publishing.unsubscribe(participant, track.sid)
            elif participant.auto_subscribe:
                publishing.subscribe(participant, publisher, track, self.services.random)
        self.broadcast(participant)
        participant.send_token(now)

    def wishes_for(self, track: Track) -> Iterable[Wish]:
        """How everyone who gets a track wants it, recorders too."""
        for participant in self.participants.values():
            subscription = participant.downlink.get(track.sid)
            if subscription is not None:
                yield subscription.wish
        if any(recording.track is track for recording in self.recordings.values()):
            yield WISH

    # Recording.

    def record(self, recording: Recording) -> None:
        """A recorder begins."""
        self.recordings[recording.info.egress_id] = recording
        self.stir()
        self.egress_happened("egress_started", recording)
        if len(self.recordings) == 1:
            self.broadcast_room()

    def finish_recording(self, recording: Recording, status: EgressStatus, reason: str, now: float) -> None:
        """A recorder ends."""
        del self.recordings[recording.info.egress_id]
        recording.finish(status, reason, self.services.unix(now))
        self._remember(recording.info)
        self.egress_happened("egress_ended", recording)
        if not self.recordings:
            self.broadcast_room()

    def attributes_changed(self, participant: Participant, now: float) -> None:
        """Stop to record at once what this participant no longer lets be recorded."""
        for recording in list(self.recordings.values()):
            track = recording.track
            if track.sid in participant.tracks and not may_record(participant.who.attributes, is_video=track.is_video):
                self.finish_recording(recording, EgressStatus.EGRESS_COMPLETE, "consent was withdrawn", now)

    # Messages.

    def send_data(self, request: SendDataRequest, now: float) -> None:
        """The server sends a message; one that it repeats, for want of an answer, goes out once."""
        if request.nonce:
            if request.nonce in self._nonces:
                return
            self._nonces[request.nonce] = None
            if len(self._nonces) > MAX_NONCES:
                del self._nonces[next(iter(self._nonces))]
        user = UserPacket(
            payload=request.data,
            topic=request.topic if request.HasField("topic") else None,
            destination_identities=request.destination_identities,
            destination_sids=request.destination_sids,
        )
        messages.by_server(user, request.kind, self.participants.values(), now)

    # What participants tell.

    def media_connected(self, participant: Participant, now: float) -> None:
        for recording in self.recordings.values():
            if recording.track.sid in participant.tracks:
                recording.publisher_connected(True)
        if participant.is_active:
            participant.downlink.request_keyframes()
            return
        participant.downlink.show_latest(now)
        participant.state = ParticipantInfo.State.ACTIVE
        self.broadcast(participant)
        if not participant.who.grants.hidden:
            self.happened("participant_joined", participant)

    def media_lost(self, participant: Participant, now: float) -> None:
        for recording in self.recordings.values():
            if recording.track.sid in participant.tracks:
                recording.publisher_connected(False)

    def message_received(self, participant: Participant, label: str, data: bytes, now: float) -> None:
        refusal = messages.route(participant, self.participants.values(), label, data, now)
        if refusal:
            participant.data.drops[refusal] += 1

    def media_failed(self, participant: Participant, reason: str) -> None:
        self.failed[participant] = reason
        self.stir()

    def _announce(self, publisher: Participant, track: Track) -> None:
        for other in self.participants.values():
            if other.auto_subscribe:
                publishing.subscribe(other, publisher, track, self.services.random)
        self.happened("track_published", publisher, track)

    def _end_track(self, publisher: Participant, track: Track, now: float) -> None:
        publisher.tracks.pop(track.sid, None)
        publisher.uplink.remove(track)
        publisher.negotiation.release_track(track)
        self._withdraw(publisher, track, now)
        track.close()

    def _withdraw(self, publisher: Participant, track: Track, now: float) -> None:
        """Nobody here has the track any more."""
        for other in self.participants.values():
            publishing.unsubscribe(other, track.sid)
        for recording in list(self.recordings.values()):
            if recording.track is track:
                self.finish_recording(recording, EgressStatus.EGRESS_COMPLETE, "the track ended", now)
        self.happened("track_unpublished", publisher, track)

    def _remember_departed(self, participant: Participant, reason: DisconnectReason) -> None:
        if participant.who.grants.hidden:
            return
        self._departed[participant.identity] = participant.info(reason)
        if len(self._departed) > MAX_DEPARTED:
            del self._departed[next(iter(self._departed))]

    def _visible_to(self, participant: Participant) -> list[Participant]:
        return [p for p in self.participants.values() if p is not participant and not p.who.grants.hidden]

    def _relays(self, participant: Participant, now: float) -> list[ICEServer]:
        return self.services.relays.servers(participant.sid, self.services.unix(now))

    def _welcome(self, participant: Participant, now: float) -> JoinResponse:
        return JoinResponse(
            room=self.info(),
            participant=participant.info(),
            other_participants=[other.info() for other in self._visible_to(participant)],
            server_version=SERVER_VERSION,
            server_info=self.services.server_info,
            ice_servers=self._relays(participant, now),
            subscriber_primary=False,
            fast_publish=True,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            enabled_publish_codecs=publish_codecs(),
            sif_trailer=self.services.random_text(16).encode(),
        )
