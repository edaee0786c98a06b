"""Who gets which message, and what it says of its sender; with clients that speak real SCTP over DTLS."""

import pytest
from livekit.protocol.metrics import MetricsBatch
from livekit.protocol.models import DataPacket, EncryptedPacket, RpcRequest, Transcription, UserPacket
from livekit.protocol.room import SendDataRequest
from livekit.protocol.rtc import DataChannelReceiveState, SignalRequest, SyncState

from tests.sfu.rig import Client, Rig

RELIABLE, LOSSY = DataPacket.Kind.RELIABLE, DataPacket.Kind.LOSSY


def user(payload: bytes = b"hello", **fields: object) -> DataPacket:
    return DataPacket(user=UserPacket(payload=payload, topic="chat"), **fields)  # type: ignore[arg-type]


@pytest.fixture
def people() -> tuple[Rig, Client, Client, Client]:
    rig = Rig()
    clients = [rig.client(name).connect().open_channels() for name in ("alice", "dana", "carol")]
    return rig, clients[0], clients[1], clients[2]


People = tuple[Rig, Client, Client, Client]


def test_everyone_else_gets_a_message_with_its_sender_on_it(people: People) -> None:
    _, alice, dana, carol = people
    alice.say(user(participant_identity="mallory", kind=LOSSY, sequence=7))
    (packet,) = dana.told()
    assert carol.told() == [packet]
    assert alice.told() == []
    assert (packet.participant_identity, packet.participant_sid) == ("alice", alice.participant.sid)
    assert (packet.kind, packet.sequence) == (RELIABLE, 7)
    assert (packet.user.participant_identity, packet.user.participant_sid) == ("alice", alice.participant.sid)
    assert (packet.user.payload, packet.user.topic) == (b"hello", "chat")


def test_lossy_messages_go_by_the_lossy_channel(people: People) -> None:
    _, alice, dana, _ = people
    alice.say(user(kind=RELIABLE), lossy=True)
    assert dana.told() == []
    (packet,) = dana.told(lossy=True)
    assert packet.kind == LOSSY


def test_only_those_who_are_named_get_it(people: People) -> None:
    _, alice, dana, carol = people
    alice.say(user(destination_identities=["dana", "alice"]))
    older = DataPacket(user=UserPacket(payload=b"by the older field", destination_identities=["dana"]))
    alice.say(older)
    first, second = dana.told()
    assert list(first.user.destination_identities) == ["dana", "alice"]
    assert list(second.destination_identities) == ["dana"]
    assert carol.told() == alice.told() == []


def test_what_is_inside_is_not_touched(people: People) -> None:
    _, alice, dana, _ = people
    alice.say(DataPacket(rpc_request=RpcRequest(id="1", method="m", payload="p"), destination_identities=["dana"]))
    alice.say(DataPacket(encrypted_packet=EncryptedPacket(encrypted_value=b"secret", iv=b"iv", key_index=1)))
    call, secret = dana.told()
    assert call.rpc_request.method == "m"
    assert secret.encrypted_packet.encrypted_value == b"secret"
    assert secret.participant_identity == "alice"


def test_who_may_not_send_sends_nothing() -> None:
    rig = Rig()
    dana = rig.client("dana").connect().open_channels()
    mute = rig.client("mute", can_publish_data=False).connect().open_channels()
    mute.say(user())
    assert dana.told() == []
    assert mute.participant.data.drops == {"data not allowed": 1}


def test_what_only_some_may_send_or_get(people: People) -> None:
    rig, alice, dana, _ = people
    analyst = rig.client("analyst", can_subscribe_metrics=True).connect().open_channels()
    alice.say(DataPacket(transcription=Transcription(transcribed_participant_identity="dana")))
    assert alice.participant.data.drops == {"data not allowed": 1}
    alice.say(DataPacket(metrics=MetricsBatch()))
    assert dana.told() == []
    assert len(analyst.told()) == 1


def test_a_hidden_sender_stays_hidden_and_a_recorder_speaks_as_it_likes(people: People) -> None:
    rig, _, dana, _ = people
    rig.client("ghost", hidden=True).connect().open_channels().say(user())
    rig.client("tape", recorder=True).connect().open_channels().say(user(participant_identity="alice"))
    assert [packet.participant_identity for packet in dana.told()] == ["", "alice"]


def test_repeated_and_malformed_messages_are_dropped(people: People) -> None:
    _, alice, dana, _ = people
    alice.say(user(sequence=2))
    alice.say(user(sequence=2))
    alice.data.association.send(0, 53, b"\xff\xff", alice.rig.now)
    alice.rig.pump()
    alice.participant.message_received("_data_track", b"", alice.rig.now)
    assert len(dana.told()) == 1
    assert alice.participant.data.drops == {
        "repeated data": 1,
        "malformed data": 1,
        "data on an unknown channel": 1,
    }


def test_who_joins_meanwhile_gets_what_was_sent_since(people: People) -> None:
    rig, alice, _, _ = people
    late = rig.client("late").connect()
    alice.say(user())
    late.open_channels()
    assert len(late.told()) == 1


def test_after_a_resume_what_was_missed_is_sent_again(people: People) -> None:
    _, alice, dana, carol = people
    for sequence in (1, 2, 3):
        alice.say(user(sequence=sequence))
    carol.say(user(sequence=9))
    signals = dana.resume()
    assert signals.last("reconnect").reconnect.last_message_seq == 0
    states = [
        DataChannelReceiveState(publisher_sid=alice.participant.sid, last_seq=1),
        DataChannelReceiveState(publisher_sid=dana.participant.sid, last_seq=0),
    ]
    dana.ask(SignalRequest(sync_state=SyncState(datachannel_receive_states=states)))
    assert [packet.sequence for packet in dana.told()] == [1, 2, 3, 9, 2, 3]
    assert alice.resume().last("reconnect").reconnect.last_message_seq == 3


def test_the_server_sends_messages(people: People) -> None:
    rig, alice, dana, carol = people
    room = rig.room()
    for nonce in (b"1", b"1", b"2"):
        room.send_data(SendDataRequest(data=b"notice", kind=RELIABLE, topic="ops", nonce=nonce), rig.now)
    rig.pump()
    assert len(alice.told()) == len(carol.told()) == 2
    (packet, _) = dana.told()
    assert (packet.participant_identity, packet.user.topic, packet.user.payload) == ("", "ops", b"notice")
    room.send_data(SendDataRequest(data=b"x", kind=LOSSY, destination_identities=["dana"]), rig.now)
    room.send_data(SendDataRequest(data=b"x", destination_sids=[carol.participant.sid]), rig.now)
    for number in range(1100):
        room.send_data(SendDataRequest(data=b"x", destination_identities=["nobody"], nonce=b"n%d" % number), rig.now)
    rig.pump()
    assert [packet.user.HasField("topic") for packet in dana.told(lossy=True)] == [False]
    assert (len(alice.told()), len(dana.told()), len(carol.told())) == (2, 2, 3)


def test_lost_messages_are_sent_again_in_time(people: People) -> None:
    rig, alice, dana, _ = people
    alice.data.association.send(0, 53, user().SerializeToString(), rig.now)
    rig.outbox.clear()  # the network ate it
    assert dana.told() == []
    rig.pass_time(1.5)
    assert len(dana.told()) == 1
    assert not rig.engine.is_urgent(rig.now)
