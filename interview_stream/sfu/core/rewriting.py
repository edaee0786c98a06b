"""Numbers that stay continuous for a subscriber while the source behind them changes: sequence, time, VP8 pictures."""

from collections import deque

from interview_stream.sfu.wire.rtp import timestamp_diff
from interview_stream.sfu.wire.vp8 import Vp8Descriptor, rewrite

HISTORY = 64
MAX_JUMP = 1000

Offsets = tuple[int, int, int]
"""What is added to PictureID, TL0PICIDX and KEYIDX."""


class SequenceMap:
    """Maps unwrapped source numbers to 16-bit outgoing ones.

    Gaps in the source stay gaps, so that the subscriber asks for what is missing; packets that are left out on purpose
    leave none.
    """

    __slots__ = ("_history", "_next", "_offset", "newest")

    def __init__(self, first: int) -> None:
        self._next = first
        """The outgoing number after the newest one."""
        self.newest = -1
        """The newest source number seen."""
        self._offset = 0
        self._history: deque[tuple[int, int]] = deque(maxlen=HISTORY)

    @property
    def last(self) -> int:
        """The newest outgoing number."""
        return self._next - 1 & 0xFFFF

    def start(self, number: int) -> None:
        """From source number `number` on a new source, or the old one after a pause, continues without a gap."""
        self._offset = number - self._next
        self.newest = number - 1
        self._history.clear()
        self._history.append((number, self._offset))

    def map(self, number: int) -> int | None:
        """The outgoing number; None for a late packet of a source that is over."""
        if number > self.newest:
            if number - self.newest > MAX_JUMP:
                self.start(number)
            self.newest = number
            self._next = number - self._offset + 1
            return (number - self._offset) & 0xFFFF
        for start, offset in reversed(self._history):
            if number >= start:
                return (number - offset) & 0xFFFF
        return None

    def skip(self, number: int) -> None:
        """The packet `number` is left out: later ones close the gap."""
        if number <= self.newest:
            return
        self._next = number - self._offset
        self.newest = number
        self._offset += 1
        self._history.append((number + 1, self._offset))


class TimestampMap:
    """Adds an offset to source timestamps so that outgoing time goes on when the source changes, and never back."""

    __slots__ = ("_clock_rate", "_last", "_last_at", "offset")

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._last: int | None = None
        self._last_at = 0.0
        self.offset = 0

    def start(self, timestamp: int, now: float, same_instant: int | None) -> None:
        """A source begins with `timestamp`. `same_instant` is what the source before it would have said, if known."""
        if self._last is None:
            return
        expected = self._last + max(1, int((now - self._last_at) * self._clock_rate))
        chosen = expected
        if same_instant is not None:
            candidate = same_instant + self.offset
            if abs(timestamp_diff(candidate & 0xFFFFFFFF, expected & 0xFFFFFFFF)) < self._clock_rate:
                chosen = candidate
        # Both layers may have sent the same picture: the second must still come after the first.
        if timestamp_diff(chosen & 0xFFFFFFFF, self._last) <= 0:
            chosen = self._last + 1
        self.offset = (chosen - timestamp) & 0xFFFFFFFF

    def map(self, timestamp: int) -> int:
        """The outgoing timestamp."""
        return (timestamp + self.offset) & 0xFFFFFFFF

    def sent(self, timestamp: int, now: float) -> None:
        """An outgoing timestamp, newest so far, went out."""
        self._last = timestamp
        self._last_at = now


class PictureMap:
    """Keeps VP8's PictureID, TL0PICIDX and KEYIDX continuous (RFC 7741 section 4.2)."""

    __slots__ = ("_last", "offsets")

    def __init__(self) -> None:
        self._last: Vp8Descriptor | None = None
        self.offsets: Offsets | None = None
        """Of the present source; None when no number changes at all."""

    def start(self, descriptor: Vp8Descriptor) -> None:
        """A source begins with this picture, which follows the newest one sent."""
        last = self._last
        if last is None:
            return
        picture, tl0, key = self.offsets or (0, 0, 0)
        picture = _after(last.picture_id, descriptor.picture_id, picture)
        tl0 = _after(last.tl0_index, descriptor.tl0_index, tl0)
        key = _after(last.key_index, descriptor.key_index, key)
        self.offsets = (picture, tl0, key) if picture or tl0 or key else None

    def sent(self, descriptor: Vp8Descriptor) -> None:
        """The newest picture, as the source numbered it."""
        self._last = descriptor


def renumber(payload: bytes, descriptor: Vp8Descriptor, offsets: Offsets) -> bytes:
    """The payload with outgoing numbers."""
    picture, tl0, key = offsets
    return rewrite(
        payload,
        descriptor,
        picture_id=None if descriptor.picture_id is None else descriptor.picture_id + picture,
        tl0_index=None if descriptor.tl0_index is None else descriptor.tl0_index + tl0,
        key_index=None if descriptor.key_index is None else descriptor.key_index + key,
    )


def _after(last: int | None, first: int | None, offset: int) -> int:
    """The new offset that makes `first` follow `last`, which was sent with the old `offset`."""
    return 0 if last is None or first is None else last + offset + 1 - first
