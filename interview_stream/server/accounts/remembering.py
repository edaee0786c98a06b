"""Whether a session outlives the browser: what the person wished when they began to sign in.

Signing in may take several requests (a code, a second factor, an identity provider), so the wish waits in the session.
"""

import json

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from interview_stream.server.lib.problems import Answer

_KEY = "ends_with_browser"
_BEGINNINGS = {f"/_allauth/browser/v1/auth/{path}" for path in ("login", "code/request", "webauthn/login")}


def note_wish(get_response: Answer) -> Answer:
    """Django middleware: `"remember": false` in the body of what begins a sign-in; else one is remembered."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and request.path in _BEGINNINGS:
            keep_wish(request, remember=_wish_in(request.body))
        return get_response(request)

    return middleware


def keep_wish(request: HttpRequest, *, remember: bool) -> None:
    if not remember:
        request.session[_KEY] = True
    elif _KEY in request.session:
        del request.session[_KEY]


def follow_wish(request: HttpRequest) -> None:
    """Once signed in: the cookie goes with the browser, and the session with old age as all do."""
    if request.session.get(_KEY):
        request.session.set_expiry(0)


def _wish_in(body: bytes) -> bool:
    try:
        given = json.loads(body)
    except ValueError:
        return True
    return not (isinstance(given, dict) and given.get("remember") is False)
