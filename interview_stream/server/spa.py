"""The one page of the front end, rendered per request with a Content-Security-Policy, and the reports about it."""

import json
import logging
import secrets
from functools import lru_cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_cookie

from interview_stream.server.lib.problems import Forbidden, problem_response
from interview_stream.server.security import Origins

log = logging.getLogger(__name__)

NONCE, CSRF_COOKIE, THEME, LANGUAGE = "__CSP_NONCE__", "__CSRF_COOKIE__", "__THEME__", "__LANGUAGE__"
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Interview Stream</title>
<h1>The pages are not built yet</h1><p>The server runs, but its front end is missing. Run <code>make run</code> in the
checkout, which builds it, or install the packaged product.</p></html>"""

# Anyone can send reports, and the first ones say what there is to say.
MOST_LOGGED = 200
_reports = count(1)
_last_report = 0


@vary_on_cookie  # Also where it refuses: an address that first looks who asks must not be told by that.
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page of every address that is no file and no operation; the front end's router takes it from there."""
    html = _index(settings.FRONT_END / "index.html")
    if html is None:
        return HttpResponse(NOT_BUILT, status=503, headers={"Content-Security-Policy": "default-src 'none'"})
    get_token(request)  # Sets the cookie that the client sends back with every write.
    nonce = secrets.token_urlsafe(16)
    said = {
        NONCE: nonce,
        CSRF_COOKIE: settings.CSRF_COOKIE_NAME,
        THEME: getattr(request.user, "theme", ""),
        LANGUAGE: getattr(request.user, "language", ""),
    }
    for place, value in said.items():
        html = html.replace(place, value)
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = content_security_policy(nonce, request.get_host())
    return response


def content_security_policy(nonce: str, host: str) -> str:
    secure = settings.ENVIRONMENT.is_https
    sockets = [f"{'wss' if secure else 'ws'}://{host}"]
    if settings.ENVIRONMENT.livekit_url:
        engine = urlsplit(settings.ENVIRONMENT.livekit_url)
        is_plain = engine.scheme in ("ws", "http")
        schemes = ("ws", "http") if is_plain else ("wss", "https")
        sockets += [f"{scheme}://{engine.netloc}" for scheme in schemes]
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' blob: data:",
        "media-src": "'self' blob:",
        "font-src": "'self'",
        "connect-src": " ".join(["'self'", *sockets]),
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "report-uri": "/csp-report",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@csrf_exempt  # Browsers send reports by themselves, without our token.
@require_http_methods(["GET", "POST"])
def csp_report(request: HttpRequest) -> HttpResponse:
    """Logs what a browser refused, and tells how many reports there were since the start."""
    global _last_report
    if request.method == "GET":
        return JsonResponse({"reports": _last_report})
    if request.headers.get("Origin") and not _is_ours(request):
        return problem_response(Forbidden())
    _last_report = next(_reports)
    if _last_report > MOST_LOGGED:
        return HttpResponse(status=204)
    try:
        report = json.loads(request.body[:8192]).get("csp-report", {})
        directive, blocked = report.get("effective-directive"), report.get("blocked-uri")
        log.warning(
            "A browser refused %.100r by the rule %.100r at %.200r, line %.20r.",
            *(blocked, directive, report.get("source-file"), report.get("line-number")),
        )
    except (ValueError, AttributeError):
        log.warning("A browser sent a report that cannot be read.")
    return HttpResponse(status=204)


def _is_ours(request: HttpRequest) -> bool:
    pairs = [(b"host", request.get_host().encode()), (b"origin", request.headers["Origin"].encode())]
    return Origins(settings.ENVIRONMENT).origin_is_ours({"headers": pairs, "scheme": request.scheme})


def _index(file: Path) -> str | None:
    try:
        return _read(file, file.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=2)
def _read(file: Path, changed_at: int) -> str:
    return file.read_text()
