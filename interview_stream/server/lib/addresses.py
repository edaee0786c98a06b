"""Addresses that people type in: of e-mail, and of pages; and the one form in which two of e-mail are compared."""

import re
from typing import Annotated
from urllib.parse import urlsplit

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, StringConstraints

_LOCAL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+")


def canonical_domain(name: str) -> str:
    """As the DNS spells it (IDNA 2008); empty for what cannot be there."""
    name = name.strip().rstrip(".")
    if name.isascii() and "xn--" not in name.lower():
        return name.lower()
    try:
        return idna.encode(name, uts46=True, transitional=False, std3_rules=True).decode()
    except UnicodeError:
        return ""


def canonical_email(address: str) -> str:
    """In small letters, without quotation marks, the domain as the DNS spells it; empty where there is no such form."""
    local, _, domain = address.strip().lower().rpartition("@")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = local[1:-1]
    domain = canonical_domain(domain)
    return f"{local}@{domain}" if domain and _LOCAL.fullmatch(local) else ""


def mailbox_of(address: str) -> str:
    """The canonical form without what follows a plus: mail servers deliver that to the same person."""
    local, _, domain = (canonical_email(address) or address.strip().lower()).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


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
