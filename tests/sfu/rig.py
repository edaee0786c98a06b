"""An engine without sockets: a clock the test moves, seeded chance, clients with real ICE, DTLS and SRTP in memory."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from livekit.protocol import rtc
from livekit.protocol.egress import DirectFileOutput, EgressInfo, TrackEgressRequest
from livekit.protocol.models import (
    ClientInfo,
    DataPacket,
    ServerInfo,
    TrackSource,
    TrackType,
    VideoLayer,
    VideoQuality,
)
from livekit.protocol.rtc import AddTrackRequest, JoinRequest, SignalRequest, SignalResponse, SimulcastCodec
from livekit.protocol.webhook import WebhookEvent

from interview_stream.sfu.core.codecs import AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_CC
from interview_stream.sfu.core.dtls import Certificate
from interview_stream.sfu.core.engine import Engine
from interview_stream.sfu.core.grants import Grants, Identity
from interview_stream.sfu.core.ice import Credentials
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.peer import PeerTable
from interview_stream.sfu.core.requests import handle
from interview_stream.sfu.core.room import Room
from interview_stream.sfu.core.services import SERVER_VERSION, Services, Timeouts
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.core.track import Track
from interview_stream.sfu.io.ticker import IDLE_S
from interview_stream.sfu.wire.dcep import BINARY, DCEP, ChannelOpen
from interview_stream.sfu.wire.rtcp import RtcpPacket, SenderReport, parse_compound, serialize_compound
from interview_stream.sfu.wire.rtp import RtpPacket, serialize_extensions, serialize_header
from interview_stream.sfu.wire.sdp import Candidate, Codec, Direction, Rid, Section, SessionDescription, Simulcast
from interview_stream.sfu.wire.stun import Address
from tests.sfu.sctp_client import SctpClient
from tests.sfu.transport_client import DtlsClient, check

CERTIFICATE = Certificate.generate()
CLIENT_CERTIFICATE = Certificate.generate()
CANDIDATE = Candidate("1", 1, "udp", 2130706431, "192.0.2.1", 7882)

EXTENSIONS = {
    "audio": {1: AUDIO_LEVEL, 3: TRANSPORT_CC, 4: MID},
    "video": {3: TRANSPORT_CC, 4: MID, 10: RID, 11: REPAIRED_RID},
}
CODECS = {
    "audio": [Codec(111, "opus", 48000, 2, "minptime=10;useinbandfec=1"), Codec(63, "red", 48000, 2, "111/111")],
    "video": [
        Codec(96, "VP8", 90000, feedback=["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"]),
        Codec(97, "rtx", 90000, fmtp="apt=96"),
        Codec(102, "H264", 90000, fmtp="packetization-mode=1;profile-level-id=42e01f", feedback=["nack", "nack pli"]),
        Codec(103, "rtx", 90000, fmtp="apt=102"),
        Codec(116, "red", 90000),
    ],
}
RIDS = ("q", "h", "f")
KEY_FRAME = bytes([0x90, 0x80, 0x81, 0x05, 0x50, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01])
"""VP8 with a 15-bit picture id 0x0105, as browsers send it: X, I; then a key frame's first bytes, 640 x 360."""


def vp8(*, key: bool = False, picture: int = 0x105, tl0: int = 5, body: bytes = b"frame") -> bytes:
    """A whole picture in one packet, with the descriptor that libwebrtc writes (X, I, L, T, K)."""
    descriptor = bytes([0x90, 0xE0, 0x80 | picture >> 8 & 0x7F, picture & 0xFF, tl0 & 0xFF, 0x20])
    return descriptor + (bytes([0x10]) if key else bytes([0x11])) + body


class Signals:
    """A client's end of the signalling connection."""

    def __init__(self) -> None:
        self.messages: list[SignalResponse] = []
        self.closed: str | None = None

    def send(self, message: SignalResponse) -> None:
        assert self.closed is None
        copy = SignalResponse()
        copy.CopyFrom(message)
        self.messages.append(copy)

    def close(self, reason: str) -> None:
        self.closed = reason

    def kinds(self) -> list[str]:
        return [message.WhichOneof("message") or "" for message in self.messages]

    def last(self, kind: str) -> SignalResponse:
        return next(message for message in reversed(self.messages) if message.WhichOneof("message") == kind)

    def all(self, kind: str) -> list[SignalResponse]:
        return [message for message in self.messages if message.WhichOneof("message") == kind]


