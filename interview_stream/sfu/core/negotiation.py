"""Answers a participant's offers (RFC 8829): remembers what each media section is used for, and nothing else of SDP.

We assume: the client offers and we answer; it never reorders sections; one transport for all of them (BUNDLE).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from interview_stream.sfu.core import codecs
from interview_stream.sfu.core.codecs import Outgoing
from interview_stream.sfu.core.ice import Credentials
from interview_stream.sfu.core.subscription import Subscription
from interview_stream.sfu.core.track import Track
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.sdp import (
    Candidate,
    Codec,
    Direction,
    Fingerprint,
    Rid,
    Section,
    SessionDescription,
    Simulcast,
    SsrcGroup,
)

MAX_MESSAGE_SIZE = 65536
MAX_STREAMS = 3
"""Of a simulcast section: one for each quality that clients know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportLines:
    """What every answer says of our end of the transport."""

    credentials: Credentials
    fingerprint: Fingerprint
    candidates: list[Candidate]


@dataclass(slots=True, kw_only=True)
class Slot:
    """What one media section is used for. A slot whose subscription ended is `is_draining` until one answer said so."""

    mid: str
    kind: str
    receives: bool = False
    """The client is willing to receive here."""
    track: Track | None = None
    """What the client sends here."""
    codecs: list[Codec] = field(default_factory=list)
    """What was agreed for `track`."""
    subscription: Subscription | None = None
    """What we send here."""
    outgoing: Outgoing | None = None
    is_draining: bool = False
    was_ended: bool = False
    """We ended its track, but the client goes on to send it: no other track is meant by that."""

    @property
    def is_free(self) -> bool:
        return self.receives and self.track is None and self.subscription is None and not self.is_draining


@dataclass(slots=True)
class Changes:
    """What an offer changed on the publishing side."""

    starting: list[tuple[Slot, Section]] = field(default_factory=list)
    ended: list[Track] = field(default_factory=list)
    receiving: list[str] = field(default_factory=list)
    """Kinds of the new sections in which the client is willing to receive."""


class Negotiation:
    """All sections of one participant. For each offer: `read`, then give tracks to slots, `bind`, then `answer`."""

    def __init__(self, *, syncs: bool = False) -> None:
        """`syncs`: the client shows a participant's picture and sound in step when they are of one stream."""
        self._syncs = syncs
        self.slots: dict[str, Slot] = {}
        self._version = 0

    def read(self, offer: SessionDescription) -> Changes:
        """Take in an offer."""
        changes = Changes()
        for section in offer.sections:
            slot = self.slots.get(section.mid)
            if slot is None:
                slot = self.slots[section.mid] = Slot(mid=section.mid, kind=section.kind)
                if section.direction == "recvonly":
                    changes.receiving.append(section.kind)
            if slot.kind != section.kind:
                raise MalformedPacket("A media section changed its kind.")
            if section.kind == "application":
                continue
            sends = not _is_rejected(section) and section.direction in ("sendonly", "sendrecv")
            slot.receives = not _is_rejected(section) and section.direction in ("recvonly", "sendrecv")
            slot.was_ended = slot.was_ended and sends
            if sends and slot.track is None:
                changes.starting.append((slot, section))
            elif slot.track is not None and not sends:
                changes.ended.append(slot.track)
                self.release_track(slot.track)
                slot.was_ended = False
            if not slot.receives and slot.subscription is not None:
                slot.subscription = slot.outgoing = None
        return changes

    def publish(self, slot: Slot, section: Section, track: Track) -> None:
        """Let the client send `track` here; the section must offer a codec that we accept."""
        slot.codecs = codecs.accepted(section, track.wanted_codec)
        slot.track = track
        slot.was_ended = False

    def bind(self, subscription: Subscription, offer: SessionDescription) -> bool | None:
        """Find a section for a subscription: True when found, None if one is lacking, False if no codec matches."""
        track = subscription.track
        result: bool | None = None
        for section in offer.sections:
            slot = self.slots[section.mid]
            if slot.kind != track.kind or not slot.is_free:
                continue
            slot.outgoing = codecs.outgoing(section, track.codec_name, track.fmtp)
            if slot.outgoing is None:
                result = False
                continue
            slot.subscription = subscription
            return True
        return result

    def slot_of(self, subscription: Subscription) -> Slot | None:
        """Where a subscription is sent."""
        return next((slot for slot in self.slots.values() if slot.subscription is subscription), None)

    def release(self, subscription: Subscription) -> None:
        """A subscription ended; its slot can be used again after one answer said that it is inactive."""
        slot = self.slot_of(subscription)
        if slot is not None:
            slot.subscription = slot.outgoing = None
            slot.is_draining = True

    def release_track(self, track: Track) -> None:
        """A published track ended."""
        for slot in self.slots.values():
            if slot.track is track:
                slot.track = None
                slot.codecs = []
                slot.was_ended = True

    @property
    def is_draining(self) -> bool:
        """Whether an answer should tell the client that something ended."""
        return any(slot.is_draining for slot in self.slots.values())

    def count_free(self, kind: str) -> int:
        """Sections of a kind that can take a subscription at the next offer."""
        return sum(slot.kind == kind and slot.is_free for slot in self.slots.values())

    def tracks_by_mid(self) -> dict[str, str]:
        """mid → sid of the track that we send there."""
        return {mid: slot.subscription.track.sid for mid, slot in self.slots.items() if slot.subscription is not None}

    def answer(self, offer: SessionDescription, transport: TransportLines) -> SessionDescription:
        """The answer to the offer that was just read."""
        self._version += 1
        sections = [self._answer_section(section, transport) for section in offer.sections]
        accepted = [section.mid for section in sections if section.port]
        if accepted:
            first = next(section for section in sections if section.port)
            first.candidates = list(transport.candidates)
            first.end_of_candidates = True
        return SessionDescription(
            version=self._version,
            sections=sections,
            bundle=accepted,
            ice_lite=True,
            extmap_allow_mixed=True,
            msid_semantic="WMS *",
        )

    def _answer_section(self, section: Section, transport: TransportLines) -> Section:
        slot = self.slots[section.mid]
        answer = Section(
            kind=section.kind,
            mid=section.mid,
            profile=section.profile,
            formats=list(section.formats),
            direction="inactive",
            ice_ufrag=transport.credentials.ufrag,
            ice_pwd=transport.credentials.pwd,
            fingerprints=[transport.fingerprint],
            setup="passive",
        )
        if section.kind == "application" and not _is_rejected(section):
            answer.direction = "sendrecv"
            answer.sctp_port = 5000
            answer.max_message_size = MAX_MESSAGE_SIZE
        elif _is_rejected(section) or not (generic := codecs.accepted(section)):
            answer.port = 0
            slot.is_draining = False
            answer.codecs = section.codecs[:1]
        else:
            answer.extensions = codecs.extensions(section)
            self._fill(answer, section, slot, generic)
        return answer

    def _fill(self, answer: Section, section: Section, slot: Slot, generic: list[Codec]) -> None:
        """Say what an accepted media section is used for."""
        if slot.track is not None:
            _receive(answer, section, slot.codecs, slot.track)
        elif slot.subscription is not None and slot.outgoing is not None:
            _send(answer, slot.outgoing, slot.subscription, syncs=self._syncs)
        else:
            answer.codecs = generic
            slot.is_draining = False


