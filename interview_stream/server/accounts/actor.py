"""Who asks: a member by session, a guest by personal link, or nobody."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from interview_stream.server.accounts.models import Membership, Organisation, Role, User
from interview_stream.server.lib.problems import Unauthenticated


@dataclass(frozen=True, kw_only=True)
class Member:
    """A signed-in person acting for one organisation."""

    user: User
    organisation: Organisation
    role: Role


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A person without an account, holding a personal link to one interview."""

    guest_id: uuid.UUID
    interview_id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    link_version: int
    """Which of the links made for this person, one after the other, is theirs."""


@dataclass(frozen=True, kw_only=True)
class Nobody:
    """No session and no link."""


Actor = Member | Guest | Nobody

_guest_resolvers: list[Callable[[str], Guest]] = []


def register_guest_resolver(resolver: Callable[[str], Guest]) -> None:
    """The app that makes guests' links registers how to read one; it raises a Problem for a link that is not good."""
    _guest_resolvers[:] = [resolver]


def actor_of(request: HttpRequest) -> Actor:
    """A guest's link wins over a session, so that a member can look at what a candidate sees."""
    found: Actor | None = getattr(request, "actor", None)
    if found is None:
        token = guest_token_of(request)
        found = actor_from(token, None if token is not None else request.user)
        request.actor = found  # type: ignore[attr-defined]
    return found


def guest_token_of(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "guest" else None


def actor_from(guest_token: str | None, user: User | AnonymousUser | None) -> Actor:
    if guest_token is not None:
        return _guest_of(guest_token)
    if not isinstance(user, User) or not user.is_active:
        return Nobody()
    membership = Membership.objects.select_related("organisation").filter(user_id=user.pk).order_by("pk").first()
    if membership is None:
        return Nobody()
    return Member(user=user, organisation=membership.organisation, role=Role(membership.role))


def _guest_of(token: str) -> Guest:
    if not _guest_resolvers:
        raise Unauthenticated("This installation knows no personal links.")
    return _guest_resolvers[0](token)


def member_among(actor: Actor) -> Member:
    if not isinstance(actor, Member):
        raise Unauthenticated("Sign in to do this.")
    return actor