class Rig:
    """The engine, its clock and everything that came out of it."""

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        self.now = 1000.0
        self.events: list[WebhookEvent] = []
        self.samples: list[dict[str, Any]] = []
        """Of everybody's connections, as they came."""
        self.outbox: Outbox = []
        self.peers = PeerTable()
        self.clients: list[Client] = []
        self.captures: list[Capture] = []
        self.is_awake = True
        """The engine asked for a tick soon."""
        self.tick_at = self.now
        self.services = Services(
            certificate=CERTIFICATE,
            candidates=[CANDIDATE],
            outbox=self.outbox,
            peers=self.peers,
            random=random.Random(7),
            events=self,
            sign=lambda who, now, ttl_s: f"token of {who.identity} until {now + ttl_s:.0f}",
            wake=self._wake,
            unix_offset=1_700_000_000.0,
            max_uplink_bps=4_000_000,
            sample_s=10.0,
            server_info=ServerInfo(version=SERVER_VERSION),
            timeouts=timeouts or Timeouts(),
        )
        self.engine = Engine(self.services)

    def _wake(self) -> None:
        self.is_awake = True

    def happened(self, event: WebhookEvent) -> None:
        copy = WebhookEvent()
        copy.CopyFrom(event)
        self.events.append(copy)

    def sampled(self, event: WebhookEvent, connections: list[dict[str, object]]) -> None:
        assert event.event == "connections_sampled"
        self.samples += json.loads(json.dumps(connections))

    def names(self) -> list[str]:
        return [event.event for event in self.events]

    def pump(self) -> None:
        """Carry datagrams until nobody has anything to say."""
        while self.outbox:
            datagrams = list(self.outbox)
            self.outbox.clear()
            for data, target in datagrams:
                for client in self.clients:
                    if client.address == target:
                        client.receive(data)

    def pass_time(self, seconds: float, step: float = 0.02) -> None:
        """Let the engine's ticks run; connected clients keep up their ICE checks and answer what they are asked.

        As in the process, an engine that asks for no tick gets one only every IDLE_S.
        """
        end = self.now + seconds
        while self.now < end:
            self.now += step
            for client in self.clients:
                client.keep_up(self.now)
            if self.is_awake or self.now >= self.tick_at:
                self.is_awake = False
                self.tick_at = self.now + IDLE_S
                self.engine.tick(self.now)
                self.is_awake |= self.engine.is_urgent(self.now)
            self.pump()

    def client(
        self,
        identity: str,
        *,
        room: str = "room",
        attributes: Mapping[str, str] = MappingProxyType({}),
        **grants: object,
    ) -> "Client":
        allowed = Grants(room=room, room_join=True, **grants)  # type: ignore[arg-type]
        return Client(self, identity, allowed, attributes)

    def room(self) -> Room:
        return self.engine.rooms["room"]

    def record(self, sid: str) -> tuple[EgressInfo, "Capture"]:
        request = TrackEgressRequest(room_name="room", track_id=sid, file=DirectFileOutput(filepath="a/b.rtp"))
        info = self.engine.record_track(request, self._open, self.now)
        return info, self.captures[-1]

    def _open(self, room: Room, participant: Participant, track: Track, info: EgressInfo) -> "Capture":
        self.captures.append(Capture())
        return self.captures[-1]


class Capture:
    """A CaptureSink that keeps everything."""

    def __init__(self) -> None:
        self.packets: list[RtpPacket] = []
        self.clocks: list[tuple[int, int]] = []
        self.notes: list[str] = []
        self.failure = ""

    @property
    def size(self) -> int:
        return sum(len(packet.payload) for packet in self.packets)

    def packet(self, data: bytes) -> None:
        self.packets.append(RtpPacket.parse(data))

    def clock(self, ntp: int, rtp_timestamp: int) -> None:
        self.clocks.append((ntp, rtp_timestamp))

    def muted(self, muted: bool) -> None:
        self.notes.append("muted" if muted else "unmuted")

    def connected(self, connected: bool) -> None:
        self.notes.append("connected" if connected else "disconnected")

    def end(self, reason: str) -> None:
        self.notes.append(f"end: {reason}")


