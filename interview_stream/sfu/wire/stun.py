"""STUN messages of ICE (RFC 8489, RFC 8445): hides attribute encoding, integrity and fingerprint."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

Address = tuple[str, int] | tuple[str, int, int, int]
"""A socket address as the socket module gives and takes it: host and port first."""


class Class(IntEnum):
    """What a message is, RFC 8489 section 5."""

    REQUEST = 0
    INDICATION = 1
    SUCCESS = 2
    ERROR = 3


BINDING = 1


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

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read one message; raises MalformedPacket. A wrong FINGERPRINT is malformed; see `has_integrity`."""
        raise NotImplementedError

    def has_integrity(self, key: bytes) -> bool:
        """Whether the parsed message carries a MESSAGE-INTEGRITY made with this key (the ICE password)."""
        raise NotImplementedError

    def serialize(self, key: bytes | None = None) -> bytes:
        """The message with MESSAGE-INTEGRITY if a key is given, always with FINGERPRINT."""
        raise NotImplementedError
