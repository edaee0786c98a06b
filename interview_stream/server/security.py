"""What browsers are told and what is checked of every request: headers, Host, Origin."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from interview_stream.environment import Environment
from interview_stream.server.lib.problems import Forbidden, problem_response
from interview_stream.server.proxies import forwarded_scheme

# Links carry tokens, so no other site may learn an address of ours.
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), usb=()",
}
HSTS = "max-age=31536000"

Headers = Iterable[tuple[bytes, bytes]]


def fixed_headers() -> dict[str, str]:
    """The headers of every answer. Secure transport is promised only where the public address has it."""
    return FIXED_HEADERS | ({"Strict-Transport-Security": HSTS} if settings.ENVIRONMENT.is_https else {})


def headers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware: the same security headers on every answer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in fixed_headers().items():
            response.headers.setdefault(name, value)
        # Answers hold what only this person may see; files set their own rule.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def at_public_address(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Django middleware: identity providers know one address of ours, whatever a proxy made of it on the way here."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(("/sign-in-with/", "/api/sign-in-providers/")):
            public = urlsplit(settings.ENVIRONMENT.public_url)
            request.META["HTTP_HOST"] = public.netloc
            request._get_scheme = lambda: public.scheme  # type: ignore[attr-defined]  # noqa: SLF001
        return get_response(request)

    return middleware


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW, for what is not under /api."""
    return problem_response(Forbidden("The CSRF token is missing or wrong. Reload the page.", slug="csrf"))


class Origins:
    """Which Host and Origin headers this installation answers to."""

    def __init__(self, environment: Environment) -> None:
        public = urlsplit(environment.public_url)
        self._public_origin = f"{public.scheme}://{public.netloc}".lower()
        self._proxies = environment.trusted_proxies
        self._names = {"localhost", (public.hostname or "").lower(), environment.host.lower()}

    def host_is_ours(self, headers: Headers) -> bool:
        """A name that someone else points at us (DNS rebinding) is refused; an IP address is always its own."""
        host = _hostname(header(headers, b"host") or "")
        return host in self._names or _is_ip(host)

    def origin_is_ours(self, scope: dict[str, Any]) -> bool:
        """Whether our own page opened this socket: from the public origin, or from where the socket itself went."""
        origin = (header(scope["headers"], b"origin") or "").lower()
        host = (header(scope["headers"], b"host") or "").lower()
        scheme = "https" if scope.get("scheme") in ("wss", "https") else "http"
        scheme = forwarded_scheme(header(scope["headers"], b"x-forwarded-proto") or "", self._proxies) or scheme
        return origin == self._public_origin or (bool(host) and origin == f"{scheme}://{host}")


def header(headers: Headers, wanted: bytes) -> str | None:
    for name, value in headers:
        if name == wanted:
            return value.decode("latin-1")
    return None


def _hostname(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
