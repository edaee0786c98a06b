"""VP8 in RTP (RFC 7741): hides the payload descriptor, its rewriting, and the key-frame header."""

from typing import Self

from interview_stream.sfu.errors import MalformedPacket


class Vp8Descriptor:
    """The payload descriptor at the start of each VP8 payload; absent fields are None."""

    __slots__ = (
        "is_keyframe",
        "is_reference",
        "is_start",
        "key_index",
        "layer_sync",
        "picture_id",
        "picture_id_bits",
        "size",
        "temporal_id",
        "tl0_index",
    )

    size: int
    """Bytes of the descriptor; the VP8 data follows."""
    is_start: bool
    """Begins a frame: S = 1 and partition 0."""
    is_keyframe: bool
    """Begins a key frame (RFC 7741 section 4.3, P = 0); only first packets of a frame can say so."""
    is_reference: bool
    """N = 0."""
    picture_id: int | None
    picture_id_bits: int
    """7 or 15; 0 when absent."""
    tl0_index: int | None
    """TL0PICIDX, 8 bits."""
    temporal_id: int | None
    layer_sync: bool
    """Y."""
    key_index: int | None
    """KEYIDX, 5 bits."""

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the descriptor; raises MalformedPacket when it is cut short or no VP8 data follows."""
        descriptor = cls.__new__(cls)
        descriptor.picture_id = descriptor.tl0_index = descriptor.temporal_id = descriptor.key_index = None
        descriptor.picture_id_bits = 0
        descriptor.layer_sync = False
        try:
            first = payload[0]
            at = _parse_extension(descriptor, payload) if first & 0x80 else 1
            data = payload[at]
        except IndexError:
            raise MalformedPacket("A VP8 payload is cut short.") from None
        descriptor.size = at
        descriptor.is_reference = not first & 0x20
        descriptor.is_start = starts = first & 0x17 == 0x10
        descriptor.is_keyframe = starts and not data & 1
        return descriptor


def _parse_extension(descriptor: Vp8Descriptor, payload: bytes) -> int:
    """The parts announced by X (RFC 7741 section 4.2); returns where they end."""
    flags, at = payload[1], 2
    if flags & 0x80:
        picture_id = payload[at]
        if picture_id & 0x80:
            descriptor.picture_id = (picture_id & 0x7F) << 8 | payload[at + 1]
            descriptor.picture_id_bits = 15
            at += 2
        else:
            descriptor.picture_id = picture_id
            descriptor.picture_id_bits = 7
            at += 1
    if flags & 0x40:
        descriptor.tl0_index = payload[at]
        at += 1
    if flags & 0x30:
        layers = payload[at]
        if flags & 0x20:
            descriptor.temporal_id = layers >> 6
            descriptor.layer_sync = bool(layers & 0x20)
        if flags & 0x10:
            descriptor.key_index = layers & 0x1F
        at += 1
    return at


def is_keyframe(payload: bytes) -> bool:
    """Whether this payload begins a key frame; False for anything malformed."""
    try:
        return Vp8Descriptor.parse(payload).is_keyframe
    except MalformedPacket:
        return False


def keyframe_size(payload: bytes) -> tuple[int, int] | None:
    """Width and height if this payload begins a key frame and holds its header (RFC 6386 section 9.1)."""
    try:
        descriptor = Vp8Descriptor.parse(payload)
    except MalformedPacket:
        return None
    header = payload[descriptor.size : descriptor.size + 10]
    if not descriptor.is_keyframe or len(header) < 10 or header[3:6] != b"\x9d\x01\x2a":
        return None
    # 14 bits of size, then 2 of upscaling, which players ignore
    return int.from_bytes(header[6:8], "little") & 0x3FFF, int.from_bytes(header[8:10], "little") & 0x3FFF


def rewrite(
    payload: bytes,
    descriptor: Vp8Descriptor,
    *,
    picture_id: int | None = None,
    tl0_index: int | None = None,
    key_index: int | None = None,
) -> bytes:
    """The payload with other numbers in those fields that are present, taken modulo their widths; sizes stay."""
    at = 2
    head = bytearray(payload[: descriptor.size])
    bits = descriptor.picture_id_bits
    if bits:
        if picture_id is not None:
            if bits == 15:
                head[2] = 0x80 | picture_id >> 8 & 0x7F
                head[3] = picture_id & 0xFF
            else:
                head[2] = picture_id & 0x7F
        at = 4 if bits == 15 else 3
    if descriptor.tl0_index is not None:
        if tl0_index is not None:
            head[at] = tl0_index & 0xFF
        at += 1
    if descriptor.key_index is not None and key_index is not None:
        head[at] = head[at] & 0xE0 | key_index & 0x1F
    return bytes(head) + payload[descriptor.size :]
