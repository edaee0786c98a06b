"""Addresses that Django answers; signalling, live data and assets are dispatched before it (asgi.py)."""

from django.conf import settings
from django.urls import include, path, re_path

from interview_stream.server.api import api
from interview_stream.server.calls.webhooks import livekit_webhook
from interview_stream.server.health import healthz
from interview_stream.server.interviews.feed import calendar_feed
from interview_stream.server.lib.problems import not_found
from interview_stream.server.monitoring import metrics
from interview_stream.server.operators.pages import site
from interview_stream.server.spa import csp_report, page

ALLAUTH = [
    "auth/login",
    "auth/session",
    "auth/code/request",
    "auth/code/confirm",
    "auth/password/request",
    "auth/password/reset",
    "auth/reauthenticate",
    "auth/2fa/authenticate",
    "auth/2fa/reauthenticate",
    "auth/webauthn/authenticate",
    "auth/webauthn/login",
    "auth/webauthn/reauthenticate",
    "account/password/change",
    "account/authenticators/totp",
    "account/authenticators/recovery-codes",
    "account/authenticators/webauthn",
]

_admin = settings.ENVIRONMENT.admin_path
"""Elsewhere than where it is, and for all but operators, the address is one like any that names nothing."""

urlpatterns = [
    *([path(f"{_admin}/", site.urls), path(_admin, site.without_slash)] if _admin else []),
    path("healthz", healthz),
    path("metrics", metrics),
    path("csp-report", csp_report),
    path("api/", api.urls),
    # Of allauth only what our pages use: its other doors would be open without anyone looking after them.
    re_path(rf"^_allauth/(?!browser/v1/(?:{'|'.join(ALLAUTH)})$)", not_found),
    path("_allauth/", include("allauth.headless.urls")),
    # Of each identity provider only where it sends people back to, and what it has to know of us.
    re_path(r"^sign-in-with/(?!.+/(?:callback|acs|acs/finish|metadata)/$)", not_found),
    path("sign-in-with/", include("allauth.urls")),
    path("calendar/<str:token>.ics", calendar_feed),
    path("webhooks/livekit", livekit_webhook),
    # An address under /api that names no operation is an error, not a page.
    re_path(r"^(?:api|_allauth|assets|calendar|sign-in-with|webhooks)(?:/|$)", not_found),
    re_path(r"", page),
]

_problems = "interview_stream.server.lib.problems"
handler400, handler404, handler500 = f"{_problems}.bad_request", f"{_problems}.not_found", f"{_problems}.internal_error"
