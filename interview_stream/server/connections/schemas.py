"""The shapes of connections: as the media engine tells of them, and as they are read."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from interview_stream.server.lib.schemas import Schema

Text = Annotated[str, StringConstraints(max_length=150)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Height = Annotated[int, Field(ge=0, le=20_000)]
Measured = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class LayerIn(Schema):
    """One encoding of what somebody sends, since the sample before; docs/protocol/connections.md says more."""

    height: Height
    is_alive: bool
    packets: Count
    lost: Count
    repaired: Count
    octets: Count
    nacks: Count
    plis: Count
    jitter_ms: Measured


class SentIn(Schema):
    track: Text
    kind: Text
    source: Text
    codec: Text
    layers: list[LayerIn] = Field(max_length=8)


class ReceivedIn(Schema):
    track: Text
    kind: Text
    source: Text
    codec: Text
    publisher: Text
    publisher_name: Text
    is_wanted: bool
    is_paused: bool
    is_limited: bool
    height: Height
    packets: Count
    lost: Count
    octets: Count
    resent: Count
    nacks: Count
    plis: Count
    pauses: Count
    jitter_ms: Measured


class SampleIn(Schema):
    """One person's connection since the sample before."""

    sid: Text
    identity: Text
    name: Text
    at: float = Field(ge=0, le=32_503_680_000)  # Unix time, until the year 3000
    seconds: Measured
    is_connected: bool
    transport: Text
    candidate: Text
    rtt_ms: Measured | None
    limit_bps: Count | None
    quality: Text
    breaks: Count
    resumes: Count
    sent: list[SentIn] = Field(max_length=100)
    received: list[ReceivedIn] = Field(max_length=400)


class Transport(StrEnum):
    UDP = "udp"
    TCP = "tcp"
    NONE = ""


class FindingKind(StrEnum):
    """`lost_on_way_to` them, or `lost_on_way_from` them; `slow`: long ways; `limited`: pictures smaller than wanted."""

    LOST_TO = "lost_on_way_to"
    LOST_FROM = "lost_on_way_from"
    SLOW = "slow"
    LIMITED = "limited"
    BROKEN = "broken"
    NEVER_CONNECTED = "never_connected"
    RESUMED = "resumed"
    OVER_TCP = "over_tcp"
    RELAYED = "relayed"


class FindingOut(Schema):
    """What stands out, for people to read; pages say it in words, with times on the reader's clock."""

    kind: FindingKind
    began_at: datetime
    ended_at: datetime
    share: float | None = Field(description="Of packets that were lost, 0 to 1.")
    height: int | None = Field(description="Of the picture that was seen meanwhile (720 for 720p); 0 for none.")
    rtt_ms: float | None = Field(description="Round trip.")
    count: int | None = Field(description="How often.")


class ConnectionPointOut(Schema):
    """A stretch of time on the charts."""

    at: datetime = Field(description="Its end.")
    seconds: float
    is_connected: bool
    rtt_ms: float | None
    sent_loss: float | None = Field(description="Share of what the person sent that was lost; null for nothing sent.")
    received_loss: float | None = Field(description="Share of what was sent to the person that was lost.")
    sent_bps: int
    received_bps: int
    sent_height: int | None = Field(description="Of the largest picture sent; null for none.")
    received_height: int | None = Field(description="Of the picture seen; null when none was wanted.")


class Direction(StrEnum):
    SENT = "sent"
    RECEIVED = "received"


class HeightOut(Schema):
    height: int
    seconds: float


class TrackTotalOut(Schema):
    """One track as one person sent or received it, over the whole call."""

    track: str
    direction: Direction
    kind: str
    source: str
    codec: str
    publisher: str = Field(description="Whose track it is; of received ones.")
    packets: int
    lost: int
    repaired: int = Field(description="Of sent ones: lost and sent again. Of received ones: sent again.")
    octets: int
    nacks: int = Field(description="Packets asked for again.")
    plis: int = Field(description="Key frames asked for.")
    pauses: int
    jitter_ms: float = Field(description="The most that was seen.")
    heights: list[HeightOut] = Field(description="How long which picture sizes were sent or shown.")


class ConnectionOut(Schema):
    identity: str
    name: str
    began_at: datetime
    ended_at: datetime
    transport: Transport
    candidate: str = Field(description="Kind of the client's address: host, srflx, prflx or relay.")
    quality: str = Field(description="At last: excellent, good, poor, or nothing before it was known.")
    rtt_ms: float | None = Field(description="The middle of all.")
    sent_loss: float | None
    received_loss: float | None
    sent_bps: int
    received_bps: int
    findings: list[FindingOut] = Field(description="In order of time; none when all was well.")
    points: list[ConnectionPointOut]
    tracks: list[TrackTotalOut]


class CallRefOut(Schema):
    id: UUID
    started_at: datetime
    ended_at: datetime | None


class ConnectionsOut(Schema):
    """How everybody's connection was in one call of an interview."""

    calls: list[CallRefOut] = Field(description="The interview's calls, the newest first.")
    call: CallRefOut | None = Field(description="The one that is told of; null before the first.")
    people: list[ConnectionOut]
