"""Where an address is, as far as a local file knows; nobody else is asked."""

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

import maxminddb
from django.conf import settings

log = logging.getLogger(__name__)


def place_of(address: str) -> str:
    """As "Lisbon, Portugal"; empty where nothing is known of the address, or no file is set."""
    file: Path | None = settings.ENVIRONMENT.geoip_file
    if file is None:
        return ""
    try:
        found = _reader(file, file.stat().st_mtime_ns).get(address)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        log.warning("Where %s is could not be looked up in %s: %s", address, file, error)
        return ""
    return _in_words(found) if isinstance(found, dict) else ""


def _in_words(found: dict[str, Any]) -> str:
    names = [found.get(part, {}).get("names", {}).get("en", "") for part in ("city", "country")]
    return ", ".join(name for name in names if name)


@lru_cache(maxsize=1)
def _reader(file: Path, changed_at: int) -> maxminddb.Reader:
    """Opened anew when the file was replaced."""
    return maxminddb.open_database(file)
