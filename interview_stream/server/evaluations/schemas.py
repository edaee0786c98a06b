"""The shapes of notes, scorecards, comments and decisions."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.interviews.schemas import PlannedTime
from interview_stream.server.kits.schemas import SkillOut
from interview_stream.server.kits.skills import Level
from interview_stream.server.lib.schemas import Schema
from interview_stream.server.lib.wording import Reason, Text, paragraphs


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    HOLD = "hold"


def _something(text: str) -> str:
    kept = paragraphs(text)
    if not kept:
        raise ValueError("There is nothing written here.")
    return kept


Written = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_something)]


class NoteIn(Schema):
    text: Written


class NoteOut(Schema):
    id: UUID
    at: datetime
    text: str


class MomentIn(Schema):
    """When something was seen that a rating rests on: the time of a note, or a place in the recording."""

    at: PlannedTime
    text: Reason = ""


class MomentOut(Schema):
    at: datetime
    text: str
    recording_id: UUID | None = Field(description="The recording that has this moment; none if it was not recorded.")
    offset_s: float | None = Field(description="Where in that recording.")


class ScorecardIn(Schema):
    """The whole card as it stands; it is sent again with every change."""

    ratings: dict[str, Level] = {}
    moments: dict[str, Annotated[list[MomentIn], Field(max_length=10)]] = Field(
        default={}, description="By skill, what a rating rests on."
    )
    overall: Level | None = None
    summary: Text = ""


class ScorecardOut(Schema):
    author: PersonOut
    ratings: dict[str, Level]
    moments: dict[str, list[MomentOut]]
    overall: Level | None
    summary: str
    changed_at: datetime
    submitted_at: datetime | None


class ScorerOut(Schema):
    """Somebody whose scorecard is expected or there, and whether it is submitted; not what it says."""

    person: PersonOut
    has_submitted: bool


class CommentIn(Schema):
    stars: int = Field(ge=1, le=5)
    text: Written


class CommentOut(Schema):
    id: UUID
    author: PersonOut
    at: datetime
    stars: int
    text: str
    is_mine: bool


class DecisionIn(Schema):
    outcome: Outcome
    reason: Reason = ""


class DecisionOut(Schema):
    outcome: Outcome
    reason: str
    by: PersonOut
    at: datetime


class RoundEvaluationOut(Schema):
    """What is thought of a candidate after one of their interviews."""

    interview_id: UUID
    skills: list[SkillOut]
    scorecards: list[ScorecardOut] = Field(description="Only submitted ones.")
    decision: DecisionOut | None


class FeedbackIn(Schema):
    """Which parts of the evaluation the candidate is given; nothing else of it reaches them."""

    message: Text = ""
    skills: list[str] = Field(default=[], max_length=20, description="Whose levels are shown, as the team sees them.")
    comment_ids: list[UUID] = Field(default=[], max_length=50)
    includes_outcome: bool = False

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not (self.message or self.skills or self.comment_ids or self.includes_outcome):
            raise ValueError("Choose something to send.")
        return self


class FeedbackSkill(Schema):
    name: str
    level: Level = Field(description="The middle of the team's levels, rounded up.")
    meaning: str


class FeedbackContent(Schema):
    """What the candidate reads; nobody of the team is named in it."""

    title: str
    organisation_name: str
    candidate_name: str
    message: str
    outcome: Outcome | None
    skills: list[FeedbackSkill]
    comments: list[str]


class FeedbackOut(Schema):
    id: UUID
    content: FeedbackContent
    address: str
    by: PersonOut
    at: datetime
    sent_at: datetime | None
    url: str


class EvaluationOut(Schema):
    """All that this member may see of what is thought of the candidate."""

    skills: list[SkillOut]
    mine: ScorecardOut | None
    others: list[ScorecardOut] = Field(description="Empty until one's own scorecard is submitted.")
    are_others_hidden: bool
    scorers: list[ScorerOut]
    comments: list[CommentOut]
    decision: DecisionOut | None
    may_decide: bool
    feedback: FeedbackOut | None = Field(description="What the candidate was sent and can read now.")
