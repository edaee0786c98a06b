"""The shapes of notes, scorecards, comments and decisions."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints

from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.kits.schemas import SkillOut
from interview_stream.server.kits.skills import Level
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


class ScorecardIn(Schema):
    """The whole card as it stands; it is sent again with every change."""

    ratings: dict[str, Level] = {}
    overall: Level | None = None
    summary: Text = ""


class ScorecardOut(Schema):
    author: PersonOut
    ratings: dict[str, Level]
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
