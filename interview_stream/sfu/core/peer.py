"""One participant's transport: tells STUN, DTLS and SRTP apart and joins their state machines; no I/O, no clock."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from interview_stream.sfu.core.dtls import Certificate, DtlsError, DtlsServer
from interview_stream.sfu.core.ice import Credentials, IceAgent
from interview_stream.sfu.core.nobody import NOBODY
from interview_stream.sfu.core.outgoing import Outlet
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.core.srtp import SrtpSession
from interview_stream.sfu.errors import MalformedPacket, SrtpError
from interview_stream.sfu.wire.rtcp import RtcpPacket, parse_compound
from interview_stream.sfu.wire.rtp import RtpPacket
from interview_stream.sfu.wire.sdp import Fingerprint
from interview_stream.sfu.wire.stun import Address, Message

_SILENCE_S: Final = 10.0
_UFRAG_PREFIX: Final = 8
_UFRAG_SUFFIX: Final = 4
_PWD: Final = 24
_SHORTEST: Final = 12
MAX_PACKETS_PER_S: Final = 5000
"""Taken of one participant: ten times what all layers of a camera and a screen are, and no share of the process that
others would miss."""


class PeerListener(Protocol):
    """Whom a peer tells; all calls happen inside `receive` or `tick`, and may call back into the peer's senders."""

    def connected(self, now: float) -> None:
        """ICE and DTLS are up: first time, and again after `disconnected`."""

    def disconnected(self, now: float) -> None:
        """Nothing valid arrived for 10 s; the peer stays, and an ICE restart or late packets bring it back."""

    def rtp_received(self, packet: RtpPacket, now: float) -> None:
        """A media packet, authentic and parsed."""

    def rtcp_received(self, packets: Sequence[RtcpPacket], now: float) -> None:
        """The packets of one RTCP datagram."""

    def data_received(self, data: bytes, now: float) -> None:
        """One packet of data channels (SCTP)."""

    def is_video(self, ssrc: int) -> bool:
        """Whether this SSRC, of those that we send, carries video."""

    def closed(self, reason: str) -> None:
        """The transport is lost for good (DTLS failure); called once, not for `close`."""


