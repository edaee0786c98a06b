"""HTTP doors of API keys; no key opens them."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.api_keys import actions, queries
from interview_stream.server.api_keys.schemas import ApiKeyIn, ApiKeyMadeOut, ApiKeyOut
from interview_stream.server.lib.idempotency import without_keys

router = Router(tags=["API keys"])


@router.get("/api-keys", response=list[ApiKeyOut])
def list_api_keys(request: HttpRequest) -> list[ApiKeyOut]:
    return queries.list_api_keys(actor_of(request))


@router.post("/api-keys", response={201: ApiKeyMadeOut})
@without_keys
def make_api_key(request: HttpRequest, body: ApiKeyIn) -> Status[ApiKeyMadeOut]:
    """Asks for a recent sign-in. The answer holds the key, which is not shown again."""
    return Status(201, actions.make_api_key(actor_of(request), wanted=body))


@router.delete("/api-keys/{uuid:key_id}", response=list[ApiKeyOut])
def revoke_api_key(request: HttpRequest, key_id: UUID) -> list[ApiKeyOut]:
    actor = actor_of(request)
    actions.revoke_api_key(actor, key_id=key_id)
    return queries.list_api_keys(actor)
