"""The shapes of interviews and candidates on the wire; the front end's types are made from them."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.lib.addresses import EmailAddress, WebAddress
from interview_stream.server.lib.schemas import Schema
from interview_stream.server.lib.wording import Name, Reason, Text, Title


def _check_year(value: datetime) -> datetime:
    """Times far off are slips of the hand, and zones and validities added to them leave the calendar."""
    if not 2000 <= value.year <= 2100:
        raise ValueError("This is not a time at which an interview can be.")
    return value.astimezone(UTC)


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ValueError("This is not a time zone, such as Europe/Berlin.") from error
    return value


Zone = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(_check_zone)
]
PlannedTime = Annotated[AwareDatetime, AfterValidator(_check_year)]
Minutes = Annotated[int, Field(ge=5, le=1440)]
UserId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Interviewers = Annotated[list[UserId], Field(min_length=1, max_length=20)]


class InterviewState(StrEnum):
    """`live` while people are in its room; a room that empties goes back to `scheduled` until somebody ends it.

    `waiting` while the candidate stands at its door, nobody is in the room, and nobody has let them in.

    What leads from one to the other is in states.py.
    """

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    LIVE = "live"
    ENDED = "ended"
    EVALUATED = "evaluated"
    DECIDED = "decided"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class InterviewKind(StrEnum):
    CONVERSATION = "conversation"
    CODING = "coding"
    PAIRING = "pairing"
    SYSTEM_DESIGN = "system_design"
    DEBUGGING = "debugging"
    BEHAVIOURAL = "behavioural"
    OTHER = "other"


class Act(StrEnum):
    """Everything whose permission depends on the state.

    The room's two are the media engine's, the door's two and `choose_time` the candidate's, `evaluate` comes of the
    last scorecard; the others are people's."""

    OPEN_ROOM = "open_room"
    EMPTY_ROOM = "empty_room"
    KNOCK = "knock"
    LEAVE_DOOR = "leave_door"
    JOIN = "join"
    EDIT = "edit"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    MARK_NO_SHOW = "mark_no_show"
    END = "end"
    RENEW_LINK = "renew_link"
    OFFER_TIMES = "offer_times"
    CHOOSE_TIME = "choose_time"
    EVALUATE = "evaluate"
    DECIDE = "decide"
    REOPEN = "reopen"


class InterviewIn(Schema):
    title: Title
    scheduled_for: PlannedTime | None = Field(default=None, description="Planned start; none means now.")
    duration_minutes: Minutes = 60
    kind: InterviewKind = InterviewKind.OTHER
    description: Text = Field(default="", description="What the candidate reads of what to expect.")
    time_zone: Zone | None = Field(
        default=None, description="The zone in which the time was chosen; the organisation's when left out."
    )
    interviewer_ids: Interviewers | None = Field(default=None, description="None means whoever makes it.")
    kit_id: UUID | None = Field(default=None, description="The kit whose newest version the interview takes.")
    is_recording_planned: bool = Field(default=True, description="The candidate is asked what may be recorded.")
    admits_automatically: bool = Field(default=False, description="The candidate comes in without being let in.")
    candidate_id: UUID | None = Field(
        default=None, description="Somebody known from before. Without it, one with the same e-mail address is them."
    )
    candidate_name: Name | None = None
    candidate_email: EmailAddress | None = None
    candidate_time_zone: Zone | None = None


class InterviewPatchIn(Schema):
    """Only the fields that are given change."""

    title: Title | None = None
    scheduled_for: PlannedTime | None = None
    duration_minutes: Minutes | None = None
    kind: InterviewKind | None = None
    description: Text | None = None
    time_zone: Zone | None = None
    interviewer_ids: Interviewers | None = None
    kit_id: UUID | None = None
    is_recording_planned: bool | None = None
    admits_automatically: bool | None = None
    candidate_name: Name | None = None
    candidate_email: EmailAddress | None = None
    candidate_time_zone: Zone | None = None


class RescheduleIn(Schema):
    scheduled_for: PlannedTime
    duration_minutes: Minutes | None = None
    reason: Reason = ""


class FreeSlotsIn(Schema):
    interviewer_ids: Interviewers
    minutes: Minutes = 60
    interview_id: UUID | None = Field(default=None, description="The interview that is to be moved, if it is one.")


class OfferIn(Schema):
    starts: list[PlannedTime] = Field(
        min_length=1, max_length=12, description="Times of which the candidate takes one."
    )


class SlotOut(Schema):
    id: int
    start: datetime


class SlotIn(Schema):
    slot_id: Annotated[int, Field(ge=1, le=2**63 - 1)]


class ReasonIn(Schema):
    reason: Reason = ""


class NoticeState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class MailOut(Schema):
    """The newest e-mail to the candidate."""

    state: NoticeState
    is_cancellation: bool
    at: datetime


class CandidateOut(Schema):
    """The candidate of one interview."""

    id: UUID = Field(description="Of their invitation to this interview.")
    candidate_id: UUID | None = Field(description="Of the person, through all their interviews.")
    name: str | None
    email: str | None
    time_zone: str | None = Field(description="As said when planning, or by the browser that opened the link.")
    link_url: str | None = Field(
        description="The candidate's personal link. Whoever holds it can enter, so members only see it, and no API key "
        "that only reads."
    )
    link_expires_at: datetime
    is_resume_wanted: bool
    mail: MailOut | None


