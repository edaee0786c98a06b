"""The shapes of messages."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from interview_stream.server.lib.schemas import Schema
from interview_stream.server.lib.wording import as_typed


class Channel(StrEnum):
    """`everyone` is in the call; `team` are the interviewers among themselves."""

    EVERYONE = "everyone"
    TEAM = "team"


MessageText = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(as_typed)]


class MessageIn(Schema):
    id: UUID = Field(description="Made by whoever writes: sent again after a failure, it is the same message.")
    channel: Channel
    text: MessageText


class MessageOut(Schema):
    id: UUID
    channel: Channel
    author: str = Field(description="Under which name they wrote.")
    is_candidate: bool
    is_mine: bool
    text: str
    at: datetime
