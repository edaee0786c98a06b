"""What happens when a participant's offer arrives, in the order that clients rely on."""

from livekit.protocol import rtc
from livekit.protocol.models import SubscriptionError
from livekit.protocol.rtc import MediaSectionsRequirement, SignalResponse, SubscriptionResponse

from interview_stream.sfu.core.codecs import accepted
from interview_stream.sfu.core.negotiation import Changes, TransportLines, sent_rids
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.services import Services
from interview_stream.sfu.core.subscription import Subscription
from interview_stream.sfu.core.track import Track
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.sdp import SessionDescription

KINDS = ("audio", "video")


class OfferOutcome:
    """What the room has to act on after the answer is sent."""

    def __init__(self) -> None:
        self.published: list[Track] = []
        self.ended: list[Track] = []
        self.bound: list[Subscription] = []


def answer_offer(
    participant: Participant, description: rtc.SessionDescription, services: Services, now: float
) -> OfferOutcome:
    """Answer one offer; raises MalformedPacket (or ValueError) if that is impossible, and then nothing was answered."""
    offer = SessionDescription.parse(description.sdp)
    leading = next((section for section in offer.sections if section.port or section.bundle_only), None)
    if leading is None:
        raise MalformedPacket("The offer has no usable media section.")
    peer = participant.peer
    peer.set_remote(leading.ice_ufrag, leading.ice_pwd, leading.fingerprints, now)
    negotiation = participant.negotiation
    outcome = OfferOutcome()
    changes = negotiation.read(offer)
    outcome.ended = changes.ended
    _publish(participant, changes, outcome)
    participant.uplink.configure(offer, negotiation.slots)
    _bind(participant, offer, outcome)
    answer = negotiation.answer(
        offer,
        TransportLines(
            credentials=peer.local, fingerprint=services.certificate.fingerprint, candidates=services.candidates
        ),
    )
    _note_sections(participant, changes)
    participant.send(
        SignalResponse(
            answer=rtc.SessionDescription(
                type="answer", sdp=answer.serialize(), id=description.id, mid_to_track_id=negotiation.tracks_by_mid()
            )
        )
    )
    return outcome


def ask_for_offer(participant: Participant, now: float) -> None:
    """Ask for an offer, with the sections that are lacking, if one is needed and none is on its way."""
    if participant.asked_at is not None:
        return
    lacking = {}
    is_waiting = participant.negotiation.is_draining
    for kind in KINDS:
        unbound = len(participant.downlink.unbound(kind))
        is_waiting = is_waiting or unbound > 0
        on_the_way = participant.negotiation.count_free(kind) + participant.asked_sections[kind]
        lacking[kind] = max(0, unbound - on_the_way)
        participant.asked_sections[kind] += lacking[kind]
    if not is_waiting or participant.sink is None:
        return
    participant.asked_at = now
    requirement = MediaSectionsRequirement(num_audios=lacking["audio"], num_videos=lacking["video"])
    participant.send(SignalResponse(media_sections_requirement=requirement))


def forget_asked(participant: Participant) -> None:
    """A request for an offer may have been lost with the signalling connection: ask again when needed."""
    participant.asked_at = None
    participant.asked_sections = dict.fromkeys(KINDS, 0)


def _publish(participant: Participant, changes: Changes, outcome: OfferOutcome) -> None:
    starting = [(slot, section) for slot, section in changes.starting if accepted(section)]
    found = [participant.take_named(section) for _, section in starting]
    for (slot, section), named in zip(starting, found, strict=True):
        track = named
        if track is None and not slot.was_ended:
            track = participant.take_first(slot.kind)
        if track is not None:
            participant.negotiation.publish(slot, section, track)
            track.publish(slot.codecs[0], section.mid, sent_rids(section))
            outcome.published.append(track)


def _bind(participant: Participant, offer: SessionDescription, outcome: OfferOutcome) -> None:
    """Give sections to subscriptions that have none; those that lost theirs included."""
    for subscription in participant.downlink:
        if subscription.is_bound and participant.negotiation.slot_of(subscription) is None:
            subscription.close()
        if subscription.is_bound or subscription.is_failed:
            continue
        found = participant.negotiation.bind(subscription, offer)
        if found is False:
            subscription.is_failed = True
            participant.send(
                SignalResponse(
                    subscription_response=SubscriptionResponse(
                        track_sid=subscription.track.sid, err=SubscriptionError.SE_CODEC_UNSUPPORTED
                    )
                )
            )
        elif found:
            slot = participant.negotiation.slot_of(subscription)
            assert slot is not None
            assert slot.outgoing is not None
            out = slot.outgoing
            subscription.forwarder.negotiated(
                out.codec.payload_type,
                rtx=out.rtx.payload_type if out.rtx else None,
                transport=out.transport,
                playout=out.playout,
            )
            subscription.is_bound = True
            outcome.bound.append(subscription)


def _note_sections(participant: Participant, changes: Changes) -> None:
    """Count the asked-for sections that came; an offer made before the client saw our request brings none."""
    for kind in KINDS:
        came = changes.receiving.count(kind)
        participant.asked_sections[kind] = max(0, participant.asked_sections[kind] - came)
    if not any(participant.asked_sections.values()):
        participant.asked_at = None
