"""VP8 in RTP (RFC 7741): hides the payload descriptor, its rewriting, and the key-frame header."""

from typing import Self


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
        raise NotImplementedError


def is_keyframe(payload: bytes) -> bool:
    """Whether this payload begins a key frame; False for anything malformed."""
    raise NotImplementedError


def keyframe_size(payload: bytes) -> tuple[int, int] | None:
    """Width and height if this payload begins a key frame and holds its header (RFC 6386 section 9.1)."""
    raise NotImplementedError


def rewrite(
    payload: bytes,
    descriptor: Vp8Descriptor,
    *,
    picture_id: int | None = None,
    tl0_index: int | None = None,
    key_index: int | None = None,
) -> bytes:
    """The payload with other numbers in those fields that are present, taken modulo their widths; sizes stay."""
    raise NotImplementedError
