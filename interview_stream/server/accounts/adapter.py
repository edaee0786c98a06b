"""allauth's hooks into our rules: accounts are made by owner links and invitations, and e-mails are the worker's."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest

from interview_stream.server.accounts.recent_sign_in import (
    RecentSignInNeeded,
    Way,
    is_recent,
    proofs_in,
    ways_of,
)
from interview_stream.server.accounts.tasks import send_code
from interview_stream.server.lib.problems import problem_response

CODE_MAILS = {
    "account/email/login_code": ("Your code to sign in", "Enter this code to sign in:"),
    "account/email/password_reset_code": ("Your code for a new password", "Enter this code to choose a new password:"),
    "account/email/confirmation_code": ("Your code to confirm that it is you", "Enter this code to confirm:"),
}


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("Accounts are made in accounts.actions.")

    def set_password(self, user: Any, password: str) -> None:
        """Who has a password only has just typed it, and who resets it holds a code; all others confirm first."""
        if context.request.user.is_authenticated and ways_of(user) != [Way.PASSWORD]:
            self.is_reauthentication_required(app="allauth.account")
        super().set_password(user, password)

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Our rule for allauth's own operations: an answer that the pages know, instead of allauth's."""
        user, session = context.request.user, context.request.session
        if not is_recent(user, proofs_in(session)):
            raise ImmediateHttpResponse(problem_response(RecentSignInNeeded(user)))
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Not here and now: how long a mail server takes would tell who has an account."""
        subject, lead = CODE_MAILS[template_prefix]
        send_code.enqueue(email, subject, lead, context["code"])
