"""What the core expects of the world around it: the few calls by which rooms speak to clients, files and the server."""

from typing import Protocol

from livekit.protocol.rtc import SignalResponse
from livekit.protocol.webhook import WebhookEvent


class SignalSink(Protocol):
    """One client's signalling connection."""

    def send(self, message: SignalResponse) -> None:
        """Queue a message; never waits."""

    def close(self, reason: str) -> None:
        """End the connection after what was queued; the client will try to resume unless it was told to leave."""


class MediaSink(Protocol):
    """Where a forwarder's packets go: a peer, or a recording."""

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        """One packet."""

    def send_rtcp(self, data: bytes) -> None:
        """One RTCP datagram."""


class EventSink(Protocol):
    """Who is told what happens in rooms (the server's webhook)."""

    def happened(self, event: WebhookEvent) -> None:
        """Queue an event; `id` and `created_at` are filled in by the receiver."""
