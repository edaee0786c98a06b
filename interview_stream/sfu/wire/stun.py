"""STUN messages of ICE (RFC 8489, RFC 8445): hides attribute encoding, integrity and fingerprint."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from ipaddress import IPv4Address, ip_address
from struct import Struct
from typing import Final, Self
from zlib import crc32

from interview_stream.sfu.errors import MalformedPacket

Address = tuple[str, int] | tuple[str, int, int]
"""Host and port, then (from the media port) which of our own sockets the datagram came to or leaves from."""


class Class(IntEnum):
    """What a message is, RFC 8489 section 5."""

    REQUEST = 0
    INDICATION = 1
    SUCCESS = 2
    ERROR = 3


BINDING: Final = 1

_COOKIE: Final = 0x2112A442
_HEAD: Final = Struct("!HHI12s")
_ATTRIBUTE: Final = Struct("!HH")

_USERNAME: Final = 0x0006
_MESSAGE_INTEGRITY: Final = 0x0008
_ERROR_CODE: Final = 0x0009
_XOR_MAPPED_ADDRESS: Final = 0x0020
_PRIORITY: Final = 0x0024
_USE_CANDIDATE: Final = 0x0025
_SOFTWARE: Final = 0x8022
_FINGERPRINT: Final = 0x8028
_ICE_CONTROLLED: Final = 0x8029
_ICE_CONTROLLING: Final = 0x802A

_FINGERPRINT_XOR: Final = 0x5354554E


@dataclass(slots=True, kw_only=True)
class Message:
    """One STUN message with the attributes that ICE uses; unknown attributes are ignored when parsing."""

    message_class: Class
    transaction_id: bytes
    method: int = BINDING
    username: str | None = None
    priority: int | None = None
    use_candidate: bool = False
    ice_controlling: int | None = None
    ice_controlled: int | None = None
    mapped_address: Address | None = None
    """XOR-MAPPED-ADDRESS, version 4 or 6 by its host."""
    error: tuple[int, str] | None = None
    """ERROR-CODE: number and reason."""
    software: str | None = None
    raw: bytes = field(default=b"", repr=False, compare=False)
    """The bytes this message was parsed from."""
    integrity_at: int | None = field(default=None, repr=False, compare=False)
    """Where MESSAGE-INTEGRITY begins in `raw`."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read one message; raises MalformedPacket. A wrong FINGERPRINT is malformed; see `has_integrity`."""
        if len(data) < 20:
            raise MalformedPacket("A STUN message is shorter than its header.")
        kind, length, cookie, transaction_id = _HEAD.unpack_from(data)
        if kind >> 14 or cookie != _COOKIE:
            raise MalformedPacket("This is not a STUN message.")
        if length % 4 or length + 20 != len(data):
            raise MalformedPacket("A STUN message has another length than it says.")
        message = cls(
            message_class=Class((kind >> 4 & 1) | (kind >> 7 & 2)),
            method=(kind & 0xF) | (kind >> 1 & 0x70) | (kind >> 2 & 0xF80),
            transaction_id=transaction_id,
            raw=data,
        )
        for type_, at, value in _attributes(data):
            if type_ == _FINGERPRINT:
                message._check_fingerprint(at, value)
            elif message.integrity_at is None:  # what follows the integrity is not covered by it: ignore
                message._take(type_, at, value)
        return message

    def _take(self, type_: int, at: int, value: bytes) -> None:
        if type_ == _USERNAME:
            self.username = _text(value)
        elif type_ == _MESSAGE_INTEGRITY:
            _expect(value, 20)
            self.integrity_at = at
        elif type_ == _ERROR_CODE:
            if len(value) < 4:
                raise MalformedPacket("A STUN error code is cut short.")
            self.error = (value[2] & 7) * 100 + value[3], _text(value[4:])
        elif type_ == _XOR_MAPPED_ADDRESS:
            self.mapped_address = _parse_address(value, self.transaction_id)
        elif type_ == _PRIORITY:
            self.priority = _number(value, 4)
        elif type_ == _USE_CANDIDATE:
            self.use_candidate = True
        elif type_ == _ICE_CONTROLLED:
            self.ice_controlled = _number(value, 8)
        elif type_ == _ICE_CONTROLLING:
            self.ice_controlling = _number(value, 8)
        elif type_ == _SOFTWARE:
            self.software = _text(value)

    def _check_fingerprint(self, at: int, value: bytes) -> None:
        """RFC 8489 section 14.7; it must be the last attribute."""
        if at + 8 != len(self.raw) or _number(value, 4) != crc32(self.raw[:at]) ^ _FINGERPRINT_XOR:
            raise MalformedPacket("The fingerprint of a STUN message is wrong.")

    def has_integrity(self, key: bytes) -> bool:
        """Whether the parsed message carries a MESSAGE-INTEGRITY made with this key (the ICE password)."""
        at = self.integrity_at
        if at is None:
            return False
        # The length counts up to the integrity, as if nothing followed (RFC 8489 section 14.5).
        covered = self.raw[:2] + (at + 4).to_bytes(2, "big") + self.raw[4:at]
        return hmac.compare_digest(hmac.digest(key, covered, "sha1"), self.raw[at + 4 : at + 24])

    def serialize(self, key: bytes | None = None) -> bytes:
        """The message with MESSAGE-INTEGRITY if a key is given, always with FINGERPRINT."""
        body = b"".join(self._encoded())
        kind = (self.method & 0xF) | (self.method & 0x70) << 1 | (self.method & 0xF80) << 2
        kind |= (self.message_class & 1) << 4 | (self.message_class & 2) << 7
        if key is not None:
            head = _HEAD.pack(kind, len(body) + 24, _COOKIE, self.transaction_id)
            body += _encode(_MESSAGE_INTEGRITY, hmac.digest(key, head + body, "sha1"))
        data = _HEAD.pack(kind, len(body) + 8, _COOKIE, self.transaction_id) + body
        return data + _encode(_FINGERPRINT, (crc32(data) ^ _FINGERPRINT_XOR).to_bytes(4, "big"))

    def _encoded(self) -> Iterator[bytes]:
        if self.username is not None:
            yield _encode(_USERNAME, self.username.encode())
        if self.error is not None:
            code, reason = self.error
            yield _encode(_ERROR_CODE, bytes((0, 0, code // 100, code % 100)) + reason.encode())
        if self.mapped_address is not None:
            yield _encode(_XOR_MAPPED_ADDRESS, _serialize_address(self.mapped_address, self.transaction_id))
        if self.priority is not None:
            yield _encode(_PRIORITY, self.priority.to_bytes(4, "big"))
        if self.use_candidate:
            yield _encode(_USE_CANDIDATE, b"")
        if self.ice_controlled is not None:
            yield _encode(_ICE_CONTROLLED, self.ice_controlled.to_bytes(8, "big"))
        if self.ice_controlling is not None:
            yield _encode(_ICE_CONTROLLING, self.ice_controlling.to_bytes(8, "big"))
        if self.software is not None:
            yield _encode(_SOFTWARE, self.software.encode())


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(type, where it begins, value) of each attribute."""
    at, size = 20, len(data)
    while at < size:
        type_, length = _ATTRIBUTE.unpack_from(data, at)  # sizes are whole words, so four bytes are there
        end = at + 4 + length
        if end > size:
            raise MalformedPacket("A STUN attribute is longer than its message.")
        yield type_, at, data[at + 4 : end]
        at = end + -length % 4


def _encode(type_: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(type_, len(value)) + value + bytes(-len(value) % 4)


def _expect(value: bytes, size: int) -> None:
    if len(value) != size:
        raise MalformedPacket(f"A STUN attribute has {len(value)} bytes instead of {size}.")


def _number(value: bytes, size: int) -> int:
    _expect(value, size)
    return int.from_bytes(value, "big")


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise MalformedPacket("A STUN text is not UTF-8.") from None


def _xor(value: bytes, transaction_id: bytes) -> bytes:
    """With the cookie and, for IPv6, the transaction id (RFC 8489 section 14.2)."""
    mask = _COOKIE.to_bytes(4, "big") + transaction_id
    return bytes(a ^ b for a, b in zip(value, mask, strict=False))


def _parse_address(value: bytes, transaction_id: bytes) -> Address:
    if len(value) < 4 or value[1] not in (1, 2):
        raise MalformedPacket("A STUN address is of an unknown family.")
    _expect(value, 8 if value[1] == 1 else 20)
    port = int.from_bytes(value[2:4], "big") ^ _COOKIE >> 16
    return str(ip_address(_xor(value[4:], transaction_id))), port


def _serialize_address(address: Address, transaction_id: bytes) -> bytes:
    ip = ip_address(address[0].partition("%")[0])
    # A dual-stack socket names IPv4 clients ::ffff:a.b.c.d, but they know themselves as a.b.c.d.
    if not isinstance(ip, IPv4Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    head = bytes((0, 1 if ip.version == 4 else 2)) + (address[1] ^ _COOKIE >> 16).to_bytes(2, "big")
    return head + _xor(ip.packed, transaction_id)
