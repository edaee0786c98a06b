"""Two associations over a network that loses, repeats and reorders; and every step of opening, resetting and ending."""

import contextlib
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interview_stream.sfu.core.sctp import MAX_STREAMS, PORT
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire import sctp
from interview_stream.sfu.wire.sctp import (
    Chunk,
    Data,
    ForwardTsn,
    Init,
    OutgoingReset,
    Plain,
    Reconfig,
    ResetResponse,
    Sack,
    serialize_packet,
)
from tests.sfu.sctp_client import Pair

SIZES = (1, 10, 1000, 1132, 1133, 5000, 30_000)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    loss=st.sampled_from([0.0, 0.01, 0.1, 0.3]),
    repeat=st.sampled_from([0.0, 0.1]),
    jitter_s=st.sampled_from([0.0, 0.03, 0.3]),
)
@example(seed=82494, loss=0.3, repeat=0.1, jitter_s=0.0)
def test_reliable_messages_arrive_once_and_in_order(seed: int, loss: float, repeat: float, jitter_s: float) -> None:
    pair = Pair(seed, loss=loss, repeat=repeat, jitter_s=jitter_s).connect()
    client = pair.client.association
    expected: dict[int, list[bytes]] = {0: [], 1: [], 2: []}
    for index in range(30):
        for stream, association in ((0, client), (1, pair.server), (2, client)):
            message = index.to_bytes(1, "big") + pair.random.randbytes(pair.random.choice(SIZES) - 1)
            expected[stream].append(message)
            association.send(stream, 53, message, pair.now)
        pair.run(0.01)
    pair.run(600, until=lambda: client.buffered == pair.server.buffered == 0)
    assert pair.ear.payloads(0) == expected[0]
    assert pair.client.ear.payloads(1) == expected[1]
    assert pair.ear.payloads(2) == expected[2]
    assert pair.server.deadline() is None


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), loss=st.sampled_from([0.0, 0.1, 0.3]), ordered=st.booleans())
def test_lossy_messages_arrive_whole_or_not_and_hold_nothing_up(seed: int, loss: float, ordered: bool) -> None:
    pair = Pair(seed, loss=loss, jitter_s=0.02 if loss else 0.0).connect()
    client = pair.client.association
    sent = []
    for index in range(60):
        message = index.to_bytes(1, "big") * pair.random.choice(SIZES)
        sent.append(message)
        client.send(0, 53, message, pair.now, is_ordered=ordered, max_retransmits=0)
        client.send(2, 53, bytes([index]), pair.now)
        pair.run(0.02)
    pair.run(600, until=lambda: client.buffered == 0)
    lossy = pair.ear.payloads(0)
    assert {*lossy} <= {*sent}
    assert len({*lossy}) == len(lossy)
    if ordered:
        assert lossy == sorted(lossy, key=lambda message: message[0])
    if not loss:
        assert len(lossy) == 60
    assert pair.ear.payloads(2) == [bytes([index]) for index in range(60)]


def test_a_network_that_is_away_for_a_while() -> None:
    pair = Pair().connect()
    pair.loss = 1.0
    pair.server.send(0, 53, b"held", pair.now)
    pair.run(20)
    pair.loss = 0.0
    pair.run(6)
    assert pair.client.ear.payloads(0) == [b"held"]


def test_silence_alone_ends_nothing() -> None:
    """Consent tells who is gone; ten timeouts in a row happen where a third of the packets is lost both ways."""
    pair = Pair().connect()
    pair.loss = 1.0
    pair.server.send(0, 53, b"held", pair.now)
    pair.run(100)
    assert len(pair.chunks(Data, to_server=False)) > 11
    assert pair.server.is_open
    pair.loss = 0.0
    pair.run(6)
    assert pair.client.ear.payloads(0) == [b"held"]
    assert not pair.ear.ended


