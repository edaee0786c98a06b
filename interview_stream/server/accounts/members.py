"""What changes an organisation and who belongs to it. The last owner cannot be lost."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from interview_stream.server.accounts.actor import ORGANISATION_KEY, Actor, member_among, user_among
from interview_stream.server.accounts.addresses import addresses_of
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.endings import announce_access_change
from interview_stream.server.accounts.joining import keep_out
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, Role, User
from interview_stream.server.lib.problems import Conflict, Forbidden, NotFound


@transaction.atomic
def change_role(actor: Actor, *, membership_id: int, role: Role) -> None:
    member = member_among(actor)
    _lock(member.organisation)
    membership = Membership.objects.select_related("user").one_editable(actor, membership_id)
    if role == membership.role:
        return
    require_right_to_give(actor, role)
    put_in_role(membership, role, user=member.user)


def put_in_role(membership: Membership, role: Role, *, user: User | None, by: str = "") -> None:
    """For `user`, or whom `by` names, who may do so. With the organisation locked; a Conflict for its last owner."""
    if membership.role == Role.OWNER and role != Role.OWNER:
        _require_another_owner(membership)
    detail = f"{membership.role} → {role}"
    membership.role = role
    membership.save(update_fields=["role"])
    announce_access_change(membership.user_id, membership.organisation_id)
    subject = membership.user.email
    record(membership.organisation, user, Act.MEMBER_ROLE_CHANGED, subject=subject, detail=detail, by=by)


@transaction.atomic
def remove_member(actor: Actor, *, membership_id: int) -> None:
    """What they made stays with the organisation; their open pages lose it at once."""
    member = member_among(actor)
    _lock(member.organisation)
    membership = Membership.objects.select_related("user").one_editable(actor, membership_id)
    if membership.user_id == member.user.pk:
        raise Conflict("To go yourself, leave the organisation.", slug="oneself")
    membership.delete()
    keep_out(member.organisation, _addresses_ever(membership))
    announce_access_change(membership.user_id, membership.organisation_id)
    record(
        member.organisation,
        member.user,
        Act.MEMBER_REMOVED,
        subject=membership.user.email,
        detail=membership.role,
    )


def _addresses_ever(membership: Membership) -> list[str]:
    """Also those that they dropped, and could add again; only the log remembers them."""
    own = AuditEvent.objects.filter(user=membership.user)
    dropped = own.filter(action=Act.ADDRESS_REMOVED).values_list("detail", flat=True)
    joined = own.filter(action=Act.MEMBER_JOINED, organisation=membership.organisation_id)
    return [*addresses_of(membership.user), *dropped, *joined.values_list("subject", flat=True)]


@transaction.atomic
def leave_organisation(actor: Actor) -> None:
    member = member_among(actor)
    _lock(member.organisation)
    membership = Membership.objects.visible_to(actor).get(user_id=member.user.pk)
    if membership.role == Role.OWNER:
        _require_another_owner(membership)
    membership.delete()
    announce_access_change(membership.user_id, membership.organisation_id)
    record(member.organisation, member.user, Act.MEMBER_LEFT, subject=member.user.email, detail=membership.role)


def switch_organisation(actor: Actor, request: HttpRequest, *, organisation_id: UUID) -> None:
    """Act for another of one's organisations, in this browser."""
    user = user_among(actor)
    if not Membership.objects.filter(user=user, organisation_id=organisation_id).exists():
        raise NotFound("There is no such organisation.")
    request.session[ORGANISATION_KEY] = str(organisation_id)


def require_right_to_give(actor: Actor, role: Role) -> None:
    if role == Role.OWNER and not member_among(actor).is_owner:
        raise Forbidden("Only an owner can make somebody an owner.", slug="role-too-low")


def _lock(organisation: Organisation) -> None:
    """Two owners who step down at the same moment must see each other."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def _require_another_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(organisation_id=membership.organisation_id, role=Role.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise Conflict(
            "An organisation needs an owner, and this is the only one. Make somebody else an owner first.",
            slug="last-owner",
        )
