"""Where media goes and comes from, as those who handle it see it."""

from typing import Protocol

from interview_stream.sfu.wire.stun import Address

Outbox = list[tuple[bytes, Address]]
"""Datagrams to send, in order; the shell drains it after every `receive` and `tick` of any peer."""


class MediaSink(Protocol):
    """Takes packets: an outlet, or a recording."""

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        """One packet."""


class MediaSender(Protocol):
    """Protects the packets of one transport."""

    def protect(self, header: bytes, payload: bytes) -> bytes:
        """The datagram for this packet; `header` is the whole RTP header with extensions.

        A sequence number protects one packet only, for two under one nonce give the key away: SrtpError for a second
        and for one before the first; who repeats a packet uses RTX. A stream should start below 32768.
        """


class MediaReceiver(Protocol):
    """Opens the packets of one transport."""

    streams: dict[int, int]
    """The highest index (RFC 3711 section 3.3.1) of each SSRC so far; the oldest of too many is forgotten."""

    def open(self, data: bytes) -> tuple[bytes, bytes]:
        """The header with extensions, and what follows; raises SrtpError.

        Old packets are accepted again (browsers replay them as probes).
        """
