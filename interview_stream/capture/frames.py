"""Puts RTP payloads together into pictures that a decoder can show: hides fragments, losses and parameter sets.

After a picture was lost for good, nothing is given out until the next key frame: what lies between would be decoded
onto the wrong reference and show as smear.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire import h264, vp8

_START_CODE = b"\0\0\0\1"
_PLAIN_DESCRIPTOR = b"\x10"  # start of partition 0, nothing else (RFC 7741 section 4.2)
_NAL_DELIMITER = 9
_NAL_FILLER = 12


class MediaPacket(NamedTuple):
    """One packet in sending order, on scales that do not wrap."""

    sequence: int
    timestamp: int
    is_last: bool
    """The marker: the last packet of a picture (RFC 7741 section 4.1, RFC 6184 section 5.1)."""
    payload: bytes


class Picture(NamedTuple):
    """What a frame holds, without its time."""

    data: bytes
    is_key: bool
    size: tuple[int, int] | None
    """Width and height; of key frames only."""


class Frame(NamedTuple):
    """A whole picture at its time."""

    timestamp: int
    picture: Picture
    is_after_loss: bool
    """Pictures before this one were lost."""


class PictureBuilder(Protocol):
    """What differs between codecs."""

    def begins(self, payload: bytes) -> bool:
        """Whether this payload surely is a picture's first, though what came before it was lost."""

    def follows(self, payload: bytes) -> bool:
        """Whether the payload itself proves that no picture is missing since the last one taken."""

    def add(self, payload: bytes) -> None:
        """Add the next payload of the picture; raises MalformedPacket."""

    def take(self) -> Picture | None:
        """Finish the picture, None if it shows nothing; raises MalformedPacket when a part is missing."""


def picture_builder(codec: str) -> PictureBuilder:
    return Vp8Builder() if codec == "vp8" else H264Builder()


def assemble(packets: Iterable[MediaPacket], builder: PictureBuilder) -> Iterator[Frame]:
    """All frames that can be decoded, in order; the first is a key frame."""
    assembly = _Assembly(builder)
    for packet in packets:
        yield from assembly.accept(packet)
    yield from assembly.finish()


class _Assembly:
    """The picture being put together, and what is known of those before it."""

    def __init__(self, builder: PictureBuilder) -> None:
        self.builder = builder
        self.expected: int | None = None
        self.timestamp: int | None = None  # of the open picture
        self.is_broken = False
        self.needs_key = True
        self.has_lost = False
        self.has_markers = False

    def accept(self, packet: MediaPacket) -> Iterator[Frame]:
        is_next = self.expected is None or packet.sequence == self.expected
        self.expected = packet.sequence + 1
        if not is_next:
            self._note_loss(packet)
        if self.timestamp is not None and packet.timestamp != self.timestamp:
            yield from self.close()
        if not packet.payload:
            return
        self._add(packet, is_next)
        if packet.is_last:
            self.has_markers = True
            yield from self.close()

    def finish(self) -> Iterator[Frame]:
        """No more packets come; a last picture without a marker was cut, unless this sender sets none."""
        self.is_broken = self.is_broken or self.has_markers
        return self.close()

    def _note_loss(self, packet: MediaPacket) -> None:
        if self.timestamp is not None:
            self.is_broken = True
        elif not self.builder.follows(packet.payload):
            self.needs_key = self.has_lost = True

    def _add(self, packet: MediaPacket, is_next: bool) -> None:
        if self.timestamp is None:
            self.timestamp = packet.timestamp
            self.is_broken = not is_next and not self.builder.begins(packet.payload)
        try:
            self.builder.add(packet.payload)
        except MalformedPacket:
            self.is_broken = True

    def close(self) -> Iterator[Frame]:
        """End the open picture, if any."""
        timestamp, self.timestamp = self.timestamp, None
        if timestamp is None:
            return
        try:
            picture = self.builder.take()
        except MalformedPacket:
            picture, self.is_broken = None, True
        if self.is_broken:
            self.needs_key = self.has_lost = True
        elif picture is not None and (picture.is_key or not self.needs_key):
            frame = Frame(timestamp, picture, self.has_lost)
            self.needs_key = self.has_lost = False
            yield frame
        self.is_broken = False


