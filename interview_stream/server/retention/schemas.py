"""The shapes of retention on the wire."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from interview_stream.server.lib.schemas import Schema


class DueKind(StrEnum):
    RECORDING = "recording"
    CANDIDATE = "candidate"


class DueOut(Schema):
    """Something that is erased soon."""

    kind: DueKind
    id: UUID
    name: str | None = Field(description="The interview's title, or who it is.")
    goes_on: date = Field(description="In the night to this day, on the organisation's clock.")


class UpcomingOut(Schema):
    """What goes within the next seven days."""

    recordings_count: int
    candidates_count: int
    items: list[DueOut] = Field(description="The first of them, the soonest first.")
