"""Maps a track's RTP timestamps to the recording server's wall clock: hides sender reports, drift and clock jumps.

Two steps. A sender report ties a track's timestamps to the publisher's own clock (RFC 3550, 6.4.1); that tie is shared
by picture and sound and makes lip-sync. The quickest reports of all the publisher's tracks then tie the publisher's
clock to ours; that tie places people beside each other. A track without reports is placed by arrival.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from interview_stream.capture.format import Capture, SenderReportRecord
from interview_stream.capture.order import OrderedPackets
from interview_stream.sfu.wire.rtcp import unix_from_ntp
from interview_stream.sfu.wire.rtp import extend32

JUMP_S = 0.2
"""Successive reports differ by milliseconds; by more than this only when the sender paused its media clock."""
MOST_DELAY_S = 2.0
"""A report that seems to have travelled longer was written after the publisher's clock had been set to another time."""
FURTHEST_FROM_PACKETS_S = 30.0
"""A report about another time than this is forged or broken."""
KNOT_S = 60.0
"""Reports are averaged over this time: long against their jitter, short against a sound card's drift."""
ARRIVAL_WINDOW_S = 10.0
"""Without reports, the quickest packet of each such window stands for one."""
DRIFT_SPAN_S = 600.0
"""The difference in rate of two machines' clocks shows above network jitter only over longer stretches."""
MOST_DRIFT = 200e-6

WallClock = Callable[[float], float]
"""From a publisher's clock to ours, both in Unix seconds."""


@dataclass(frozen=True)
class _Point:
    """At `media_s` on the media clock the wall clock was `offset_s` ahead of it."""

    media_s: float
    offset_s: float


class MediaClock:
    """The wall time of each moment of one track: media time plus an offset, interpolated between knots."""

    def __init__(self, clock_rate: int, pieces: Sequence[tuple[float, Sequence[_Point]]]) -> None:
        """`pieces`: stretches without a jump, each with the media time at which it begins and its knots."""
        self._clock_rate = clock_rate
        self._begins = [begin for begin, _ in pieces]
        self._knots = [(tuple(knot.media_s for knot in knots), tuple(knots)) for _, knots in pieces]

    def wall(self, timestamp: int) -> float:
        """Unix seconds at which the sample with this unwrapped timestamp was taken."""
        media_s = timestamp / self._clock_rate
        times, knots = self._knots[max(0, bisect_right(self._begins, media_s) - 1)]
        after = bisect_left(times, media_s)
        if after == 0 or after == len(times):
            return media_s + knots[min(after, len(times) - 1)].offset_s
        left, right = knots[after - 1], knots[after]
        share = (media_s - left.media_s) / (right.media_s - left.media_s)
        return media_s + left.offset_s + share * (right.offset_s - left.offset_s)


def media_clock(capture: Capture, packets: OrderedPackets, publisher: WallClock | None) -> MediaClock:
    """The clock of one track; `publisher` comes from `publisher_clock`, None without any sender report."""
    rate = capture.header.clock_rate
    points: list[_Point] = []
    if publisher is not None:
        points = _report_points(capture.sender_reports, packets, rate, publisher)
    if not points:
        points = _arrival_points(packets, rate)
    return MediaClock(rate, _pieces(points, packets, rate))


def publisher_clock(captures: Iterable[Capture]) -> WallClock | None:
    """The clock shared by one publisher's tracks, from all their sender reports; None when there are none.

    The report with the shortest way is the best: every other one was only delayed more. Over long recordings the
    quickest of the first and of the last third also show how the two clocks drift apart.
    """
    delays = sorted(
        (unix_from_ntp(report.ntp), report.arrival_ns / 1e9 - unix_from_ntp(report.ntp))
        for capture in captures
        for report in capture.sender_reports
        if report.ntp
    )
    if not delays:
        return None
    begin, span = delays[0][0], delays[-1][0] - delays[0][0]
    drift = 0.0
    if span >= DRIFT_SPAN_S:
        first = min((delay, at) for at, delay in delays if at <= begin + span / 3)
        last = min((delay, at) for at, delay in delays if at >= begin + span * 2 / 3)
        drift = (last[0] - first[0]) / (last[1] - first[1])
        drift = drift if abs(drift) <= MOST_DRIFT else 0.0
    offset = min(delay - drift * (at - begin) for at, delay in delays)
    return lambda ntp_s: ntp_s + offset + drift * (ntp_s - begin)