def _receive(answer: Section, offer: Section, agreed: list[Codec], track: Track) -> None:
    direction: Direction = "recvonly"
    answer.direction = direction
    answer.codecs = [_published(codec, track) for codec in agreed]
    rids = sent_rids(offer)
    if rids:
        answer.rids = [Rid(rid, "recv") for rid in rids]
        answer.simulcast = Simulcast(recv=tuple(rids))


def _send(answer: Section, outgoing: Outgoing, subscription: Subscription, *, syncs: bool) -> None:
    answer.direction = "sendonly"
    answer.codecs = [outgoing.codec, *([outgoing.rtx] if outgoing.rtx else [])]
    track, forwarder = subscription.track, subscription.forwarder
    answer.msids = [(f"{track.publisher_sid}|{track.stream if syncs else track.sid}", track.sid)]
    answer.ssrcs = {forwarder.stream.ssrc: {"cname": track.publisher_sid}}
    if outgoing.rtx is not None:
        answer.ssrcs[forwarder.stream.rtx_ssrc] = {"cname": track.publisher_sid}
        answer.ssrc_groups = [SsrcGroup("FID", (forwarder.stream.ssrc, forwarder.stream.rtx_ssrc))]


def _published(codec: Codec, track: Track) -> Codec:
    """The codec as we want to receive it (RFC 7587 section 7.1 for Opus)."""
    if not codec.is_named("opus"):
        return codec
    wishes = [codec.fmtp] if codec.fmtp else []
    if not track.info.disable_dtx and "usedtx" not in codec.parameters:
        wishes.append("usedtx=1")
    if track.info.stereo:
        wishes += ["stereo=1", "maxaveragebitrate=510000"]
    return replace(codec, fmtp=";".join(wishes))


def sent_rids(section: Section) -> list[str]:
    """The simulcast streams that a section sends, in its order (RFC 8853); those written as paused too."""
    offered = {rid.id for rid in section.rids if rid.direction == "send"}
    listed: Iterable[str] = section.simulcast.send if section.simulcast is not None else ()
    return [rid for entry in listed if (rid := entry.split(",")[0].lstrip("~")) in offered][:MAX_STREAMS]


def _is_rejected(section: Section) -> bool:
    return section.port == 0 and not section.bundle_only
