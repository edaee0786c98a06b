"""Nobody: whom a transport tells that was closed, and all that went through it.

A participant and its transport hold each other. Once the transport tells nobody instead, both end at once, with their
buffers and their TLS state, and not only when the garbage collector comes by: with so few objects that is after hours.
"""

from collections.abc import Sequence
from typing import Final

from interview_stream.sfu.core.sctp_receiver import Message
from interview_stream.sfu.wire.rtcp import RtcpPacket
from interview_stream.sfu.wire.rtp import RtpPacket


class Nobody:
    """A `PeerListener`, `ChannelListener` and `AssociationListener` that does nothing."""

    def connected(self, now: float) -> None:
        pass

    def disconnected(self, now: float) -> None:
        pass

    def rtp_received(self, packet: RtpPacket, now: float) -> None:
        pass

    def rtcp_received(self, packets: Sequence[RtcpPacket], now: float) -> None:
        pass

    def data_received(self, data: bytes, now: float) -> None:
        pass

    def is_video(self, ssrc: int) -> bool:
        return False

    def closed(self, reason: str) -> None:
        pass

    def message_received(self, label: str, payload: bytes, now: float) -> None:
        pass

    def message_arrived(self, message: Message, now: float) -> None:
        pass

    def streams_closed(self, streams: list[int], now: float) -> None:
        pass

    def association_ended(self) -> None:
        pass


NOBODY: Final = Nobody()
