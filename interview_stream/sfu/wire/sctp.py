"""SCTP packets and chunks as WebRTC uses them (RFC 9260, RFC 3758, RFC 6525): hides lengths, padding and checksums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Final, Self

from google_crc32c import value as crc32c

from interview_stream.sfu.errors import MalformedPacket

INIT: Final = 1
INIT_ACK: Final = 2
HEARTBEAT: Final = 4
HEARTBEAT_ACK: Final = 5
ABORT: Final = 6
SHUTDOWN: Final = 7
SHUTDOWN_ACK: Final = 8
COOKIE_ECHO: Final = 10
COOKIE_ACK: Final = 11
SHUTDOWN_COMPLETE: Final = 14

_DATA: Final = 0
_SACK: Final = 3
_RECONFIG: Final = 130
_FORWARD_TSN: Final = 192

STATE_COOKIE: Final = 7
"""Parameter of an INIT ACK, RFC 9260 section 3.3.3.1."""
SUPPORTED_EXTENSIONS: Final = 0x8008
"""RFC 5061 section 4.2.7: the chunk types beyond the basic ones that a side understands."""
FORWARD_TSN_SUPPORTED: Final = 0xC000
"""RFC 3758 section 3.1."""
EXTENSIONS: Final = bytes([_RECONFIG, _FORWARD_TSN])

PERFORMED: Final = 1
DENIED: Final = 2
IN_PROGRESS: Final = 6
"""Results of a request to reconfigure, RFC 6525 section 4.4."""

_OUTGOING_RESET: Final = 13
_RESET_RESPONSE: Final = 16

HEADER_SIZE: Final = 12
DATA_HEADER_SIZE: Final = 16
MAX_GAPS: Final = 64
MAX_DUPLICATES: Final = 16
_MAX_STREAMS: Final = 64
"""Listed in one chunk; no client of ours opens so many."""

_PACKET: Final = Struct("!HHI")
_CHUNK: Final = Struct("!BBH")
_PARAMETER: Final = Struct("!HH")
_DATA_FIELDS: Final = Struct("!IHHI")
_DATA_CHUNK: Final = Struct("!BBHIHHI")
_INIT_FIELDS: Final = Struct("!IIHHI")
_SACK_FIELDS: Final = Struct("!IIHH")
_PAIR: Final = Struct("!HH")
_U32: Final = Struct("!I")
_U32_LITTLE: Final = Struct("<I")
_RESET: Final = Struct("!III")
_RESPONSE: Final = Struct("!II")


@dataclass(slots=True)
class Data:
    """A message or a piece of one, RFC 9260 section 3.3.1."""

    tsn: int
    stream: int
    number: int
    """Stream sequence number; means nothing when unordered."""
    protocol: int
    """What the payload is (PPID)."""
    payload: bytes
    is_first: bool = True
    is_last: bool = True
    is_unordered: bool = False

    def serialize(self) -> bytes:
        """The padded chunk."""
        size = len(self.payload)
        flags = self.is_unordered << 2 | self.is_first << 1 | self.is_last
        head = _DATA_CHUNK.pack(
            _DATA, flags, DATA_HEADER_SIZE + size, self.tsn, self.stream, self.number, self.protocol
        )
        return head + self.payload + bytes(-size & 3)


@dataclass(slots=True)
class Init:
    """INIT or INIT ACK, RFC 9260 sections 3.3.2 and 3.3.3."""

    tag: int
    window: int
    outbound: int
    inbound: int
    tsn: int
    parameters: dict[int, bytes] = field(default_factory=dict)
    is_ack: bool = False

    def serialize(self) -> bytes:
        """The padded chunk."""
        fields = _INIT_FIELDS.pack(self.tag, self.window, self.outbound, self.inbound, self.tsn)
        parameters = [_parameter(kind, value) for kind, value in self.parameters.items()]
        return _chunk(INIT_ACK if self.is_ack else INIT, 0, fields + b"".join(parameters))


@dataclass(slots=True)
class Sack:
    """What arrived, RFC 9260 section 3.3.4. Gap blocks count from `tsn`, both ends included."""

    tsn: int
    window: int
    gaps: Sequence[tuple[int, int]] = ()
    duplicates: Sequence[int] = ()

    def serialize(self) -> bytes:
        """The padded chunk."""
        gaps, duplicates = self.gaps[:MAX_GAPS], self.duplicates[:MAX_DUPLICATES]
        parts = [_SACK_FIELDS.pack(self.tsn, self.window, len(gaps), len(duplicates))]
        parts += [_PAIR.pack(start, end) for start, end in gaps]
        parts += [_U32.pack(tsn) for tsn in duplicates]
        return _chunk(_SACK, 0, b"".join(parts))


@dataclass(slots=True)
class ForwardTsn:
    """The sender gave up everything up to `tsn`, RFC 3758 section 3.2."""

    tsn: int
    streams: Sequence[tuple[int, int]] = ()
    """Ordered streams from which something is missing, with the last number that will not come."""

    def serialize(self) -> bytes:
        """The padded chunk."""
        return _chunk(_FORWARD_TSN, 0, _U32.pack(self.tsn) + b"".join(_PAIR.pack(*entry) for entry in self.streams))


@dataclass(slots=True)
class OutgoingReset:
    """The sender begins to count some of its streams anew after `last_tsn`, RFC 6525 section 4.1; no streams: all."""

    request: int
    response: int
    last_tsn: int
    streams: Sequence[int] = ()

    def serialize(self) -> bytes:
        """The parameter, not padded."""
        streams = b"".join(stream.to_bytes(2, "big") for stream in self.streams)
        return _parameter_head(_OUTGOING_RESET, _RESET.pack(self.request, self.response, self.last_tsn) + streams)


@dataclass(slots=True)
class ResetResponse:
    """RFC 6525 section 4.4."""

    response: int
    result: int

    def serialize(self) -> bytes:
        """The parameter, not padded."""
        return _parameter_head(_RESET_RESPONSE, _RESPONSE.pack(self.response, self.result))


@dataclass(slots=True)
class OtherRequest:
    """A request to reconfigure that data channels do not need."""

    request: int


@dataclass(slots=True)
class Reconfig:
    """RFC 6525 section 3.1: one or two requests or responses."""

    parameters: Sequence[OutgoingReset | ResetResponse | OtherRequest]

    def serialize(self) -> bytes:
        """The padded chunk."""
        written = b""
        for parameter in self.parameters:
            assert not isinstance(parameter, OtherRequest), "Only read, never written."
            written += bytes(-len(written) & 3) + parameter.serialize()
        return _chunk(_RECONFIG, 0, written)


@dataclass(slots=True)
class Plain:
    """A chunk whose value has no fields of its own, or that we do not know."""

    kind: int
    flags: int = 0
    value: bytes = b""

    def serialize(self) -> bytes:
        """The padded chunk."""
        return _chunk(self.kind, self.flags, self.value)


Chunk = Data | Init | Sack | ForwardTsn | Reconfig | Plain


@dataclass(slots=True)
class Packet:
    """The common header and the chunks behind it, RFC 9260 section 3."""

    source: int
    destination: int
    tag: int
    chunks: list[Chunk]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises MalformedPacket."""
        if len(data) < HEADER_SIZE:
            raise MalformedPacket("An SCTP packet is shorter than its header.")
        (checksum,) = _U32_LITTLE.unpack_from(data, 8)
        if crc32c(data[:8] + b"\0\0\0\0" + data[12:]) != checksum:
            raise MalformedPacket("The checksum of an SCTP packet is wrong.")
        source, destination, tag = _PACKET.unpack_from(data)
        return cls(source, destination, tag, list(_chunks(data)))


