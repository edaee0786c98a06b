"""H.264 in RTP (RFC 6184, packetization modes 0 and 1): finds key frames and their picture size."""

from typing import Final

NAL_SLICE: Final = 1
NAL_IDR: Final = 5
NAL_SEI: Final = 6
NAL_SPS: Final = 7
NAL_PPS: Final = 8
NAL_STAP_A: Final = 24
NAL_FU_A: Final = 28


def nal_units(payload: bytes) -> list[bytes]:
    """The whole NAL units in a single-unit or STAP-A payload, empty for a fragment (FU-A); raises MalformedPacket."""
    raise NotImplementedError


def nal_types(payload: bytes) -> list[int]:
    """Types of the NAL units that begin in this payload (a middle fragment begins none); [] for malformed."""
    raise NotImplementedError


def is_keyframe(payload: bytes) -> bool:
    """Whether a key frame begins here: an SPS or IDR unit begins, also inside STAP-A or at an FU-A start."""
    raise NotImplementedError


def keyframe_size(payload: bytes) -> tuple[int, int] | None:
    """Width and height after cropping, from an SPS in this payload."""
    raise NotImplementedError


def sps_size(sps: bytes) -> tuple[int, int] | None:
    """Width and height after cropping of a sequence parameter set NAL unit; None if it cannot be read."""
    raise NotImplementedError
