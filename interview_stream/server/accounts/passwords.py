"""Looks whether a password has leaked, in a local file: nobody else is told what was typed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError


class BreachedPasswordValidator:
    """Part of AUTH_PASSWORD_VALIDATORS (NIST SP 800-63B, section 5.1.1.2); silent while no file is set."""

    def validate(self, password: str, user: object = None) -> None:
        file = settings.ENVIRONMENT.breached_passwords
        if file is not None and is_breached(password, file):
            raise ValidationError(
                "This password has leaked somewhere, so others try it first. Choose another.", code="password_breached"
            )

    def get_help_text(self) -> str:
        return "It must not be among the passwords that are known to have leaked."


def is_breached(password: str, file: Path) -> bool:
    """Binary search over the bytes of a sorted file: thirty reads find a line among a billion."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, file.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle > 0:
                lines.seek(middle - 1)
                lines.readline()  # to the start of the next line
            found = lines.readline()[:40]
            if found == wanted:
                return True
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
    return False
