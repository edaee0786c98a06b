"""The messages that open data channels (RFC 8832), and what kinds of payload there are (RFC 8831 section 8)."""

from dataclasses import dataclass
from struct import Struct
from typing import Final, Self

from interview_stream.sfu.errors import MalformedPacket

DCEP: Final = 50
TEXT: Final = 51
BINARY: Final = 53
EMPTY_TEXT: Final = 56
EMPTY_BINARY: Final = 57

ACK: Final = b"\x02"

_OPEN: Final = 3
_FIELDS: Final = Struct("!BBHIHH")
_UNORDERED: Final = 0x80
_BY_RETRANSMISSIONS: Final = 1
_BY_LIFETIME: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOpen:
    """DATA_CHANNEL_OPEN, RFC 8832 section 5.1."""

    label: str
    protocol: str = ""
    is_ordered: bool = True
    max_retransmits: int | None = None
    max_lifetime_ms: int | None = None
    """At most one of both limits."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises MalformedPacket."""
        if len(data) < _FIELDS.size:
            raise MalformedPacket("The opening of a data channel is cut off.")
        kind, channel, _, reliability, label_size, protocol_size = _FIELDS.unpack_from(data)
        texts = data[_FIELDS.size :]
        if kind != _OPEN or len(texts) < label_size + protocol_size:
            raise MalformedPacket("The opening of a data channel is none, or shorter than it says.")
        policy = channel & ~_UNORDERED
        try:
            return cls(
                label=texts[:label_size].decode(),
                protocol=texts[label_size : label_size + protocol_size].decode(),
                is_ordered=not channel & _UNORDERED,
                max_retransmits=reliability if policy == _BY_RETRANSMISSIONS else None,
                max_lifetime_ms=reliability if policy == _BY_LIFETIME else None,
            )
        except UnicodeDecodeError:
            raise MalformedPacket("The label of a data channel is no text.") from None

    def serialize(self) -> bytes:
        """The message."""
        channel, reliability = 0 if self.is_ordered else _UNORDERED, 0
        if self.max_retransmits is not None:
            channel, reliability = channel | _BY_RETRANSMISSIONS, self.max_retransmits
        elif self.max_lifetime_ms is not None:
            channel, reliability = channel | _BY_LIFETIME, self.max_lifetime_ms
        label, protocol = self.label.encode(), self.protocol.encode()
        return _FIELDS.pack(_OPEN, channel, 0, reliability, len(label), len(protocol)) + label + protocol
