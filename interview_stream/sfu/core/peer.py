"""One participant's transport: tells STUN, DTLS and SRTP apart and joins their state machines; no I/O, no clock."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from interview_stream.sfu.core.dtls import Certificate
from interview_stream.sfu.core.ice import Credentials
from interview_stream.sfu.wire.rtcp import RtcpPacket
from interview_stream.sfu.wire.rtp import RtpPacket
from interview_stream.sfu.wire.sdp import Fingerprint
from interview_stream.sfu.wire.stun import Address

Outbox = list[tuple[bytes, Address]]
"""Datagrams to send, in order; the shell drains it after every `receive` and `tick` of any peer."""


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
        raise NotImplementedError

    @property
    def local(self) -> Credentials:
        """Our current ICE credentials, for the answer."""
        raise NotImplementedError

    @property
    def is_connected(self) -> bool:
        """Whether media can be sent now."""
        raise NotImplementedError

    def set_remote(self, ice_ufrag: str, ice_pwd: str, fingerprints: Sequence[Fingerprint], now: float) -> None:
        """Take over what an offer says; new ICE credentials of the other side are an ICE restart, so `local` changes too.

        Raises ValueError if the fingerprints change while the DTLS association lives.
        """
        raise NotImplementedError

    def restart_ice(self, now: float) -> None:
        """New local credentials; the old ones stay good for a few seconds. DTLS and SRTP go on."""
        raise NotImplementedError

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """Handle one datagram; never raises on what came from outside."""
        raise NotImplementedError

    def tick(self, now: float) -> None:
        """Do what is due."""
        raise NotImplementedError

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        raise NotImplementedError

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        """Protect and queue one media packet; silently dropped (and counted) while not connected."""
        raise NotImplementedError

    def send_rtcp(self, data: bytes) -> None:
        """Protect and queue one RTCP datagram; silently dropped (and counted) while not connected."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop: nothing is sent or reported any more."""
        raise NotImplementedError


def stun_ufrag(data: bytes) -> str | None:
    """The local fragment named by the USERNAME of a STUN request; None if this is none. Never raises."""
    raise NotImplementedError


class PeerTable:
    """Finds the peer a datagram belongs to: by source address once that proved itself, first by STUN user name."""

    def add(self, peer: Peer) -> None:
        """Know a peer from now on."""
        raise NotImplementedError

    def remove(self, peer: Peer) -> None:
        """Forget a peer and its addresses."""
        raise NotImplementedError

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """Hand a datagram to its peer; unknown ones are counted in `drops`."""
        raise NotImplementedError
