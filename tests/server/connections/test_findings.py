"""What stands out in samples."""

from datetime import timedelta
from typing import Any

from interview_stream.server.connections.findings import find
from interview_stream.server.connections.models import Sample
from interview_stream.server.connections.sampling import merge, sample_of, thinned
from interview_stream.server.connections.schemas import FindingKind, SampleIn
from tests.told_connections import layer, received, sample, sent


def samples(*changes: dict[str, Any]) -> list[Sample]:
    return [sample_of(SampleIn.model_validate(sample(number, **each))) for number, each in enumerate(changes)]


def lossy(lost: int, **changes: Any) -> dict[str, Any]:
    return {"received": [received(lost=lost, **changes)]}


def test_a_good_line_has_nothing_to_tell_of() -> None:
    assert find(samples({}, {}, lossy(10))) == []
    assert find([]) == []


def test_neighbours_are_told_of_together_with_the_picture_that_was_seen() -> None:
    found = find(samples({}, lossy(30), lossy(0), lossy(60, is_limited=True, height=180), {}, {}, lossy(500)))
    assert [each.kind for each in found] == [FindingKind.LOST_TO] * 2
    first, second = found
    assert first.ended_at - first.began_at == timedelta(seconds=30)
    assert first.share == 90 / 3000
    assert (first.height, second.height, second.share) == (180, None, 0.5)


def test_few_packets_say_nothing() -> None:
    assert find(samples(lossy(5, packets=10))) == []


def test_losses_on_the_way_from_somebody_are_told_apart() -> None:
    (found,) = find(samples({"sent": [sent("TR_cam", layer(lost=100))]}))
    assert (found.kind, found.share) == (FindingKind.LOST_FROM, 0.1)


def test_long_ways_small_pictures_and_breaks() -> None:
    found = find(
        samples(
            {"rtt_ms": 350.0},
            {"rtt_ms": 800.0, "breaks": 1, "resumes": 2, "transport": "tcp", "candidate": "relay"},
            {"received": [received(is_limited=True, is_paused=True, height=0)]},
        )
    )
    assert [(each.kind, each.rtt_ms, each.height, each.count) for each in found] == [
        (FindingKind.SLOW, 800.0, None, None),
        (FindingKind.LIMITED, None, 0, None),
        (FindingKind.BROKEN, None, None, 1),
        (FindingKind.RESUMED, None, None, 2),
        (FindingKind.OVER_TCP, None, None, None),
        (FindingKind.RELAYED, None, None, None),
    ]


def test_media_that_never_came_through() -> None:
    (found,) = find(samples({"transport": "", "candidate": "", "is_connected": False, "rtt_ms": None}))
    assert found.kind is FindingKind.NEVER_CONNECTED


def test_only_the_worst_of_a_kind_are_told_of_in_order_of_time() -> None:
    changes: list[dict[str, Any]] = []
    for lost in (30, 90, 80, 70, 60):
        changes += [lossy(lost), {}, {}]
    assert [each.share for each in find(samples(*changes))] == [0.09, 0.08, 0.07, 0.06]


def test_merging_adds_what_was_counted_and_keeps_the_worse_of_what_was_measured() -> None:
    one, two = samples(
        {"rtt_ms": 10.0, "quality": "poor", "seconds": 30.0, "limit_bps": 5, **lossy(1, height=180)},
        {"rtt_ms": 50.0, "is_connected": False, "breaks": 1, **lossy(2)},
    )
    merged = merge(two, one)
    assert (merged.seconds, merged.received_lost, merged.received_packets, merged.breaks) == (40.0, 3, 2000, 1)
    assert (merged.rtt_ms, merged.quality, merged.is_connected) == (20.0, "poor", False)
    assert (merged.received_height, merged.limit_bps) == (180, 5)


def test_sessions_are_never_made_one() -> None:
    found = samples({}, {"sid": "PA_2"}, {"sid": "PA_3"})
    assert len(thinned(found, 1)) == 3
    assert len(thinned(samples({}, {}, {}, {}, {}), 2)) == 2