class Bench:
    """Our side with packets made by hand. `say` gives the chunks of its answers."""

    def __init__(self) -> None:
        self.pair = Pair().connect()
        self.server = self.pair.server
        opening = self.server._established
        assert opening is not None
        self.tag = opening.tag
        self.tsn = self.pair.client.init.tsn

    def say(self, *chunks: Chunk, tag: int | None = None, port: int = PORT) -> list[Chunk]:
        before = len(self.pair.sent)
        data = serialize_packet(PORT, port, self.tag if tag is None else tag, [chunk.serialize() for chunk in chunks])
        self.server.receive(data, self.pair.now)
        return [chunk for _, packet in self.pair.sent[before:] for chunk in packet.chunks]

    def echo(self) -> Plain:
        answer = self.pair.client.answer
        assert answer is not None
        return Plain(sctp.COOKIE_ECHO, 0, answer.parameters[sctp.STATE_COOKIE])


@pytest.fixture
def bench() -> Bench:
    return Bench()


def is_kind(chunks: list[Chunk], *kinds: int) -> bool:
    return [chunk.kind for chunk in chunks if isinstance(chunk, Plain)] == list(kinds)


def test_the_answer_says_what_we_can(bench: Bench) -> None:
    answer = bench.pair.client.answer
    assert answer is not None
    assert answer.is_ack
    assert (answer.inbound, answer.outbound) == (MAX_STREAMS, MAX_STREAMS)
    assert answer.parameters[sctp.SUPPORTED_EXTENSIONS] == bytes([130, 192])
    assert sctp.FORWARD_TSN_SUPPORTED in answer.parameters


def test_a_repeated_opening_gets_the_same_answer(bench: Bench) -> None:
    (answer,) = bench.say(bench.pair.client.init, tag=0)
    assert answer == bench.pair.client.answer
    assert is_kind(bench.say(bench.echo()), sctp.COOKIE_ACK)
    assert bench.pair.ear.ended == 0


@pytest.mark.parametrize("changes", [{"tag": 0}, {"inbound": 0}, {"outbound": 0}, {"is_ack": True}])
def test_openings_that_are_none(bench: Bench, changes: dict[str, int]) -> None:
    init = Init(**({"tag": 9, "window": 1, "outbound": 1, "inbound": 1, "tsn": 1} | changes))  # type: ignore[arg-type]
    assert bench.say(init, tag=0) == []


def test_an_opening_must_be_alone_and_without_a_tag(bench: Bench) -> None:
    init = bench.pair.client.init
    assert bench.say(init, tag=5) == []
    assert bench.say(init, Plain(sctp.HEARTBEAT), tag=0) == []


def test_a_client_that_begins_anew(bench: Bench) -> None:
    (answer,) = bench.say(Init(5, 1000, 10, 10, 500), tag=0)
    assert isinstance(answer, Init)
    bench.tag = answer.tag
    echo = Plain(sctp.COOKIE_ECHO, 0, answer.parameters[sctp.STATE_COOKIE])
    chunks = bench.say(echo, Data(500, 0, 0, 53, b"again"))
    assert is_kind(chunks, sctp.COOKIE_ACK)
    assert bench.pair.ear.ended == 1
    assert bench.pair.ear.payloads(0) == [b"again"]
    assert bench.server.is_open


def test_a_wrong_cookie_opens_nothing(bench: Bench) -> None:
    assert bench.say(Plain(sctp.COOKIE_ECHO, 0, b"wrong")) == []
    assert bench.say(bench.echo(), tag=bench.tag ^ 1) == []
    fresh = Pair()
    fresh.server.receive(serialize_packet(PORT, PORT, 1, [bench.echo().serialize()]), fresh.now)
    fresh.server.receive(serialize_packet(PORT, PORT, 1, [Data(1, 0, 0, 53, b"x").serialize()]), fresh.now)
    assert fresh.sent == []
    assert not fresh.server.is_open


def test_packets_of_others_are_ignored(bench: Bench) -> None:
    assert bench.say(Plain(sctp.HEARTBEAT), tag=bench.tag ^ 1) == []
    assert bench.say(Data(1, 0, 0, 53, b"x"), tag=bench.tag ^ 1) == []
    assert bench.say(Plain(sctp.HEARTBEAT), port=1) == []
    assert bench.say() == []
    with pytest.raises(MalformedPacket):
        bench.server.receive(b"nothing", bench.pair.now)


