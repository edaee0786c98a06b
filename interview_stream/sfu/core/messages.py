"""Which data messages go to whom: chat, streams, calls of procedures, whatever clients send each other."""

from collections.abc import Collection, Iterable
from typing import Final

from google.protobuf.message import DecodeError
from livekit.protocol.models import DataPacket, UserPacket
from livekit.protocol.rtc import DataChannelReceiveState

from interview_stream.sfu.core.history import Sent
from interview_stream.sfu.core.participant import Participant

RELIABLE: Final = "_reliable"
LOSSY: Final = "_lossy"
_KINDS: Final = {RELIABLE: DataPacket.Kind.RELIABLE, LOSSY: DataPacket.Kind.LOSSY}


def route(sender: Participant, others: Collection[Participant], label: str, data: bytes, now: float) -> str:
    """Pass a message on; empty, or the reason why it goes to nobody."""
    kind = _KINDS.get(label)
    if kind is None:
        return "data on an unknown channel"
    if not sender.who.grants.can_publish_data:
        return "data not allowed"
    try:
        packet = DataPacket.FromString(data)
    except DecodeError:
        return "malformed data"
    value = packet.WhichOneof("value")
    if value == "transcription" and sender.who.kind != "agent":
        return "data not allowed"
    if kind == DataPacket.Kind.RELIABLE and sender.history.is_repeated(packet.sequence):
        return "repeated data"
    packet.kind = kind
    _sign(packet, sender)
    to = frozenset(packet.destination_identities)
    if value == "metrics":
        others = [other for other in others if other.who.grants.can_subscribe_metrics]
    written = packet.SerializeToString()
    if kind == DataPacket.Kind.RELIABLE:
        sender.history.add(Sent(packet.sequence, to, written, now))
    deliver(written, label, (other for other in others if other is not sender and _is_meant(other, to)), now)
    return ""


def deliver(data: bytes, label: str, receivers: Iterable[Participant], now: float) -> None:
    """Send one serialized packet to each."""
    for receiver in receivers:
        receiver.data.send(label, data, now, is_reliable=label == RELIABLE)


def by_server(user: UserPacket, kind: "DataPacket.Kind", others: Iterable[Participant], now: float) -> None:
    """Send a message that comes from no participant (RoomService.SendData)."""
    packet = DataPacket(kind=kind, user=user, destination_identities=user.destination_identities)
    identities, sids = frozenset(user.destination_identities), frozenset(user.destination_sids)
    receivers = (other for other in others if not (identities or sids) or _is_meant(other, identities | sids))
    label = LOSSY if kind == DataPacket.Kind.LOSSY else RELIABLE
    deliver(packet.SerializeToString(), label, receivers, now)


def replay(
    receiver: Participant, others: Iterable[Participant], states: Iterable[DataChannelReceiveState], now: float
) -> None:
    """After a resume: what others sent since the last message that the client saw of them; it skips what it has."""
    last = {state.publisher_sid: state.last_seq for state in states}
    for sender in others:
        if sender.sid in last and sender is not receiver:
            for data in sender.history.since(last[sender.sid], receiver.identity):
                receiver.data.send(RELIABLE, data, now, is_reliable=True)


def _sign(packet: DataPacket, sender: Participant) -> None:
    """Who sent it is ours to say; one who is hidden stays so, and a recorder may speak for others."""
    grants = sender.who.grants
    if grants.recorder:
        return
    packet.participant_sid = "" if grants.hidden else sender.sid
    packet.participant_identity = "" if grants.hidden else sender.identity
    if packet.WhichOneof("value") == "user":
        user = packet.user
        user.participant_sid, user.participant_identity = packet.participant_sid, packet.participant_identity
        if user.destination_identities and not packet.destination_identities:
            packet.destination_identities.extend(user.destination_identities)
        del user.destination_identities[:]
        user.destination_identities.extend(packet.destination_identities)


def _is_meant(receiver: Participant, destinations: frozenset[str]) -> bool:
    return not destinations or receiver.identity in destinations or receiver.sid in destinations
