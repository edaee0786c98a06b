"""The DTLS server of one participant over memory (RFC 5763, RFC 5764): hides OpenSSL and its timers."""

from dataclasses import dataclass
from typing import Self

from interview_stream.sfu.core.srtp import SrtpKeys
from interview_stream.sfu.wire.sdp import Fingerprint


class DtlsError(Exception):
    """The handshake failed or the other side is not who its description said; the message says why."""


class Certificate:
    """The process's self-signed certificate and the OpenSSL context that uses it."""

    fingerprint: Fingerprint

    @classmethod
    def generate(cls) -> Self:
        """A new P-256 key and certificate, valid for a year."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class DtlsKeys:
    """What the handshake agreed on: the SRTP profile and both directions' keys."""

    profile: str
    inbound: SrtpKeys
    outbound: SrtpKeys


class DtlsServer:
    """One association. Feed datagrams to `receive`, call `tick` at `deadline`, drain `outgoing` after each."""

    def __init__(self, certificate: Certificate, fingerprints: list[Fingerprint]) -> None:
        raise NotImplementedError

    @property
    def keys(self) -> DtlsKeys | None:
        """Set once the handshake is complete and the client's certificate matches."""
        raise NotImplementedError

    def receive(self, data: bytes, now: float) -> list[bytes]:
        """Handle one datagram; application data that came in it. Raises DtlsError when the association is lost."""
        raise NotImplementedError

    def send(self, data: bytes) -> None:
        """Send application data (SCTP); only once connected."""
        raise NotImplementedError

    def tick(self, now: float) -> None:
        """Retransmit if it is time."""
        raise NotImplementedError

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        raise NotImplementedError

    def outgoing(self) -> list[bytes]:
        """Datagrams to send, one record each; empties the list."""
        raise NotImplementedError