def serialize_packet(source: int, destination: int, tag: int, chunks: Iterable[bytes]) -> bytes:
    """A packet of chunks that are serialized already."""
    head, body = _PACKET.pack(source, destination, tag), b"".join(chunks)
    return head + _U32_LITTLE.pack(crc32c(head + b"\0\0\0\0" + body)) + body


def _chunk(kind: int, flags: int, value: bytes) -> bytes:
    return _CHUNK.pack(kind, flags, 4 + len(value)) + value + bytes(-len(value) & 3)


def _parameter_head(kind: int, value: bytes) -> bytes:
    return _PARAMETER.pack(kind, 4 + len(value)) + value


def _parameter(kind: int, value: bytes) -> bytes:
    return _parameter_head(kind, value) + bytes(-len(value) & 3)


def _chunks(data: bytes) -> Iterable[Chunk]:
    """RFC 9260 section 3.2: what follows an unknown kind is skipped or not by the first bit of the kind."""
    position = HEADER_SIZE
    while position < len(data):
        if len(data) - position < 4:
            raise MalformedPacket("An SCTP chunk is cut off.")
        kind, flags, length = _CHUNK.unpack_from(data, position)
        if length < 4 or position + length > len(data):
            raise MalformedPacket("An SCTP chunk has an impossible length.")
        chunk = _read(kind, flags, data[position + 4 : position + length])
        yield chunk
        if isinstance(chunk, Plain) and kind not in _KNOWN_PLAIN and kind < 128:
            return
        position += length + (-length & 3)