class Client:
    """What a browser does, step by step and on command."""

    count = 0

    def __init__(
        self, rig: Rig, identity: str, grants: Grants, attributes: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        Client.count += 1
        self.rig = rig
        self.who = Identity(identity=identity, name=identity.title(), grants=grants, attributes=attributes)
        self.address: Address = (f"198.51.100.{Client.count % 250}", 40000 + Client.count)
        self.credentials = Credentials(f"c{Client.count:07}", "p" * 24)
        self.dtls = DtlsClient(certificate=CLIENT_CERTIFICATE)
        self.signals = Signals()
        self.sections = [
            *(self.section(str(mid), "audio", "recvonly") for mid in range(3)),
            *(self.section(str(mid), "video", "recvonly") for mid in range(3, 6)),
            Section(kind="application", mid="6", profile="UDP/DTLS/SCTP", formats=["webrtc-datachannel"]),
        ]
        self.is_checking = False
        self.checked_at = rig.now
        self.info = ClientInfo()
        self.answers_requests = True
        self.seen_requests = 0
        self.packets: list[RtpPacket] = []
        self.rtcp: list[RtcpPacket] = []
        self.data = SctpClient(self._send_data)
        self.participant: Participant
        self.offers = 0
        rig.clients.append(self)

    def section(self, mid: str, kind: str, direction: Direction) -> Section:
        return Section(
            kind=kind,
            mid=mid,
            direction=direction,
            codecs=[replace(codec) for codec in CODECS[kind]],
            extensions=dict(EXTENSIONS[kind]),
        )

    def description(self) -> rtc.SessionDescription:
        """The next offer."""
        self.offers += 1
        for section in self.sections:
            section.ice_ufrag, section.ice_pwd = self.credentials.ufrag, self.credentials.pwd
            section.fingerprints, section.setup = [self.dtls.fingerprint], "actpass"
        offer = SessionDescription(sections=self.sections, bundle=[section.mid for section in self.sections])
        return rtc.SessionDescription(type="offer", sdp=offer.serialize(), id=self.offers)

    def join(self, **settings: object) -> "Client":
        """Signalling and the first offer."""
        request = JoinRequest(publisher_offer=self.description(), client_info=self.info)
        request.connection_settings.auto_subscribe = bool(settings.get("auto_subscribe", True))
        request.connection_settings.adaptive_stream = bool(settings.get("adaptive_stream", False))
        if "allow_pause" in settings:
            request.connection_settings.subscriber_allow_pause = bool(settings["allow_pause"])
        entered = self.rig.engine.enter(self.who, request, self.signals, self.rig.now)
        assert entered is not None
        self.participant = entered[1]
        return self

    def connect(self, **settings: object) -> "Client":
        """Join, then ICE and DTLS."""
        self.join(**settings)
        self.check(use_candidate=True)
        for datagram in self.dtls.step():
            self.send(datagram)
        self.rig.pump()
        self.is_checking = True
        assert self.participant.is_active
        return self

    def resume(self) -> Signals:
        """A new signalling connection for the same session; the old one is forgotten."""
        self.signals = Signals()
        request = JoinRequest(reconnect=True, participant_sid=self.participant.sid)
        self.rig.engine.enter(self.who, request, self.signals, self.rig.now)
        return self.signals

    def check(self, *, use_candidate: bool = False) -> None:
        local = self.participant.peer.local
        self.send(check(self.credentials, local, use_candidate=use_candidate))

    def send(self, datagram: bytes) -> None:
        self.rig.peers.receive(datagram, self.address, self.rig.now)

    def receive(self, data: bytes) -> None:
        """What a browser does with a datagram."""
        first = data[0]
        if 19 < first < 64:
            for datagram in self.dtls.step([data]):
                self.send(datagram)
            received, self.dtls.received = self.dtls.received, []
            for packet in received:
                self.data.receive(packet, self.rig.now)
        elif 127 < first < 192:
            assert self.dtls.srtp is not None
            if 191 < data[1] < 224:
                self.rtcp += parse_compound(self.dtls.srtp.unprotect_rtcp(data))
            else:
                self.packets.append(RtpPacket.parse(self.dtls.srtp.unprotect_rtp(data)))

    def keep_up(self, now: float) -> None:
        if self.is_checking and now - self.checked_at >= 2.0:
            self.checked_at = now
            self.check()
        requests = self.signals.all("media_sections_requirement")
        if self.answers_requests and self.signals.closed is None and len(requests) > self.seen_requests:
            self.seen_requests = len(requests)
            self.add_sections(requests[-1].media_sections_requirement)
            self.offer()

    def add_sections(self, wanted: rtc.MediaSectionsRequirement) -> None:
        for kind, number in (("audio", wanted.num_audios), ("video", wanted.num_videos)):
            self.sections += [
                self.section(str(len(self.sections) + index), kind, "recvonly") for index in range(number)
            ]

    def offer(self) -> SessionDescription:
        self.ask(SignalRequest(offer=self.description()))
        return self.answer()

    def answer(self) -> SessionDescription:
        return SessionDescription.parse(self.signals.last("answer").answer.sdp)

    def ask(self, request: SignalRequest) -> bool:
        handled = handle(self.rig.engine.room_of(self.participant), self.participant, request, self.rig.now)
        self.rig.pump()
        return handled

    def add_track(self, kind: str, cid: str, source: TrackSource, **fields: object) -> str:
        """Announce a track; its sid."""
        request = AddTrackRequest(
            cid=cid,
            type=TrackType.AUDIO if kind == "audio" else TrackType.VIDEO,
            source=source,
            **fields,  # type: ignore[arg-type]
        )
        self.ask(SignalRequest(add_track=request))
        return self.signals.last("track_published").track_published.track.sid

    def publish_audio(self) -> str:
        sid = self.add_track("audio", "mic", TrackSource.MICROPHONE)
        section = self.section(str(len(self.sections)), "audio", "sendonly")
        section.msids = [("-", "mic")]
        section.ssrcs = {5001: {"cname": "c"}}
        self.sections.append(section)
        self.offer()
        return sid

    def publish_video(self, *, rids: tuple[str, ...] = RIDS, codec: str = "vp8") -> str:
        layers = [
            VideoLayer(quality=quality, width=320 << index, height=180 << index)
            for index, quality in enumerate((VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH))
        ][: len(rids) or 1]
        sid = self.add_track(
            "video", "cam", TrackSource.CAMERA, layers=layers, simulcast_codecs=[SimulcastCodec(codec=codec, cid="cam")]
        )
        section = self.section(str(len(self.sections)), "video", "sendonly")
        section.msids = [("-", "cam")]
        section.rids = [Rid(rid, "send") for rid in rids]
        section.simulcast = Simulcast(send=rids) if rids else None
        self.sections.append(section)
        self.offer()
        return sid

    def media(
        self,
        ssrc: int,
        payload_type: int,
        number: int,
        timestamp: int,
        payload: bytes,
        *,
        marker: bool = True,
        extensions: dict[int, bytes] | None = None,
        mid: str = "",
        rid: str = "",
        level: int | None = None,
    ) -> None:
        """Send one RTP packet."""
        values = dict(extensions or {})
        if mid:
            values[4] = mid.encode()
        if rid:
            values[10] = rid.encode()
        if level is not None:
            values[1] = bytes([level])
        header = serialize_header(
            payload_type, number & 0xFFFF, timestamp, ssrc, marker=marker, extensions=serialize_extensions(values)
        )
        assert self.dtls.srtp is not None
        self.send(self.dtls.srtp.sender.protect(header, payload))
        self.rig.pump()

    def _send_data(self, packet: bytes, now: float) -> None:
        self.dtls.connection.send(packet)
        for datagram in self.dtls.written():
            self.send(datagram)

    def open_channels(self) -> "Client":
        """The data channels that SDKs open, the reliable one on stream 0."""
        if not self.data.is_open:
            self.data.start(self.rig.now)
            self.rig.pump()
        for stream, opening in (
            (0, ChannelOpen(label="_reliable")),
            (2, ChannelOpen(label="_lossy", is_ordered=False, max_retransmits=0)),
        ):
            self.data.association.send(stream, DCEP, opening.serialize(), self.rig.now)
        self.rig.pump()
        return self

    def say(self, packet: DataPacket, *, lossy: bool = False) -> None:
        """Send a message to the others."""
        self.data.association.send(2 if lossy else 0, BINARY, packet.SerializeToString(), self.rig.now)
        self.rig.pump()

    def told(self, *, lossy: bool = False) -> list[DataPacket]:
        """The messages that came."""
        stream = 2 if lossy else 0
        return [
            DataPacket.FromString(message.payload)
            for message in self.data.ear.messages
            if message.stream == stream and message.protocol == BINARY
        ]

    def feedback(self, *packets: RtcpPacket) -> None:
        """Send RTCP."""
        assert self.dtls.srtp is not None
        self.send(self.dtls.srtp.protect_rtcp(serialize_compound(packets)))
        self.rig.pump()

    def report_clock(self, ssrc: int, ntp_seconds: float, timestamp: int) -> None:
        self.feedback(SenderReport(ssrc, int(ntp_seconds * 4294967296), timestamp, 1, 1))

    def heard(self, kind: type[RtcpPacket]) -> Iterator[RtcpPacket]:
        """RTCP of one kind that came."""
        return (packet for packet in self.rtcp if isinstance(packet, kind))
