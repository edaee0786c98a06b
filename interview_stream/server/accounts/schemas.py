"""What the accounts API takes and gives."""

import uuid
from datetime import datetime
from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Schema
from pydantic import AfterValidator, Field

from interview_stream.server.accounts.models import Role
from interview_stream.server.lib.wording import Name


def _checked_email(value: str) -> str:
    try:
        validate_email(value.strip())
    except ValidationError:
        raise ValueError("This is not an e-mail address.") from None
    return value.strip()


EmailAddressIn = Annotated[
    str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_checked_email)
]


class UserOut(Schema):
    id: int
    name: str
    email: str


class OrganisationOut(Schema):
    id: uuid.UUID
    name: str


class MeOut(Schema):
    """Who is signed in, and what a page needs to know before anyone is."""

    user: UserOut | None
    organisation: OrganisationOut | None
    role: Role | None
    has_owner: bool
    version: str
    public_url: str


class OwnerLinkOut(Schema):
    expires_at: datetime


class OwnerIn(Schema):
    name: Name
    email: EmailAddressIn
    password: str = Field(max_length=200)
    organisation: Name
