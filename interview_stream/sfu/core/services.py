"""What every room and participant needs from the process around it, made once and handed down."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from livekit.protocol.models import Codec, ServerInfo
from livekit.protocol.webhook import WebhookEvent

from interview_stream.sfu.core.dtls import Certificate
from interview_stream.sfu.core.forwarder import Randomness
from interview_stream.sfu.core.grants import Identity
from interview_stream.sfu.core.peer import PeerTable
from interview_stream.sfu.core.relays import Relays
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.wire.sdp import Candidate

ICE_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

# Clients read abilities out of the version: above 1.13.6 they would send VP9 and AV1 as simulcast.
SERVER_VERSION = "1.13.5"
PROTOCOL = 17


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long things may take, in seconds."""

    join: float = 60.0
    """From the join to connected media."""
    lost: float = 30.0
    """From lost media to removal: time to change networks or to wake a laptop."""
    lost_signal: float = 2.0
    """From lost media to telling the client to resume, if its signalling still stands: to find another way, perhaps
    over TCP, where a firewall now drops UDP."""
    restart: float = 5.0
    """From the resume to media: time for one's ICE restart before one is told to resume again."""
    offer: float = 15.0
    """From asking for an offer to getting one."""
    refresh_token: float = 300.0
    token_ttl: float = 600.0
    empty_room: float = 300.0
    """A room that nobody ever joined."""
    departure: float = 20.0
    """A room that everybody left."""


class EventSink(Protocol):
    """Who is told what happens in rooms (the server's webhook)."""

    def happened(self, event: WebhookEvent) -> None:
        """Queue an event; `id` and `created_at` are filled in by the receiver."""

    def sampled(self, event: WebhookEvent, connections: list[dict[str, object]]) -> None:
        """Queue an event of samples; they may be dropped, and hold up nothing else."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """Shared by all rooms of the process."""

    certificate: Certificate
    candidates: list[Candidate]
    outbox: Outbox
    peers: PeerTable
    random: Randomness
    events: EventSink
    sign: Callable[[Identity, float, float], str]
    """`sign(identity, unix_now, ttl_s)` makes a token."""
    wake: Callable[[], None]
    """Asks for a tick soon: something cannot wait for the next one. Costs next to nothing when said again."""
    unix_offset: float
    """Unix time minus monotonic time, read once: steps of the machine's clock must not reach the media."""
    max_uplink_bps: int
    server_info: ServerInfo
    sample_s: float = 0.0
    """How often the server is told of the connections; 0 for never."""
    totals: Counter[str] = field(default_factory=Counter)
    """What was counted of all connections, as far as it was told."""
    relays: Relays = field(default_factory=Relays)
    timeouts: Timeouts = field(default_factory=Timeouts)

    def unix(self, now: float) -> float:
        """Unix time of a monotonic time."""
        return now + self.unix_offset

    def random_text(self, length: int) -> str:
        """Unguessable letters and digits, each of 62 with the same chance."""
        letters: list[str] = []
        while len(letters) < length:
            number = self.random.getrandbits(6)
            if number < len(ICE_CHARS):
                letters.append(ICE_CHARS[number])
        return "".join(letters)


def publish_codecs() -> list[Codec]:
    """What we forward, preferred first; clients publish nothing else."""
    return [Codec(mime=mime) for mime in ("video/VP8", "video/H264", "audio/opus")]
