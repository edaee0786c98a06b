"""What each operation asks of a request before anything else: a CSRF token of a session, a scope of an API key.

Who asks is worked out by `actor_of`, and what they may see by each query: this only keeps other sites out, and keys to
what they are for.
"""

from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from ninja.utils import check_csrf

from interview_stream.server.accounts.actor import KEY_PREFIX as KEY_PREFIX
from interview_stream.server.accounts.actor import Member, actor_of, guest_token_of, key_token_of
from interview_stream.server.lib.problems import Forbidden


class Scope(StrEnum):
    """An area of the API, to read or also to write."""

    READ_INTERVIEWS = "interviews:read"
    WRITE_INTERVIEWS = "interviews:write"
    READ_CANDIDATES = "candidates:read"
    WRITE_CANDIDATES = "candidates:write"
    READ_KITS = "kits:read"
    WRITE_KITS = "kits:write"
    READ_EVALUATIONS = "evaluations:read"
    WRITE_EVALUATIONS = "evaluations:write"
    READ_RECORDINGS = "recordings:read"
    WRITE_RECORDINGS = "recordings:write"
    READ_ORGANISATION = "organisation:read"
    WRITE_ORGANISATION = "organisation:write"


class SessionGuard:
    """Of operations that no key may use: whatever nobody thought about, accounts, sessions, calls."""

    def __call__(self, request: HttpRequest) -> bool:
        """Cookies need a CSRF token; a guest's link and a key are sent on purpose, and no other site can."""
        if guest_token_of(request) is not None:
            return True
        if key_token_of(request) is not None:
            self.check_key(request)
        elif check_csrf(request) is not None:
            raise Forbidden("The CSRF token is missing or wrong. Reload the page.", slug="csrf")
        return True

    def check_key(self, request: HttpRequest) -> None:
        actor_of(request)  # A bad key is told so first.
        raise Forbidden("API keys cannot do this. Sign in to do it.", slug="key-not-allowed")


class ApiKey(SessionGuard):
    """Of operations that a key may use which has the scope: `<area>:read` for GET, `<area>:write` for all others.

    To write includes to read. The class's name and the attribute below are how the OpenAPI document says so.
    """

    openapi_security_schema: dict[str, Any] = {"type": "http", "scheme": "bearer", "bearerFormat": "isk_…"}

    def __init__(self, area: str) -> None:
        self._area = area

    def check_key(self, request: HttpRequest) -> None:
        member = actor_of(request)
        assert isinstance(member, Member)
        wanted = {f"{self._area}:write"}
        if request.method in ("GET", "HEAD"):
            wanted.add(f"{self._area}:read")
        if wanted.isdisjoint(member.scopes or ()):
            needed = min(wanted)
            raise Forbidden(f"This key lacks the scope {needed}.", slug="scope-missing", scope=needed)
