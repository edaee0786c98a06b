"""HTTP operations on joining by one's address: an organisation's domains, and signing up."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts import domains, signing_up
from interview_stream.server.accounts.actor import ORGANISATION_KEY, actor_of
from interview_stream.server.accounts.api import me_now, sign_in
from interview_stream.server.accounts.schemas import (
    AcceptIn,
    CodeIn,
    DomainOut,
    MeOut,
    NewDomainIn,
    SignUpIn,
    SignUpOut,
)
from interview_stream.server.lib.idempotency import without_keys

router = Router(tags=["organisation"])


@router.get("/domains", response=list[DomainOut])
def list_domains(request: HttpRequest) -> list[DomainOut]:
    return domains.list_domains(actor_of(request))


@router.post("/domains", response={201: list[DomainOut]})
def add_domain(request: HttpRequest, body: NewDomainIn) -> Status[list[DomainOut]]:
    domains.add_domain(actor_of(request), name=body.name)
    return Status(201, domains.list_domains(actor_of(request)))


@router.post("/domains/{uuid:domain_id}/verify", response=list[DomainOut])
@without_keys
def verify_domain(request: HttpRequest, domain_id: UUID) -> list[DomainOut]:
    """Looks for the record in the DNS. Asks for a recent sign-in."""
    domains.verify_domain(actor_of(request), domain_id=domain_id)
    return domains.list_domains(actor_of(request))


@router.delete("/domains/{uuid:domain_id}", response=list[DomainOut])
def remove_domain(request: HttpRequest, domain_id: UUID) -> list[DomainOut]:
    domains.remove_domain(actor_of(request), domain_id=domain_id)
    return domains.list_domains(actor_of(request))


@router.post("/sign-up", tags=["accounts"], response={204: None})
@without_keys
def ask_to_join(request: HttpRequest, body: SignUpIn) -> Status[None]:
    """Sends a code to an address of a verified domain; says the same of every other address."""
    signing_up.ask_to_join(request, body.email)
    return Status(204, None)


@router.post("/sign-up/confirmation", tags=["accounts"], response=SignUpOut)
@without_keys
def show_address(request: HttpRequest, body: CodeIn) -> SignUpOut:
    return signing_up.show_address(request, body.code)


@router.post("/sign-up/account", tags=["accounts"], response={201: MeOut})
@without_keys
def make_account(request: HttpRequest, body: AcceptIn) -> Status[MeOut]:
    """For the address that was confirmed in this browser; joins as an interviewer."""
    user, organisation = signing_up.make_account(request, body)
    sign_in(request, user)
    request.session[ORGANISATION_KEY] = str(organisation.pk)
    return Status(201, me_now(request))
