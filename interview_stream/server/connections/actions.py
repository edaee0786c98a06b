"""What changes what is kept of connections: samples that the media engine tells, and people who end their accounts."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q
from livekit.protocol.webhook import WebhookEvent
from pydantic import TypeAdapter, ValidationError

from interview_stream.server.accounts.account_end import FORMER_NAME
from interview_stream.server.calls.models import Call
from interview_stream.server.connections.models import Sample, TrackTotal
from interview_stream.server.connections.sampling import MAX_SAMPLES, MERGED, halve, sample_of
from interview_stream.server.connections.schemas import Direction, ReceivedIn, SampleIn, SentIn
from interview_stream.server.interviews.models import Interview

log = logging.getLogger(__name__)

MAX_PEOPLE = 50
"""Of whom is told in one call."""
MAX_TRACKS = 500
"""In one call, each counted once for everybody who sends or gets it."""
_GIVEN = TypeAdapter(list[SampleIn])


def note_samples(interview: Interview, event: WebhookEvent, connections: Any) -> None:
    """Of a call that is known; what makes no sense is of no use a second time either, so it is not asked for again."""
    call = interview.calls.filter(rooms__sid=event.room.sid).first()
    if call is None:
        return
    try:
        given = _GIVEN.validate_python(connections)
    except ValidationError as error:
        log.warning("The media engine told of connections what makes no sense: %s", error)
        return
    told = _among_those_kept(call, given)
    Sample.objects.bulk_create([_of_call(call, sample_of(each)) for each in told])
    _thin_out(call, {each.identity for each in told})
    _add_up(call, told)


def unname_person(user_id: int) -> None:
    """How the connection of somebody was who deletes their account is kept, without their name (calls/seats.py)."""
    identity = f"member-{user_id}"
    theirs = Q(identity=identity) | Q(identity__startswith=f"{identity}-")
    Sample.objects.filter(theirs).update(name=FORMER_NAME)
    published = Q(publisher=identity) | Q(publisher__startswith=f"{identity}-")
    TrackTotal.objects.filter(published).update(publisher_name=FORMER_NAME)


def _of_call(call: Call, sample: Sample) -> Sample:
    sample.call = call
    return sample


def _among_those_kept(call: Call, given: Sequence[SampleIn]) -> list[SampleIn]:
    known = set(Sample.objects.filter(call=call).order_by().values_list("identity", flat=True).distinct())
    kept = []
    for each in given:
        if each.identity in known or len(known) < MAX_PEOPLE:
            known.add(each.identity)
            kept.append(each)
    return kept


def _thin_out(call: Call, identities: Iterable[str]) -> None:
    counts = Sample.objects.filter(call=call, identity__in=identities).order_by().values("identity")
    for identity in counts.annotate(count=Count("pk")).filter(count__gt=MAX_SAMPLES).values_list("identity", flat=True):
        left, gone = halve(list(Sample.objects.filter(call=call, identity=identity)))
        Sample.objects.filter(pk__in=[each.pk for each in gone]).delete()
        Sample.objects.bulk_update(left, MERGED)


def _add_up(call: Call, told: Sequence[SampleIn]) -> None:
    totals = {(t.identity, t.direction, t.track): t for t in TrackTotal.objects.filter(call=call)}
    changed = {}
    for sample in told:
        for direction, tracks in ((Direction.SENT, sample.sent), (Direction.RECEIVED, sample.received)):
            for track in tracks:
                key = (sample.identity, direction.value, track.track)
                if key not in totals:
                    if len(totals) >= MAX_TRACKS:
                        continue
                    totals[key] = _begun(call, sample.identity, direction, track)
                changed[key] = totals[key]
                _count(totals[key], track, sample.seconds)
    # One statement for new rows and old ones: a list of cases, as bulk_update makes it, takes longer than all the rest.
    TrackTotal.objects.bulk_create(
        [_without_key(total) for total in changed.values()],
        update_conflicts=True,
        unique_fields=["call", "identity", "direction", "track"],
        update_fields=["packets", "lost", "repaired", "octets", "nacks", "plis", "pauses", "jitter_ms", "heights"],
    )


def _without_key(total: TrackTotal) -> TrackTotal:
    """Found by what it is of, whether it is there or not."""
    total.pk = None
    return total


def _begun(call: Call, identity: str, direction: Direction, track: SentIn | ReceivedIn) -> TrackTotal:
    of = track if isinstance(track, ReceivedIn) else None
    return TrackTotal(
        call=call,
        identity=identity,
        direction=direction.value,
        track=track.track,
        kind=track.kind,
        source=track.source,
        codec=track.codec,
        publisher=of.publisher if of else "",
        publisher_name=(of.publisher_name or of.publisher) if of else "",
    )


def _count(total: TrackTotal, track: SentIn | ReceivedIn, seconds: float) -> None:
    if isinstance(track, SentIn):
        for layer in track.layers:
            total.packets += layer.packets
            total.lost += layer.lost
            total.repaired += layer.repaired
            total.octets += layer.octets
            total.nacks += layer.nacks
            total.plis += layer.plis
            total.jitter_ms = max(total.jitter_ms, layer.jitter_ms)
            if layer.is_alive and layer.height:
                _show(total, layer.height, seconds)
        return
    total.packets += track.packets
    total.lost += track.lost
    total.repaired += track.resent
    total.octets += track.octets
    total.nacks += track.nacks
    total.plis += track.plis
    total.pauses += track.pauses
    total.jitter_ms = max(total.jitter_ms, track.jitter_ms)
    if track.height:
        _show(total, track.height, seconds)


def _show(total: TrackTotal, height: int, seconds: float) -> None:
    """A publisher decides how many sizes there are; a few are told apart."""
    if str(height) in total.heights or len(total.heights) < 16:
        total.heights[str(height)] = round(total.heights.get(str(height), 0.0) + seconds, 1)
