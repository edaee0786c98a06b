"""allauth's hooks into our rules: accounts are made by owner links and invitations, and e-mails are the worker's."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from interview_stream.server.accounts.tasks import send_code

CODE_MAILS = {
    "account/email/login_code": ("Your code to sign in", "Enter this code to sign in:"),
    "account/email/password_reset_code": ("Your code for a new password", "Enter this code to choose a new password:"),
}


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("Accounts are made in accounts.actions.")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Not here and now: how long a mail server takes would tell who has an account."""
        subject, lead = CODE_MAILS[template_prefix]
        send_code.enqueue(email, subject, lead, context["code"])
