"""Which packets of one source came: hides wrapping numbers, duplicates, losses, repair requests and report blocks."""

from array import array

from interview_stream.sfu.wire.rtcp import ReportBlock

WINDOW = 2048
MASK = WINDOW - 1
MAX_GAP = 1000
MAX_MISSING = 100
FIRST_REQUEST_S = 0.01
"""A packet that was only overtaken comes within this time, mostly."""
MIN_REQUEST_S = 0.03
MAX_REQUEST_S = 0.4
REQUEST_MARGIN = 1.25
"""The first pause between requests is the round trip times this, each further one this times longer."""
MAX_TRIES = 8


class _Missing:
    __slots__ = ("next_at", "since", "tries")

    def __init__(self, now: float) -> None:
        self.since = now
        self.next_at = now + FIRST_REQUEST_S
        self.tries = 0


class ArrivalLog:
    """The arrivals of one SSRC. Numbers are unwrapped, so they grow for as long as the source lives."""

    __slots__ = (
        "_base",
        "_clock_rate",
        "_expected_before",
        "_jitter",
        "_missing",
        "_received_before",
        "_restart_at",
        "_seen",
        "_transit",
        "highest",
        "lateness",
        "lost_for_good",
        "received",
        "repaired",
    )

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._seen = array("q", [-1]) * WINDOW
        self._missing: dict[int, _Missing] = {}
        self._base = 0
        self._restart_at = -1
        self._transit = 0.0
        self._jitter = 0.0
        self._expected_before = 0
        self._received_before = 0
        self.highest = -1
        self.received = 0
        self.repaired = 0
        self.lost_for_good = 0
        """Packets given up; the owner resets it after it acted on it."""
        self.lateness: list[float] = []
        """How long packets had been missing that came after all, in seconds; the owner takes them out."""

    def accept(self, sequence_number: int, timestamp: int, now: float) -> int | None:
        """The unwrapped number of a packet that just came; None if it is a duplicate or hopelessly late."""
        highest = self.highest
        delta = (sequence_number - highest) & 0xFFFF
        if delta == 1:  # the usual case first
            number = highest + 1
            self.highest = number
        elif highest < 0:
            number = self._start(sequence_number + 0x10000)
        elif delta < 0x8000:
            if delta == 0:
                return None
            number = highest + delta
            if delta > MAX_GAP:
                self._missing.clear()
            else:
                self._lose(highest + 1, number, now)
            self.highest = number
        else:
            late = self._late(highest + delta - 0x10000, sequence_number, now)
            if late is None:
                return None
            number = late
        self._seen[number & MASK] = number
        self.received += 1
        # RFC 3550 section A.8, in seconds instead of timestamp units.
        transit = now - timestamp / self._clock_rate
        change = abs(transit - self._transit)
        if change < 1.0:  # not a wrap of the timestamp, not a pause
            self._jitter += (change - self._jitter) / 16
        self._transit = transit
        return number

    def accept_repair(self, sequence_number: int, now: float) -> int | None:
        """Like `accept` for a packet that came as a retransmission: it repairs, but does not count as received."""
        if self.highest < 0:
            return None
        number = self.highest + ((sequence_number - self.highest + 0x8000) & 0xFFFF) - 0x8000
        if number > self.highest or self.highest - number >= WINDOW or self._seen[number & MASK] == number:
            return None
        self._found(number, now)
        self._seen[number & MASK] = number
        self.repaired += 1
        return number

    @property
    def expected(self) -> int:
        """How many packets there would be, had all come."""
        return 0 if self.highest < 0 else self.highest - self._base + 1

    @property
    def jitter_s(self) -> float:
        """How unevenly packets come, smoothed (RFC 3550 section 6.4.1)."""
        return self._jitter

    @property
    def has_missing(self) -> bool:
        """Whether `requests` has, or will soon have, something to ask for."""
        return bool(self._missing)

    @property
    def is_lacking(self) -> bool:
        """Whether something is missing, or was given up and nobody has acted on it yet."""
        return bool(self._missing) or self.lost_for_good > 0

    def requests(self, now: float, rtt_s: float) -> tuple[int, ...]:
        """Sequence numbers to ask for again now (RFC 4585 section 6.2.1)."""
        wanted = []
        first_s = max(MIN_REQUEST_S, rtt_s * REQUEST_MARGIN)
        for number, missing in list(self._missing.items()):
            if missing.next_at > now:
                continue
            if missing.tries >= MAX_TRIES:
                del self._missing[number]
                self.lost_for_good += 1
                continue
            missing.next_at = now + min(first_s * REQUEST_MARGIN**missing.tries, MAX_REQUEST_S)
            missing.tries += 1
            wanted.append(number & 0xFFFF)
        return tuple(wanted)

    def report(self, ssrc: int, last_sender_report: int, delay_s: float) -> ReportBlock | None:
        """What a receiver report says of this source (RFC 3550 section A.3); None before the first packet."""
        if self.highest < 0:
            return None
        expected = self.highest - self._base + 1
        expected_now = expected - self._expected_before
        lost_now = expected_now - (self.received - self._received_before)
        self._expected_before = expected
        self._received_before = self.received
        fraction = 0 if expected_now <= 0 or lost_now <= 0 else min(255, (lost_now << 8) // expected_now)
        return ReportBlock(
            ssrc=ssrc,
            fraction_lost=fraction,
            packets_lost=expected - self.received,
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=int(self._jitter * self._clock_rate),
            last_sender_report=last_sender_report,
            delay_since_sender_report=min(int(delay_s * 65536), 0xFFFFFFFF) if last_sender_report else 0,
        )

    def _start(self, number: int) -> int:
        self._base = self.highest = number
        self._expected_before = self._received_before = self.received = 0
        self._missing.clear()
        return number

    def _lose(self, first: int, end: int, now: float) -> None:
        if len(self._missing) + end - first > MAX_MISSING:
            # Asking for so much would only add to the congestion; a key frame is cheaper.
            self.lost_for_good += end - first
            return
        for number in range(first, end):
            self._missing[number] = _Missing(now)

    def _found(self, number: int, now: float) -> None:
        missing = self._missing.pop(number, None)
        if missing is not None and len(self.lateness) < MAX_MISSING:
            self.lateness.append(now - missing.since)

    def _late(self, number: int, sequence_number: int, now: float) -> int | None:
        if self.highest - number >= WINDOW:
            # Two packets in a row from another range: the source started again (RFC 3550 section A.1).
            if sequence_number == self._restart_at:
                return self._start((self.highest & ~0xFFFF) + 0x10000 + sequence_number)
            self._restart_at = (sequence_number + 1) & 0xFFFF
            return None
        if self._seen[number & MASK] == number:
            return None
        self._found(number, now)
        return number
