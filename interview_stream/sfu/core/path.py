"""The way to one subscriber: numbers packets, and tells from feedback what arrives of them, and how late."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from interview_stream.sfu.core.outgoing import SentLog
from interview_stream.sfu.wire.rtcp import TransportFeedback
from interview_stream.sfu.wire.transport_cc import TICK_S, read

RATE_S: Final = 0.7
"""Over which time the rate of arrival and the loss are taken."""
OUTRUN: Final = 1.1
"""So much more was sent than came: the rest waits, or is lost."""
STANDING_S: Final = 0.3
"""A delay that lasts as long is a queue; one that passes is jitter, or the burst of a key frame."""
SHRINKING_S: Final = 0.02
"""A queue that is so much shorter than a moment ago needs nothing but patience."""
BASE_S: Final = 10.0
"""The shortest delay is looked for among this time and the same before it: clocks drift, and routes change."""
HOLE_S: Final = 0.6
"""What is lost while nothing arrives for so long was not lost to congestion."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one feedback told."""

    at: float
    octets: int
    span_s: float
    """Of the receiver's clock, since what arrived before."""
    received: int
    lost: int
    delay_s: float
    """The shortest of its packets', over the shortest of all."""
    sent: int
    """Octets that had been sent by then, in all."""


class Path:
    """Numbers are taken from `log` for each packet; then call `receive` for each feedback on them."""

    __slots__ = (
        "_base",
        "_base_at",
        "_base_before",
        "_batches",
        "_is_hole",
        "_last_tick",
        "_next",
        "arrived",
        "log",
    )

    def __init__(self) -> None:
        self.log = SentLog()
        self.arrived = 0
        """Octets of payload, as far as we were told."""
        self._batches: deque[_Batch] = deque()
        self._next = -1
        """The number, in 16 bits, that the next feedback should begin with."""
        self._last_tick = 0
        self._is_hole = False
        self._base = math.inf
        self._base_before = math.inf
        self._base_at = -math.inf

    def receive(self, feedback: TransportFeedback, now: float) -> None:
        """Feedback came; raises MalformedPacket."""
        arrivals = read(feedback)
        if not arrivals.ticks:
            return
        times = [tick * TICK_S for tick in arrivals.ticks]
        octets, delay_s = self.log.settle(arrivals.first, arrivals.offsets, times)
        if math.isinf(delay_s):
            return  # all of it is too old
        self.arrived += octets
        self._find_base(delay_s, now)
        begin = self._last_tick
        was_hole = self._is_hole
        self._is_hole = (arrivals.ticks[0] - begin) * TICK_S > HOLE_S
        # One is a hole; one after the other, a path that hardly carries anything.
        is_hole = self._is_hole and not was_hole
        # After a lost feedback nobody knows what arrived in between, and in a pause nothing did.
        if is_hole or arrivals.first != self._next:
            begin = arrivals.ticks[0]
        span_s = max(0, arrivals.ticks[-1] - begin) * TICK_S
        self._next = arrivals.first + arrivals.count & 0xFFFF
        self._last_tick = arrivals.ticks[-1]
        lost = 0 if is_hole else arrivals.count - len(arrivals.ticks)
        delay_s -= min(self._base, self._base_before)
        self._batches.append(_Batch(now, octets, span_s, len(arrivals.ticks), lost, delay_s, self.log.octets))
        self.forget_old(now)

    @property
    def is_answered(self) -> bool:
        """Whether the subscriber ever told us what arrived."""
        return self._next >= 0

    def forget_old(self, now: float) -> None:
        """What was told before a pause says nothing about now."""
        while self._batches and now - self._batches[0].at > RATE_S:
            self._batches.popleft()

    @property
    def waiting_s(self) -> float:
        """How long packets waited in queues on the way, by the newest feedback."""
        return self._batches[-1].delay_s if self._batches else 0.0

    @property
    def arriving_bps(self) -> float:
        """How much arrives, by the receiver's clock; 0 when that is not known."""
        return _rate(self._batches)

    @property
    def carried_bps(self) -> float:
        """How much came through in the last moments: while a queue stands, what the path carries.

        What came before the queue was full came faster.
        """
        if not self._batches:
            return 0.0
        last = self._batches[-1].at
        return _rate([batch for batch in self._batches if batch.at >= last - STANDING_S])

    @property
    def is_outrun(self) -> bool:
        """Whether clearly more is sent than arrives. If not, little arrives because little is sent."""
        if len(self._batches) < 2:
            return True
        sent = self._batches[-1].sent - self._batches[0].sent
        came = sum(batch.octets for batch in self._batches) - self._batches[0].octets
        return sent > came * OUTRUN

    @property
    def waiting_twice_s(self) -> float:
        """As `waiting_s`, but of two feedbacks one after the other the shorter: one alone may be a hiccup."""
        return min(batch.delay_s for batch in list(self._batches)[-2:]) if len(self._batches) > 1 else 0.0

    @property
    def standing_s(self) -> float:
        """How long packets wait in queues on the way, those that wait least; 0 when that has not lasted, or ends."""
        if not self._batches:
            return 0.0
        first, last = self._batches[0], self._batches[-1]
        if last.at - first.at < STANDING_S or last.delay_s < first.delay_s - SHRINKING_S:
            return 0.0
        return min(batch.delay_s for batch in self._batches if batch.at >= last.at - STANDING_S)

    def lost(self, at_least: int) -> float:
        """The share of packets that were lost, if there are enough to tell; else 0."""
        received = sum(batch.received for batch in self._batches)
        lost = sum(batch.lost for batch in self._batches)
        return lost / (lost + received) if lost + received >= at_least else 0.0

    def _find_base(self, delay_s: float, now: float) -> None:
        if now - self._base_at > BASE_S:
            self._base_before = self._base
            self._base = math.inf
            self._base_at = now
        self._base = min(self._base, delay_s)


def _rate(batches: Iterable[_Batch]) -> float:
    """bit/s by the receiver's clock; 0 when that is not known."""
    octets, span_s = 0, 0.0
    for batch in batches:
        octets += batch.octets
        span_s += batch.span_s
    return octets * 8 / span_s if span_s > 0 else 0.0
