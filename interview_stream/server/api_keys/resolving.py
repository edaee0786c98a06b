"""Whom a key speaks for: its maker, with the rights that they have now and no more than the key was given."""

from contextlib import nullcontext
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache, caches
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Member, lower_role
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.accounts.recent_sign_in import is_barred
from interview_stream.server.api_keys.models import ApiKey, hash_of
from interview_stream.server.lib.problems import TooManyRequests, Unauthenticated

USED_EVERY = timedelta(minutes=1)
"""A write for each request would make reading as slow as the disk."""
_WINDOW_S = 60
_LOTS = 20
"""How many lots there are of what a key may ask in a window."""


def resolve_key(token: str) -> Member:
    """Raises Unauthenticated for a key that is not good (any more), and TooManyRequests."""
    key = ApiKey.objects.select_related("user", "organisation").filter(token_hash=hash_of(token)).first()
    membership = key and Membership.objects.filter(user=key.user, organisation=key.organisation).first()
    if key is None or membership is None or key.revoked_at is not None or not key.user.is_active:
        raise Unauthenticated("This API key is not good, or not any more.", slug="key-unknown")
    now = timezone.now()
    if key.expires_at <= now:
        raise Unauthenticated("This API key has expired. Make a new one.", slug="key-expired")
    if is_barred(key.user, key.organisation):
        # Or a key made before would be the way around the second factor.
        raise Unauthenticated(
            "The organisation asks for a second step at sign-in, which this key's maker has not set up. "
            "The key works again once they have.",
            slug="key-barred",
        )
    _count(key)
    if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Member(
        user=key.user,
        organisation=key.organisation,
        role=lower_role(Role(key.role), Role(membership.role)),
        key_id=str(key.pk),
        key_name=key.name,
        scopes=frozenset(key.scopes),
    )


def _count(key: ApiKey) -> None:
    """For all processes together: each takes requests in lots from the store that limits on signing in are kept in.

    Between two lots it counts by itself, because a write for each request would make reading as slow as the disk.
    """
    limit = settings.ENVIRONMENT.api_key_per_minute
    now = int(timezone.now().timestamp())
    counter, own = f"api-key:{key.pk}:{now // _WINDOW_S}", caches["process"]
    lot = max(1, limit // _LOTS)
    own.add(counter, 0, timeout=2 * _WINDOW_S)
    if (own.incr(counter) - 1) % lot == 0 and _taken(counter, lot) > limit:
        own.set(f"{counter}:spent", True, timeout=2 * _WINDOW_S)
    if own.get(f"{counter}:spent"):
        wait_s = _WINDOW_S - now % _WINDOW_S
        raise TooManyRequests(
            f"This key has asked too often. It may again in {wait_s} s.", slug="key-too-often", retry_after_s=wait_s
        )


def _taken(counter: str, lot: int) -> int:
    """How many requests all processes have taken, with this lot."""
    # Redis adds by itself; the database's cache reads, then writes, and nobody may come between.
    with nullcontext() if settings.ENVIRONMENT.redis_url else transaction.atomic():
        cache.add(counter, 0, timeout=2 * _WINDOW_S)
        try:
            return cache.incr(counter, lot)
        except ValueError:  # It could not be kept. A full disk must not keep programs from reading.
            return lot
