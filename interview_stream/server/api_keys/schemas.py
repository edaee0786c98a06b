"""What the operations on keys take and give."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from interview_stream.server.accounts.guarding import Scope
from interview_stream.server.accounts.models import Role
from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.lib.schemas import Schema
from interview_stream.server.lib.wording import Name

MOST_DAYS = 366


def _without_repeats(scopes: list[Scope]) -> list[Scope]:
    return sorted(set(scopes))


class ApiKeyIn(Schema):
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=20), AfterValidator(_without_repeats)]
    expires_in_days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    is_shared: bool = False
    """The organisation's, made by owners and admins; else personal."""
    role: Role | None = None
    """Of the organisation's keys, whose rights they have at most; None for one's own."""


class ApiKeyOut(Schema):
    id: uuid.UUID
    name: str
    beginning: str
    scopes: list[Scope]
    is_shared: bool
    is_own: bool
    role: Role
    made_by: PersonOut
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class ApiKeyMadeOut(Schema):
    key: ApiKeyOut
    token: str
    """Shown this once; only its hash is kept."""
