"""allauth's hooks into our rules: accounts are made by owner links and invitations, and e-mails are the worker's."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.utils import timezone

from interview_stream.server.accounts.devices import device_name
from interview_stream.server.accounts.proving import prove_address
from interview_stream.server.accounts.recent_sign_in import (
    RecentSignInNeeded,
    Way,
    proofs_in,
    require_recent,
    ways_of,
)
from interview_stream.server.accounts.tasks import send_code, send_security_notice
from interview_stream.server.lib.problems import problem_response

NOTICES = {
    "account/email/password_changed": "Your password was changed",
    "account/email/password_set": "A password was set",
    "account/email/password_reset": "Your password was replaced by an e-mailed code",
    "mfa/email/totp_activated": "An authenticator app was added",
    "mfa/email/totp_deactivated": "The authenticator app was removed",
    "mfa/email/recovery_codes_generated": "New recovery codes were made",
    "mfa/email/webauthn_added": "A passkey was added",
    "mfa/email/webauthn_removed": "A passkey was removed",
    "mfa/email/recovery_code_used": "A recovery code was used",
}
"""What allauth tells of, and what we call it: each is told to the person by e-mail."""

CODE_MAILS = {
    "account/email/login_code": ("Your code to sign in", "Enter this code to sign in:"),
    "account/email/password_reset_code": ("Your code for a new password", "Enter this code to choose a new password:"),
    "account/email/address_code": ("Your code to add this address", "Enter this code to add this address:"),
    "account/email/sign_up_code": ("Your code to join", "Enter this code to join your organisation:"),
    "account/email/confirmation_code": ("Your code to confirm that it is you", "Enter this code to confirm:"),
}
UNKNOWN_ACCOUNT = "account/email/unknown_account"


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("Accounts are made in accounts.actions.")

    def set_password(self, user: Any, password: str) -> None:
        """Who has a password only has just typed it, and who resets it holds a code; all others confirm first."""
        request = context.request
        if request.user.is_authenticated and ways_of(user) != [Way.PASSWORD]:
            self.is_reauthentication_required(app="allauth.account")
        code = request.session.get(PASSWORD_RESET_VERIFICATION_SESSION_KEY)
        if code and not request.user.is_authenticated:
            # allauth marks the address as verified only afterwards, when the new password would go as well.
            prove_address(user, code["email"].lower(), request)
        super().set_password(user, password)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Somebody who did not do it has to learn of it, so there is no setting for it."""
        agent = self.get_http_user_agent(self.request)
        address, at = self.get_client_ip(self.request), timezone.now().timestamp()
        send_security_notice.enqueue(user.pk, NOTICES[template_prefix], device_name(agent), address, at)

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Our rule for allauth's own operations: an answer that the pages know, instead of allauth's."""
        try:
            require_recent(context.request.user, proofs_in(context.request.session))
        except RecentSignInNeeded as problem:
            raise ImmediateHttpResponse(problem_response(problem)) from None
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Not here and now: how long a mail server takes would tell who has an account.

        A job is noted for an address without an account too, since writing one takes time that can be measured.
        """
        if template_prefix == UNKNOWN_ACCOUNT:
            send_code.enqueue(email, "", "", "")
            return
        subject, lead = CODE_MAILS[template_prefix]
        send_code.enqueue(email, subject, lead, context["code"])