def test_heartbeats_are_answered(bench: Bench) -> None:
    assert bench.say(Plain(sctp.HEARTBEAT, 0, b"info")) == [Plain(sctp.HEARTBEAT_ACK, 0, b"info")]
    assert bench.say(Plain(sctp.HEARTBEAT, 0, bytes(1500))) == []
    assert bench.say(Plain(sctp.COOKIE_ACK)) == []
    assert bench.say(Plain(sctp.COOKIE_ACK), bench.pair.client.init) == []


@pytest.mark.parametrize("kind", [sctp.ABORT, sctp.SHUTDOWN_COMPLETE])
def test_the_client_ends_it(bench: Bench, kind: int) -> None:
    assert bench.say(Plain(kind), Plain(sctp.HEARTBEAT)) == []
    assert bench.pair.ear.ended == 1
    assert bench.say(Plain(kind)) == []


def test_the_client_ends_it_by_its_own_tag(bench: Bench) -> None:
    mine = bench.pair.client.init.tag
    bench.say(Plain(sctp.ABORT, 0), tag=mine)
    assert bench.pair.ear.ended == 0
    bench.say(Plain(sctp.ABORT, 1), tag=mine)
    assert bench.pair.ear.ended == 1


def test_the_client_shuts_down(bench: Bench) -> None:
    bench.server.send(0, 53, b"on its way", bench.pair.now)
    opening = bench.server._established
    assert opening is not None
    before = ((opening.tsn - 1) & 0xFFFFFFFF).to_bytes(4, "big")
    assert is_kind(bench.say(Plain(sctp.SHUTDOWN, 0, before)))
    assert not bench.server.is_open
    assert is_kind(bench.say(Sack(opening.tsn, 1000)), sctp.SHUTDOWN_ACK)
    assert is_kind(bench.say(Plain(sctp.SHUTDOWN, 0, opening.tsn.to_bytes(4, "big"))), sctp.SHUTDOWN_ACK)
    bench.say(Plain(sctp.SHUTDOWN_COMPLETE))
    assert bench.pair.ear.ended == 1


@pytest.mark.parametrize(
    "chunk",
    [
        Data(0xFFFFFFF0, MAX_STREAMS, 0, 53, b"x"),
        ForwardTsn(0xFFFFFFF0, [(MAX_STREAMS, 0)]),
        Sack(12345, 1000),
        Plain(sctp.SHUTDOWN, 0, b"123"),
        Plain(sctp.SHUTDOWN, 0, bytes(4)),
    ],
)
def test_violations_end_it(bench: Bench, chunk: Chunk) -> None:
    assert is_kind(bench.say(chunk), sctp.ABORT)
    assert bench.pair.ear.ended == 1


def test_streams_are_closed_and_used_again_over_a_bad_network() -> None:
    pair = Pair(3, loss=0.2, jitter_s=0.05).connect()
    client = pair.client.association
    for turn in range(3):
        for association, ear in ((client, pair.ear), (pair.server, pair.client.ear)):
            association.send(4, 53, bytes(5000) + bytes([turn]), pair.now)
            pair.run(120, until=lambda ear=ear, turn=turn: len(ear.payloads(4)) == turn + 1)  # type: ignore[misc]
        client.reset_stream(4, pair.now)
        client.reset_stream(4, pair.now)
        pair.run(120, until=lambda turn=turn: len(pair.ear.closed) == turn + 1)  # type: ignore[misc]
        pair.server.reset_stream(4, pair.now)
        pair.run(120, until=lambda turn=turn: len(pair.client.ear.closed) == turn + 1)  # type: ignore[misc]
        pair.run(120, until=lambda: client.deadline() is None and pair.server.deadline() is None)
    assert pair.ear.closed == [[4]] * 3
    assert len(pair.ear.payloads(4)) == len(pair.client.ear.payloads(4)) == 3


