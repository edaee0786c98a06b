"""What files are for: apps register their purposes here, with what may be sent and by whom."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interview_stream.server.accounts.actor import Actor
from interview_stream.server.files.models import StoredFile
from interview_stream.server.lib.problems import NotFound

DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.oasis.opendocument.text",
        "application/msword",
        "application/rtf",
        "text/rtf",
        "text/plain",
    }
)
IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


@dataclass(frozen=True, kw_only=True)
class Purpose:
    name: str
    kinds: frozenset[str] | None
    """Media types as found in the content; None for any, since they are only ever downloaded."""
    kinds_in_words: str
    most_bytes: Callable[[], int]
    check: Callable[[Actor, str], None]
    """Raises a Problem when the actor may not send a file for this subject (now)."""
    take: Callable[[Actor, str, StoredFile], None]
    """In the transaction that makes the file: give it its place."""
    prepare: Callable[[Path], None] | None = None
    """Changes the content before it is kept, such as an image's; raises a Problem for what it cannot read."""
    may_read: Callable[[Actor, StoredFile], bool]
    is_personal: bool = False
    """Whether it is its sender's, and stays when an organisation of theirs is erased."""


_purposes: dict[str, Purpose] = {}


def register_purpose(purpose: Purpose) -> None:
    _purposes[purpose.name] = purpose


def purpose_names() -> list[str]:
    return list(_purposes)


def purpose_named(name: str) -> Purpose:
    found = _purposes.get(name)
    if found is None:
        raise NotFound("Files cannot be sent for this.")
    return found
