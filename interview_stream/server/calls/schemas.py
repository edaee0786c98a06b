"""The shapes of entering a call, and of what may be recorded of a candidate."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ninja import Schema
from pydantic import Field


class CallRole(StrEnum):
    """`other` are participants who came in with a token that was not made here."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"
    OTHER = "other"


class RecordingScope(StrEnum):
    """What a candidate lets be recorded."""

    ALL = "all"
    AUDIO = "audio"
    NONE = "none"


class ConsentIn(Schema):
    scope: RecordingScope
    question: str = Field(max_length=2000, description="The words that were answered, as they were given.")


class ConsentOut(Schema):
    """A choice, with the words that it was made in."""

    scope: RecordingScope
    wording: str
    at: datetime


class AnswerOut(Schema):
    scope: RecordingScope
    words: str


class QuestionOut(Schema):
    """What a candidate is asked about recording."""

    question: str
    answers: list[AnswerOut]
    is_needed: bool = Field(description="A recording is planned, or runs.")
    chosen: RecordingScope | None


class KnockState(StrEnum):
    """`left`: the page was closed. `over`: the call ended, or the link was replaced."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    REFUSED = "refused"
    REMOVED = "removed"
    LEFT = "left"
    OVER = "over"


class SeatOut(Schema):
    """How a candidate stands to the room."""

    knock: KnockState | None
    told: list[str] = Field(description="Who is told that the candidate waits.")
    is_live: bool = Field(description="Somebody is in the room.")
    is_locked: bool


class WaitingOut(Schema):
    """Somebody who waits to be let in."""

    id: int
    interview_id: UUID
    interview_title: str
    name: str
    knocked_at: datetime


class DoorOut(Schema):
    """What interviewers see of the room's door."""

    waiting: list[WaitingOut]
    is_locked: bool
    scope: RecordingScope | None = Field(description="What the candidate lets be recorded.")


class AnswerIn(Schema):
    admit: bool


class LockIn(Schema):
    locked: bool


class JoinOut(Schema):
    url: str = Field(description="Address of the media engine, ws:// or wss://.")
    token: str = Field(description="Short-lived; ask again to come back later.")
    identity: str
    name: str
    role: CallRole
