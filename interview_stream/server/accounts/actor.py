"""Who asks: a member by session or API key, a guest by personal link, or nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from interview_stream.server.lib.prefetching import prefetch, rows_by
from interview_stream.server.lib.problems import Forbidden, Unauthenticated

if TYPE_CHECKING:  # The models' access rules ask for actors, so they import this module.
    from interview_stream.server.accounts.models import Organisation, Role, User

KEY_PREFIX = "isk_"
"""How every API key begins, so that one that leaked is recognised."""
ORGANISATION_KEY = "organisation"
"""Where a session keeps which of a person's organisations they act for."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A signed-in person acting for one organisation."""

    user: User
    organisation: Organisation
    role: Role
    session_key: str | None = None
    """The session of this browser, where there is one."""
    proofs: Mapping[str, float] = field(default_factory=dict, compare=False)
    """When they last proved who they are in it, by method (recent_sign_in.py)."""

    key_id: str = ""
    key_name: str = ""
    """The API key that speaks for them here, if it is one."""
    scopes: frozenset[str] | None = None
    """What that key is for (guarding.py); None where it is the person themselves."""

    @property
    def name(self) -> str:
        """What others see of them."""
        return self.user.name or self.user.email

    @property
    def is_owner(self) -> bool:
        return self.role == "owner"

    @property
    def is_admin(self) -> bool:
        """Whether they look after the organisation's members; owners do too."""
        return self.role in ("owner", "admin")

    def may_hand_out(self, area: str) -> bool:
        """Whether they may be shown a link of this area that lets its holder act; no key that only reads may."""
        return self.scopes is None or f"{area}:write" in self.scopes


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A person without an account, holding a personal link to one interview: its candidate, or an observer."""

    guest_id: uuid.UUID
    interview_id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    link_version: int
    """Which of the links made for this person, one after the other, is theirs."""
    is_observer: bool = False


@dataclass(frozen=True, kw_only=True)
class Nobody:
    """No session and no link, or a person who belongs to no organisation (any more), or to one that bars them."""

    user: User | None = None
    barred_from: Organisation | None = None
    """Theirs, which lets nobody in without a second factor."""


Actor = Member | Guest | Nobody

_guest_resolvers: list[Callable[[str], Guest]] = []
_key_resolvers: list[Callable[[str], Member]] = []


def register_guest_resolver(resolver: Callable[[str], Guest]) -> None:
    """The app that makes guests' links registers how to read one; it raises a Problem for a link that is not good."""
    _guest_resolvers[:] = [resolver]


def register_key_resolver(resolver: Callable[[str], Member]) -> None:
    """The app that makes API keys registers how to read one; it raises a Problem for a key that is not good."""
    _key_resolvers[:] = [resolver]


def actor_of(request: HttpRequest) -> Actor:
    """A guest's link wins over a session, so that a member can look at what a candidate sees; so does a key."""
    found: Actor | None = getattr(request, "actor", None)
    if found is None:
        token, key = guest_token_of(request), key_token_of(request)
        if token is not None:
            found = actor_from(token, None)
        elif key is not None:
            found = _key_resolvers[0](key)
        else:
            found = actor_from(None, request.user, request.session)
        request.actor = found  # type: ignore[attr-defined]
    return found


def guest_token_of(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "guest" else None


def key_token_of(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip().startswith(KEY_PREFIX) else None


def lower_role(one: Role, other: Role) -> Role:
    """Of two the one with fewer rights."""
    order = ("interviewer", "admin", "owner")
    return min(one, other, key=order.index)


def actor_from(guest_token: str | None, user: User | AnonymousUser | None, session: SessionBase | None = None) -> Actor:
    """Of several organisations the chosen one counts, or the first when there is no such choice any more."""
    from interview_stream.server.accounts.models import Membership, Role, User
    from interview_stream.server.accounts.recent_sign_in import is_barred, proofs_in

    if guest_token is not None:
        return _guest_of(guest_token)
    if not isinstance(user, User) or not user.is_active:
        return Nobody()
    memberships = sorted(rows_by(Membership, "user", [user.pk]), key=lambda each: each.pk)
    if not memberships:
        return Nobody(user=user)
    wanted = session.get(ORGANISATION_KEY) if session is not None else None
    chosen = next((each for each in memberships if str(each.organisation_id) == wanted), memberships[0])
    prefetch([chosen], "organisation")
    if is_barred(user, chosen.organisation):
        return Nobody(user=user, barred_from=chosen.organisation)
    return Member(
        user=user,
        organisation=chosen.organisation,
        role=Role(chosen.role),
        session_key=session.session_key if session is not None else None,
        proofs=proofs_in(session) if session is not None else {},
    )


def name_of(actor: Actor) -> str:
    """The same for actors with the same rights: by it an open connection notices that it speaks for somebody else."""
    match actor:
        case Member():
            by_key = f" key {actor.key_id}" if actor.key_id else ""
            return f"member {actor.user.pk} {actor.organisation.pk} {actor.role}{by_key}"
        case Guest():
            return f"guest {actor.guest_id} {actor.link_version}"
        case Nobody():
            barred = f" barred {actor.barred_from.pk}" if actor.barred_from else ""
            return f"nobody {actor.user.pk}{barred}" if actor.user else "nobody"


def _guest_of(token: str) -> Guest:
    if not _guest_resolvers:
        raise Unauthenticated("This installation knows no personal links.")
    return _guest_resolvers[0](token)


def member_among(actor: Actor) -> Member:
    if not isinstance(actor, Member):
        raise Unauthenticated("Sign in to do this.")
    return actor


def user_among(actor: Actor) -> User:
    """Whoever is signed in, also when they belong to no organisation."""
    user = None if isinstance(actor, Guest) else actor.user
    if user is None:
        raise Unauthenticated("Sign in to do this.")
    return user


def admin_among(actor: Actor) -> Member:
    member = member_among(actor)
    if not member.is_admin:
        raise Forbidden("Only owners and admins of the organisation can do this.", slug="admins-only")
    return member
