"""The shapes of entering a call, and of what may be recorded of a candidate."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from interview_stream.server.lib.schemas import Schema

Identity = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""The media engine's name for somebody in the room."""

LobbyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16}$")]
"""One of an interview's lobbies; no secret, as it says nothing of who is there."""


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
    """`removed` may knock again, `barred` may not. `left`: the page was closed. `over`: the call ended, or the link was
    replaced."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    REFUSED = "refused"
    REMOVED = "removed"
    BARRED = "barred"
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


class AwayOut(Schema):
    """A candidate who was refused or taken out, and could be let in all the same."""

    name: str
    knock: KnockState


class DoorOut(Schema):
    """What interviewers see of the room's door."""

    waiting: list[WaitingOut]
    is_locked: bool
    sent_away: AwayOut | None
    scope: RecordingScope | None = Field(description="What the candidate lets be recorded.")


class AnswerIn(Schema):
    admit: bool


class LockIn(Schema):
    locked: bool


class LobbyOut(Schema):
    """A room for oneself, to be connected before one joins."""

    url: str = Field(description="Address of the media engine, ws:// or wss://.")
    token: str = Field(description="Short-lived, and good for this room only.")
    lobby: LobbyName = Field(description="Name it when joining, to be moved into the call.")


class JoinIn(Schema):
    lobby: LobbyName | None = Field(None, description="Where the caller is connected, and is moved from.")


class JoinOut(Schema):
    url: str = Field(description="Address of the media engine, ws:// or wss://.")
    token: str = Field(description="Short-lived; ask again to come back later.")
    identity: str
    name: str
    role: CallRole
    is_moved: bool = Field(description="The caller's connection was moved here from the lobby; the token is for later.")


class DeviceKind(StrEnum):
    """What of somebody can be stopped, or asked for."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen"


class StopOut(Schema):
    """The last time that somebody was muted, or their camera or screen switched off, by another."""

    kind: DeviceKind
    by: str
    at: datetime


class HappeningKind(StrEnum):
    """`hand`: raised. `ask`: to unmute, show oneself or share. `mute`: also of a camera or a screen."""

    HAND = "hand"
    ASK = "ask"
    MUTE = "mute"
    REMOVAL = "removal"
    READMISSION = "readmission"
    FOCUS = "focus"


class HappeningOut(Schema):
    """What somebody did in a call, for whoever looks back at it."""

    id: int
    at: datetime
    kind: HappeningKind
    device: DeviceKind | None = Field(description="For `ask` and `mute`.")
    who: str = Field(description="Whom it concerns.")
    by: str | None = Field(description="Who did it; null for what people do themselves.")


class MuteIn(Schema):
    identity: Identity
    kind: DeviceKind


class RemoveIn(Schema):
    identity: Identity
    may_return: bool = Field(True, description="Whether they may knock again.")


class AskIn(Schema):
    """A polite request to one person, which they accept or not."""

    identity: Identity
    kind: DeviceKind


class AskState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class AskOut(Schema):
    id: int
    identity: str = Field(description="Who was asked.")
    kind: DeviceKind
    state: AskState
    asked_by: str
    is_mine: bool = Field(description="Whether the caller asked for it.")


class AskAnswerIn(Schema):
    accepted: bool


class HandIn(Schema):
    raised: bool


class HandOut(Schema):
    id: int
    identity: str
    name: str
    raised_at: datetime


class ReactionKind(StrEnum):
    THUMBS_UP = "thumbs_up"
    CLAP = "clap"
    HEART = "heart"
    LAUGH = "laugh"
    SURPRISE = "surprise"
    CELEBRATE = "celebrate"


class ReactionIn(Schema):
    kind: ReactionKind


class ReactionOut(Schema):
    id: int
    identity: str
    name: str
    kind: ReactionKind


class FocusIn(Schema):
    minutes: int = Field(ge=1, le=60)


class FocusOut(Schema):
    """Time in which the candidate works unwatched."""

    began_at: datetime
    ends_at: datetime = Field(description="Counted down by the pages.")
    is_over: bool = Field(description="Known without a clock when somebody ended it early.")


class ClockIn(Schema):
    shown: bool


class FloorOut(Schema):
    """What goes on in a call beside its media: whose turn it is, who was asked for what, and the time."""

    started_at: datetime | None = Field(description="When the call began; null while nobody is in it.")
    is_clock_shown: bool = Field(description="Whether the candidate sees the time that is left.")
    hands: list[HandOut] = Field(description="Raised hands, the first first.")
    reactions: list[ReactionOut] = Field(description="The last ones, the oldest first.")
    asks: list[AskOut] = Field(description="Interviewers read all, everybody else what they are asked themselves.")
    focus: FocusOut | None
    stops: list[StopOut] = Field(description="What others switched off of the caller, the last time of each kind.")


class NetworkTestOut(Schema):
    """Two seats in a room for nobody else: one sends, the other receives."""

    url: str = Field(description="Address of the media engine, ws:// or wss://.")
    sender: str
    receiver: str
