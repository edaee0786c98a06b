"""One participant's data channels (RFC 8831, RFC 8832): hides streams, their opening and closing, and slow readers."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from interview_stream.sfu.core.nobody import NOBODY
from interview_stream.sfu.core.sctp import Association
from interview_stream.sfu.core.sctp_receiver import Message
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire import dcep
from interview_stream.sfu.wire.dcep import ChannelOpen

MAX_CHANNELS: Final = 16
RELIABLE_LIMIT: Final = 2 * 1024 * 1024
"""Bytes kept for a participant that does not read, or whose channel is not open yet; more is dropped."""
LOSSY_LIMIT: Final = 64 * 1024
PACKETS_PER_S: Final = 2000.0
"""What one client may send; beyond, packets are lost to it, so that it slows down and nobody else has to."""
BURST: Final = 1000.0
_MESSAGES: Final = frozenset({dcep.TEXT, dcep.BINARY, dcep.EMPTY_TEXT, dcep.EMPTY_BINARY})


class ChannelListener(Protocol):
    """Whom the channels tell."""

    def message_received(self, label: str, payload: bytes, now: float) -> None:
        """A message came on the channel of this name."""


@dataclass(slots=True)
class _Channel:
    stream: int
    opening: ChannelOpen


class DataChannels:
    """The client opens channels, both sides send on them by label. Invariant: see `Association`."""

    def __init__(
        self,
        send: Callable[[bytes, float], None],
        listener: ChannelListener,
        random_bits: Callable[[int], int],
        now: float,
    ) -> None:
        """`send(packet, now)` carries one SCTP packet."""
        self.drops: Counter[str] = Counter()
        """Packets and messages dropped, by cause."""
        self._association = Association(send, self, random_bits)
        self._listener: ChannelListener = listener
        self._by_stream: dict[int, _Channel] = {}
        self._by_label: dict[str, _Channel] = {}
        self._waiting: dict[str, deque[bytes]] = {}
        self._waiting_bytes = 0
        self._allowance = BURST
        self._allowance_at = now

    def receive(self, packet: bytes, now: float) -> None:
        """Handle one SCTP packet; never raises on what came from outside."""
        self._allowance = min(BURST, self._allowance + (now - self._allowance_at) * PACKETS_PER_S)
        self._allowance_at = now
        if self._allowance < 1.0:
            self.drops["too much data"] += 1
            return
        self._allowance -= 1.0
        try:
            self._association.receive(packet, now)
        except MalformedPacket:
            self.drops["malformed data"] += 1

    def send(self, label: str, payload: bytes, now: float, *, is_reliable: bool) -> bool:
        """Send a message on the client's channel of this name; False if it had to be dropped.

        What is reliable waits for a channel that is not open yet.
        """
        channel = self._by_label.get(label)
        if not is_reliable:
            if channel is None or not self._association.is_open or self._association.buffered > LOSSY_LIMIT:
                self.drops["lossy data"] += 1
                return False
        elif self._association.buffered + self._waiting_bytes + len(payload) > RELIABLE_LIMIT:
            self.drops["reliable data"] += 1
            return False
        if channel is None or not self._association.is_open:
            self._waiting.setdefault(label, deque()).append(payload)
            self._waiting_bytes += len(payload)
        else:
            self._send(channel, payload, now)
        return True

    def tick(self, now: float) -> None:
        """Do what is due."""
        self._association.tick(now)

    def let_go(self) -> None:
        """The transport has ended: tell nobody any more."""
        self._listener = NOBODY
        self._association.let_go()

    def is_urgent(self) -> bool:
        """Whether something is on its way that may have to be sent again soon."""
        return self._association.deadline() is not None

    def _send(self, channel: _Channel, payload: bytes, now: float) -> None:
        opening = channel.opening
        lifetime = opening.max_lifetime_ms
        self._association.send(
            channel.stream,
            dcep.BINARY,
            payload,
            now,
            is_ordered=opening.is_ordered,
            max_retransmits=opening.max_retransmits,
            expires_at=now + lifetime / 1000 if lifetime is not None else None,
        )

    # What the association tells.

    def message_arrived(self, message: Message, now: float) -> None:
        channel = self._by_stream.get(message.stream)
        if message.protocol == dcep.DCEP:
            if message.payload != dcep.ACK:  # of a channel that we would have opened
                self._open(message, now)
        elif channel is None or message.protocol not in _MESSAGES:
            self.drops["data for no channel"] += 1
        elif message.protocol in (dcep.TEXT, dcep.BINARY):
            self._listener.message_received(channel.opening.label, message.payload, now)

    def _open(self, message: Message, now: float) -> None:
        try:
            opening = ChannelOpen.parse(message.payload)
        except MalformedPacket:
            self.drops["malformed data"] += 1
            return
        if message.stream not in self._by_stream and len(self._by_stream) >= MAX_CHANNELS:
            self.drops["too many channels"] += 1
            self._association.reset_stream(message.stream, now)
            return
        channel = _Channel(message.stream, opening)
        self._by_stream[message.stream] = self._by_label[opening.label] = channel
        self._association.send(message.stream, dcep.DCEP, dcep.ACK, now)
        for payload in self._waiting.pop(opening.label, ()):
            self._waiting_bytes -= len(payload)
            self._send(channel, payload, now)

    def streams_closed(self, streams: list[int], now: float) -> None:
        """The client closed channels; our direction of them ends too (RFC 8831 section 6.7)."""
        for stream in streams or list(self._by_stream):
            channel = self._by_stream.pop(stream, None)
            if channel is None:
                continue
            if self._by_label.get(channel.opening.label) is channel:
                del self._by_label[channel.opening.label]
            self._association.reset_stream(stream, now)

    def association_ended(self) -> None:
        self._by_stream.clear()
        self._by_label.clear()
