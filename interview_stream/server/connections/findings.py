"""What stands out in somebody's samples, so that nobody has to read charts to know what went wrong."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from interview_stream.server.connections.models import Sample
from interview_stream.server.connections.schemas import FindingKind, FindingOut

LOSS = 0.02
"""From here on sound has gaps that people hear, and pictures stand at times."""
FEW_PACKETS = 20
"""Of fewer in a sample, one that is lost says nothing."""
SLOW_MS = 300.0
"""From here on people begin to talk at once (ITU-T G.114, both ways)."""
MOST_OF_A_KIND = 4

Stretch = list[Sample]


def find(samples: Sequence[Sample]) -> list[FindingOut]:
    """In the order of time; what is true of all of the time comes last."""
    if not samples:
        return []
    stretches = [
        *_worst(samples, _lost_to, FindingKind.LOST_TO, lambda found: share_of(found, "received")),
        *_worst(samples, _lost_from, FindingKind.LOST_FROM, lambda found: share_of(found, "sent")),
        *_worst(samples, _is_slow, FindingKind.SLOW, lambda found: max(each.rtt_ms or 0 for each in found)),
        *_worst(samples, _is_limited, FindingKind.LIMITED, len),
    ]
    # A picture that shrank while packets were lost is told of with them.
    told = [each for each in stretches if each.kind == FindingKind.LOST_TO]
    stretches = [s for s in stretches if s.kind != FindingKind.LIMITED or not any(_overlap(s, each) for each in told)]
    return [*sorted(stretches, key=lambda finding: finding.began_at), *_on_the_whole(samples)]


def share_of(samples: Sequence[Sample], direction: str) -> float | None:
    """What share of packets was lost; None where none were sent."""
    packets = sum(getattr(each, f"{direction}_packets") for each in samples)
    lost = sum(getattr(each, f"{direction}_lost") for each in samples)
    return min(1.0, lost / packets) if packets > 0 else None


def began_at(sample: Sample) -> datetime:
    return sample.at - timedelta(seconds=sample.seconds)


def _worst(
    samples: Sequence[Sample],
    is_bad: Callable[[Sample], bool],
    kind: FindingKind,
    badness: Callable[[Stretch], float | None],
) -> list[FindingOut]:
    found = sorted(_stretches(samples, is_bad), key=lambda each: badness(each) or 0, reverse=True)
    return [_told(kind, each) for each in found[:MOST_OF_A_KIND]]


def _stretches(samples: Sequence[Sample], is_bad: Callable[[Sample], bool]) -> list[Stretch]:
    """One good sample between bad ones does not end a stretch."""
    found: list[Stretch] = []
    good: Stretch = []
    for sample in samples:
        if not is_bad(sample):
            good.append(sample)
        elif found and len(good) <= 1:
            found[-1] += [*good, sample]
            good = []
        else:
            found.append([sample])
            good = []
    return found


def _told(kind: FindingKind, stretch: Stretch) -> FindingOut:
    heights = [each.received_height for each in stretch if each.is_limited and each.received_height is not None]
    is_loss = kind in (FindingKind.LOST_TO, FindingKind.LOST_FROM)
    return FindingOut(
        kind=kind,
        began_at=began_at(stretch[0]),
        ended_at=stretch[-1].at,
        share=share_of(stretch, "received" if kind is FindingKind.LOST_TO else "sent") if is_loss else None,
        height=min(heights, default=None) if kind in (FindingKind.LOST_TO, FindingKind.LIMITED) else None,
        rtt_ms=max(each.rtt_ms or 0 for each in stretch) if kind is FindingKind.SLOW else None,
        count=None,
    )


def _on_the_whole(samples: Sequence[Sample]) -> list[FindingOut]:
    found = []

    def tell(kind: FindingKind, count: int | None = None) -> None:
        began, ended = began_at(samples[0]), samples[-1].at
        nothing: dict[str, None] = {"share": None, "height": None, "rtt_ms": None}
        found.append(FindingOut(kind=kind, began_at=began, ended_at=ended, count=count, **nothing))

    if all(not each.transport for each in samples):
        tell(FindingKind.NEVER_CONNECTED)
    breaks = sum(each.breaks for each in samples)
    if breaks:
        tell(FindingKind.BROKEN, breaks)
    resumes = sum(each.resumes for each in samples)
    if resumes:
        tell(FindingKind.RESUMED, resumes)
    if any(each.transport == "tcp" for each in samples):
        tell(FindingKind.OVER_TCP)
    if any(each.candidate == "relay" for each in samples):
        tell(FindingKind.RELAYED)
    return found


def _lost_to(sample: Sample) -> bool:
    return sample.received_packets >= FEW_PACKETS and (share_of([sample], "received") or 0) >= LOSS


def _lost_from(sample: Sample) -> bool:
    return sample.sent_packets >= FEW_PACKETS and (share_of([sample], "sent") or 0) >= LOSS


def _is_slow(sample: Sample) -> bool:
    return sample.rtt_ms is not None and sample.rtt_ms >= SLOW_MS


def _is_limited(sample: Sample) -> bool:
    return sample.is_limited


def _overlap(one: FindingOut, other: FindingOut) -> bool:
    return one.began_at < other.ended_at and other.began_at < one.ended_at
