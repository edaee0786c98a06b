"""Joining by one's address: who shows an address of a verified domain becomes an interviewer of its organisation.

Shown means that a code which went there came back, or that an identity provider vouches for it, in this very act. That
an account has the address is not enough: an invitation's link can make one, and other organisations make those links.
"""

from collections.abc import Iterable

from django.db import transaction

from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.models import Domain, Membership, Organisation, RemovedAddress, Role, User
from interview_stream.server.lib.addresses import canonical_domain, canonical_email, mailbox_of


def organisation_open_to(address: str) -> Organisation | None:
    """The organisation that such an address joins; None too for who was removed from it."""
    email = canonical_email(address)
    domains = Domain.objects.filter(name=domain_of(email), verified_at__isnull=False, organisation__delete_at=None)
    domain = domains.select_related("organisation").first()
    if domain is None or was_removed(domain.organisation, email):
        return None
    return domain.organisation


def was_removed(organisation: Organisation, address: str) -> bool:
    """Whether somebody with this address was removed, so that only an invitation brings them back."""
    return RemovedAddress.objects.filter(organisation=organisation, email=mailbox_of(address)).exists()


def keep_out(organisation: Organisation, addresses: Iterable[str]) -> None:
    """None of these, however it is spelled, brings somebody back by its domain or a provider's settings."""
    for mailbox in {mailbox_of(each) for each in addresses}:
        RemovedAddress.objects.get_or_create(organisation=organisation, email=mailbox)


def let_back(organisation: Organisation, addresses: Iterable[str]) -> None:
    removed = RemovedAddress.objects.filter(organisation=organisation)
    removed.filter(email__in=[mailbox_of(each) for each in addresses]).delete()


def domain_of(address: str) -> str:
    """As the DNS spells it; empty for what cannot be there."""
    return canonical_domain(address.rpartition("@")[2])


@transaction.atomic
def join_by(user: User, address: str) -> Organisation | None:
    """Only ever as an interviewer; who is a member already stays what they are."""
    organisation = organisation_open_to(address)
    if organisation is None:
        return None
    _, is_new = Membership.objects.get_or_create(
        user=user, organisation=organisation, defaults={"role": Role.INTERVIEWER}
    )
    if is_new:
        detail = f"{Role.INTERVIEWER}, by the domain {domain_of(address)}"
        record(organisation, user, Act.MEMBER_JOINED, subject=address, detail=detail)
    return organisation