class Peer:
    """One transport. Invariant: call one of `receive`, `tick`, `send_*`, then drain the outbox before waiting."""

    def __init__(
        self,
        certificate: Certificate,
        outbox: Outbox,
        listener: PeerListener,
        *,
        random_text: Callable[[int], str],
    ) -> None:
        """`random_text(n)` returns n unguessable ice-chars (RFC 8839: letters, digits, + and /)."""
        self.drops: Counter[str] = Counter()
        """Datagrams dropped, by cause."""
        self.ufrag_prefix = random_text(_UFRAG_PREFIX)
        """How every local ufrag of this peer begins, so that a restart changes no table."""
        self._certificate = certificate
        self._outbox = outbox
        self._listener: PeerListener = listener
        self._random_text = random_text
        self._ice = IceAgent(self._new_credentials())
        self._dtls: DtlsServer | None = None
        self._srtp: SrtpSession | None = None
        self.outlet = Outlet(outbox, self.drops)
        """For media; its target is where all is sent, None while not connected."""
        self._remote: Credentials | None = None
        self._fingerprints: tuple[Fingerprint, ...] = ()
        self._last_heard = 0.0
        self._second_at = -1.0
        self._taken = 0  # in this second
        self._is_closed = False

    def _new_credentials(self) -> Credentials:
        return Credentials(self.ufrag_prefix + self._random_text(_UFRAG_SUFFIX), self._random_text(_PWD))

    @property
    def local(self) -> Credentials:
        """Our current ICE credentials, for the answer."""
        return self._ice.local

    @property
    def is_connected(self) -> bool:
        """Whether media can be sent now."""
        return self.outlet.target is not None

    @property
    def selected(self) -> Address | None:
        """Where the client nominated to be reached; the first address that proved itself until then."""
        return self._ice.selected

    @property
    def srtp_profile(self) -> str | None:
        """OpenSSL's name of the agreed profile, once there is one."""
        return self._srtp.profile if self._srtp else None

    def set_remote(self, ice_ufrag: str, ice_pwd: str, fingerprints: Sequence[Fingerprint], now: float) -> None:
        """Take over what an offer says; new ICE credentials there are an ICE restart, so `local` changes too.

        Raises ValueError if the fingerprints change: that would need a new DTLS association, so a new peer.
        """
        remote = Credentials(ice_ufrag, ice_pwd)
        if self._dtls is None:
            self._fingerprints = tuple(fingerprints)
            self._dtls = DtlsServer(self._certificate, self._fingerprints)
        elif set(fingerprints) != set(self._fingerprints):
            raise ValueError("The fingerprints of a running transport cannot change.")
        if self._remote is not None and remote != self._remote:
            self.restart_ice(now)
        self._remote = remote

    def restart_ice(self, now: float) -> None:
        """New local credentials; the old ones stay good for a few seconds. DTLS and SRTP go on."""
        self._ice.restart(self._new_credentials(), now)

    def has_address(self, source: Address) -> bool:
        """Whether this address proved itself by a connectivity check."""
        return self._ice.is_valid(source)

    def forget(self, source: Address, now: float) -> None:
        """This address is gone: send to another that proved itself, or to none until there is one."""
        self._ice.forget(source)
        if self.outlet.target == source:
            self.outlet.target = self._ice.selected
            if self.outlet.target is None:
                self._listener.disconnected(now)

    def is_video(self, data: bytes) -> bool:
        """Whether a datagram that we send is one of video; its header is not encrypted (RFC 3711 section 3.1)."""
        is_rtp = len(data) >= _SHORTEST and data[0] >> 6 == 2 and not 191 < data[1] < 224
        return is_rtp and self._listener.is_video(int.from_bytes(data[8:12], "big"))

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """Handle one datagram; never raises on what came from outside."""
        if self._is_closed or len(data) < _SHORTEST:
            self.drops["closed" if self._is_closed else "short"] += 1
            return
        try:
            # RFC 7983 section 7 for the first byte; RFC 5761 section 4 for RTCP.
            first = data[0]
            if 127 < first < 192:
                self._receive_media(data, now)
            elif first < 4:
                self._receive_stun(data, source, now)
            elif 19 < first < 64:
                self._receive_dtls(data, source, now)
            else:
                self.drops["unknown protocol"] += 1
        except MalformedPacket:
            self.drops["malformed"] += 1
        except SrtpError:
            self.drops["not authentic"] += 1

    def _receive_media(self, data: bytes, now: float) -> None:
        srtp = self._srtp
        if srtp is None:
            self.drops["early media"] += 1
        elif 191 < data[1] < 224:
            packets = parse_compound(srtp.unprotect_rtcp(data))
            self._heard(now)
            if self._is_flood(now):
                return
            self._listener.rtcp_received(packets, now)
        else:
            header, payload = srtp.receiver.open(data)
            packet = RtpPacket.parse_parts(header, payload)
            self._last_heard = now
            if self.outlet.target is None:
                self._heard(now)
            if self._is_flood(now):
                return
            self._listener.rtp_received(packet, now)

    def _is_flood(self, now: float) -> bool:
        """Count an authentic packet; others do not count, or a stranger with a forged address could use it all up."""
        if now - self._second_at >= 1.0:
            self._second_at = now
            self._taken = 0
        self._taken += 1
        if self._taken <= MAX_PACKETS_PER_S:
            return False
        self.drops["flood"] += 1
        return True

    def _receive_stun(self, data: bytes, source: Address, now: float) -> None:
        answer = self._ice.receive(data, source, now)
        if answer is None:
            self.drops["stun refused"] += 1
            return
        self._outbox.append((answer, source))
        self._heard(now)
        if self.outlet.target is not None:
            self.outlet.target = self._ice.selected

    def _receive_dtls(self, data: bytes, source: Address, now: float) -> None:
        """Only from where a check came, so that nobody else can begin or break a handshake (RFC 8827 section 6.5)."""
        if self._dtls is None or not self._ice.is_valid(source):
            self.drops["early dtls"] += 1
            return
        try:
            messages = self._dtls.receive(data, now)
        except DtlsError as error:
            self._flush_dtls()
            listener = self._listener
            self.close()
            listener.closed(str(error))
            return
        self._flush_dtls()
        if not messages and self._srtp is not None:
            # OpenSSL throws away what is not authentic without a word (RFC 6347 section 4.1.2.7), so it proves no life.
            self.drops["dtls without data"] += 1
            return
        keys = self._dtls.keys
        if keys and self._srtp is None:
            self._srtp = SrtpSession(keys.profile, keys.inbound, keys.outbound)
            self.outlet.sender = self._srtp.sender
        self._heard(now)
        for message in messages:
            self._listener.data_received(message, now)

    def _flush_dtls(self) -> None:
        target = self._ice.selected
        if self._dtls and target:
            self._outbox += [(datagram, target) for datagram in self._dtls.outgoing()]

    def _heard(self, now: float) -> None:
        """Something valid arrived."""
        self._last_heard = now
        if self.outlet.target is None and self._srtp is not None:
            self.outlet.target = self._ice.selected
            self._listener.connected(now)

    def tick(self, now: float) -> None:
        """Do what is due."""
        if self._is_closed:
            return
        if self._dtls is not None:
            self._dtls.tick(now)
            self._flush_dtls()
        if self.outlet.target is not None and now >= self._last_heard + _SILENCE_S:
            self.outlet.target = None
            self._listener.disconnected(now)

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        if self._is_closed:
            return None
        silence = self._last_heard + _SILENCE_S if self.outlet.target is not None else None
        retransmission = self._dtls.deadline() if self._dtls is not None else None
        return min((at for at in (silence, retransmission) if at is not None), default=None)

    def send_rtcp(self, data: bytes) -> None:
        """Protect and queue one RTCP datagram; silently dropped (and counted) while not connected."""
        if self.outlet.target is None or self._srtp is None:
            self.drops["not connected"] += 1
            return
        self._outbox.append((self._srtp.protect_rtcp(data), self.outlet.target))

    def send_data(self, data: bytes, now: float) -> None:
        """Encrypt and queue one packet of data channels; silently dropped (and counted) while not connected."""
        if self.outlet.target is None or self._dtls is None:
            self.drops["not connected"] += 1
            return
        self._dtls.send(data, now)
        self._flush_dtls()

    def close(self) -> None:
        """Stop: nothing is sent or reported any more."""
        self._is_closed = True
        self.outlet.target = None
        self._listener = NOBODY


