"""A whole key frame of a layer, kept for those who come late: hides how it is put together, and its limits."""

from typing import Final

from interview_stream.sfu.wire.rtp import RtpPacket
from interview_stream.sfu.wire.vp8 import Vp8Descriptor

MAX_BYTES: Final = 384 * 1024
"""A shared screen of 4K in one; a layer keeps two of them at most, the complete and the coming."""
MAX_AGE_S: Final = 10.0
"""What is older may be far from what is filmed now."""


class KeyFrame:
    """One key frame, packet by packet, in whatever order they come."""

    __slots__ = ("_last", "_size", "at", "descriptors", "first", "packets", "timestamp")

    def __init__(self, packet: RtpPacket, number: int, now: float) -> None:
        """`packet` begins it, with this unwrapped sequence number."""
        self.timestamp = packet.timestamp
        self.first = number
        self.at = now
        self.packets: dict[int, RtpPacket] = {}
        self.descriptors: dict[int, Vp8Descriptor] = {}
        self._last = -1
        self._size = 0

    def add(self, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None) -> bool:
        """Take one packet of it; whether it may become complete yet."""
        self.packets[number] = packet
        if descriptor is not None:
            self.descriptors[number] = descriptor
        self._size += len(packet.payload)
        if packet.marker:
            self._last = number
        return self._size <= MAX_BYTES

    @property
    def is_complete(self) -> bool:
        """Whether it is all there."""
        return self._last >= self.first and len(self.packets) == self._last - self.first + 1

    def is_fresh(self, now: float) -> bool:
        """Whether it still resembles what is filmed."""
        return now - self.at <= MAX_AGE_S
