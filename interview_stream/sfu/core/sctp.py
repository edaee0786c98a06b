"""One participant's SCTP association over DTLS (RFC 8261, RFC 9260, RFC 6525): opening, dispatch, resetting, end.

We wait for the client to open it and never end it: signalling says who leaves. DTLS proves who sends, so the cookie
only proves that a client's COOKIE ECHO belongs to its INIT. ICE checks are the sign of life, so we send no heartbeats.
"""

from collections.abc import Callable
from typing import Final, Protocol

from interview_stream.sfu.core.nobody import NOBODY
from interview_stream.sfu.core.sctp_receiver import WINDOW, Message, Receiver, ViolationError
from interview_stream.sfu.core.sctp_sender import MAX_PACKET, Sender
from interview_stream.sfu.wire import sctp
from interview_stream.sfu.wire.rtp import extend32
from interview_stream.sfu.wire.sctp import (
    HEADER_SIZE,
    Chunk,
    Data,
    ForwardTsn,
    Init,
    OtherRequest,
    OutgoingReset,
    Packet,
    Plain,
    Reconfig,
    ResetResponse,
    Sack,
    serialize_packet,
)

PORT: Final = 5000
MAX_STREAMS: Final = 1024
_MAX_RESETS: Final = 64
"""In one request, so that it fits into a packet."""
_T_BIT: Final = 1
"""The tag is the receiver's own, for want of ours (RFC 9260 section 8.5.1)."""


class AssociationListener(Protocol):
    """Whom an association tells; calls happen inside `receive` and `tick`."""

    def message_arrived(self, message: Message, now: float) -> None:
        """A whole message."""

    def streams_closed(self, streams: list[int], now: float) -> None:
        """The client ended what used these streams; none named means all."""

    def association_ended(self) -> None:
        """Nothing arrives any more and nothing can be sent, until the client opens another one."""


class _Opening:
    """An INIT and what we answered."""

    __slots__ = ("cookie", "peer", "tag", "tsn")

    def __init__(self, peer: Init, random_bits: Callable[[int], int]) -> None:
        self.peer = peer
        self.tag = random_bits(31) + 1
        self.tsn = random_bits(32)
        self.cookie = random_bits(128).to_bytes(16, "big")

    def answer(self) -> Init:
        """The INIT ACK."""
        parameters = {
            sctp.STATE_COOKIE: self.cookie,
            sctp.SUPPORTED_EXTENSIONS: sctp.EXTENSIONS,
            sctp.FORWARD_TSN_SUPPORTED: b"",
        }
        return Init(self.tag, WINDOW, MAX_STREAMS, MAX_STREAMS, self.tsn, parameters, is_ack=True)


