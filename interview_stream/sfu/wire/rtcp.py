"""RTCP packets (RFC 3550, RFC 4585, RFC 5104, REMB): hides bit layouts; and NTP time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

CNAME: Final = 1


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What one receiver says of one source (RFC 3550 section 6.4.1)."""

    ssrc: int
    fraction_lost: int
    """Since the last report, in 1/256."""
    packets_lost: int
    """In all; signed, 24 bits (clamped when serialised)."""
    highest_sequence: int
    """Extended: cycles in the high 16 bits."""
    jitter: int
    last_sender_report: int = 0
    """Middle 32 bits of the NTP time of the last sender report, 0 if none."""
    delay_since_sender_report: int = 0
    """In 1/65536 s."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    ssrc: int
    ntp_time: int
    """64-bit NTP."""
    rtp_timestamp: int
    packet_count: int
    octet_count: int
    reports: tuple[ReportBlock, ...] = ()

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    ssrc: int
    reports: tuple[ReportBlock, ...] = ()

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """SDES; `chunks` are (ssrc, ((item type, value), …))."""

    chunks: tuple[tuple[int, tuple[tuple[int, bytes], ...]], ...]

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Goodbye:
    ssrcs: tuple[int, ...]
    reason: str = ""

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Nack:
    sender_ssrc: int
    media_ssrc: int
    lost: tuple[int, ...]
    """Sequence numbers, in the order named."""

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Pli:
    sender_ssrc: int
    media_ssrc: int

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Fir:
    """`entries` are (media ssrc, command sequence number)."""

    sender_ssrc: int
    entries: tuple[tuple[int, int], ...]

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Remb:
    """Receiver estimated maximum bit rate (draft-alvestrand-rmcat-remb-03)."""

    sender_ssrc: int
    bitrate: int
    """bit/s; written with 18 bits of precision, rounded down."""
    ssrcs: tuple[int, ...]

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Transport-wide congestion control feedback, left opaque."""

    sender_ssrc: int
    media_ssrc: int
    body: bytes

    def serialize(self) -> bytes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Unknown:
    """A well-framed packet of a type or format not listed here."""

    packet_type: int
    count: int
    body: bytes

    def serialize(self) -> bytes:
        raise NotImplementedError


RtcpPacket = (
    SenderReport | ReceiverReport | SourceDescription | Goodbye | Nack | Pli | Fir | Remb | TransportFeedback | Unknown
)


def parse_compound(data: bytes) -> list[RtcpPacket]:
    """Read a decrypted datagram, reduced-size (RFC 5506) or compound; raises MalformedPacket."""
    raise NotImplementedError


def serialize_compound(packets: Iterable[RtcpPacket]) -> bytes:
    """The packets one after the other; a receiver wants a report first unless rtcp-rsize was agreed."""
    raise NotImplementedError


def source_description(ssrc: int, cname: str) -> SourceDescription:
    """SDES with a CNAME, which every sender must tell for lip-sync."""
    raise NotImplementedError


def ntp_from_unix(seconds: float) -> int:
    """64-bit NTP time of a Unix time."""
    raise NotImplementedError


def unix_from_ntp(ntp: int) -> float:
    """Unix time of a 64-bit NTP time (before 2036)."""
    raise NotImplementedError


def ntp_middle(ntp: int) -> int:
    """The middle 32 bits, as report blocks carry them: units of 1/65536 s."""
    raise NotImplementedError
