"""A layer's newest key frame and the little that followed it, kept for those who come late: hides how both are put
together, and their limits."""

from collections.abc import Iterator
from typing import Final

from interview_stream.sfu.wire.rtp import RtpPacket, timestamp_diff
from interview_stream.sfu.wire.vp8 import Vp8Descriptor

MAX_BYTES: Final = 384 * 1024
"""A shared screen of 4K in one; a layer keeps two of them at most, the complete and the coming."""
MAX_AGE_S: Final = 10.0
"""What is older may be far from what is filmed now."""
FOLLOWED_BYTES: Final = 128 * 1024
"""With what followed; it goes out at once, so it must not be more than a line takes at once."""
FOLLOWED_S: Final = 2.0
"""What is asked for when somebody joins comes some round trips before their transport is up."""
PICTURE_TICKS: Final = 90
"""Between pictures that are caught up on: a millisecond, so that only the last of them stays on the screen."""

Replay = tuple[int, int, RtpPacket, Vp8Descriptor | None]
"""A packet to send again: its unwrapped number, the source's timestamp that it should have, itself, its descriptor."""


class KeyFrame:
    """One key frame, packet by packet, in whatever order they come."""

    __slots__ = ("_last", "_newest", "_size", "at", "descriptors", "first", "is_followed", "packets", "timestamp")

    def __init__(self, packet: RtpPacket, number: int, now: float) -> None:
        """`packet` begins it, with this unwrapped sequence number."""
        self.timestamp = packet.timestamp
        self.first = number
        self.at = now
        self.packets: dict[int, RtpPacket] = {}
        self.descriptors: dict[int, Vp8Descriptor] = {}
        self.is_followed = True
        """Whether what comes after it is kept as well."""
        self._last = -1
        self._newest = -1
        self._size = 0

    def add(self, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None) -> bool:
        """Take one packet of it; whether it may become complete yet."""
        self._take(packet, number, descriptor)
        if packet.marker:
            self._last = number
        return self._size <= MAX_BYTES

    def follow(self, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None, now: float) -> None:
        """Take one packet that came after it was complete; when that is too much, none of them is kept."""
        if number <= self._last:
            return
        self._take(packet, number, descriptor)
        if self._size > FOLLOWED_BYTES or now - self.at > FOLLOWED_S:
            self.is_followed = False
            for followed in [key for key in self.packets if key > self._last]:
                del self.packets[followed]
                self.descriptors.pop(followed, None)

    def _take(self, packet: RtpPacket, number: int, descriptor: Vp8Descriptor | None) -> None:
        self.packets[number] = packet
        if descriptor is not None:
            self.descriptors[number] = descriptor
        self._newest = max(self._newest, number)
        self._size += len(packet.payload)

    @property
    def is_complete(self) -> bool:
        """Whether it is all there."""
        return self._last >= self.first and len(self.packets) == self._last - self.first + 1

    def is_fresh(self, now: float) -> bool:
        """Whether it still resembles what is filmed."""
        return now - self.at <= MAX_AGE_S

    def reaches(self, number: int, now: float) -> bool:
        """Whether all that came after it is there, up to this number: who gets that needs no other key frame."""
        is_whole = len(self.packets) == self._newest - self.first + 1
        return self.is_followed and is_whole and self._newest == number and self.is_fresh(now)

    def replay(self, last: int | None) -> Iterator[Replay]:
        """All packets up to number `last`, or of the key frame alone.

        Pictures follow each other closely up to the last, which keeps its time: at their own pace they would be
        behind what is filmed, and stay there.
        """
        numbers = range(self.first, (self._last if last is None else last) + 1)
        newest = self.packets[numbers[-1]].timestamp
        later = len({self.packets[number].timestamp for number in numbers})
        before = None
        for number in numbers:
            packet = self.packets[number]
            if packet.timestamp != before:
                before = packet.timestamp
                later -= 1
            # Who films slowly has them as close as that already.
            squeezed = newest - later * PICTURE_TICKS & 0xFFFFFFFF
            timestamp = squeezed if timestamp_diff(squeezed, before) > 0 else before
            yield number, timestamp, packet, self.descriptors.get(number)