_KNOWN_PLAIN: Final = frozenset(
    {HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK, 9, COOKIE_ECHO, COOKIE_ACK, SHUTDOWN_COMPLETE}
)


def _read(kind: int, flags: int, value: bytes) -> Chunk:
    if kind == _DATA:
        return _read_data(flags, value)
    if kind == _SACK:
        return _read_sack(value)
    if kind in (INIT, INIT_ACK):
        return _read_init(kind, value)
    if kind == _FORWARD_TSN:
        return _read_forward(value)
    if kind == _RECONFIG:
        return _read_reconfig(value)
    return Plain(kind, flags, value)


def _read_data(flags: int, value: bytes) -> Data:
    if len(value) <= _DATA_FIELDS.size:  # RFC 9260 section 3.3.1: a chunk without a payload is an error
        raise MalformedPacket("An SCTP data chunk is empty.")
    tsn, stream, number, protocol = _DATA_FIELDS.unpack_from(value)
    payload = value[_DATA_FIELDS.size :]
    return Data(tsn, stream, number, protocol, payload, bool(flags & 2), bool(flags & 1), bool(flags & 4))


def _read_sack(value: bytes) -> Sack:
    if len(value) < _SACK_FIELDS.size:
        raise MalformedPacket("An SCTP acknowledgement is cut off.")
    tsn, window, gaps, duplicates = _SACK_FIELDS.unpack_from(value)
    if len(value) < _SACK_FIELDS.size + 4 * (gaps + duplicates):
        raise MalformedPacket("An SCTP acknowledgement lists more than it has.")
    blocks = [_PAIR.unpack_from(value, _SACK_FIELDS.size + 4 * index) for index in range(min(gaps, MAX_GAPS))]
    return Sack(tsn, window, [(start, end) for start, end in blocks])


def _read_init(kind: int, value: bytes) -> Init:
    if len(value) < _INIT_FIELDS.size:
        raise MalformedPacket("An SCTP opening is cut off.")
    tag, window, outbound, inbound, tsn = _INIT_FIELDS.unpack_from(value)
    parameters = dict(_parameters(value[_INIT_FIELDS.size :]))
    return Init(tag, window, outbound, inbound, tsn, parameters, kind == INIT_ACK)


def _read_forward(value: bytes) -> ForwardTsn:
    if len(value) < 4:
        raise MalformedPacket("An SCTP forward-TSN chunk is cut off.")
    (tsn,) = _U32.unpack_from(value)
    entries = [_PAIR.unpack_from(value, at) for at in range(4, min(len(value) - 3, 4 * _MAX_STREAMS), 4)]
    return ForwardTsn(tsn, [(stream, number) for stream, number in entries])


def _read_reconfig(value: bytes) -> Reconfig:
    parameters: list[OutgoingReset | ResetResponse | OtherRequest] = []
    for kind, fields in _parameters(value):
        if kind == _OUTGOING_RESET and len(fields) >= _RESET.size:
            request, response, last = _RESET.unpack_from(fields)
            listed = fields[_RESET.size : _RESET.size + 2 * _MAX_STREAMS]
            streams = [int.from_bytes(listed[at : at + 2], "big") for at in range(0, len(listed) - 1, 2)]
            parameters.append(OutgoingReset(request, response, last, streams))
        elif kind == _RESET_RESPONSE and len(fields) >= _RESPONSE.size:
            parameters.append(ResetResponse(*_RESPONSE.unpack_from(fields)))
        elif len(fields) >= 4:
            parameters.append(OtherRequest(_U32.unpack_from(fields)[0]))
        else:
            raise MalformedPacket("An SCTP reconfiguration is cut off.")
    return Reconfig(parameters)


def _parameters(value: bytes) -> Iterable[tuple[int, bytes]]:
    position = 0
    while position < len(value):
        if len(value) - position < 4:
            raise MalformedPacket("An SCTP parameter is cut off.")
        kind, length = _PARAMETER.unpack_from(value, position)
        if length < 4 or position + length > len(value):
            raise MalformedPacket("An SCTP parameter has an impossible length.")
        yield kind, value[position + 4 : position + length]
        position += length + (-length & 3)
