"""The shapes of entering a call."""

from enum import StrEnum

from ninja import Schema
from pydantic import Field


class CallRole(StrEnum):
    """`other` are participants who came in with a token that was not made here."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"
    OTHER = "other"


class JoinOut(Schema):
    url: str = Field(description="Address of the media engine, ws:// or wss://.")
    token: str = Field(description="Short-lived; ask again to come back later.")
    identity: str
    name: str
    role: CallRole