class ActivityOut(Schema):
    """Something that was done with the interview, by whom and why."""

    id: int
    act: Act
    at: datetime
    by: PersonOut | None
    reason: str
    planned_before: datetime | None
    planned_after: datetime | None


class ObserverIn(Schema):
    """A member of the organisation, or somebody else by name and perhaps an address."""

    user_id: UserId | None = None
    name: Name | None = None
    email: EmailAddress | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.user_id is None and self.name is None:
            raise ValueError("Say who it is.")
        return self


class ObserverOut(Schema):
    id: UUID
    name: str
    email: str | None
    user_id: int | None = Field(description="None for a guest.")
    link_url: str | None = Field(
        description="A guest's personal link; members need none. Not shown to API keys that only read."
    )


class CalendarFeedOut(Schema):
    """Where a calendar program finds this person's interviews. Whoever knows the address can read them."""

    url: str
    webcal_url: str = Field(description="The same; most calendar programs open it by themselves.")


class Show(StrEnum):
    """What a list of interviews is narrowed down to, by how far they have come."""

    ALL = "all"
    OPEN = "open"
    LIVE = "live"
    UPCOMING = "upcoming"
    TO_EVALUATE = "to_evaluate"
    COMPLETED = "completed"
    CLOSED = "closed"
    """Decided, or called off."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OFF = "off"
    MY_SCORECARD = "my_scorecard"
    """Ended, held by oneself among others, and one's own scorecard is missing."""


class InterviewFilter(Schema):
    """What a list of interviews is narrowed down to, whatever has become of them."""

    text: str = Field(default="", max_length=200, description="Words in the title, the candidate's name or address.")
    interviewer: UserId | None = Field(default=None, description="Who holds it.")
    kind: InterviewKind | None = None
    since: datetime | None = Field(default=None, description="Of the start.")
    until: datetime | None = None


class InterviewCountsOut(Schema):
    """How many there are for each value of `show`."""

    all: int
    open: int
    live: int
    upcoming: int
    to_evaluate: int
    completed: int
    closed: int
    succeeded: int
    failed: int
    off: int
    my_scorecard: int


class KitRefOut(Schema):
    """Which version of which kit the interview has."""

    id: UUID
    number: int
    name: str


class InterviewOut(Schema):
    id: UUID
    title: str
    state: InterviewState
    scheduled_for: datetime | None
    duration_minutes: int
    created_at: datetime
    ended_at: datetime | None
    created_by: PersonOut
    kind: InterviewKind
    description: str
    time_zone: str
    interviewers: list[PersonOut]
    kit: KitRefOut | None
    observers: list[ObserverOut]
    candidate: CandidateOut
    allowed: list[Act] = Field(description="What can be done with it in its present state.")
    outcome: str | None = Field(description="Of a decided one: pass, fail or hold.")
    awaits_my_scorecard: bool
    offered: list[datetime] = Field(description="Times that the candidate was sent to choose from.")
    is_recording_planned: bool
    admits_automatically: bool
    recordings_count: int
    is_recording: bool


class AttachmentKind(StrEnum):
    RESUME = "resume"
    FILE = "file"
    LINK = "link"


class AttachmentOut(Schema):
    id: UUID
    kind: AttachmentKind
    name: str
    url: str | None = Field(description="Of a link. A file's address is asked for when it is opened.")
    size_bytes: int | None
    added_at: datetime
    added_by: str | None = Field(description="None for the candidate.")


class CandidateFileOut(Schema):
    """A file or a link that a candidate sent, or their résumé, with the interview that it came with."""

    interview_id: UUID
    interview_title: str
    file: AttachmentOut


class OwnInterviewOut(Schema):
    """An interview as its candidate sees it who has an account."""

    id: UUID
    title: str
    organisation_name: str
    state: InterviewState
    scheduled_for: datetime | None
    duration_minutes: int
    kind: InterviewKind
    link_url: str | None = Field(
        description="Their personal link, as long as it leads anywhere; not shown to API keys."
    )


class LinkIn(Schema):
    name: Title
    url: WebAddress


class ResumeRequestIn(Schema):
    is_wanted: bool


class AddressOut(Schema):
    url: str = Field(description="Works for some minutes, for whoever asked for it.")


class GuestNameIn(Schema):
    name: Name


class GuestPlaceIn(Schema):
    time_zone: Zone


class GuestInterviewOut(Schema):
    """What a candidate may know of the interview."""

    id: UUID
    title: str
    state: InterviewState
    scheduled_for: datetime | None
    duration_minutes: int
    kind: InterviewKind
    description: str
    organisation_name: str
    organisation_logo_url: str | None
    interviewers: list[str]


class GuestOut(Schema):
    id: UUID
    name: str | None
    time_zone: str | None


class GuestViewOut(Schema):
    interview: GuestInterviewOut
    guest: GuestOut
    is_observer: bool
    is_resume_wanted: bool
    is_recording_planned: bool
    is_recording: bool
    slots: list[SlotOut] = Field(description="Times of which the candidate may choose one.")