class Vp8Builder:
    """VP8: payloads joined without their descriptors (RFC 7741)."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._is_key = False
        self._picture_id: int | None = None

    def begins(self, payload: bytes) -> bool:
        try:
            return vp8.Vp8Descriptor.parse(payload).is_start
        except MalformedPacket:
            return False

    def follows(self, payload: bytes) -> bool:
        try:
            descriptor = vp8.Vp8Descriptor.parse(payload)
        except MalformedPacket:
            return False
        if not descriptor.is_start or descriptor.picture_id is None or self._picture_id is None:
            return False
        return descriptor.picture_id == (self._picture_id + 1) % (1 << descriptor.picture_id_bits)

    def add(self, payload: bytes) -> None:
        descriptor = vp8.Vp8Descriptor.parse(payload)
        if not self._parts:
            if not descriptor.is_start:
                raise MalformedPacket("A VP8 picture has no beginning.")
            self._is_key = descriptor.is_keyframe
            self._picture_id = descriptor.picture_id
        self._parts.append(payload[descriptor.size :])

    def take(self) -> Picture | None:
        data = b"".join(self._parts)
        self._parts = []
        if not self._is_key:
            return Picture(data, False, None) if data else None
        size = vp8.keyframe_size(_PLAIN_DESCRIPTOR + data[:10])
        if size is None:
            raise MalformedPacket("A VP8 key frame lacks its header.")
        return Picture(data, True, size)


class H264Builder:
    """H.264: NAL units from single packets, STAP-A and FU-A (RFC 6184), written with start codes.

    Parameter sets stay in the stream, and are repeated before key frames that come without, so that every key frame
    can be decoded on its own after a seek, also when the picture's size changed on the way.
    """

    def __init__(self) -> None:
        self._units: list[bytes] = []
        self._fragments: list[bytes] = []
        self._parameters: dict[int, bytes] = {}

    def begins(self, payload: bytes) -> bool:
        # Ahead of a slice there may have been other slices, or parameter sets of another size.
        return payload[0] & 31 not in (h264.NAL_SLICE, h264.NAL_IDR, h264.NAL_FU_A)

    def follows(self, payload: bytes) -> bool:
        return False

    def add(self, payload: bytes) -> None:
        units = h264.nal_units(payload)
        if payload[0] & 31 != h264.NAL_FU_A:
            if self._fragments:
                raise MalformedPacket("A fragmented NAL unit is not finished.")
            self._units += units
            return
        # RFC 6184 section 5.8: S and E bits, then the type; the first three bits come from the indicator.
        if payload[1] & 0x80:
            self._fragments = [bytes([payload[0] & 0xE0 | payload[1] & 0x1F])]
        elif not self._fragments:
            raise MalformedPacket("A fragmented NAL unit has no beginning.")
        self._fragments.append(payload[2:])
        if payload[1] & 0x40:
            self._units.append(b"".join(self._fragments))
            self._fragments = []

    def take(self) -> Picture | None:
        units, self._units = self._units, []
        fragments, self._fragments = self._fragments, []
        if fragments:
            raise MalformedPacket("A fragmented NAL unit has no end.")
        kinds = [unit[0] & 31 for unit in units]
        for kind, unit in zip(kinds, units, strict=True):
            if kind in (h264.NAL_SPS, h264.NAL_PPS):
                self._parameters[kind] = unit
        if h264.NAL_IDR in kinds:
            return self._key_picture(kinds, units)
        return Picture(_annex_b(units), False, None) if h264.NAL_SLICE in kinds else None

    def _key_picture(self, kinds: list[int], units: list[bytes]) -> Picture | None:
        missing = [kind for kind in (h264.NAL_SPS, h264.NAL_PPS) if kind not in kinds]
        if any(kind not in self._parameters for kind in missing):
            return None
        size = h264.sps_size(self._parameters[h264.NAL_SPS])
        if size is None:
            raise MalformedPacket("An H.264 sequence parameter set cannot be read.")
        return Picture(_annex_b([*(self._parameters[kind] for kind in missing), *units]), True, size)


def _annex_b(units: list[bytes]) -> bytes:
    kept = [unit for unit in units if unit[0] & 31 not in (_NAL_DELIMITER, _NAL_FILLER)]
    return b"".join(part for unit in kept for part in (_START_CODE, unit))
