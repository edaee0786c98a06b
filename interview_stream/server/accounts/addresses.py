"""The e-mail addresses of an account: any of them signs in, one is the primary that people see and e-mails go to.

An address is added only once a code that went to it has come back; that of an account which an invitation's copied
link made is unverified until then. Whether it belongs to another account is told to
nobody but whoever reads its e-mails.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, user_among
from interview_stream.server.accounts.audit import Act, address_of, record_for
from interview_stream.server.accounts.confirming import ConfirmationCode
from interview_stream.server.accounts.devices import device_of
from interview_stream.server.accounts.joining import join_by
from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.recent_sign_in import proofs_in, require_recent
from interview_stream.server.accounts.schemas import OwnAddressOut
from interview_stream.server.accounts.tasks import send_security_notice
from interview_stream.server.lib.problems import Conflict, Invalid, NotFound
from interview_stream.server.live import query


class AddressCode(ConfirmationCode):
    """The code that went to a new address."""

    session_key = "address_code"
    mail = "account/email/address_code"


def account_with(email: str) -> User | None:
    """Whose address this is, primary or not."""
    found = (
        EmailAddress.objects.filter(email=email.strip().lower()).select_related("user").order_by("-verified").first()
    )
    return found.user if found is not None else None


def addresses_of(user: User) -> list[str]:
    return list(EmailAddress.objects.filter(user=user).values_list("email", flat=True))


@query("addresses.list")
def list_addresses(actor: Actor) -> list[OwnAddressOut]:
    """One's own, the primary one first."""
    own = EmailAddress.objects.filter(user=user_among(actor)).order_by("-primary", "email")
    return [OwnAddressOut(id=each.pk, email=each.email, is_primary=each.primary) for each in own]


def ask_for_address(request: HttpRequest, user: User, email: str) -> None:
    """Send a code there; needs a recent sign-in, because whoever reads its e-mails will be able to sign in."""
    require_recent(user, proofs_in(request.session))
    address = email.strip().lower()
    own = EmailAddress.objects.filter(user=user)
    if own.filter(email=address).exists():
        raise Invalid.value("email", "This is an address of yours already.")
    if own.count() >= settings.ENVIRONMENT.max_addresses:
        most = settings.ENVIRONMENT.max_addresses
        raise Conflict(f"An account has at most {most} addresses. Remove one first.", slug="too-many-addresses")
    AddressCode.asked_for(request, user, address).send()


@transaction.atomic
def confirm_address(request: HttpRequest, user: User, code: str) -> None:
    process = AddressCode.waiting(request, user)
    process.require(code)
    address: str = process.state["email"]
    if account_with(address) is not None:
        raise Conflict("Another account has this address. Remove it there first.", slug="address-taken")
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=False)
    record_for(user, Act.ADDRESS_ADDED, detail=address)
    join_by(user, address)
    _tell(request, user, f"The address {address} was added", user.email)


@transaction.atomic
def make_primary(request: HttpRequest, user: User, address_id: int) -> None:
    """Both addresses are told, so that somebody who did not do it learns of it at the old one."""
    require_recent(user, proofs_in(request.session))
    wanted = _own(user, address_id)
    before = user.email
    if wanted.primary:
        return
    EmailAddress.objects.filter(user=user, primary=True).update(primary=False)
    EmailAddress.objects.filter(pk=wanted.pk).update(primary=True)
    user.email = wanted.email
    user.save(update_fields=["email"])
    record_for(user, Act.ADDRESS_CHANGED, detail=f"{before} → {wanted.email}")
    for email in (before, wanted.email):
        _tell(request, user, f"{wanted.email} is the address of your account now", email)


@transaction.atomic
def remove_address(request: HttpRequest, user: User, address_id: int) -> None:
    require_recent(user, proofs_in(request.session))
    address = _own(user, address_id)
    if address.primary:
        raise Conflict("This is the primary address. Make another one primary first.", slug="primary-address")
    address.delete()
    record_for(user, Act.ADDRESS_REMOVED, detail=address.email)
    _tell(request, user, f"The address {address.email} was removed", user.email)


def _own(user: User, address_id: int) -> Any:
    found = EmailAddress.objects.filter(user=user, pk=address_id).first()
    if found is None:
        raise NotFound("There is no such address.")
    return found


def _tell(request: HttpRequest, user: User, what: str, email: str) -> None:
    device, now = device_of(request), timezone.now().timestamp()
    send_security_notice.enqueue(user.pk, what, device, address_of(request) or "", now, email)
