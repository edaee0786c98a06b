"""The shapes of candidates on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from interview_stream.server.lib.addresses import EmailAddress, WebAddress
from interview_stream.server.lib.schemas import Schema
from interview_stream.server.lib.wording import Name, Title


class CandidateLink(Schema):
    """A page of theirs, or about them."""

    name: Title
    url: WebAddress


class CandidateIn(Schema):
    name: Name
    email: EmailAddress | None = None
    links: list[CandidateLink] = Field(default=[], max_length=20)


class MergeIn(Schema):
    candidate_id: UUID = Field(description="Whose interviews and links move here, and who is gone then.")


class CandidateRecordOut(Schema):
    """A candidate, through all their interviews."""

    id: UUID
    name: str | None
    email: str | None
    links: list[CandidateLink]
    created_at: datetime


class CandidateSummaryOut(Schema):
    id: UUID
    name: str | None
    email: str | None
    interviews_count: int
    newest_title: str | None = Field(description="Of the interview that was planned for them last.")
    newest_at: datetime | None