def companions(capture: Capture, siblings: Iterable[Capture]) -> list[Capture]:
    """The siblings that ran at the same time, through each other if need be: only they surely share a machine's clock.

    The same person may come back from another device, whose clock may be minutes apart.
    """
    chosen, rest = [capture], [other for other in siblings if other.path != capture.path]
    for known in chosen:  # grows while it is walked
        overlapping = [other for other in rest if _overlap(known, other)]
        chosen += overlapping
        rest = [other for other in rest if other not in overlapping]
    return chosen


def _overlap(one: Capture, other: Capture) -> bool:
    if not one.arrivals_ns or not other.arrivals_ns:
        return False
    return one.arrivals_ns[0] <= other.arrivals_ns[-1] and other.arrivals_ns[0] <= one.arrivals_ns[-1]


def _report_points(
    reports: Sequence[SenderReportRecord], packets: OrderedPackets, rate: int, publisher: WallClock
) -> list[_Point]:
    """What each believable report says; it is to speak of a time near that of the packets it came with."""
    points = []
    for report in reports:
        neighbour = packets.timestamps[min(bisect_left(packets.arrivals_ns, report.arrival_ns), len(packets) - 1)]
        timestamp = extend32(report.rtp_timestamp, neighbour)
        wall = publisher(unix_from_ntp(report.ntp))
        is_fresh = report.ntp != 0 and abs(report.arrival_ns / 1e9 - wall) <= MOST_DELAY_S
        if is_fresh and abs(timestamp - neighbour) <= FURTHEST_FROM_PACKETS_S * rate:
            points.append(_Point(timestamp / rate, wall - timestamp / rate))
    return sorted(points, key=lambda point: point.media_s)


def _arrival_points(packets: OrderedPackets, rate: int) -> list[_Point]:
    transits = (
        _Point(timestamp / rate, arrival_ns / 1e9 - timestamp / rate)
        for timestamp, arrival_ns in zip(packets.timestamps, packets.arrivals_ns, strict=True)
    )
    windows = groupby(transits, key=lambda point: point.media_s // ARRIVAL_WINDOW_S)
    return [min(window, key=lambda point: point.offset_s) for _, window in windows]


def _pieces(points: Sequence[_Point], packets: OrderedPackets, rate: int) -> list[tuple[float, list[_Point]]]:
    """Cut where the media clock stood still for a while; a jump that the packets do not show is evened out."""
    pieces = [(float("-inf"), [points[0]])]
    correction = 0.0
    for before, after in pairwise(points):
        jump = after.offset_s - before.offset_s
        if abs(jump) > JUMP_S:
            change, place = _greatest_change(before, after, packets, rate)
            if abs(change - jump) <= abs(jump) / 2:
                pieces.append((place, []))
            else:
                correction -= jump
        pieces[-1][1].append(_Point(after.media_s, after.offset_s + correction))
    return [(begin, _knots(piece)) for begin, piece in pieces]


def _knots(points: Sequence[_Point]) -> list[_Point]:
    begin = points[0].media_s
    minutes = groupby(points, key=lambda point: (point.media_s - begin) // KNOT_S)
    return [
        _Point(median(point.media_s for point in minute), median(point.offset_s for point in minute))
        for minute in (list(group) for _, group in minutes)
    ]


def _greatest_change(before: _Point, after: _Point, packets: OrderedPackets, rate: int) -> tuple[float, float]:
    """By how much the packets' way to us changed most between two reports, and the media time of the later packet."""
    first = max(1, bisect_left(packets.timestamps, int(before.media_s * rate)))
    last = bisect_right(packets.timestamps, int(after.media_s * rate))
    changes = [
        (
            (packets.arrivals_ns[place] - packets.arrivals_ns[place - 1]) / 1e9
            - (packets.timestamps[place] - packets.timestamps[place - 1]) / rate,
            packets.timestamps[place] / rate,
        )
        for place in range(first, min(last + 1, len(packets)))
    ]
    return max(changes, key=lambda change: abs(change[0]), default=(0.0, after.media_s))
