"""Channels that clients open, use and close; clients that do not read; and clients that say too much."""

import pytest

from interview_stream.sfu.core.channels import BURST, LOSSY_LIMIT, MAX_CHANNELS, RELIABLE_LIMIT, DataChannels
from interview_stream.sfu.wire import dcep
from interview_stream.sfu.wire.dcep import ChannelOpen
from tests.sfu.sctp_client import Pair


class Line(Pair):
    """A client and our data channels with a perfect network between."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, bytes]] = []
        self.channels = DataChannels(self._carrier(False), self, self.random.getrandbits, self.now)
        self.server = self.channels._association
        self.reader = self.client.ear

    def message_received(self, label: str, payload: bytes, now: float) -> None:
        self.heard.append((label, payload))

    def open(self, stream: int, label: str, **options: object) -> None:
        opening = ChannelOpen(label=label, **options)  # type: ignore[arg-type]
        self.client.association.send(stream, dcep.DCEP, opening.serialize(), self.now)
        self.run(0.1)

    def say(self, stream: int, payload: bytes, kind: int = dcep.BINARY) -> None:
        self.client.association.send(stream, kind, payload, self.now)
        self.run(0.1)


@pytest.fixture
def line() -> Line:
    line = Line()
    line.connect()
    return line


def test_messages_go_both_ways(line: Line) -> None:
    line.open(0, "_reliable")
    assert line.reader.payloads(0) == [dcep.ACK]
    line.say(0, b"question")
    line.say(0, b"frage", dcep.TEXT)
    line.say(0, b"\0", dcep.EMPTY_TEXT)
    assert line.heard == [("_reliable", b"question"), ("_reliable", b"frage")]
    assert line.channels.send("_reliable", b"answer", line.now, is_reliable=True)
    assert line.channels.is_urgent()
    line.run(0.2)
    assert line.reader.payloads(0) == [dcep.ACK, b"answer"]
    assert not line.channels.is_urgent()
    assert line.channels.drops == {}


def test_a_channel_is_answered_by_its_own_rules(line: Line) -> None:
    line.open(2, "_lossy", is_ordered=False, max_retransmits=0)
    line.open(4, "timed", is_ordered=False, max_lifetime_ms=100)
    assert line.channels.send("_lossy", b"quick", line.now, is_reliable=False)
    line.run(0.1)
    assert line.reader.payloads(2) == [dcep.ACK, b"quick"]
    line.loss = 1.0
    assert line.channels.send("_lossy", b"lost", line.now, is_reliable=False)
    assert line.channels.send("timed", b"lost too", line.now, is_reliable=True)
    line.run(1.0)
    assert line.server.buffered == 0


def test_reliable_messages_wait_for_the_channel() -> None:
    line = Line()
    assert line.channels.send("_reliable", b"one", line.now, is_reliable=True)
    assert not line.channels.send("_lossy", b"gone", line.now, is_reliable=False)
    line.connect()
    assert line.channels.send("_reliable", b"two", line.now, is_reliable=True)
    line.open(0, "_reliable")
    assert line.reader.payloads(0) == [dcep.ACK, b"one", b"two"]
    assert line.channels.drops == {"lossy data": 1}


def test_who_does_not_read_gets_less(line: Line) -> None:
    line.open(0, "_reliable")
    line.open(2, "_lossy", is_ordered=False, max_retransmits=0)
    line.loss = 1.0
    message = bytes(60_000)
    assert line.channels.send("_lossy", message, line.now, is_reliable=False)
    sent = 0
    while line.channels.send("_reliable", message, line.now, is_reliable=True):
        sent += 1
    assert LOSSY_LIMIT < sent * len(message) <= RELIABLE_LIMIT
    assert not line.channels.send("_lossy", b"x", line.now, is_reliable=False)
    assert line.channels.drops == {"reliable data": 1, "lossy data": 1}
    line.loss = 0.0
    line.run(60, until=lambda: line.server.buffered == 0)
    assert len(line.reader.payloads(0)) == sent + 1


def test_a_closed_channel_is_closed_on_both_sides(line: Line) -> None:
    line.open(0, "first")
    line.open(2, "second")
    line.open(4, "second")
    line.client.association.reset_stream(2, line.now)
    line.run(0.5)
    assert line.reader.closed == [[2]]
    assert line.channels.send("second", b"still there", line.now, is_reliable=True)
    line.client.association.reset_stream(9, line.now)
    line.run(0.5)
    assert line.reader.closed == [[2]]
    line.channels.streams_closed([], line.now)
    line.run(0.5)
    assert line.reader.closed[1:] == [[0], [4]]
    line.say(4, b"nobody")
    assert line.channels.drops == {"data for no channel": 1}


def test_an_ended_association_takes_its_channels_along(line: Line) -> None:
    line.open(0, "_reliable")
    line.server._abort(line.now)
    assert line.channels.send("_reliable", b"kept", line.now, is_reliable=True)
    line.channels.tick(line.now)
    assert line.channels._waiting_bytes == 4


def test_nobody_opens_too_many_channels(line: Line) -> None:
    for number in range(MAX_CHANNELS + 1):
        line.open(2 * number, str(number))
    line.open(0, "again")
    line.run(0.5)
    assert line.channels.drops == {"too many channels": 1}
    assert line.reader.closed == [[2 * MAX_CHANNELS]]


def test_what_is_no_opening_is_ignored(line: Line) -> None:
    line.say(0, b"\3short", dcep.DCEP)
    line.say(0, dcep.ACK, dcep.DCEP)
    line.open(0, "a")
    line.say(0, b"?", 99)
    line.channels.receive(b"no packet", line.now)
    assert line.channels.drops == {"malformed data": 2, "data for no channel": 1}


def test_a_flood_is_slowed_down(line: Line) -> None:
    for _ in range(int(BURST) + 10):
        line.channels.receive(b"no packet", line.now)
    drops = line.channels.drops
    assert drops["too much data"] >= 10
    assert drops["malformed data"] + drops["too much data"] == int(BURST) + 10
    line.now += 1.0
    line.open(0, "later")
    assert line.reader.payloads(0) == [dcep.ACK]
