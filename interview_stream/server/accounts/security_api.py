"""HTTP operations on how one signs in; what allauth does itself is under /_allauth."""

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts import addresses, confirming, factor_queries
from interview_stream.server.accounts.actor import actor_of, user_among
from interview_stream.server.accounts.recent_sign_in import proofs_in, require_recent
from interview_stream.server.accounts.schemas import CodeIn, FactorsOut, NewAddressIn, OwnAddressOut, TotpDraftOut
from interview_stream.server.lib.idempotency import without_keys

router = Router(tags=["accounts"])


@router.post("/me/confirmation-code", response={204: None})
def send_confirmation_code(request: HttpRequest) -> Status[None]:
    """By e-mail, to confirm that it is them; for people with neither a password nor a second factor."""
    confirming.send_confirmation_code(request, user_among(actor_of(request)))
    return Status(204, None)


@router.post("/me/confirmation", response={204: None})
@without_keys
def confirm_by_code(request: HttpRequest, body: CodeIn) -> Status[None]:
    confirming.confirm_by_code(request, user_among(actor_of(request)), body.code)
    return Status(204, None)


@router.get("/me/recent-sign-in", response={204: None})
def require_recent_sign_in(request: HttpRequest) -> Status[None]:
    """Nothing, for who proved in the last minutes who they are; else the problem that lists the ways to do so."""
    require_recent(user_among(actor_of(request)), proofs_in(request.session))
    return Status(204, None)


@router.get("/me/factors", response=FactorsOut)
def get_factors(request: HttpRequest) -> FactorsOut:
    return factor_queries.get_factors(actor_of(request))


@router.post("/me/totp-draft", response=TotpDraftOut)
@without_keys
def draft_totp(request: HttpRequest) -> TotpDraftOut:
    """The first step of adding an authenticator app; the second, a code of it, is allauth's."""
    user = user_among(actor_of(request))
    require_recent(user, proofs_in(request.session))
    return factor_queries.draft_totp(user)


@router.get("/me/addresses", response=list[OwnAddressOut])
def list_addresses(request: HttpRequest) -> list[OwnAddressOut]:
    return addresses.list_addresses(actor_of(request))


@router.post("/me/addresses", response={204: None})
@without_keys
def ask_for_address(request: HttpRequest, body: NewAddressIn) -> Status[None]:
    """Sends a code there; the address is the account's once that has come back."""
    addresses.ask_for_address(request, user_among(actor_of(request)), body.email)
    return Status(204, None)


@router.post("/me/addresses/confirmation", response={201: list[OwnAddressOut]})
@without_keys
def confirm_address(request: HttpRequest, body: CodeIn) -> Status[list[OwnAddressOut]]:
    addresses.confirm_address(request, user_among(actor_of(request)), body.code)
    return Status(201, addresses.list_addresses(actor_of(request)))


@router.put("/me/addresses/{int:address_id}/primary", response=list[OwnAddressOut])
def make_address_primary(request: HttpRequest, address_id: int) -> list[OwnAddressOut]:
    addresses.make_primary(request, user_among(actor_of(request)), address_id)
    return addresses.list_addresses(actor_of(request))


@router.delete("/me/addresses/{int:address_id}", response=list[OwnAddressOut])
def remove_address(request: HttpRequest, address_id: int) -> list[OwnAddressOut]:
    addresses.remove_address(request, user_among(actor_of(request)), address_id)
    return addresses.list_addresses(actor_of(request))
