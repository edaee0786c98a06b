"""Addresses that people type in: of e-mail, and of pages."""

from typing import Annotated
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, StringConstraints


def _check_email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValueError("This is not an e-mail address.") from error
    return value


def _check_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("This is not the address of a page, such as https://example.org/work.")
    return value


EmailAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_check_email)]
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_check_address)]
