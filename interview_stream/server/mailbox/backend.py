"""Where e-mails go while a developer reads them: to the log as ever, and into a folder."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.utils import timezone

KEPT = 200


class EmailBackend(ConsoleBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            # Names sort by time.
            name = f"{timezone.now():%Y%m%d%H%M%S%f}-{secrets.token_hex(4)}"
            partial = folder() / f"{name}.part"
            partial.write_bytes(message.message().as_bytes())
            partial.rename(folder() / f"{name}.eml")
        for old in kept()[KEPT:]:
            old.unlink(missing_ok=True)
        return super().send_messages(email_messages) or 0


def folder() -> Path:
    return Path(settings.ENVIRONMENT.data, "mailbox")


def kept() -> list[Path]:
    """The newest first."""
    return sorted(folder().glob("*.eml"), reverse=True)
