"""Turns what the media engine tells into rows, and keeps their number within limits."""

from collections.abc import Sequence
from datetime import UTC, datetime

from interview_stream.server.connections.models import Sample
from interview_stream.server.connections.schemas import SampleIn

MAX_SAMPLES = 360
"""Of one person in one call, an hour at ten seconds; beyond, neighbours become one, and so cover twice the time."""
_ADDED = (
    "seconds", "breaks", "resumes", "pauses", "sent_packets", "sent_lost", "sent_octets", "received_packets",
    "received_lost", "received_octets",
)  # fmt: skip
MERGED = (
    *_ADDED, "is_connected", "is_limited", "quality", "rtt_ms", "limit_bps", "sent_jitter_ms", "received_jitter_ms",
    "sent_height", "received_height",
)  # fmt: skip
"""What `merge` changes."""
_QUALITIES = ("poor", "good", "excellent", "")


def sample_of(given: SampleIn) -> Sample:
    """Without its call."""
    layers = [layer for track in given.sent for layer in track.layers]
    videos = [track for track in given.received if track.kind == "video" and track.is_wanted]
    limited = [track.height for track in videos if track.is_limited]
    return Sample(
        identity=given.identity,
        session=given.sid,
        name=given.name or given.identity,
        at=datetime.fromtimestamp(given.at, UTC),
        seconds=given.seconds,
        is_connected=given.is_connected,
        transport=given.transport[:8],
        candidate=given.candidate[:8],
        quality=given.quality[:16],
        rtt_ms=given.rtt_ms,
        limit_bps=given.limit_bps,
        breaks=given.breaks,
        resumes=given.resumes,
        pauses=sum(track.pauses for track in given.received),
        is_limited=bool(limited),
        sent_packets=sum(layer.packets for layer in layers),
        sent_lost=sum(layer.lost for layer in layers),
        sent_octets=sum(layer.octets for layer in layers),
        sent_jitter_ms=max((layer.jitter_ms for layer in layers), default=0.0),
        sent_height=max((layer.height for layer in layers if layer.is_alive and layer.height), default=None),
        received_packets=sum(track.packets for track in given.received),
        received_lost=sum(track.lost for track in given.received),
        received_octets=sum(track.octets for track in given.received),
        received_jitter_ms=max((track.jitter_ms for track in given.received), default=0.0),
        # What counts is the picture that should have been better, or else the best one.
        received_height=min(limited) if limited else max((track.height for track in videos), default=None),
    )


def merge(into: Sample, earlier: Sample) -> Sample:
    """Let `into` tell of the time of `earlier` too: sums of what was counted, the worse of what was measured."""
    rtts = [(each.rtt_ms, each.seconds) for each in (earlier, into) if each.rtt_ms is not None]
    seconds = sum(length for _, length in rtts)
    into.rtt_ms = sum(rtt * length for rtt, length in rtts) / seconds if seconds else None
    for name in _ADDED:
        setattr(into, name, getattr(into, name) + getattr(earlier, name))
    into.is_connected &= earlier.is_connected
    into.is_limited |= earlier.is_limited
    into.quality = min(into.quality, earlier.quality, key=_worse)
    into.sent_jitter_ms = max(into.sent_jitter_ms, earlier.sent_jitter_ms)
    into.received_jitter_ms = max(into.received_jitter_ms, earlier.received_jitter_ms)
    into.limit_bps = _least(into.limit_bps, earlier.limit_bps)
    into.sent_height = _least(into.sent_height, earlier.sent_height)
    into.received_height = _least(into.received_height, earlier.received_height)
    return into


def thinned(samples: Sequence[Sample], most: int) -> list[Sample]:
    """Neighbours of one session made one until there are at most so many, or nothing more can be made one."""
    found = list(samples)
    while len(found) > most:
        halved = halve(found)[0]
        if len(halved) == len(found):
            break
        found = halved
    return found


def halve(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Each second one told also of the one before it: what is left, and what is now told of by others."""
    left: list[Sample] = []
    gone: list[Sample] = []
    earlier: Sample | None = None
    for sample in samples:
        if earlier is not None and earlier.session == sample.session:
            left[-1] = merge(sample, earlier)
            gone.append(earlier)
            earlier = None
        else:
            left.append(sample)
            earlier = sample
    return left, gone


def _worse(quality: str) -> int:
    return _QUALITIES.index(quality) if quality in _QUALITIES else len(_QUALITIES)


def _least(one: int | None, other: int | None) -> int | None:
    given = [each for each in (one, other) if each is not None]
    return min(given, default=None)
