"""One participant of a room: who it is and the parts that serve it; decides nothing about others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from livekit.protocol.models import ClientInfo, DisconnectReason, ParticipantInfo, ParticipantPermission
from livekit.protocol.rtc import (
    AddTrackRequest,
    LeaveRequest,
    ParticipantUpdate,
    SignalResponse,
    SubscriptionPermission,
)

from interview_stream.sfu.core.channels import DataChannels
from interview_stream.sfu.core.downlink import Downlink
from interview_stream.sfu.core.grants import Identity
from interview_stream.sfu.core.history import History
from interview_stream.sfu.core.names import participant_sid
from interview_stream.sfu.core.negotiation import Negotiation
from interview_stream.sfu.core.peer import Peer
from interview_stream.sfu.core.quality import QualityMeter
from interview_stream.sfu.core.remote_candidates import RemoteCandidates
from interview_stream.sfu.core.services import Services
from interview_stream.sfu.core.track import Track
from interview_stream.sfu.core.uplink import Uplink
from interview_stream.sfu.wire.rtcp import RtcpPacket, SenderReport
from interview_stream.sfu.wire.rtp import RtpPacket
from interview_stream.sfu.wire.sdp import Section

KINDS = {
    "": ParticipantInfo.Kind.STANDARD,
    "standard": ParticipantInfo.Kind.STANDARD,
    "ingress": ParticipantInfo.Kind.INGRESS,
    "egress": ParticipantInfo.Kind.EGRESS,
    "sip": ParticipantInfo.Kind.SIP,
    "agent": ParticipantInfo.Kind.AGENT,
}
MAX_PENDING_TRACKS = 20
MAX_TRACKS = 40
MAX_CAPABILITIES = 32


class SignalSink(Protocol):
    """One client's signalling connection."""

    def send(self, message: SignalResponse) -> None:
        """Queue a message; never waits."""

    def close(self, reason: str) -> None:
        """End the connection after what was queued; the client will try to resume unless it was told to leave."""


class ParticipantListener(Protocol):
    """Whom a participant tells of its transport."""

    def media_connected(self, participant: "Participant", now: float) -> None: ...

    def media_lost(self, participant: "Participant", now: float) -> None: ...

    def media_failed(self, participant: "Participant", reason: str) -> None: ...

    def message_received(self, participant: "Participant", label: str, data: bytes, now: float) -> None: ...


