"""When the packets of one participant arrived, over all its streams: what its sender needs to find its bandwidth."""

from interview_stream.sfu.wire.rtcp import TransportFeedback
from interview_stream.sfu.wire.rtp import extend
from interview_stream.sfu.wire.transport_cc import feedback

INTERVAL_S = 0.1
MAX_REPORTED = 400
MAX_GAP = 1000
KEPT_S = 0.5
"""How long an arrival is kept for a feedback that an overtaken packet extends backwards."""


class ArrivalTimes:
    """Call `note` for each packet; `feedback` says what came since the last one, in one message."""

    __slots__ = ("_at", "_count", "_first", "_highest", "_news", "_next", "_times")

    def __init__(self, now: float) -> None:
        self._times: dict[int, float] = {}
        self._highest = -1
        self._next = -1
        """The number after the last one reported."""
        self._first = -1
        """The lowest number that came since."""
        self._count = 0
        self._at = now
        self._news = 0
        """How many came since."""

    def is_due(self, now: float) -> bool:
        """Whether it is time for `feedback`."""
        return self._news > 0 and (now - self._at >= INTERVAL_S or self._news >= MAX_REPORTED)

    def note(self, sequence_number: int, now: float) -> None:
        """A packet with this transport-wide number came."""
        highest = self._highest
        number = extend(sequence_number, highest) if highest >= 0 else sequence_number + 0x10000
        if highest < 0 or abs(number - highest) > MAX_GAP:
            # The first, or another sender: what was before means nothing any more.
            self._times.clear()
            self._next = self._first = self._highest = number
            self._news = 0
        if not self._news or number < self._first:
            self._first = number
        if number > self._highest:
            self._highest = number
        self._times.setdefault(number, now)
        self._news += 1

    def feedback(self, sender_ssrc: int, media_ssrc: int, now: float) -> TransportFeedback:
        """All since the last feedback, with what was lost among it; only when one is due."""
        first = min(self._next, self._first)
        message = feedback(sender_ssrc, media_ssrc, first, self._highest, self._times, self._count)
        self._count += 1
        self._next = self._highest + 1
        self._news = 0
        self._at = now
        oldest = now - KEPT_S
        kept = {number: at for number, at in self._times.items() if at >= oldest}
        self._times = kept if len(kept) < MAX_REPORTED else {}
        return message
