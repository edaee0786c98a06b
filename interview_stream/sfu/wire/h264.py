"""H.264 in RTP (RFC 6184, packetization modes 0 and 1): finds key frames and their picture size."""

from typing import Final

from interview_stream.sfu.errors import MalformedPacket

NAL_SLICE: Final = 1
NAL_IDR: Final = 5
NAL_SEI: Final = 6
NAL_SPS: Final = 7
NAL_PPS: Final = 8
NAL_STAP_A: Final = 24
NAL_FU_A: Final = 28

_KEY_TYPES: Final = frozenset((NAL_IDR, NAL_SPS))
_HIGH_PROFILES: Final = frozenset((44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244))
_MAX_SIDE: Final = 16_384


def nal_units(payload: bytes) -> list[bytes]:
    """The whole NAL units in a single-unit or STAP-A payload, empty for a fragment (FU-A); raises MalformedPacket."""
    if not payload:
        raise MalformedPacket("An H.264 payload is empty.")
    type_ = payload[0] & 31
    if 0 < type_ < NAL_STAP_A:
        return [payload]
    if type_ == NAL_FU_A:
        if len(payload) < 3:
            raise MalformedPacket("An H.264 fragment is cut short.")
        return []
    if type_ != NAL_STAP_A:
        raise MalformedPacket(f"H.264 payloads of type {type_} are of another packetization mode.")
    units = []
    at, size = 1, len(payload)
    while at < size:
        end = at + 2 + int.from_bytes(payload[at : at + 2], "big")
        if at + 2 >= end or end > size:
            raise MalformedPacket("An H.264 aggregate is cut short.")
        units.append(payload[at + 2 : end])
        at = end
    return units


def nal_types(payload: bytes) -> list[int]:
    """Types of the NAL units that begin in this payload (a middle fragment begins none); [] for malformed."""
    try:
        units = nal_units(payload)
    except MalformedPacket:
        return []
    if payload[0] & 31 == NAL_FU_A and payload[1] & 0x80:
        return [payload[1] & 31]
    return [unit[0] & 31 for unit in units]


def is_keyframe(payload: bytes) -> bool:
    """Whether a key frame begins here: an SPS or IDR unit begins, also inside STAP-A or at an FU-A start."""
    return not _KEY_TYPES.isdisjoint(nal_types(payload))


def keyframe_size(payload: bytes) -> tuple[int, int] | None:
    """Width and height after cropping, from an SPS in this payload."""
    try:
        units = nal_units(payload)
    except MalformedPacket:
        return None
    for unit in units:
        if unit[0] & 31 == NAL_SPS and (size := sps_size(unit)):
            return size
    return None


def sps_size(sps: bytes) -> tuple[int, int] | None:
    """Width and height after cropping of a sequence parameter set NAL unit; None if it cannot be read."""
    if len(sps) < 4 or sps[0] & 31 != NAL_SPS:
        return None
    # Emulation prevention: 00 00 03 stands for 00 00 (ITU-T H.264 section 7.4.1).
    bits = _Bits(sps[1:].replace(b"\0\0\3", b"\0\0"))
    try:
        return _read_size(bits)
    except MalformedPacket:
        return None


def _read_size(bits: "_Bits") -> tuple[int, int]:
    """ITU-T H.264 section 7.3.2.1.1, up to the cropping."""
    profile = bits.take(8)
    bits.take(16)  # constraints and level
    bits.golomb()  # seq_parameter_set_id
    chroma = _read_high_profile(bits) if profile in _HIGH_PROFILES else 1
    bits.golomb()  # log2_max_frame_num_minus4
    order_type = bits.golomb()
    if order_type == 0:
        bits.golomb()
    elif order_type == 1:
        bits.take(1)
        for _ in range(2):
            bits.golomb()
        for _ in range(bits.golomb()):
            bits.golomb()
    bits.golomb()  # max_num_ref_frames
    bits.take(1)  # gaps_in_frame_num_value_allowed_flag
    width = (bits.golomb() + 1) * 16
    rows = bits.golomb() + 1
    frame_only = bits.take(1)
    height = rows * 16 * (2 - frame_only)
    if not frame_only:
        bits.take(1)
    bits.take(1)  # direct_8x8_inference_flag
    if bits.take(1):
        unit_x = 2 if chroma in (1, 2) else 1
        unit_y = (2 if chroma == 1 else 1) * (2 - frame_only)
        width -= (bits.golomb() + bits.golomb()) * unit_x
        height -= (bits.golomb() + bits.golomb()) * unit_y
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise MalformedPacket("An H.264 picture has an impossible size.")
    return width, height


def _read_high_profile(bits: "_Bits") -> int:
    """The chroma format; skips bit depths and scaling lists."""
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    bits.golomb()
    bits.golomb()
    bits.take(1)
    if bits.take(1):
        for i in range(12 if chroma == 3 else 8):
            if bits.take(1):
                _skip_scaling_list(bits, 16 if i < 6 else 64)
    return chroma


def _skip_scaling_list(bits: "_Bits", size: int) -> None:
    """ITU-T H.264 section 7.3.2.1.1.1."""
    last, following = 8, 8
    for _ in range(size):
        if following:
            coded = bits.golomb()
            delta = (coded + 1) // 2 if coded & 1 else -(coded // 2)
            following = (last + delta) % 256
        last = following or last


class _Bits:
    """Reads bits from the front; raises MalformedPacket at the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise MalformedPacket("An H.264 parameter set is cut short.")
        return self._value >> self._left & (1 << count) - 1

    def golomb(self) -> int:
        """An unsigned Exp-Golomb number (ITU-T H.264 section 9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise MalformedPacket("An H.264 parameter set holds an impossible number.")
        return (1 << zeros) - 1 + self.take(zeros)