class Participant:
    """The state of one session. A new join of the same identity is a new Participant with a new sid."""

    def __init__(
        self, who: Identity, client: ClientInfo, services: Services, listener: ParticipantListener, now: float
    ) -> None:
        self.who = who
        self.client = client
        self._capabilities = sorted(set(client.capabilities))[:MAX_CAPABILITIES]
        self.sid = participant_sid(services.random_text(12))
        self.sink: SignalSink | None = None
        self.state = ParticipantInfo.State.JOINING
        self.auto_subscribe = True
        self.adaptive_stream = False
        self.permission = SubscriptionPermission(all_participants=True)
        """Who may subscribe to this participant's tracks, as it said itself."""
        self.pending: list[Track] = []
        self.tracks: dict[str, Track] = {}
        """Published tracks by sid."""
        self.negotiation = Negotiation(syncs=_syncs(client))
        self.peer = Peer(services.certificate, services.outbox, self, random_text=services.random_text)
        services.peers.add(self.peer)
        ssrc = services.random.getrandbits(31) + 1
        self.uplink = Uplink(self.peer.send_rtcp, ssrc, services.max_uplink_bps)
        self.downlink = Downlink(self.peer.send_rtcp, now)
        self.data = DataChannels(self.peer.send_data, self, services.random.getrandbits, now)
        self.history = History()
        self.quality = QualityMeter()
        self.candidates = RemoteCandidates()
        self.breaks = 0
        """How often nothing came for so long that the media counted as lost."""
        self.resumes = 0
        self.joined_at = now
        self.lost_at: float | None = None
        self.attached_at = now
        """When the present signalling connection began."""
        self.refresh_at = now
        self.asked_at: float | None = None
        """When the client was asked for an offer that has not come yet."""
        self.asked_sections = {"audio": 0, "video": 0}
        self.listener = listener
        """The room."""
        self._services = services
        self._version = 0

    @property
    def identity(self) -> str:
        return self.who.identity

    @property
    def is_active(self) -> bool:
        return self.state == ParticipantInfo.State.ACTIVE

    def info(self, reason: DisconnectReason = DisconnectReason.UNKNOWN_REASON) -> ParticipantInfo:
        """What everyone is told of this participant; each call has a higher version, as clients ignore older ones."""
        self._version += 1
        joined = self._services.unix(self.joined_at)
        return ParticipantInfo(
            sid=self.sid,
            identity=self.identity,
            state=self.state,
            tracks=[track.info for track in self.tracks.values()],
            metadata=self.who.metadata,
            joined_at=int(joined),
            joined_at_ms=int(joined * 1000),
            name=self.who.name,
            version=self._version,
            permission=self.who.grants.permission(),
            is_publisher=bool(self.tracks),
            kind=KINDS.get(self.who.kind, ParticipantInfo.Kind.STANDARD),
            attributes=dict(self.who.attributes),
            disconnect_reason=reason,
            client_protocol=self.client.client_protocol,
            capabilities=self._capabilities,
        )

    def rename(self, name: str, metadata: str, attributes: Mapping[str, str]) -> None:
        """Take over what is not empty, and all attributes."""
        self.who = replace(
            self.who, name=name or self.who.name, metadata=metadata or self.who.metadata, attributes=attributes
        )

    def enter_room(self, name: str, listener: ParticipantListener, now: float) -> None:
        """Be in this room from now on, with the same session and transport."""
        self.who = replace(self.who, grants=replace(self.who.grants, room=name))
        self.listener = listener
        self.joined_at = now

    def permit(self, permission: ParticipantPermission) -> None:
        """The server API changed what is allowed."""
        self.who = replace(self.who, grants=self.who.grants.with_permission(permission))

    def attach(self, sink: SignalSink, now: float) -> None:
        """Use this signalling connection from now on."""
        self.sink = sink
        self.attached_at = now

    def send(self, message: SignalResponse) -> None:
        """Tell the client; lost while it has no signalling, since a resume tells everything again."""
        if self.sink is not None:
            self.sink.send(message)

    def send_update(self, infos: Sequence[ParticipantInfo]) -> None:
        self.send(SignalResponse(update=ParticipantUpdate(participants=infos)))

    def send_leave(self, reason: DisconnectReason, action: "LeaveRequest.Action") -> None:
        """Tell the client to go, resume or join anew, and end its signalling."""
        if self.sink is not None:
            self.sink.send(leave(reason, action))
            self.sink.close(DisconnectReason.Name(reason))
            self.sink = None

    def send_token(self, now: float) -> None:
        """A fresh token for the next reconnect."""
        self.send(SignalResponse(refresh_token=self.token(now)))

    def token(self, now: float) -> str:
        """A fresh token for the next reconnect, which is to be sent now."""
        timeouts = self._services.timeouts
        self.refresh_at = now + timeouts.refresh_token
        return self._services.sign(self.who, self._services.unix(now), timeouts.token_ttl)

    def add_pending(self, request: AddTrackRequest) -> Track | None:
        """Expect a track; None if there are too many already."""
        if len(self.pending) >= MAX_PENDING_TRACKS or len(self.pending) + len(self.tracks) >= MAX_TRACKS:
            return None
        services = self._services
        track = Track(request, publisher_sid=self.sid, random_text=services.random_text(12), wake=services.wake)
        self.pending.append(track)
        return track

    def take_named(self, section: Section) -> Track | None:
        """The expected track that a section names by the client's id."""
        ids = {part for msid in section.msids for part in msid}
        return self._take(track for track in self.pending if track.kind == section.kind and track.cid in ids)

    def take_first(self, kind: str) -> Track | None:
        """The first expected track of a kind.

        Browsers give the same track another id in SDP than in their API (Firefox), or clone it.
        """
        return self._take(track for track in self.pending if track.kind == kind)

    def _take(self, fit: Iterable[Track]) -> Track | None:
        track = next(iter(fit), None)
        if track is not None:
            self.pending.remove(track)
        return track

    def close(self) -> None:
        """End the transport and all that goes through it."""
        for subscription in list(self.downlink):
            self.downlink.remove(subscription.track.sid)
        self.peer.close()
        self.data.let_go()
        self._services.peers.remove(self.peer)
        self._services.peers.drops.update(self.peer.drops + self.data.drops)

    # What the peer tells.

    def connected(self, now: float) -> None:
        self.lost_at = None
        self.listener.media_connected(self, now)

    def disconnected(self, now: float) -> None:
        self.lost_at = now
        self.breaks += 1
        self.listener.media_lost(self, now)

    def closed(self, reason: str) -> None:
        self.listener.media_failed(self, reason)

    def rtp_received(self, packet: RtpPacket, now: float) -> None:
        self.uplink.rtp_received(packet, now)

    def rtcp_received(self, packets: Sequence[RtcpPacket], now: float) -> None:
        for packet in packets:
            if isinstance(packet, SenderReport):
                self.uplink.sender_report(packet, now)
            self.downlink.rtcp_received(packet, now)

    def data_received(self, data: bytes, now: float) -> None:
        self.data.receive(data, now)

    def is_video(self, ssrc: int) -> bool:
        return self.downlink.is_video(ssrc)

    def message_received(self, label: str, payload: bytes, now: float) -> None:
        self.listener.message_received(self, label, payload, now)


def leave(reason: DisconnectReason, action: "LeaveRequest.Action") -> SignalResponse:
    """The message that must come before a deliberate end of signalling."""
    can_reconnect = action != LeaveRequest.Action.DISCONNECT
    return SignalResponse(leave=LeaveRequest(reason=reason, action=action, can_reconnect=can_reconnect))


def _syncs(client: ClientInfo) -> bool:
    """Firefox makes up track ids of its own, so there the stream must name the track; of other SDKs it is not known."""
    return client.sdk == ClientInfo.SDK.JS and client.browser.lower() != "firefox"
