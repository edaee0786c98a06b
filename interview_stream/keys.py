"""The installation's own secrets: made once, kept in the data folder, readable by its owner only."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Keys:
    """`django` signs sessions and links; `media_key` and `media_secret` sign media tokens, API calls and webhooks."""

    django: str
    media_key: str
    media_secret: str


def load_keys(data: Path) -> Keys:
    """Read the secrets below `data`, making those that are missing; raises OSError if the folder cannot be written."""
    folder = data / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Keys(
        django=_read_or_make(folder / "django", 50),
        media_key="IS" + _read_or_make(folder / "media-key", 9).replace("-", "x").replace("_", "y"),
        media_secret=_read_or_make(folder / "media-secret", 36),
    )


def _read_or_make(path: Path, size: int) -> str:
    """Written beside and linked into place, so that two processes starting together agree on one value."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(size))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
