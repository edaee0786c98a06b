"""The shapes of recordings and their tracks on the wire."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from interview_stream.server.calls.schemas import CallRole
from interview_stream.server.lib.schemas import Schema


class RecordingState(StrEnum):
    RECORDING = "recording"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class TrackState(StrEnum):
    """`starting` has no capture yet, `captured` waits for the worker."""

    STARTING = "starting"
    RECORDING = "recording"
    CAPTURED = "captured"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class TrackKind(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"


class TrackSource(StrEnum):
    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN_SHARE = "screen_share"
    SCREEN_SHARE_AUDIO = "screen_share_audio"


class RecordedInterviewOut(Schema):
    id: UUID
    title: str


class TrackParticipantOut(Schema):
    identity: str
    name: str
    role: CallRole


class GapOut(Schema):
    """A stretch of the timeline of which nothing was kept, in seconds from the start of the recording."""

    start_s: float
    end_s: float


class TrackOut(Schema):
    id: UUID
    participant: TrackParticipantOut
    kind: TrackKind
    source: TrackSource
    segment: int = Field(
        description="1, 2, … of this participant and source: a share started again, or a restarted engine."
    )
    state: TrackState
    offset_s: float | None = Field(description="Where its first sample lies, from the start of the recording.")
    duration_s: float | None
    width: int | None
    height: int | None
    mime: str | None
    size_bytes: int | None
    media_url: str | None = Field(description="Playable with HTTP ranges; none until the track is ready.")
    download_url: str | None


class RecordingOut(Schema):
    id: UUID
    interview: RecordedInterviewOut
    state: RecordingState
    started_at: datetime = Field(description="Zero of the timeline.")
    stopped_at: datetime | None
    duration_s: float | None = Field(description="None while it runs.")
    progress: float = Field(description="Of the processing, 0 to 1.")
    detail: str = Field(description="What went wrong, in a sentence; empty if nothing did.")
    tracks: list[TrackOut]
    gaps: list[GapOut]
