"""Step-up: before a dangerous act the person proves again who they are, unless they did in the last minutes.

`require_recent_sign_in(actor)` is all that an action needs; the pages answer its problem with a dialog and call again.
Who has a second factor proves it with that: a stolen password must not be enough to take the factor away.
"""

from collections.abc import Mapping
from enum import StrEnum

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.models import Organisation, User
from interview_stream.server.lib.problems import Forbidden

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Way(StrEnum):
    """How a person can prove who they are, the most convenient first."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    PASSWORD = "password"  # noqa: S105 - names a way
    EMAIL_CODE = "email-code"


_WAY_OF_FACTOR = {
    Authenticator.Type.WEBAUTHN: Way.PASSKEY,
    Authenticator.Type.TOTP: Way.TOTP,
    Authenticator.Type.RECOVERY_CODES: Way.RECOVERY_CODE,
}


class RecentSignInNeeded(Forbidden):
    """The act needs a fresh proof of who is there; `ways` lists those that this person has."""

    slug = "recent-sign-in-needed"

    def __init__(self, user: User) -> None:
        ways = ways_of(user)
        super().__init__("Confirm that it is you, then try again.", ways=[str(way) for way in ways], email=user.email)


def ways_of(user: User) -> list[Way]:
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if types.intersection(SECOND_FACTORS):
        return [way for type_, way in _WAY_OF_FACTOR.items() if type_ in types]
    return [Way.PASSWORD] if user.has_usable_password() else [Way.EMAIL_CODE]


def proofs_in(session: SessionBase) -> dict[str, float]:
    """When the person behind the session last proved who they are, by allauth's method (password, code, mfa)."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY)
    return {record["method"]: record["at"] for record in records} if isinstance(records, list) else {}


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()


def is_barred(user: User, organisation: Organisation) -> bool:
    """Whether the organisation lets this member in only once they have set up a second factor."""
    return organisation.requires_second_factor and not has_second_factor(user)


def is_recent(user: User, proofs: Mapping[str, float]) -> bool:
    has_factor = has_second_factor(user)
    counting = [at for method, at in proofs.items() if method == "mfa" or not has_factor]
    now = timezone.now().timestamp()
    return any(now - at < settings.ENVIRONMENT.recent_sign_in_s for at in counting)


def require_recent_sign_in(actor: Actor) -> Member:
    """The member, when they signed in or confirmed that it is them in the last minutes; else RecentSignInNeeded."""
    member = member_among(actor)
    require_recent(member.user, member.proofs)
    return member


def require_recent(user: User, proofs: Mapping[str, float]) -> None:
    if not is_recent(user, proofs):
        raise RecentSignInNeeded(user)
