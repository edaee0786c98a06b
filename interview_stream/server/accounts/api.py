"""The accounts' HTTP operations; signing in and out are allauth's, under /_allauth."""

from django.contrib.auth import login
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Status

from interview_stream.server.accounts import actions, queries
from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.accounts.schemas import MeOut, OwnerIn, OwnerLinkOut

router = Router(tags=["accounts"])


@router.get("/me", response=MeOut)
def get_me(request: HttpRequest) -> MeOut:
    """The first thing that a client asks, so it also sets the CSRF cookie that writes need."""
    get_token(request)
    return queries.get_me(actor_of(request))


@router.get("/owner-links/{token}", response=OwnerLinkOut)
def get_owner_link(request: HttpRequest, token: str) -> OwnerLinkOut:
    return queries.get_owner_link(token)


@router.post("/owner-links/{token}", response={201: MeOut})
def use_owner_link(request: HttpRequest, token: str, owner: OwnerIn) -> Status[MeOut]:
    user = actions.create_owner(token, owner)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Status(201, queries.get_me(actor_of(request)))
