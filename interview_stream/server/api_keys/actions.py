"""Making and revoking keys."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member, admin_among, lower_role, member_among
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.guarding import KEY_PREFIX
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.accounts.recent_sign_in import require_recent_sign_in
from interview_stream.server.api_keys.models import ApiKey, hash_of
from interview_stream.server.api_keys.queries import count_live_keys, shown
from interview_stream.server.api_keys.schemas import ApiKeyIn, ApiKeyMadeOut
from interview_stream.server.lib.problems import Conflict, Forbidden

MOST_KEYS = 25
"""Live ones of one person in one organisation."""


@transaction.atomic
def make_api_key(actor: Actor, *, wanted: ApiKeyIn) -> ApiKeyMadeOut:
    member = require_recent_sign_in(admin_among(actor) if wanted.is_shared else actor)
    if count_live_keys(member) >= MOST_KEYS:
        raise Conflict(f"You have {MOST_KEYS} keys already. Revoke one first.", slug="too-many-keys")
    token = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        organisation=member.organisation,
        user=member.user,
        is_shared=wanted.is_shared,
        role=_role_for(member, wanted.role),
        name=wanted.name,
        beginning=token[:10],
        token_hash=hash_of(token),
        scopes=[str(scope) for scope in wanted.scopes],
        expires_at=timezone.now() + timedelta(days=wanted.expires_in_days),
    )
    record(member.organisation, member.user, Act.KEY_MADE, subject=key.name, detail=", ".join(key.scopes))
    return ApiKeyMadeOut(key=shown(member, key), token=token)


@transaction.atomic
def revoke_api_key(actor: Actor, *, key_id: UUID) -> None:
    member = member_among(actor)
    key = ApiKey.objects.editable_by(actor).one(key_id)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        record(member.organisation, member.user, Act.KEY_REVOKED, subject=key.name, detail=f"of {key.user.email}")


def revoke_keys_of_former_member(user_id: int, organisation_id: UUID) -> None:
    """For good: whoever is invited back makes new ones, or old programs would work again that nobody thinks of."""
    if not Membership.objects.filter(user_id=user_id, organisation_id=organisation_id).exists():
        keys = ApiKey.objects.filter(user_id=user_id, organisation_id=organisation_id, revoked_at=None)
        keys.update(revoked_at=timezone.now())


def revoke_all_keys() -> None:
    ApiKey.objects.filter(revoked_at=None).update(revoked_at=timezone.now())


def delete_keys_of(user_id: int) -> None:
    """Of a person who deletes their account; in all organisations, shared ones too, which act in their name."""
    ApiKey.objects.filter(user_id=user_id).delete()


def _role_for(member: Member, wanted: Role | None) -> Role:
    if wanted is None:
        return member.role
    if lower_role(wanted, member.role) != wanted:
        raise Forbidden("A key cannot have more rights than you have.", slug="role-too-low")
    return wanted
