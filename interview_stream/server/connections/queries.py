"""What is read of connections."""

from collections.abc import Sequence
from statistics import median
from uuid import UUID

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.calls.models import Call
from interview_stream.server.connections.findings import began_at, find, share_of
from interview_stream.server.connections.models import Sample, TrackTotal, interviews_visible_to
from interview_stream.server.connections.sampling import thinned
from interview_stream.server.connections.schemas import (
    CallRefOut,
    ConnectionOut,
    ConnectionPointOut,
    ConnectionsOut,
    Direction,
    HeightOut,
    TrackTotalOut,
    Transport,
)
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.problems import Forbidden, NotFound
from interview_stream.server.live import query

MAX_POINTS = 120
"""On a chart."""
MAX_CALLS = 50


@query("connections.get")
def get_connections(actor: Actor, *, interview_id: UUID, call_id: UUID | None = None) -> ConnectionsOut:
    """Of one call, else of the newest."""
    member_among(actor)
    interview = Interview.objects.editable_by(actor).one(interview_id)
    if not interviews_visible_to(actor).filter(pk=interview.pk).exists():
        raise Forbidden("Only owners, admins, and who holds or planned the interview see this, never its candidate.")
    calls = list(interview.calls.all()[:MAX_CALLS])
    call = next((each for each in calls if call_id in (None, each.id)), None)
    if call is None and call_id is not None:
        raise NotFound("The interview had no such call.")
    return ConnectionsOut(
        calls=[_call_out(each) for each in calls],
        call=_call_out(call) if call else None,
        people=_people(actor, call) if call else [],
    )


def _people(actor: Actor, call: Call) -> list[ConnectionOut]:
    samples: dict[str, list[Sample]] = {}
    for sample in Sample.objects.visible_to(actor).filter(call=call):
        samples.setdefault(sample.identity, []).append(sample)
    tracks: dict[str, list[TrackTotal]] = {}
    for track in TrackTotal.objects.visible_to(actor).filter(call=call):
        tracks.setdefault(track.identity, []).append(track)
    return [_connection_out(theirs, tracks.get(identity, [])) for identity, theirs in samples.items()]


def _connection_out(samples: Sequence[Sample], tracks: Sequence[TrackTotal]) -> ConnectionOut:
    first, last = samples[0], samples[-1]
    rtts = [each.rtt_ms for each in samples if each.rtt_ms is not None]
    connected = next((each for each in reversed(samples) if each.transport), last)
    return ConnectionOut(
        identity=last.identity,
        name=last.name,
        began_at=began_at(first),
        ended_at=last.at,
        transport=Transport(connected.transport) if connected.transport in list(Transport) else Transport.NONE,
        candidate=connected.candidate,
        quality=next((each.quality for each in reversed(samples) if each.quality), ""),
        rtt_ms=median(rtts) if rtts else None,
        sent_loss=share_of(samples, "sent"),
        received_loss=share_of(samples, "received"),
        sent_bps=_bps(samples, "sent"),
        received_bps=_bps(samples, "received"),
        findings=find(samples),
        points=[_point_out(each) for each in thinned(samples, MAX_POINTS)],
        tracks=[_track_out(each) for each in tracks],
    )


def _point_out(sample: Sample) -> ConnectionPointOut:
    return ConnectionPointOut(
        at=sample.at,
        seconds=sample.seconds,
        is_connected=sample.is_connected,
        rtt_ms=sample.rtt_ms,
        sent_loss=share_of([sample], "sent"),
        received_loss=share_of([sample], "received"),
        sent_bps=_bps([sample], "sent"),
        received_bps=_bps([sample], "received"),
        sent_height=sample.sent_height,
        received_height=sample.received_height,
    )


def _track_out(total: TrackTotal) -> TrackTotalOut:
    heights = sorted((int(height), seconds) for height, seconds in total.heights.items())
    return TrackTotalOut(
        track=total.track,
        direction=Direction(total.direction),
        kind=total.kind,
        source=total.source,
        codec=total.codec,
        publisher=total.publisher_name,
        packets=total.packets,
        lost=total.lost,
        repaired=total.repaired,
        octets=total.octets,
        nacks=total.nacks,
        plis=total.plis,
        pauses=total.pauses,
        jitter_ms=total.jitter_ms,
        heights=[HeightOut(height=height, seconds=seconds) for height, seconds in heights],
    )


def _bps(samples: Sequence[Sample], direction: str) -> int:
    seconds = sum(each.seconds for each in samples)
    return int(sum(getattr(each, f"{direction}_octets") for each in samples) * 8 / seconds) if seconds else 0


def _call_out(call: Call) -> CallRefOut:
    return CallRefOut(id=call.id, started_at=call.started_at, ended_at=call.ended_at)
