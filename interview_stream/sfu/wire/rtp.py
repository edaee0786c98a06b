"""RTP packets and header extensions (RFC 3550, RFC 8285), and arithmetic of numbers that wrap."""

from collections.abc import Mapping
from struct import Struct
from typing import Final, Self

from interview_stream.sfu.errors import MalformedPacket

HEADER: Final = Struct("!BBHII")
"""First byte, marker and payload type, sequence number, timestamp, ssrc (RFC 3550 section 5.1)."""

_EXTENSION_HEADER: Final = Struct("!HH")
_ONE_BYTE: Final = 0xBEDE
_TWO_BYTE: Final = 0x1000


class RtpPacket:
    """One parsed packet; made once per packet received and shared by all who forward it, so do not change it."""

    __slots__ = (
        "extension_block",
        "extension_profile",
        "marker",
        "padding_size",
        "payload",
        "payload_type",
        "sequence_number",
        "ssrc",
        "timestamp",
    )

    marker: bool
    payload_type: int
    sequence_number: int
    timestamp: int
    ssrc: int
    payload: bytes
    """Without padding; empty for padding-only packets (probes)."""
    padding_size: int
    extension_block: bytes
    """The elements of the header extension, still encoded; empty if there is none."""
    extension_profile: int
    """Which form the elements have; 0 without extension."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a decrypted packet; raises MalformedPacket."""
        start = header_size(data)
        return cls.parse_parts(data[:start], data[start:])

    @classmethod
    def parse_parts(cls, header: bytes, rest: bytes) -> Self:
        """The same for a packet that was cut after its header extension (as decryption has to do)."""
        size = len(header)
        if size < 12:
            raise MalformedPacket("An RTP packet is shorter than its header.")
        packet = cls.__new__(cls)
        first, second, packet.sequence_number, packet.timestamp, packet.ssrc = HEADER.unpack_from(header)
        packet.marker = second > 127
        packet.payload_type = second & 127
        start = 12 + 4 * (first & 15) if first & 15 else 12
        if first & 0x10:
            if size < start + 4:
                raise MalformedPacket("An RTP header extension is cut short.")
            packet.extension_profile, words = _EXTENSION_HEADER.unpack_from(header, start)
            start += 4
            packet.extension_block = header[start:]
            start += 4 * words
        else:
            packet.extension_profile = 0
            packet.extension_block = b""
        if start != size or first & 0xC0 != 0x80:
            raise MalformedPacket("An RTP header is longer than its packet, or its version is not 2.")
        packet.payload = rest
        packet.padding_size = 0
        if first & 0x20:
            packet.padding_size = padding = rest[-1] if rest else 0
            if not 0 < padding <= len(rest):
                raise MalformedPacket("RTP padding is empty or longer than its packet.")
            packet.payload = rest[:-padding]
        return packet

    def extension(self, id_: int) -> bytes | None:
        """The value of the header extension with this id, in one-byte or two-byte form; None if absent or broken."""
        block = self.extension_block
        if not block:
            return None
        if self.extension_profile == _ONE_BYTE:
            return _find_one_byte(block, id_)
        if self.extension_profile & 0xFFF0 == _TWO_BYTE:
            return _find_two_byte(block, id_)
        return None


def header_size(data: bytes) -> int:
    """Octets of a packet's header with its extension; more than there are when it is cut short."""
    size = len(data)
    start = HEADER.size
    if size >= start and data[0] & 0x1F:
        start += 4 * (data[0] & 15)
        if data[0] & 0x10:
            start += 4
            if size >= start:
                start += 4 * (data[start - 2] << 8 | data[start - 1])
    return start


def _find_one_byte(block: bytes, id_: int) -> bytes | None:
    """RFC 8285 section 4.2."""
    at, size = 0, len(block)
    while at < size:
        head = block[at]
        if head < 16:  # id 0: padding, whatever its length bits say
            at += 1
            continue
        if head >> 4 == 15:  # reserved: stop here
            return None
        end = at + 2 + (head & 15)
        if head >> 4 == id_:
            return block[at + 1 : end] if end <= size else None
        at = end
    return None


def _find_two_byte(block: bytes, id_: int) -> bytes | None:
    """RFC 8285 section 4.3."""
    at, size = 0, len(block)
    while at + 1 < size:
        head = block[at]
        if not head:
            at += 1
            continue
        end = at + 2 + block[at + 1]
        if head == id_:
            return block[at + 2 : end] if end <= size else None
        at = end
    return None


def serialize_header(
    payload_type: int, sequence_number: int, timestamp: int, ssrc: int, *, marker: bool = False, extensions: bytes = b""
) -> bytes:
    """A header of version 2 without CSRCs; `extensions` comes from `serialize_extensions`."""
    second = payload_type | 0x80 if marker else payload_type
    if extensions:
        return HEADER.pack(0x90, second, sequence_number, timestamp, ssrc) + extensions
    return HEADER.pack(0x80, second, sequence_number, timestamp, ssrc)


def serialize_extensions(values: Mapping[int, bytes]) -> bytes:
    """The whole extension part of a header, one-byte form where it fits; empty for no values.

    Raises ValueError for an id outside 1 to 255 or a value over 255 bytes.
    """
    if not values:
        return b""
    if all(0 < id_ < 15 and 0 < len(value) <= 16 for id_, value in values.items()):
        profile = _ONE_BYTE
        block = b"".join(bytes((id_ << 4 | len(value) - 1,)) + value for id_, value in values.items())
    else:
        if not all(0 < id_ < 256 and len(value) < 256 for id_, value in values.items()):
            raise ValueError("A header extension needs an id from 1 to 255 and at most 255 bytes.")
        profile = _TWO_BYTE
        block = b"".join(bytes((id_, len(value))) + value for id_, value in values.items())
    block += bytes(-len(block) % 4)
    return _EXTENSION_HEADER.pack(profile, len(block) // 4) + block


def seq_diff(a: int, b: int) -> int:
    """a - b for 16-bit sequence numbers, the short way round: from -32768 to 32767."""
    return ((a - b + 0x8000) & 0xFFFF) - 0x8000


def timestamp_diff(a: int, b: int) -> int:
    """a - b for 32-bit timestamps, the short way round."""
    return ((a - b + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def extend(value: int, near: int) -> int:
    """The unwrapped number closest to `near` whose low 16 bits are `value` (may be negative near zero)."""
    return near + ((value - near + 0x8000) & 0xFFFF) - 0x8000


def extend32(value: int, near: int) -> int:
    """The unwrapped number closest to `near` whose low 32 bits are `value`."""
    return near + ((value - near + 0x80000000) & 0xFFFFFFFF) - 0x80000000
