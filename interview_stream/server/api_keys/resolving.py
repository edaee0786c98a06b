"""Whom a key speaks for: its maker, with the rights that they have now and no more than the key was given."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from interview_stream.server.accounts.actor import Member, lower_role
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.accounts.recent_sign_in import is_barred
from interview_stream.server.api_keys.models import ApiKey, hash_of
from interview_stream.server.lib.problems import TooManyRequests, Unauthenticated

USED_EVERY = timedelta(minutes=1)
"""A write for each request would make reading as slow as the disk."""
_WINDOW_S = 60


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
    window = int(timezone.now().timestamp()) // _WINDOW_S
    counter = f"api-key:{key.pk}:{window}"
    cache = caches["process"]
    cache.add(counter, 0, timeout=2 * _WINDOW_S)
    if cache.incr(counter) > settings.ENVIRONMENT.api_key_per_minute:
        wait_s = _WINDOW_S - int(timezone.now().timestamp()) % _WINDOW_S
        raise TooManyRequests(
            f"This key has asked too often. It may again in {wait_s} s.", slug="key-too-often", retry_after_s=wait_s
        )
