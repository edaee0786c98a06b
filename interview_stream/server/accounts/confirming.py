"""Confirming by e-mailed code that it is them, for people who have neither a password nor a second factor.

All other ways are allauth's own operations (/_allauth/…/reauthenticate).
"""

from typing import Any, Self

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django.conf import settings
from django.http import HttpRequest

from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.proving import prove_address
from interview_stream.server.accounts.recent_sign_in import Way, ways_of
from interview_stream.server.lib.problems import Conflict, Invalid, TooManyRequests


class ConfirmationCode(AbstractCodeVerificationProcess):
    """The code that waits for its answer, in the session that asked for it."""

    session_key = "confirmation_code"
    mail = "account/email/confirmation_code"

    def __init__(self, request: HttpRequest, user: User | None, state: dict[str, Any]) -> None:
        self._request = request
        super().__init__(
            max_attempts=settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
            state=state,
            user=user,
        )

    def persist(self) -> None:
        self._request.session[self.session_key] = self.state

    def abort(self) -> None:
        self._request.session.pop(self.session_key, None)

    def send(self) -> None:
        adapter = get_adapter()
        self.state["code"] = adapter.generate_login_code()
        adapter.send_mail(self.mail, self.state["email"], {"code": self.code})
        self.persist()

    @classmethod
    def asked_for(cls, request: HttpRequest, user: User | None, email: str) -> Self:
        """A new one for this address; raises TooManyRequests too soon after the last (limits.py says how long)."""
        if not ratelimit.consume(request, action=cls.session_key, key=email):
            raise TooManyRequests("A code was asked for just now.")
        return cls(request, user, cls.initial_state(user, email=email))

    @classmethod
    def waiting(cls, request: HttpRequest, user: User | None) -> Self:
        """The one that was asked for; a Problem when there is none, or it is too old."""
        state = request.session.get(cls.session_key)
        process = cls(request, user, state) if state else None
        if process is None or not process.is_valid():
            raise Conflict("This code has ended. Ask for a new one.", slug="code-over")
        return process

    def require(self, code: str) -> None:
        """The right code uses it up; a wrong one is counted."""
        if not compare_user_code(actual=code, expected=self.code):
            self.record_invalid_attempt()
            raise Invalid.value("code", "Incorrect code.")
        self.abort()


def send_confirmation_code(request: HttpRequest, user: User) -> None:
    _require_way(user)
    ConfirmationCode.asked_for(request, user, user.email).send()


def confirm_by_code(request: HttpRequest, user: User, code: str) -> None:
    _require_way(user)
    process = ConfirmationCode.waiting(request, user)
    process.require(code)
    prove_address(user, process.state["email"], request)
    record_authentication(request, user, "code", email=user.email, reauthenticated=True)


def _require_way(user: User) -> None:
    if Way.EMAIL_CODE not in ways_of(user):
        raise Conflict("Confirm it in one of the other ways.", slug="way-not-offered")
