"""allauth's hook into our rules: accounts are made by owner links and invitations, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from interview_stream.server.accounts.models import User


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There are no user names to fill in."""

    def get_user_display(self, user: User) -> str:  # pragma: no cover - used in mails only
        return user.name

    def save_user(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("Accounts are made in accounts.actions.")
