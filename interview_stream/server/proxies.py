"""Who calls, seen through the proxies that stand before this installation, and through no others.

Each proxy appends to X-Forwarded-For the address that it was called from. What stands further left was sent by the
client itself and proves nothing, so exactly as many entries count as there are proxies (TRUSTED_PROXIES).
"""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


def client_address(forwarded_for: str, peer: str, proxies: int) -> str:
    """The address that the outermost of our proxies was called from; `peer` is who called us."""
    entries = [each.strip() for each in forwarded_for.split(",")]
    if proxies == 0 or len(entries) < proxies:
        return peer
    return _address(entries[-proxies]) or peer


def _address(text: str) -> str | None:
    """With or without a port, as proxies write it: 192.0.2.1:50000, [2001:db8::1]:50000."""
    host = text[1 : text.find("]")] if text.startswith("[") else text.split(":")[0] if text.count(":") == 1 else text
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def forwarded_scheme(forwarded_proto: str, proxies: int) -> str | None:
    """http or https, as the innermost of our proxies says."""
    scheme = forwarded_proto.split(",")[-1].strip().lower()
    return scheme if proxies > 0 and scheme in ("http", "https") else None


def see_through_proxies(get_response: Answer) -> Answer:
    """Django middleware: REMOTE_ADDR is the client's own for everything after it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        proxies = settings.ENVIRONMENT.trusted_proxies
        peer = request.META.get("REMOTE_ADDR", "")
        request.META["REMOTE_ADDR"] = client_address(request.headers.get("X-Forwarded-For", ""), peer, proxies)
        scheme = forwarded_scheme(request.headers.get("X-Forwarded-Proto", ""), proxies)
        if scheme:
            request._get_scheme = lambda: scheme  # type: ignore[attr-defined]  # noqa: SLF001
        return get_response(request)

    return middleware
