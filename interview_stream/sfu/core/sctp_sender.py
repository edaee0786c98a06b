"""The sending half of an SCTP association (RFC 9260 sections 6 and 7): hides pieces, loss, congestion and giving up.

We leave out: more than one path, the limit on bursts, shrinking the window of an idle association.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from interview_stream.sfu.wire.rtp import extend32
from interview_stream.sfu.wire.sctp import DATA_HEADER_SIZE, HEADER_SIZE, Data, ForwardTsn, Sack

MAX_PACKET: Final = 1160
"""Leaves room for DTLS and UDP in what every path carries (1200 bytes, RFC 8831 section 5)."""
MAX_PIECE: Final = MAX_PACKET - HEADER_SIZE - DATA_HEADER_SIZE
# RFC 9260 section 16 would have 1 s and 60 s: written for other networks, and a call that comes back must not wait.
FIRST_RTO_S: Final = 0.5
MIN_RTO_S: Final = 0.4
MAX_RTO_S: Final = 5.0
_FAST_RETRANSMIT: Final = 3
_FIRST_CWND: Final = 4380
_MAX_CWND: Final = 1024 * 1024
_MAX_STREAMS_GIVEN_UP: Final = 64


class _Message:
    """What an application sent; `given_up` once it shall not be sent again."""

    __slots__ = ("expires_at", "given_up", "is_ordered", "max_retransmits", "number", "payload", "protocol", "stream")

    def __init__(
        self,
        stream: int,
        protocol: int,
        payload: bytes,
        is_ordered: bool,
        max_retransmits: int | None,
        expires_at: float | None,
    ) -> None:
        self.stream = stream
        self.protocol = protocol
        self.payload = payload
        self.is_ordered = is_ordered
        self.max_retransmits = max_retransmits
        self.expires_at = expires_at
        self.number = 0
        self.given_up = False

    @property
    def is_partial(self) -> bool:
        """Whether it may be given up (RFC 3758, RFC 7496)."""
        return self.max_retransmits is not None or self.expires_at is not None


class _Sent:
    """One chunk on its way."""

    __slots__ = ("chunk", "is_acked", "is_lost", "message", "misses", "sent_at", "size", "transmissions")

    def __init__(self, chunk: bytes, size: int, message: _Message, now: float) -> None:
        self.chunk = chunk
        self.size = size
        self.message = message
        self.sent_at = now
        self.transmissions = 1
        self.misses = 0
        self.is_acked = False
        self.is_lost = False
        """To be sent again."""

    @property
    def is_outstanding(self) -> bool:
        """Whether it counts as being in the network."""
        return not (self.is_acked or self.is_lost or self.message.given_up)


class Sender:
    """Queue messages, feed acknowledgements, send what `transmit` gives, call `tick` at `deadline`."""

    def __init__(self, first_tsn: int, window: int, *, may_give_up: bool) -> None:
        """`window` is the receiver's; `may_give_up` if it understands FORWARD-TSN."""
        self.acked = first_tsn - 1
        """Everything up to here is acknowledged; unwrapped, as all numbers here."""
        self.next_tsn = first_tsn
        self.buffered = 0
        """Bytes of payload queued or not acknowledged yet."""
        self.cwnd = _FIRST_CWND
        self.rto = FIRST_RTO_S
        self._window = window
        self._may_give_up = may_give_up
        self._queue: deque[_Message] = deque()
        self._urgent: deque[_Message] = deque()
        """Messages that may be given up go before those that wait anyhow."""
        self._current: _Message | None = None
        self._offset = 0
        self._flight: dict[int, _Sent] = {}
        self._outstanding = 0
        self._lost = 0
        self._numbers: dict[int, int] = {}
        self._ssthresh = _MAX_CWND
        self._partial_bytes_acked = 0
        self._recovery_until = first_tsn - 1
        self._is_fast = False
        """The first repetition after a loss does not wait for the window."""
        self._expires_at: float | None = None
        self._smooth_rtt = 0.0
        self._rtt_variation = 0.0
        self._given_up_to = first_tsn - 1
        self._must_forward = False

    def queue(
        self,
        stream: int,
        protocol: int,
        payload: bytes,
        *,
        is_ordered: bool = True,
        max_retransmits: int | None = None,
        expires_at: float | None = None,
    ) -> None:
        """Send a message, not empty, as soon as the network takes it."""
        message = _Message(stream, protocol, payload, is_ordered, max_retransmits, expires_at)
        (self._urgent if message.is_partial else self._queue).append(message)
        self.buffered += len(payload)

    def has_queued(self, stream: int) -> bool:
        """Whether something for a stream has not been sent at all yet."""
        current = [self._current] if self._current is not None else []
        return any(message.stream == stream for message in (*current, *self._urgent, *self._queue))

    def reset(self, streams: Iterable[int]) -> None:
        """Count these streams anew (RFC 6525 section 5.1.2)."""
        for stream in streams:
            self._numbers.pop(stream, None)

    @property
    def is_idle(self) -> bool:
        """Whether everything was acknowledged."""
        return not self._flight and self._current is None and not self._queue and not self._urgent

    def acknowledge(self, sack: Sack, now: float) -> bool:
        """Take an acknowledgement; False if it speaks of what was never sent."""
        cumulative = extend32(sack.tsn, self.acked)
        if cumulative < self.acked:
            return True  # overtaken by a later one
        if cumulative >= self.next_tsn:
            return False
        was_full = self._outstanding + MAX_PACKET > self.cwnd
        is_recovering = self._recovery_until > self.acked
        has_advanced = cumulative > self.acked
        acked_bytes = 0
        for tsn in range(self.acked + 1, cumulative + 1):
            sent = self._flight.pop(tsn)
            acked_bytes += self._ack(sent, now)
            self._finish(sent)
        self.acked = cumulative
        highest, gap_bytes = self._ack_gaps(sack, now)
        self._window = sack.window
        if has_advanced:
            self._expires_at = now + self.rto
            if was_full and not is_recovering:
                self._grow(acked_bytes + gap_bytes)
        self._count_misses(highest, now)
        self._forward()
        if not self._flight:
            self._expires_at = None
        return True

    def _ack(self, sent: _Sent, now: float) -> int:
        """Bytes that this acknowledges newly."""
        if sent.is_acked:
            return 0
        if sent.is_outstanding:
            self._outstanding -= sent.size
        if sent.is_lost:
            self._lost -= 1
            sent.is_lost = False
        sent.is_acked = True
        if sent.transmissions == 1 and not sent.message.given_up:  # Karn's rule, RFC 9260 section 6.3.1
            self._measure(now - sent.sent_at)
        return sent.size

    def _finish(self, sent: _Sent) -> None:
        """A chunk need not be kept any more."""
        if not sent.message.given_up:
            self.buffered -= sent.size

    def _ack_gaps(self, sack: Sack, now: float) -> tuple[int, int]:
        """The highest number and the bytes that the gap blocks acknowledge newly."""
        highest, total = 0, 0
        for start, end in sack.gaps:
            for tsn in range(self.acked + start, min(self.acked + end, self.next_tsn - 1) + 1):
                sent = self._flight.get(tsn)
                if sent is not None and not sent.is_acked:
                    total += self._ack(sent, now)
                    highest = max(highest, tsn)
        return highest, total

    def _count_misses(self, highest: int, now: float) -> None:
        """RFC 9260 section 7.2.4: three reports that later chunks came mean that this one is lost."""
        for tsn in range(self.acked + 1, highest):
            sent = self._flight[tsn]
            if not sent.is_outstanding:
                continue
            sent.misses += 1
            if sent.misses == _FAST_RETRANSMIT:
                self._lose(sent, now)
                if self._recovery_until <= self.acked:
                    self._recovery_until = self.next_tsn - 1
                    self._ssthresh = self.cwnd = max(self.cwnd // 2, 4 * MAX_PACKET)
                    self._partial_bytes_acked = 0
                    self._is_fast = True

    def _lose(self, sent: _Sent, now: float) -> None:
        self._outstanding -= sent.size
        sent.is_lost = True
        self._lost += 1
        message = sent.message
        if self._may_give_up and _is_over(message, sent.transmissions, now):
            self._give_up(message)

    def _give_up(self, message: _Message) -> None:
        """RFC 3758 section 3.5: the whole message, with what was not sent of it."""
        for sent in self._flight.values():
            if sent.message is message:
                if sent.is_outstanding:
                    self._outstanding -= sent.size
                if sent.is_lost:
                    self._lost -= 1
                    sent.is_lost = False
                self.buffered -= sent.size
        if self._current is message:
            self.buffered -= len(message.payload) - self._offset
            self._current = None
        message.given_up = True

    def _forward(self) -> None:
        """Where the receiver may go on though something is missing; told again until it does."""
        self._given_up_to = max(self._given_up_to, self.acked)
        while True:
            sent = self._flight.get(self._given_up_to + 1)
            if sent is None or not sent.message.given_up:
                break
            self._given_up_to += 1
        self._must_forward = self._given_up_to > self.acked

    def _grow(self, acked_bytes: int) -> None:
        """RFC 9260 sections 7.2.1 and 7.2.2."""
        if self.cwnd <= self._ssthresh:
            self.cwnd += min(acked_bytes, MAX_PACKET)
        else:
            self._partial_bytes_acked += acked_bytes
            if self._partial_bytes_acked >= self.cwnd:
                self._partial_bytes_acked -= self.cwnd
                self.cwnd += MAX_PACKET
        self.cwnd = min(self.cwnd, _MAX_CWND)

    def _measure(self, rtt: float) -> None:
        """RFC 9260 section 6.3.1."""
        if not self._smooth_rtt:
            self._smooth_rtt, self._rtt_variation = rtt, rtt / 2
        else:
            self._rtt_variation += (abs(self._smooth_rtt - rtt) - self._rtt_variation) / 4
            self._smooth_rtt += (rtt - self._smooth_rtt) / 8
        self.rto = min(max(self._smooth_rtt + 4 * self._rtt_variation, MIN_RTO_S), MAX_RTO_S)

    def transmit(self, now: float) -> list[bytes]:
        """The chunks to send now, each at most MAX_PIECE with its header."""
        chunks = []
        if self._must_forward:
            self._must_forward = False
            chunks.append(self._forward_chunk().serialize())
        if self._lost:
            chunks += self._repeat(now)
        if not self._lost:
            chunks += self._new_chunks(now)
        if self._flight and self._expires_at is None:
            self._expires_at = now + self.rto
        return chunks

    def _forward_chunk(self) -> ForwardTsn:
        streams: dict[int, int] = {}
        for tsn in range(self.acked + 1, self._given_up_to + 1):
            message = self._flight[tsn].message
            if message.is_ordered:
                streams[message.stream] = message.number
        return ForwardTsn(self._given_up_to & 0xFFFFFFFF, list(streams.items())[:_MAX_STREAMS_GIVEN_UP])

    def _repeat(self, now: float) -> list[bytes]:
        chunks = []
        for sent in self._flight.values():
            if not sent.is_lost:
                continue
            if self._outstanding + sent.size > self.cwnd and self._outstanding and not self._is_fast:
                break
            self._is_fast = False
            sent.is_lost = False
            self._lost -= 1
            sent.transmissions += 1
            sent.sent_at = now
            sent.misses = 0
            self._outstanding += sent.size
            chunks.append(sent.chunk)
        return chunks

    def _new_chunks(self, now: float) -> Iterator[bytes]:
        """RFC 9260 section 6.1: as much as both windows allow; one chunk even into a closed one, to hear it open."""
        while self._outstanding < self.cwnd and self._has_next(now):
            message = self._current
            assert message is not None
            piece = message.payload[self._offset : self._offset + MAX_PIECE]
            if self._outstanding and self._outstanding + len(piece) > self._window:
                return
            yield self._send(message, piece, now)

    def _has_next(self, now: float) -> bool:
        """Whether there is a message to go on with; those whose time is over before they were sent are dropped."""
        while self._current is None and (self._urgent or self._queue):
            message = (self._urgent or self._queue).popleft()
            if _is_over(message, 0, now):
                self.buffered -= len(message.payload)
                continue
            self._current, self._offset = message, 0
            if message.is_ordered:
                message.number = self._numbers.get(message.stream, 0)
                self._numbers[message.stream] = (message.number + 1) & 0xFFFF
        return self._current is not None

    def _send(self, message: _Message, piece: bytes, now: float) -> bytes:
        end = self._offset + len(piece)
        chunk = Data(
            self.next_tsn & 0xFFFFFFFF,
            message.stream,
            message.number,
            message.protocol,
            piece,
            is_first=self._offset == 0,
            is_last=end == len(message.payload),
            is_unordered=not message.is_ordered,
        ).serialize()
        self._flight[self.next_tsn] = _Sent(chunk, len(piece), message, now)
        self.next_tsn += 1
        self._outstanding += len(piece)
        self._offset = end
        if end == len(message.payload):
            self._current = None
        return chunk

    def tick(self, now: float) -> None:
        """RFC 9260 section 6.3.3: nothing was acknowledged for too long, so all of it counts as lost.

        However often that happens, we go on (unlike section 8.1): consent (RFC 7675) tells when somebody is gone, and
        ten timeouts in a row happen on bad lines that still carry a call.
        """
        if self._expires_at is None or now < self._expires_at:
            return
        self.rto = min(self.rto * 2, MAX_RTO_S)
        self._expires_at = now + self.rto
        self._ssthresh = max(self.cwnd // 2, 4 * MAX_PACKET)
        self.cwnd = MAX_PACKET
        self._partial_bytes_acked = 0
        self._recovery_until = self.acked
        # What is next in line never came, whatever an earlier report said of it (RFC 9260 section 6.2.1).
        first = next(iter(self._flight.values()))
        if first.is_acked:
            first.is_acked = False
            self._outstanding += first.size if first.is_outstanding else 0
        for sent in list(self._flight.values()):
            if sent.is_outstanding:
                self._lose(sent, now)
        self._forward()

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        return self._expires_at


def _is_over(message: _Message, transmissions: int, now: float) -> bool:
    """Whether a message that was sent so often shall be given up rather than sent again."""
    if message.max_retransmits is not None:
        return transmissions > message.max_retransmits
    return message.expires_at is not None and now >= message.expires_at
