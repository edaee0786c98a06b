"""The receiving half of an SCTP association (RFC 9260 section 6): hides numbering, gaps, reassembly and order."""

from dataclasses import dataclass, field
from typing import Final

from interview_stream.sfu.wire.rtp import extend32
from interview_stream.sfu.wire.sctp import MAX_DUPLICATES, MAX_GAPS, Data, ForwardTsn, Sack

WINDOW: Final = 256 * 1024
"""Bytes that may wait here for what is missing before them; what we tell the sender."""
MAX_MESSAGE: Final = 65536
_CHUNK_COST: Final = 128
"""What a waiting chunk costs beside its payload, so that many small ones cannot take more memory than a few large."""
_MAX_AHEAD: Final = 4096
"""How far beyond the last number without a gap a chunk may be."""


class ViolationError(Exception):
    """The other side sends what it must not, so the association cannot go on."""


@dataclass(slots=True)
class Message:
    """What an application sent, whole."""

    stream: int
    protocol: int
    payload: bytes


@dataclass(slots=True)
class _Stream:
    """One inbound stream: the number expected next and the complete messages that wait for it."""

    expected: int = 0
    waiting: dict[int, Message] = field(default_factory=dict)


class Receiver:
    """Feed chunks, take the messages that are complete, and say by `sack` what came. Numbers are unwrapped."""

    def __init__(self, first_tsn: int) -> None:
        self.cumulative = first_tsn - 1
        """Everything up to here came or was given up."""
        self._chunks: dict[int, Data] = {}
        """What cannot be delivered yet, by number."""
        self._seen: set[int] = set()
        """Numbers above `cumulative` that came."""
        self._duplicates: list[int] = []
        self._streams: dict[int, _Stream] = {}
        self._held = 0

    def accept(self, chunk: Data) -> list[Message]:
        """Take one chunk; the messages that it completes. Raises ViolationError."""
        tsn = extend32(chunk.tsn, self.cumulative)
        if tsn <= self.cumulative or tsn in self._seen:
            if len(self._duplicates) < MAX_DUPLICATES:
                self._duplicates.append(chunk.tsn)
            return []
        is_next = tsn == self.cumulative + 1
        # What fills the first gap frees memory sooner or later; all else must fit (RFC 9260 section 6.2).
        if tsn > self.cumulative + _MAX_AHEAD or (self._held >= WINDOW and not is_next):
            return []
        if self._held >= 2 * WINDOW:
            raise ViolationError("A message is larger than we take.")
        self._hold(tsn, chunk)
        self._advance(tsn)
        return self._reassemble(tsn)

    def forward(self, chunk: ForwardTsn) -> list[Message]:
        """Give up what the sender gave up (RFC 3758 section 3.6); messages that waited only for that."""
        target = extend32(chunk.tsn, self.cumulative)
        if target <= self.cumulative or target > self.cumulative + _MAX_AHEAD:
            return []
        for tsn in [tsn for tsn in self._chunks if tsn <= target]:
            self._release(tsn)
        self._seen = {tsn for tsn in self._seen if tsn > target}
        self.cumulative = target
        self._advance(target)
        delivered: list[Message] = []
        for number, last in chunk.streams:
            stream = self._streams.setdefault(number, _Stream())
            skipped = (last - stream.expected) & 0xFFFF
            if skipped >= 0x8000:
                continue  # an old one, repeated
            for waiting in sorted(stream.waiting, key=lambda key: (key - stream.expected) & 0xFFFF):
                if (waiting - stream.expected) & 0xFFFF <= skipped:
                    delivered.append(self._take(stream, waiting))
            stream.expected = (last + 1) & 0xFFFF
            delivered += self._in_order(stream)
        return delivered

    def reset(self, streams: list[int]) -> None:
        """The sender counts these streams anew (all, if none is named), RFC 6525 section 5.2.2."""
        for number in streams or list(self._streams):
            stream = self._streams.pop(number, None)
            if stream is not None:
                for message in stream.waiting.values():
                    self._held -= _cost(message.payload)

    def sack(self) -> Sack:
        """What to acknowledge now; duplicates are told once."""
        duplicates, self._duplicates = self._duplicates, []
        gaps: list[tuple[int, int]] = []
        for tsn in sorted(self._seen):
            offset = tsn - self.cumulative
            if gaps and gaps[-1][1] == offset - 1:
                gaps[-1] = (gaps[-1][0], offset)
            elif len(gaps) < MAX_GAPS:
                gaps.append((offset, offset))
            else:
                break
        return Sack(self.cumulative & 0xFFFFFFFF, max(0, WINDOW - self._held), gaps, duplicates)

    @property
    def is_lacking(self) -> bool:
        """Whether something is missing before what came."""
        return bool(self._seen)

    def _hold(self, tsn: int, chunk: Data) -> None:
        self._chunks[tsn] = chunk
        self._held += _cost(chunk.payload)

    def _release(self, tsn: int) -> Data:
        chunk = self._chunks.pop(tsn)
        self._held -= _cost(chunk.payload)
        return chunk

    def _advance(self, tsn: int) -> None:
        """Note an arrival; numbers without a gap are counted by `cumulative` alone."""
        if tsn > self.cumulative:
            self._seen.add(tsn)
        while self.cumulative + 1 in self._seen:
            self.cumulative += 1
            self._seen.discard(self.cumulative)

    def _reassemble(self, tsn: int) -> list[Message]:
        """The message that this chunk completes, if it does, and those that waited for it."""
        last = self._end(tsn)
        first = self._start(tsn) if last is not None else None
        if first is None or last is None:
            return []
        chunks = [self._release(number) for number in range(first, last + 1)]
        message = Message(chunks[0].stream, chunks[0].protocol, b"".join(chunk.payload for chunk in chunks))
        if len(message.payload) > MAX_MESSAGE:
            raise ViolationError("A message is larger than we take.")
        if chunks[0].is_unordered:
            return [message]
        return self._arrange(message, chunks[0].number)

    def _end(self, tsn: int) -> int | None:
        """The number of the last piece of the message, if all pieces from here on are there."""
        chunk = self._chunks.get(tsn)
        while chunk is not None and not chunk.is_last:
            tsn += 1
            chunk = self._chunks.get(tsn)
        return tsn if chunk is not None else None

    def _start(self, tsn: int) -> int | None:
        chunk = self._chunks.get(tsn)
        while chunk is not None and not chunk.is_first:
            tsn -= 1
            chunk = self._chunks.get(tsn)
        return tsn if chunk is not None else None

    def _arrange(self, message: Message, number: int) -> list[Message]:
        """RFC 9260 section 6.6: ordered messages are delivered by their stream's numbers."""
        stream = self._streams.setdefault(message.stream, _Stream())
        if number == stream.expected:
            stream.expected = (number + 1) & 0xFFFF
            return [message, *self._in_order(stream)]
        if (number - stream.expected) & 0xFFFF < 0x8000 and number not in stream.waiting:
            stream.waiting[number] = message
            self._held += _cost(message.payload)
        return []

    def _in_order(self, stream: _Stream) -> list[Message]:
        delivered = []
        while stream.expected in stream.waiting:
            delivered.append(self._take(stream, stream.expected))
            stream.expected = (stream.expected + 1) & 0xFFFF
        return delivered

    def _take(self, stream: _Stream, number: int) -> Message:
        message = stream.waiting.pop(number)
        self._held -= _cost(message.payload)
        return message


def _cost(payload: bytes) -> int:
    return len(payload) + _CHUNK_COST