def stun_ufrag(data: bytes) -> str | None:
    """The local fragment named by the USERNAME of a STUN request; None if this is none. Never raises."""
    try:
        username = Message.parse(data).username
    except MalformedPacket:
        return None
    return username.partition(":")[0] if username else None


class PeerTable:
    """Finds the peer a datagram belongs to: by source address once that proved itself, STUN always by its user name."""

    def __init__(self) -> None:
        self.drops: Counter[str] = Counter()
        """Datagrams that belong to nobody, by cause."""
        self._by_prefix: dict[str, Peer] = {}
        self._by_address: dict[Address, Peer] = {}

    def add(self, peer: Peer) -> None:
        """Know a peer from now on."""
        self._by_prefix[peer.ufrag_prefix] = peer

    def remove(self, peer: Peer) -> None:
        """Forget a peer and its addresses."""
        self._by_prefix.pop(peer.ufrag_prefix, None)
        self._forget_addresses(peer)

    def is_known(self, source: Address) -> bool:
        """Whether an address proved to be a peer's."""
        return source in self._by_address

    def is_video(self, data: bytes, target: Address) -> bool:
        """Whether a datagram for this address is one of video."""
        peer = self._by_address.get(target)
        return peer is not None and peer.is_video(data)

    def forget(self, source: Address, now: float) -> None:
        """An address is gone for good (its connection closed)."""
        peer = self._by_address.pop(source, None)
        if peer is not None:
            peer.forget(source, now)

    def receive(self, data: bytes, source: Address, now: float) -> Peer | None:
        """Hand a datagram to its peer and return that; datagrams of nobody are counted in `drops`. Never raises."""
        if data and data[0] < 4:
            return self._receive_stun(data, source, now)
        peer = self._by_address.get(source)
        if peer is None:
            self.drops["unknown source"] += 1
        else:
            peer.receive(data, source, now)
        return peer

    def _receive_stun(self, data: bytes, source: Address, now: float) -> Peer | None:
        """The same address may serve a new session, so the name decides; the password then proves it."""
        peer = self._by_prefix.get((stun_ufrag(data) or "")[:_UFRAG_PREFIX])
        if peer is None:
            self.drops["unknown user"] += 1
            return None
        peer.receive(data, source, now)
        if self._by_address.get(source) is not peer and peer.has_address(source):
            self._forget_addresses(peer, keep_valid=True)
            self._by_address[source] = peer
        return peer

    def _forget_addresses(self, peer: Peer, *, keep_valid: bool = False) -> None:
        """A peer keeps its newest addresses only, so this table stays small too."""
        gone = [
            address
            for address, owner in self._by_address.items()
            if owner is peer and not (keep_valid and peer.has_address(address))
        ]
        for address in gone:
            del self._by_address[address]
