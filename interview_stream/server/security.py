"""What browsers are told and what is checked of every request: headers, Host, Origin."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from interview_stream.server.lib.problems import Forbidden, problem_response

# Links carry tokens, so no other site may learn an address of ours.
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), usb=()",
}


def headers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware: the same security headers on every answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        # Answers hold what only this person may see; files and assets set their own rule.
        response.headers.setdefault("Cache-Control", "no-store")
        if settings.ENVIRONMENT.is_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    return middleware


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW, for what is not under /api."""
    return problem_response(Forbidden("The CSRF token is missing or wrong. Reload the page.", slug="csrf"))
