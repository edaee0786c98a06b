"""Answers that take as long whether or not there is an account.

Asking for a code runs through other statements for an address with an account than for one without: under a millisecond
apart, which hundreds of tries would tell. What is asked for here is so cheap that its answer can wait for a moment that
does not depend on it. Signing in by password needs no such wait: hashing, which is done for both, outweighs the rest.
"""

import time
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from interview_stream.server.lib.problems import Answer

FLOOR_S: Final = 0.1
"""Ten times what the work takes; nobody notices it while a code is on its way."""
_AUTH = "/_allauth/browser/v1/auth/"
DOORS: Final = frozenset({f"{_AUTH}code/request", f"{_AUTH}password/request", "/api/sign-up"})
"""Where anybody may name an address."""


def answer_evenly(get_response: Answer) -> Answer:
    """Django middleware, around all others that look anything up."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or request.path not in DOORS:
            return get_response(request)
        began = time.monotonic()
        response = get_response(request)
        # A refusal is told by how often was asked, and has to stay cheap.
        if response.status_code != 429:
            time.sleep(max(0.0, began + FLOOR_S - time.monotonic()))
        return response

    return middleware
