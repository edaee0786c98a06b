"""The keys that still let somebody in."""

from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.guarding import Scope
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.api_keys.models import ApiKey
from interview_stream.server.api_keys.schemas import ApiKeyOut
from interview_stream.server.live import query


@query("api_keys.list")
def list_api_keys(actor: Actor) -> list[ApiKeyOut]:
    """The newest first. An expired one stays until it is revoked: it says why a program stopped."""
    member = member_among(actor)
    # Those of former members have died with the membership.
    present = Membership.objects.visible_to(actor).values("user")
    found = ApiKey.objects.visible_to(actor).filter(revoked_at=None, user__in=present).select_related("user")
    return [shown(member, key) for key in found]


def shown(member: Member, key: ApiKey) -> ApiKeyOut:
    return ApiKeyOut(
        id=key.pk,
        name=key.name,
        beginning=key.beginning,
        scopes=[Scope(each) for each in key.scopes],
        is_shared=key.is_shared,
        is_own=key.user_id == member.user.pk,
        role=Role(key.role),
        made_by=PersonOut(id=key.user_id, name=key.user.name),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )


def count_live_keys(member: Member) -> int:
    return ApiKey.objects.filter(
        user=member.user, organisation=member.organisation, revoked_at=None, expires_at__gt=timezone.now()
    ).count()
