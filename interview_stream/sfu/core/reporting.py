"""What is told of connections now and then: hides which parts count what, and where the counts stood the last time.

Nothing is counted for it while packets are forwarded, except by those who count anyway.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from livekit.protocol.models import ConnectionQuality, TrackSource

from interview_stream.sfu.core.layer import Layer
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.remote_candidates import is_tcp
from interview_stream.sfu.core.subscription import Subscription
from interview_stream.sfu.core.track import Track

Sample = dict[str, object]
"""What docs/protocol/connections.md describes, ready to become JSON."""

AT_LEAST_S: Final = 1.0
"""Nothing is told of less time: everybody who leaves at once would tell of all others."""


class Reporter:
    """Of one room. Each call of `samples` tells of the time since the one before."""

    def __init__(self, totals: Counter[str], now: float) -> None:
        """`totals` counts on what is told of all rooms, for the metrics."""
        self._totals = totals
        self._before: dict[str, dict[str, int]] = {}
        """By the participant's sid: each counter as it stood."""
        self._told_at: dict[str, float] = {}
        self._called_at = now

    def is_due(self, now: float, every_s: float) -> bool:
        """Whether it is time again."""
        return every_s > 0 and now - self._called_at >= every_s

    def samples(self, people: Iterable[Participant], now: float, unix_now: float) -> list[Sample]:
        """One for everybody who is in the room."""
        self._called_at = now
        everybody = list(people)
        names = {person.sid: person for person in everybody}
        told = [
            self._sample(person, names, now, unix_now)
            for person in everybody
            if not person.who.grants.hidden and now - self._told_at.get(person.sid, person.joined_at) >= AT_LEAST_S
        ]
        self._before = {sid: counts for sid, counts in self._before.items() if sid in names}
        self._told_at = {sid: at for sid, at in self._told_at.items() if sid in names}
        return told

    def _sample(self, person: Participant, names: dict[str, Participant], now: float, unix_now: float) -> Sample:
        since = _Since(self._before.get(person.sid, {}), self._totals)
        began = self._told_at.get(person.sid, person.joined_at)
        downlink = person.downlink
        selected = person.peer.selected
        limit_bps = downlink.estimate.limit_bps
        sample: Sample = {
            "sid": person.sid,
            "identity": person.identity,
            "name": person.who.name,
            "at": round(unix_now, 3),
            "seconds": round(now - began, 3),
            "is_connected": person.peer.is_connected,
            "transport": "" if selected is None else ("tcp" if is_tcp(selected) else "udp"),
            "candidate": "" if selected is None else person.candidates.kind_of(selected),
            "rtt_ms": None if downlink.measured_rtt_s is None else round(downlink.measured_rtt_s * 1000, 1),
            "limit_bps": int(limit_bps) if limit_bps < 1e9 else None,
            "quality": "" if person.quality.quality is None else ConnectionQuality.Name(person.quality.quality).lower(),
            "breaks": since.count("breaks", person.breaks),
            "resumes": since.count("resumes", person.resumes),
            "sent": [_sent(since, track, now) for track in person.tracks.values()],
            "received": [
                _received(since, subscription, names.get(subscription.track.publisher_sid))
                for subscription in downlink
                if subscription.is_bound
            ],
        }
        self._before[person.sid] = since.counts
        self._told_at[person.sid] = now
        return sample


class _Since:
    """Turns counters into what was counted since the last time."""

    def __init__(self, before: dict[str, int], totals: Counter[str]) -> None:
        self._before = before
        self._totals = totals
        self.counts: dict[str, int] = {}

    def count(self, name: str, value: int, of: str = "") -> int:
        """`of` says whose counter it is, where each has its own; one that fell was begun anew."""
        key = f"{of} {name}"
        self.counts[key] = value
        before = self._before.get(key, 0)
        since = value - before if value >= before else value
        self._totals[name] += since
        return since


def _sent(since: _Since, track: Track, now: float) -> Sample:
    return {
        **_described(track),
        "is_muted": track.info.muted,
        "layers": [_layer(since, track, layer, now) for layer in track.layers],
    }


def _layer(since: _Since, track: Track, layer: Layer, now: float) -> Sample:
    whose = f"{track.sid} {layer.rid}"
    log = layer.log
    expected = since.count("packets_expected", log.expected, whose)
    came = since.count("packets_received", log.received, whose)
    return {
        "rid": layer.rid,
        "height": height_of(track, layer),
        "is_alive": layer.is_alive(now),
        "packets": expected,
        "lost": max(0, expected - came),
        "repaired": since.count("packets_repaired", log.repaired, whose),
        "octets": since.count("octets_received", layer.octets, whose),
        "nacks": since.count("nacks_sent", layer.nacks, whose),
        "plis": since.count("plis_sent", layer.plis, whose),
        "jitter_ms": round(log.jitter_s * 1000, 1),
    }


def _received(since: _Since, subscription: Subscription, publisher: Participant | None) -> Sample:
    track, forwarder = subscription.track, subscription.forwarder
    whose = f"{track.sid} to"
    current = forwarder.current
    clock_rate = track.layers[0].clock_rate if track.layers else 90000
    return {
        **_described(track),
        "publisher": "" if publisher is None else publisher.identity,
        "publisher_name": "" if publisher is None else publisher.who.name,
        "is_wanted": not subscription.wish.is_disabled and not track.info.muted,
        "is_paused": subscription.is_paused,
        "is_limited": subscription.is_limited,
        "height": 0 if current is None else height_of(track, current),
        "packets": since.count("packets_forwarded", forwarder.stream.packets, whose),
        "lost": since.count("packets_reported_lost", subscription.lost, whose),
        "octets": since.count("octets_forwarded", forwarder.stream.octets, whose),
        "resent": since.count("packets_resent", forwarder.resent, whose),
        "nacks": since.count("nacks_received", subscription.nacks, whose),
        "plis": since.count("plis_received", subscription.plis, whose),
        "pauses": since.count("pauses", subscription.pauses, whose),
        "jitter_ms": round(subscription.jitter / clock_rate * 1000, 1),
    }


def _described(track: Track) -> Sample:
    return {
        "track": track.sid,
        "kind": track.kind,
        "source": TrackSource.Name(track.info.source).lower(),
        "codec": track.codec_name.lower(),
    }


def height_of(track: Track, layer: Layer) -> int:
    """The shorter side of a layer's pictures, as people name it (720p), by what the publisher said; 0 for sound."""
    if not track.is_video:
        return 0
    for described in track.info.layers:
        if described.quality == layer.quality and described.height:
            return min(described.width or described.height, described.height)
    return min(track.info.width or track.info.height, track.info.height)