def test_a_reset_waits_for_what_was_sent_before_it(bench: Bench) -> None:
    request = OutgoingReset(bench.tsn, 0, bench.tsn, [4])
    assert bench.say(Reconfig([request])) == [Reconfig([ResetResponse(bench.tsn, sctp.IN_PROGRESS)])]
    bench.say(Data(bench.tsn, 4, 0, 53, b"x"))
    done = [Reconfig([ResetResponse(bench.tsn, sctp.PERFORMED)])]
    assert bench.say(Reconfig([request])) == done
    assert bench.pair.ear.closed == [[4]]
    assert bench.say(Reconfig([request])) == done
    assert bench.pair.ear.closed == [[4]]
    assert bench.say(Reconfig([OutgoingReset(bench.tsn + 7, 0, bench.tsn, [4])])) == []
    number = ((bench.tsn + 1) & 0xFFFFFFFF).to_bytes(4, "big")
    add_streams = Plain(130, 0, bytes.fromhex("0011000c") + number + bytes(4))
    assert bench.say(add_streams) == [Reconfig([ResetResponse((bench.tsn + 1) & 0xFFFFFFFF, sctp.DENIED)])]


def test_our_own_reset_is_asked_for_until_it_is_answered(bench: Bench) -> None:
    bench.pair.loss = 1.0
    bench.server.reset_stream(4, bench.pair.now)
    bench.server.reset_stream(6, bench.pair.now)
    asked = [chunk for chunk in bench.pair.chunks(Reconfig, to_server=False) if isinstance(chunk, Reconfig)]
    assert len(asked) == 1
    reset = asked[0].parameters[0]
    assert isinstance(reset, OutgoingReset)
    assert list(reset.streams) == [4]
    bench.pair.run(2.0)
    assert len(bench.pair.chunks(Reconfig, to_server=False)) > 2
    assert bench.say(Reconfig([ResetResponse(reset.request + 5, sctp.PERFORMED)])) == []
    assert bench.say(Reconfig([ResetResponse(reset.request, sctp.IN_PROGRESS)])) == []
    (second,) = bench.say(Reconfig([ResetResponse(reset.request, sctp.PERFORMED)]))
    assert isinstance(second, Reconfig)
    assert isinstance(second.parameters[0], OutgoingReset)
    assert list(second.parameters[0].streams) == [6]


def test_a_reset_waits_for_what_is_queued(bench: Bench) -> None:
    bench.server.send(4, 53, bytes(50_000), bench.pair.now)
    bench.server.reset_stream(4, bench.pair.now)
    assert bench.pair.chunks(Reconfig, to_server=False) == []
    bench.pair.run(5.0)
    assert bench.pair.client.ear.closed == [[4]]


def test_lossy_data_uses_forward_tsn() -> None:
    pair = Pair(1, loss=0.3).connect()
    for _ in range(50):
        pair.server.send(0, 53, b"x", pair.now, is_ordered=False, max_retransmits=0)
        pair.run(0.05)
    pair.loss = 0.0
    pair.run(10)
    assert pair.chunks(ForwardTsn, to_server=False)
    assert pair.server.buffered == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_any_chunks_with_the_right_tag(seed: int) -> None:
    """What a client may say that means harm: nothing raises, and what is kept stays small."""
    chance = random.Random(seed)
    bench = Bench()
    near = bench.tsn
    for _ in range(40):
        tsn = (near + chance.randrange(-5, 60)) & 0xFFFFFFFF
        chunks: list[Chunk] = [
            Data(
                tsn,
                chance.randrange(3),
                chance.randrange(4),
                chance.choice([50, 53]),
                bytes(chance.randrange(1, 1000)),
                chance.random() < 0.5,
                chance.random() < 0.5,
                chance.random() < 0.5,
            ),
            ForwardTsn(tsn, [(chance.randrange(3), chance.randrange(5))]),
            Sack(chance.randrange(2**32), chance.randrange(2000), [(1, 70), (9, 3)]),
            Reconfig([OutgoingReset(tsn, 0, tsn, [1])]),
            Plain(chance.randrange(256), chance.randrange(4), bytes(chance.randrange(8))),
        ]
        with contextlib.suppress(MalformedPacket):
            bench.server.receive(
                serialize_packet(PORT, PORT, bench.tag, [chance.choice(chunks).serialize()]), bench.pair.now
            )
        bench.pair.now += 0.02
        bench.server.tick(bench.pair.now)
