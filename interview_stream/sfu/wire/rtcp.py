"""RTCP packets (RFC 3550, RFC 4585, RFC 5104, REMB): hides bit layouts; and NTP time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final

from interview_stream.sfu.errors import MalformedPacket

CNAME: Final = 1

_SENDER_REPORT, _RECEIVER_REPORT, _SDES, _BYE, _RTPFB, _PSFB = 200, 201, 202, 203, 205, 206
_NACK, _TRANSPORT_FEEDBACK = 1, 15  # formats of RTPFB
_PLI, _FIR, _APPLICATION = 1, 4, 15  # formats of PSFB

_HEAD: Final = Struct("!BBH")
_SSRC: Final = Struct("!I")
_PAIR: Final = Struct("!II")
_SENDER_INFO: Final = Struct("!IQIII")
_BLOCK: Final = Struct("!IIIIII")
_NACK_ITEM: Final = Struct("!HH")
_FIR_ITEM: Final = Struct("!IBxxx")

_NTP_OF_1970: Final = 2_208_988_800


def _frame(packet_type: int, count: int, body: bytes) -> bytes:
    """The common header (RFC 3550 section 6.1) before a body of whole words."""
    return _HEAD.pack(0x80 | count, packet_type, len(body) // 4) + body


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

    @classmethod
    def parse(cls, body: bytes, at: int) -> "ReportBlock":
        ssrc, losses, highest, jitter, last, delay = _BLOCK.unpack_from(body, at)
        lost = losses & 0xFFFFFF
        if lost >= 0x800000:
            lost -= 0x1000000
        return cls(ssrc, losses >> 24, lost, highest, jitter, last, delay)

    def serialize(self) -> bytes:
        lost = min(max(self.packets_lost, -0x800000), 0x7FFFFF) & 0xFFFFFF
        return _BLOCK.pack(
            self.ssrc,
            self.fraction_lost << 24 | lost,
            self.highest_sequence,
            self.jitter,
            self.last_sender_report,
            self.delay_since_sender_report,
        )


def _parse_blocks(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    if len(body) < at + 24 * count:
        raise MalformedPacket("An RTCP report is shorter than its blocks.")
    return tuple(ReportBlock.parse(body, at + 24 * i) for i in range(count))


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
        info = _SENDER_INFO.pack(
            self.ssrc,
            self.ntp_time,
            self.rtp_timestamp,
            self.packet_count & 0xFFFFFFFF,
            self.octet_count & 0xFFFFFFFF,
        )
        blocks = b"".join(block.serialize() for block in self.reports)
        return _frame(_SENDER_REPORT, len(self.reports), info + blocks)


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    ssrc: int
    reports: tuple[ReportBlock, ...] = ()

    def serialize(self) -> bytes:
        blocks = b"".join(block.serialize() for block in self.reports)
        return _frame(_RECEIVER_REPORT, len(self.reports), _SSRC.pack(self.ssrc) + blocks)


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """SDES; `chunks` are (ssrc, ((item type, value), …))."""

    chunks: tuple[tuple[int, tuple[tuple[int, bytes], ...]], ...]

    def serialize(self) -> bytes:
        body = b""
        for ssrc, items in self.chunks:
            chunk = _SSRC.pack(ssrc) + b"".join(bytes((kind, len(value))) + value for kind, value in items)
            # At least one zero ends the items, then zeros to the word (RFC 3550 section 6.5).
            body += chunk + bytes(4 - len(chunk) % 4)
        return _frame(_SDES, len(self.chunks), body)


@dataclass(frozen=True, slots=True)
class Goodbye:
    ssrcs: tuple[int, ...]
    reason: str = ""

    def serialize(self) -> bytes:
        body = b"".join(_SSRC.pack(ssrc) for ssrc in self.ssrcs)
        if self.reason:
            text = self.reason.encode()[:255]
            body += bytes((len(text),)) + text
            body += bytes(-len(body) % 4)
        return _frame(_BYE, len(self.ssrcs), body)


@dataclass(frozen=True, slots=True)
class Nack:
    sender_ssrc: int
    media_ssrc: int
    lost: tuple[int, ...]
    """Sequence numbers, in the order named."""

    def serialize(self) -> bytes:
        """Numbers up to 16 after the first of an item share it (RFC 4585 section 6.2.1)."""
        items: list[bytes] = []
        first, mask = -1, 0
        for number in self.lost:
            after = (number - first - 1) & 0xFFFF
            if first >= 0 and after < 16:
                mask |= 1 << after
                continue
            if first >= 0:
                items.append(_NACK_ITEM.pack(first, mask))
            first, mask = number, 0
        if first >= 0:
            items.append(_NACK_ITEM.pack(first, mask))
        return _frame(_RTPFB, _NACK, _PAIR.pack(self.sender_ssrc, self.media_ssrc) + b"".join(items))


@dataclass(frozen=True, slots=True)
class Pli:
    sender_ssrc: int
    media_ssrc: int

    def serialize(self) -> bytes:
        return _frame(_PSFB, _PLI, _PAIR.pack(self.sender_ssrc, self.media_ssrc))


@dataclass(frozen=True, slots=True)
class Fir:
    """`entries` are (media ssrc, command sequence number)."""

    sender_ssrc: int
    entries: tuple[tuple[int, int], ...]

    def serialize(self) -> bytes:
        items = b"".join(_FIR_ITEM.pack(ssrc, number) for ssrc, number in self.entries)
        return _frame(_PSFB, _FIR, _PAIR.pack(self.sender_ssrc, 0) + items)


@dataclass(frozen=True, slots=True)
class Remb:
    """Receiver estimated maximum bit rate (draft-alvestrand-rmcat-remb-03)."""

    sender_ssrc: int
    bitrate: int
    """bit/s; written with 18 bits of precision, rounded down."""
    ssrcs: tuple[int, ...]

    def serialize(self) -> bytes:
        exponent = max(self.bitrate.bit_length() - 18, 0)
        number = len(self.ssrcs) << 24 | exponent << 18 | self.bitrate >> exponent
        body = _PAIR.pack(self.sender_ssrc, 0) + b"REMB" + _SSRC.pack(number)
        return _frame(_PSFB, _APPLICATION, body + b"".join(_SSRC.pack(ssrc) for ssrc in self.ssrcs))


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Transport-wide congestion control feedback, left opaque."""

    sender_ssrc: int
    media_ssrc: int
    body: bytes

    def serialize(self) -> bytes:
        return _frame(_RTPFB, _TRANSPORT_FEEDBACK, _PAIR.pack(self.sender_ssrc, self.media_ssrc) + self.body)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A well-framed packet of a type or format not listed here."""

    packet_type: int
    count: int
    body: bytes

    def serialize(self) -> bytes:
        return _frame(self.packet_type, self.count, self.body)


RtcpPacket = (
    SenderReport | ReceiverReport | SourceDescription | Goodbye | Nack | Pli | Fir | Remb | TransportFeedback | Unknown
)


def parse_compound(data: bytes) -> list[RtcpPacket]:
    """Read a decrypted datagram, reduced-size (RFC 5506) or compound; raises MalformedPacket."""
    packets: list[RtcpPacket] = []
    at, size = 0, len(data)
    while at < size:
        if size - at < 4:
            raise MalformedPacket("An RTCP packet is shorter than its header.")
        first, packet_type, words = _HEAD.unpack_from(data, at)
        if first >> 6 != 2:
            raise MalformedPacket("The RTCP version is not 2.")
        end = at + 4 + 4 * words
        if end > size:
            raise MalformedPacket("An RTCP packet is longer than its datagram.")
        body = data[at + 4 : end]
        if first & 0x20:
            if not body or not 0 < body[-1] <= len(body):
                raise MalformedPacket("RTCP padding is longer than its packet.")
            body = body[: -body[-1]]
        packets.append(_parse_one(packet_type, first & 31, body))
        at = end
    if not packets:
        raise MalformedPacket("An RTCP datagram is empty.")
    return packets


def _parse_one(packet_type: int, count: int, body: bytes) -> RtcpPacket:
    parser = _PARSERS.get(packet_type)
    if parser is None:
        parser = _FEEDBACK_PARSERS.get((packet_type, count))
    return parser(count, body) if parser else Unknown(packet_type, count, body)


def _parse_sender_report(count: int, body: bytes) -> SenderReport:
    if len(body) < 24:
        raise MalformedPacket("An RTCP sender report is cut short.")
    ssrc, ntp_time, timestamp, packets, octets = _SENDER_INFO.unpack_from(body)
    return SenderReport(ssrc, ntp_time, timestamp, packets, octets, _parse_blocks(body, 24, count))


def _parse_receiver_report(count: int, body: bytes) -> ReceiverReport:
    if len(body) < 4:
        raise MalformedPacket("An RTCP receiver report is cut short.")
    return ReceiverReport(_SSRC.unpack_from(body)[0], _parse_blocks(body, 4, count))


def _parse_sdes(count: int, body: bytes) -> SourceDescription:
    chunks = []
    at, size = 0, len(body)
    for _ in range(count):
        if size < at + 4:
            raise MalformedPacket("An RTCP source description is cut short.")
        (ssrc,) = _SSRC.unpack_from(body, at)
        at += 4
        items = []
        while at < size and body[at]:
            end = at + 2 + body[at + 1] if at + 1 < size else size + 1
            if end > size:
                raise MalformedPacket("An RTCP source description item is cut short.")
            items.append((body[at], body[at + 2 : end]))
            at = end
        at = (at // 4 + 1) * 4  # the ending zero and those up to the word
        chunks.append((ssrc, tuple(items)))
    return SourceDescription(tuple(chunks))


def _parse_bye(count: int, body: bytes) -> Goodbye:
    end = 4 * count
    if len(body) < end:
        raise MalformedPacket("An RTCP goodbye is cut short.")
    ssrcs = tuple(_SSRC.unpack_from(body, at)[0] for at in range(0, end, 4))
    text = body[end + 1 : end + 1 + body[end]] if len(body) > end else b""
    return Goodbye(ssrcs, text.decode(errors="replace"))


def _feedback_ssrcs(body: bytes) -> tuple[int, int]:
    """Sender and media ssrc, which begin every feedback message (RFC 4585 section 6.1)."""
    if len(body) < 8:
        raise MalformedPacket("An RTCP feedback message is cut short.")
    sender, media = _PAIR.unpack_from(body)
    return sender, media


def _parse_nack(_: int, body: bytes) -> Nack:
    sender, media = _feedback_ssrcs(body)
    lost: list[int] = []
    for first, mask in _NACK_ITEM.iter_unpack(body[8 : len(body) // 4 * 4]):
        lost.append(first)
        while mask:
            bit = mask & -mask
            lost.append((first + bit.bit_length()) & 0xFFFF)
            mask ^= bit
    return Nack(sender, media, tuple(lost))


def _parse_pli(_: int, body: bytes) -> Pli:
    return Pli(*_feedback_ssrcs(body))


def _parse_fir(_: int, body: bytes) -> Fir:
    sender, _media = _feedback_ssrcs(body)
    return Fir(sender, tuple(_FIR_ITEM.iter_unpack(body[8 : len(body) // 8 * 8])))


def _parse_application(count: int, body: bytes) -> Remb | Unknown:
    if body[8:12] != b"REMB":
        return Unknown(_PSFB, count, body)
    if len(body) < 16 or len(body) < 16 + 4 * body[12]:
        raise MalformedPacket("A REMB message is cut short.")
    sender, _media = _feedback_ssrcs(body)
    (number,) = _SSRC.unpack_from(body, 12)
    bitrate = (number & 0x3FFFF) << (number >> 18 & 63)
    return Remb(sender, bitrate, tuple(_SSRC.unpack_from(body, 16 + 4 * i)[0] for i in range(number >> 24)))


def _parse_transport_feedback(_: int, body: bytes) -> TransportFeedback:
    return TransportFeedback(*_feedback_ssrcs(body), body[8:])


_Parser = Callable[[int, bytes], RtcpPacket]

_PARSERS: Final[dict[int, _Parser]] = {
    _SENDER_REPORT: _parse_sender_report,
    _RECEIVER_REPORT: _parse_receiver_report,
    _SDES: _parse_sdes,
    _BYE: _parse_bye,
}

_FEEDBACK_PARSERS: Final[dict[tuple[int, int], _Parser]] = {
    (_RTPFB, _NACK): _parse_nack,
    (_RTPFB, _TRANSPORT_FEEDBACK): _parse_transport_feedback,
    (_PSFB, _PLI): _parse_pli,
    (_PSFB, _FIR): _parse_fir,
    (_PSFB, _APPLICATION): _parse_application,
}


def serialize_compound(packets: Iterable[RtcpPacket]) -> bytes:
    """The packets one after the other; a receiver wants a report first unless rtcp-rsize was agreed."""
    return b"".join([packet.serialize() for packet in packets])


def source_description(ssrc: int, cname: str) -> SourceDescription:
    """SDES with a CNAME, which every sender must tell for lip-sync."""
    return SourceDescription(((ssrc, ((CNAME, cname.encode()),)),))


def ntp_from_unix(seconds: float) -> int:
    """64-bit NTP time of a Unix time."""
    return int((seconds + _NTP_OF_1970) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def unix_from_ntp(ntp: int) -> float:
    """Unix time of a 64-bit NTP time (before 2036)."""
    return ntp / 4294967296 - _NTP_OF_1970


def ntp_middle(ntp: int) -> int:
    """The middle 32 bits, as report blocks carry them: units of 1/65536 s."""
    return ntp >> 16 & 0xFFFFFFFF
