"""Signing up with an address of a verified domain: first a code to the address, then, and only then, what it opens.

Whatever address is given, the answer is the same, and the same work is done: who may join, and who has an account, is
told to nobody but whoever reads its e-mails.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from interview_stream.server.accounts.actions import create_checked_account
from interview_stream.server.accounts.addresses import account_with
from interview_stream.server.accounts.confirming import ConfirmationCode
from interview_stream.server.accounts.inviting import require_account_facts
from interview_stream.server.accounts.joining import domain_of, join_by, organisation_open_to
from interview_stream.server.accounts.models import Organisation, User
from interview_stream.server.accounts.proving import prove_address
from interview_stream.server.accounts.schemas import AcceptIn, SignUpOut
from interview_stream.server.accounts.tasks import send_account_hint, send_code
from interview_stream.server.lib.problems import Conflict

_SHOWN = "sign_up_address"
_SHOWN_FOR_S = 1800
"""How long somebody may take to choose a name and a password."""


class SignUpCode(ConfirmationCode):
    """The code that went to the address; where none may go there, one that nobody knows."""

    session_key = "sign_up_code"
    mail = "account/email/sign_up_code"

    def keep_silent(self) -> None:
        self.state["code"] = get_adapter().generate_login_code()
        self.persist()


def ask_to_join(request: HttpRequest, email: str) -> None:
    address = email.strip().lower()
    code = SignUpCode.asked_for(request, None, address)
    organisation, account = organisation_open_to(address), account_with(address)
    if organisation is not None and (account is None or account == request.user):
        code.send()
        return
    code.keep_silent()
    if organisation is not None:
        send_account_hint.enqueue(address)
    else:
        send_code.enqueue(address, "", "", "")


@transaction.atomic
def show_address(request: HttpRequest, code: str) -> SignUpOut:
    """Who is signed in and has the address joins here; all others go on to make an account."""
    process = SignUpCode.waiting(request, None)
    process.require(code)
    address: str = process.state["email"]
    organisation = _still_open(address)
    has_joined = isinstance(request.user, User) and account_with(address) == request.user
    if has_joined:
        assert isinstance(request.user, User)
        prove_address(request.user, address, request)
        join_by(request.user, address)
    else:
        request.session[_SHOWN] = {"email": address, "at": timezone.now().timestamp()}
    return SignUpOut(
        email=address, organisation_id=organisation.pk, organisation_name=organisation.name, has_joined=has_joined
    )


@transaction.atomic
def make_account(request: HttpRequest, given: AcceptIn) -> tuple[User, Organisation]:
    shown: dict[str, Any] = request.session.get(_SHOWN) or {}
    if not shown or timezone.now().timestamp() - shown["at"] > _SHOWN_FOR_S:
        raise Conflict("Confirm your address anew: that was too long ago.", slug="code-over")
    organisation = _still_open(shown["email"])
    require_account_facts(given)
    user = create_checked_account(name=given.name or "", email=shown["email"], password=given.password)
    join_by(user, user.email)
    request.session.pop(_SHOWN, None)
    return user, organisation


def _still_open(address: str) -> Organisation:
    organisation = organisation_open_to(address)
    if organisation is None:
        raise Conflict(
            f"Addresses of {domain_of(address)} do not join here any more. Ask for an invitation.",
            slug="domain-closed",
        )
    return organisation
