"""The client's side of SCTP for tests, and a link between it and an association that loses, repeats and reorders."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from interview_stream.sfu.core.sctp import PORT, Association, _Opening
from interview_stream.sfu.core.sctp_receiver import Message
from interview_stream.sfu.wire import sctp
from interview_stream.sfu.wire.sctp import Chunk, Init, Packet, Plain, serialize_packet

RANDOM = random.Random(11)


@dataclass
class Ear:
    """An AssociationListener that keeps everything."""

    messages: list[Message] = field(default_factory=list)
    closed: list[list[int]] = field(default_factory=list)
    ended: int = 0

    def message_arrived(self, message: Message, now: float) -> None:
        self.messages.append(message)

    def streams_closed(self, streams: list[int], now: float) -> None:
        self.closed.append(streams)

    def association_ended(self) -> None:
        self.ended += 1

    def payloads(self, stream: int) -> list[bytes]:
        return [message.payload for message in self.messages if message.stream == stream]


class SctpClient:
    """Opens an association by hand, as clients do and our side never does, then goes on as our own code."""

    def __init__(self, send: Callable[[bytes, float], None], *, may_give_up: bool = True, tag: int = 77) -> None:
        self.ear = Ear()
        self.association = Association(send, self.ear, RANDOM.getrandbits)
        self._send = send
        parameters = {sctp.FORWARD_TSN_SUPPORTED: b""} if may_give_up else {}
        self.init = Init(tag, 262144, 1024, 1024, 0xFFFFFFF0, parameters)
        self.answer: Init | None = None
        self.is_open = False

    def start(self, now: float) -> None:
        """Send what opens the association as far as it is open yet."""
        if self.answer is None:
            self._send(serialize_packet(PORT, PORT, 0, [self.init.serialize()]), now)
        else:
            cookie = Plain(sctp.COOKIE_ECHO, 0, self.answer.parameters[sctp.STATE_COOKIE])
            self._send(serialize_packet(PORT, PORT, self.answer.tag, [cookie.serialize()]), now)

    def receive(self, data: bytes, now: float) -> None:
        packet = Packet.parse(data)
        first = packet.chunks[0]
        if isinstance(first, Init):
            assert first.is_ack
            if self.answer is None:
                self.answer = first
                self.start(now)
        elif isinstance(first, Plain) and first.kind == sctp.COOKIE_ACK and not self.is_open:
            assert self.answer is not None
            mine = _Opening(self.answer, RANDOM.getrandbits)
            mine.tag, mine.tsn = self.init.tag, self.init.tsn
            self.association._establish(mine)
            self.is_open = True
            self.association.receive(data, now)
        elif self.is_open:
            self.association.receive(data, now)


class Pair:
    """A client and our side with a link between. All chance comes from the seed."""

    def __init__(
        self,
        seed: int = 0,
        *,
        loss: float = 0.0,
        repeat: float = 0.0,
        jitter_s: float = 0.0,
        may_give_up: bool = True,
    ) -> None:
        self.now = 1000.0
        self.loss, self.repeat, self.jitter_s = loss, repeat, jitter_s
        self.random = random.Random(seed)
        self.sent: list[tuple[bool, Packet]] = []
        """Everything that was sent, and whether to the server."""
        self.wire: list[tuple[float, int, bool, bytes]] = []
        self.count = 0
        self.ear = Ear()
        self.server = Association(self._carrier(False), self.ear, self.random.getrandbits)
        self.client = SctpClient(self._carrier(True), may_give_up=may_give_up)
        self.started_at = -1.0

    def _carrier(self, to_server: bool) -> Callable[[bytes, float], None]:
        def carry(data: bytes, now: float) -> None:
            self.sent.append((to_server, Packet.parse(data)))
            copies = 0 if self.random.random() < self.loss else 1 + (self.random.random() < self.repeat)
            for _ in range(copies):
                self.count += 1
                at = now + 0.02 + self.random.random() * self.jitter_s
                self.wire.append((at, self.count, to_server, data))

        return carry

    def connect(self) -> "Pair":
        self.run(30.0, until=lambda: self.client.is_open)
        assert self.server.is_open
        return self

    def run(self, seconds: float, *, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass, or stop as soon as `until` holds."""
        end = self.now + seconds
        while self.now < end and not until():
            if not self.client.is_open and self.now - self.started_at > 0.5:
                self.started_at = self.now
                self.client.start(self.now)
            self.now += 0.01
            due = sorted(entry for entry in self.wire if entry[0] <= self.now)
            self.wire = [entry for entry in self.wire if entry[0] > self.now]
            for _, _, to_server, data in due:
                if to_server:
                    self.server.receive(data, self.now)
                else:
                    self.client.receive(data, self.now)
            for association in (self.server, self.client.association):
                deadline = association.deadline()
                if deadline is not None and deadline <= self.now:
                    association.tick(self.now)

    def chunks(self, kind: type[Chunk], *, to_server: bool) -> list[Chunk]:
        """Of this kind, sent in one direction."""
        return [
            chunk for way, packet in self.sent if way is to_server for chunk in packet.chunks if isinstance(chunk, kind)
        ]
