"""Reads the address of a database server, as `DATABASE_URL` gives it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

EXAMPLE = "postgresql://user:password@host:5432/name"
# A connection takes a process of the server and milliseconds to make, so threads lend them to each other.
_POOL = {"min_size": 2, "max_size": 20, "timeout": 20}


def postgresql_settings(url: str) -> dict[str, Any]:
    """The entry of Django's DATABASES for a URL; raises ValueError for what is none.

    Options after the question mark go to libpq as they are: `?sslmode=require`, or `?host=/run/postgresql` for a
    local socket.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or parts.fragment:
        raise ValueError
    name = unquote(parts.path.removeprefix("/"))
    options: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    if not name or "/" in name or parts.port == 0:
        raise ValueError
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**options, "pool": _POOL},
        # One that broke while it was not lent is replaced.
        "CONN_HEALTH_CHECKS": True,
    }
