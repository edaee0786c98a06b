"""Attempts to sign in that were refused, in the audit log of whose account it is.

The worker writes the row, and a job is noted for an address without an account too: neither the answer nor its time
may tell who has one. The passwords and codes that were typed are kept nowhere.
"""

import json
from datetime import UTC, datetime
from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import unstash_login
from django.contrib.auth.signals import user_logged_out
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from interview_stream.server.accounts.addresses import account_with
from interview_stream.server.accounts.audit import Act, address_of, record_for
from interview_stream.server.accounts.devices import device_of
from interview_stream.server.accounts.limits import wait_of
from interview_stream.server.accounts.models import User
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.problems import Answer

_PREFIX = "/_allauth/browser/v1/auth/"
DOORS = {
    "login": "password",
    "code/confirm": "e-mailed code",
    "password/reset": "code for a new password",
    "2fa/authenticate": "second factor",
    "webauthn/authenticate": "passkey as second factor",
    "webauthn/login": "passkey",
    "reauthenticate": "password, to confirm",
    "2fa/reauthenticate": "second factor, to confirm",
    "webauthn/reauthenticate": "passkey, to confirm",
}
"""Where one proves who one is, and by what."""
_WRONG = {"email_password_mismatch", "incorrect_password", "incorrect_code", "invalid"}
_TOLD_EVERY_S = 300
_REJECTED = "rejected_user_id"


def note_refusals(get_response: Answer) -> Answer:
    """Django middleware: after a wrong password, code or passkey, and once when there were too many."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        door = request.path.removeprefix(_PREFIX)
        if request.method == "POST" and door in DOORS and isinstance(response, HttpResponse):
            _note(request, response, door)
        return response

    return middleware


def _note(request: HttpRequest, response: HttpResponse, door: str) -> None:
    is_locked = wait_of(request) is not None
    if not is_locked and not (response.status_code == 400 and _is_wrong(response)):
        return
    user_id, email = _whose(request, door)
    # Somebody who goes on and on would fill the log.
    if is_locked and not cache.add(f"locked:{user_id}:{email[:100]}", True, _TOLD_EVERY_S):
        return
    device, at = device_of(request), timezone.now().timestamp()
    write_refusal.enqueue(user_id, email, f"{device}, by {DOORS[door]}", address_of(request), at, is_locked)


def _is_wrong(response: HttpResponse) -> bool:
    errors = json.loads(response.content).get("errors", ())
    return any(error["code"] in _WRONG and error.get("param") != "email" for error in errors)


def _whose(request: HttpRequest, door: str) -> tuple[int | None, str]:
    """An account, or an address of which the worker finds out whether it has one."""
    if request.user.is_authenticated:
        return request.user.pk, ""
    if door == "login":
        return None, _typed_email(request)
    rejected: int | None = getattr(request, _REJECTED, None)
    if rejected is None and (pending := unstash_login(request, peek=True)) is not None and pending.user is not None:
        rejected = pending.user.pk
    return rejected, ""


def _typed_email(request: HttpRequest) -> str:
    try:
        return str(json.loads(request.body)["email"]).strip().lower()[:254]
    except (ValueError, KeyError, TypeError):
        return ""


@receiver([account.login_code_rejected, account.password_reset_code_rejected])
def _code_rejected(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """After the last try nothing else tells any more whose code it was."""
    setattr(request, _REJECTED, user.pk)


@receiver(user_logged_out)
def _signed_out(sender: object, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        record_for(user, Act.SIGNED_OUT, detail=device_of(request))


@job("Note an attempt to sign in", is_kept=False)
def write_refusal(
    user_id: int | None, email: str, detail: str, address: str | None, at: float, is_locked: bool
) -> None:
    user = User.objects.filter(pk=user_id).first() if user_id is not None else account_with(email)
    if user is not None:
        act = Act.SIGN_IN_LOCKED if is_locked else Act.SIGN_IN_REFUSED
        record_for(user, act, detail=detail, address=address, at=datetime.fromtimestamp(at, UTC))


_METHODS = {"password": "password", "code": "e-mailed code"}
_FACTORS = {"totp": "authenticator app", "recovery_codes": "recovery code", "webauthn": "passkey"}


def ways_taken(request: HttpRequest, user: User) -> str:
    """How somebody has just signed in: "password and authenticator app"."""
    words = []
    for taken in get_authentication_records(request, user):
        word = _METHODS.get(taken["method"]) or _FACTORS.get(taken.get("type", "")) or taken.get("provider") or ""
        if word and word not in words:
            words.append(str(word))
    return " and ".join(words)