class Association:
    """Feed packets to `receive`, queue messages by `send`, call `tick` at `deadline`."""

    def __init__(
        self, send: Callable[[bytes, float], None], listener: AssociationListener, random_bits: Callable[[int], int]
    ) -> None:
        """`send(packet, now)` carries one packet over DTLS; `random_bits(n)` gives n unguessable bits."""
        self._send_packet = send
        self._listener: AssociationListener = listener
        self._random_bits = random_bits
        self._opening: _Opening | None = None
        self._established: _Opening | None = None
        self._remote_port = PORT
        self._sender: Sender | None = None
        self._receiver: Receiver | None = None
        self._control: list[bytes] = []
        self._must_ack = False
        self._is_shutting_down = False
        self._peer_request = 0
        """The number of the next request to reset that the client may make."""
        self._last_response: ResetResponse | None = None
        self._request = 0
        self._wanted_resets: list[int] = []
        self._reset: OutgoingReset | None = None
        self._reset_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self._sender is not None and not self._is_shutting_down

    @property
    def buffered(self) -> int:
        """Bytes of messages that were not acknowledged yet."""
        return self._sender.buffered if self._sender is not None else 0

    def send(
        self,
        stream: int,
        protocol: int,
        payload: bytes,
        now: float,
        *,
        is_ordered: bool = True,
        max_retransmits: int | None = None,
        expires_at: float | None = None,
    ) -> None:
        """Send a message, not empty; only while `is_open`."""
        assert self._sender is not None, "There is no association."
        self._sender.queue(
            stream, protocol, payload, is_ordered=is_ordered, max_retransmits=max_retransmits, expires_at=expires_at
        )
        self._flush(now)

    def reset_stream(self, stream: int, now: float) -> None:
        """Count a stream of ours anew, once what is queued for it was sent (RFC 8831 section 6.7)."""
        is_asked = self._reset is not None and stream in self._reset.streams
        if not is_asked and stream not in self._wanted_resets:
            self._wanted_resets.append(stream)
        self._flush(now)

    def receive(self, data: bytes, now: float) -> None:
        """Handle one packet; raises MalformedPacket."""
        packet = Packet.parse(data)
        chunks = packet.chunks
        if packet.destination != PORT or not chunks:
            return
        first = chunks[0]
        if isinstance(first, Init):
            if packet.tag == 0 and len(chunks) == 1 and not first.is_ack:
                self._answer_init(first, packet.source, now)
            return
        if isinstance(first, Plain) and first.kind == sctp.COOKIE_ECHO:
            if self._accept_cookie(first.value, packet.tag):
                chunks = chunks[1:]
            else:
                return
        if not self._has_good_tag(packet.tag, first):
            return
        try:
            for chunk in chunks:
                self._handle(chunk, now)
        except ViolationError:
            self._abort(now)
            return
        self._flush(now)

    # Opening, RFC 9260 section 5.

    def _answer_init(self, init: Init, source: int, now: float) -> None:
        if not (init.tag and init.inbound and init.outbound):
            return
        opening = self._opening
        if opening is None or (opening.peer.tag, opening.peer.tsn) != (init.tag, init.tsn):
            opening = self._opening = _Opening(init, self._random_bits)
        self._remote_port = source
        self._send_packet(serialize_packet(PORT, source, init.tag, [opening.answer().serialize()]), now)

    def _accept_cookie(self, cookie: bytes, tag: int) -> bool:
        opening = self._opening
        if opening is None or cookie != opening.cookie or tag != opening.tag:
            return False
        if self._established is not opening:
            if self._established is not None:  # the client began anew, RFC 9260 section 5.2.4
                self._end()
            self._establish(opening)
        self._control.append(Plain(sctp.COOKIE_ACK).serialize())
        return True

    def _establish(self, opening: _Opening) -> None:
        self._established = self._opening = opening
        peer = opening.peer
        self._receiver = Receiver(peer.tsn)
        may_give_up = sctp.FORWARD_TSN_SUPPORTED in peer.parameters
        self._sender = Sender(opening.tsn, peer.window, may_give_up=may_give_up)
        self._peer_request, self._request = peer.tsn, opening.tsn
        self._last_response = self._reset = None
        self._wanted_resets = []
        self._is_shutting_down = self._must_ack = False

    def _has_good_tag(self, tag: int, first: Chunk) -> bool:
        """RFC 9260 section 8.5."""
        if self._established is None:
            return False
        if tag == self._established.tag:
            return True
        if not isinstance(first, Plain) or first.kind not in (sctp.ABORT, sctp.SHUTDOWN_COMPLETE):
            return False
        return bool(first.flags & _T_BIT) and tag == self._established.peer.tag

    # What comes.

    def _handle(self, chunk: Chunk, now: float) -> None:
        sender, receiver = self._sender, self._receiver
        if sender is None or receiver is None:
            return  # it ended by an earlier chunk of the same packet
        if isinstance(chunk, Data):
            if chunk.stream >= MAX_STREAMS:
                raise ViolationError("There is no such stream.")
            self._must_ack = True
            self._deliver(receiver.accept(chunk), now)
        elif isinstance(chunk, Sack):
            if not sender.acknowledge(chunk, now):
                raise ViolationError("What was never sent is acknowledged.")
        elif isinstance(chunk, ForwardTsn):
            if any(stream >= MAX_STREAMS for stream, _ in chunk.streams):
                raise ViolationError("There is no such stream.")
            self._must_ack = True
            self._deliver(receiver.forward(chunk), now)
        elif isinstance(chunk, Reconfig):
            self._reconfigure(chunk, sender, receiver, now)
        elif isinstance(chunk, Plain):
            self._handle_plain(chunk, sender, now)

    def _deliver(self, messages: list[Message], now: float) -> None:
        for message in messages:
            self._listener.message_arrived(message, now)

    def _handle_plain(self, chunk: Plain, sender: Sender, now: float) -> None:
        if chunk.kind == sctp.HEARTBEAT:
            # RFC 9260 section 8.3; one that is larger than a packet of ours was not meant to be answered.
            if len(chunk.value) <= MAX_PACKET - HEADER_SIZE - 4:
                self._control.append(Plain(sctp.HEARTBEAT_ACK, 0, chunk.value).serialize())
        elif chunk.kind == sctp.SHUTDOWN:
            # RFC 9260 section 9.2; it is repeated until it is answered, so no timer is needed here.
            if len(chunk.value) != 4 or not sender.acknowledge(Sack(int.from_bytes(chunk.value, "big"), WINDOW), now):
                raise ViolationError("The client shuts down what it did not get.")
            self._is_shutting_down = True
        elif chunk.kind in (sctp.ABORT, sctp.SHUTDOWN_COMPLETE):
            self._end()

    # Resetting of streams, RFC 6525 section 5.

    def _reconfigure(self, chunk: Reconfig, sender: Sender, receiver: Receiver, now: float) -> None:
        for parameter in chunk.parameters:
            if isinstance(parameter, ResetResponse):
                self._reset_answered(parameter, sender)
            else:
                self._answer_request(parameter, receiver, now)

    def _answer_request(self, request: OutgoingReset | OtherRequest, receiver: Receiver, now: float) -> None:
        last = self._last_response
        if last is not None and request.request == last.response:
            self._control.append(Reconfig([last]).serialize())
            return
        if request.request != self._peer_request:
            return
        if isinstance(request, OtherRequest):
            result = sctp.DENIED
        elif extend32(request.last_tsn, receiver.cumulative) > receiver.cumulative:
            # Asked again once the rest came; nothing is remembered of it.
            self._control.append(Reconfig([ResetResponse(request.request, sctp.IN_PROGRESS)]).serialize())
            return
        else:
            result = sctp.PERFORMED
            receiver.reset(list(request.streams))
            self._listener.streams_closed(list(request.streams), now)
        self._last_response = ResetResponse(request.request, result)
        self._peer_request = (self._peer_request + 1) & 0xFFFFFFFF
        self._control.append(Reconfig([self._last_response]).serialize())

    def _reset_answered(self, response: ResetResponse, sender: Sender) -> None:
        reset = self._reset
        if reset is None or response.response != reset.request or response.result == sctp.IN_PROGRESS:
            return
        sender.reset(reset.streams)
        self._reset = None

    def _request_reset(self, sender: Sender, now: float) -> None:
        """Ask for what is wanted, one request at a time, again until it is answered."""
        if self._reset is None:
            ready = [stream for stream in self._wanted_resets if not sender.has_queued(stream)][:_MAX_RESETS]
            if not ready:
                return
            self._wanted_resets = [stream for stream in self._wanted_resets if stream not in ready]
            last = (sender.next_tsn - 1) & 0xFFFFFFFF
            self._reset = OutgoingReset(self._request, (self._peer_request - 1) & 0xFFFFFFFF, last, ready)
            self._request = (self._request + 1) & 0xFFFFFFFF
        elif now < self._reset_at:
            return
        self._reset_at = now + sender.rto
        self._control.append(Reconfig([self._reset]).serialize())

    # What goes.

    def _flush(self, now: float) -> None:
        sender, receiver, established = self._sender, self._receiver, self._established
        if sender is None or receiver is None or established is None:
            self._control.clear()
            return
        chunks, self._control = self._control, []
        if self._must_ack:
            self._must_ack = False
            chunks.append(receiver.sack().serialize())
        chunks += sender.transmit(now)
        if self._wanted_resets or self._reset is not None:
            self._request_reset(sender, now)
            chunks += self._control
            self._control.clear()
        if self._is_shutting_down and sender.is_idle:
            chunks.append(Plain(sctp.SHUTDOWN_ACK).serialize())
        for bundle in _bundles(chunks):
            self._send_packet(serialize_packet(PORT, self._remote_port, established.peer.tag, bundle), now)

    def tick(self, now: float) -> None:
        """Do what is due."""
        if self._sender is None:
            return
        self._sender.tick(now)
        self._flush(now)

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        if self._sender is None:
            return None
        reset = self._reset_at if self._reset is not None else None
        return min((at for at in (self._sender.deadline(), reset) if at is not None), default=None)

    def let_go(self) -> None:
        """Tell nobody any more; nothing is said to the client, whose transport has ended."""
        self._listener = NOBODY

    def _abort(self, now: float) -> None:
        assert self._established is not None, "Only what was opened can be broken."
        abort = Plain(sctp.ABORT).serialize()
        self._send_packet(serialize_packet(PORT, self._remote_port, self._established.peer.tag, [abort]), now)
        self._end()

    def _end(self) -> None:
        self._sender = self._receiver = self._established = None
        self._control.clear()
        self._listener.association_ended()


def _bundles(chunks: list[bytes]) -> list[list[bytes]]:
    """RFC 9260 section 6.10: as few packets as the chunks fit into, in their order."""
    bundles: list[list[bytes]] = []
    room = 0
    for chunk in chunks:
        if len(chunk) > room:
            bundles.append([])
            room = MAX_PACKET - HEADER_SIZE
        bundles[-1].append(chunk)
        room -= len(chunk)
    return bundles
