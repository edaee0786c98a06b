"""What owners do with the organisation itself: its settings, giving it to somebody else, and its end."""

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from interview_stream.server.accounts import audit_triggers
from interview_stream.server.accounts.actor import Actor, Member, admin_among
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.endings import announce_access_change, announce_erasure
from interview_stream.server.accounts.models import Membership, Organisation, Role
from interview_stream.server.accounts.recent_sign_in import has_second_factor, require_recent_sign_in
from interview_stream.server.accounts.schemas import OrganisationIn
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.problems import Conflict, Forbidden, Invalid, NotFound

_MAY_BE_NONE = {"session_idle_hours", "session_days", "recording_days", "candidate_days"}


@transaction.atomic
def change_organisation(actor: Actor, *, wanted: OrganisationIn) -> None:
    member = admin_among(actor)
    if wanted.requires_second_factor is not None:
        _check_right_to_require(actor)
    organisation = _locked(member)
    changes = {
        name: value
        for name, value in wanted.dict(exclude_unset=True).items()
        if value is not None or name in _MAY_BE_NONE
    }
    before = {name: getattr(organisation, name) for name in changes}
    if _erases_more(organisation, changes):
        require_recent_sign_in(actor)
    for name, value in changes.items():
        if value == before[name]:
            continue
        setattr(organisation, name, value)
        if name == "name":
            record(organisation, member.user, Act.ORGANISATION_RENAMED, subject=value, detail=before[name])
        else:
            detail = f"{name.replace('_', ' ')}: {_said(before[name])} → {_said(value)}"
            record(organisation, member.user, Act.ORGANISATION_CHANGED, subject=organisation.name, detail=detail)
    organisation.save(update_fields=[*changes])
    if organisation.requires_second_factor and not before.get("requires_second_factor", True):
        _let_go_of_those_without_factor(organisation)


def _erases_more(organisation: Organisation, changes: dict[str, Any]) -> bool:
    """What is erased is gone for good: by a shorter time, or earlier by another clock while there is one."""
    kept = {name: getattr(organisation, name) for name in ("recording_days", "candidate_days")}
    is_shorter = any(
        changes.get(name) is not None and (before is None or changes[name] < before) for name, before in kept.items()
    )
    moves = changes.get("time_zone", organisation.time_zone) != organisation.time_zone
    return is_shorter or (moves and any(days is not None for days in kept.values()))


def _said(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value or "none")


def _check_right_to_require(actor: Actor) -> None:
    """Whoever asks it of others has one, or they would lock themselves out."""
    member = _owner_who_has_just_signed_in(actor)
    if not has_second_factor(member.user):
        raise Conflict("Set up a second step for yourself first, under Security.", slug="second-factor-first")


def _let_go_of_those_without_factor(organisation: Organisation) -> None:
    """Their open pages and their seats in calls go; they find the way to set one up."""
    for membership in Membership.objects.select_related("user").filter(organisation=organisation):
        if not has_second_factor(membership.user):
            announce_access_change(membership.user_id, organisation.pk)


@transaction.atomic
def transfer_ownership(actor: Actor, *, membership_id: int) -> None:
    """Somebody else becomes an owner, and the one who asks an admin, in one step."""
    member = _owner_who_has_just_signed_in(actor)
    organisation = _locked(member)
    heir = Membership.objects.visible_to(actor).select_related("user").filter(pk=membership_id).first()
    if heir is None:
        raise NotFound("There is no such member.")
    if heir.user_id == member.user.pk:
        raise Conflict("You are an owner already.", slug="oneself")
    own = Membership.objects.visible_to(actor).get(user_id=member.user.pk)
    # Who has stopped being an owner since the session was looked at has nothing to give.
    if own.role != Role.OWNER:
        raise Forbidden("Only an owner can do this.", slug="owners-only")
    for membership, role in ((heir, Role.OWNER), (own, Role.ADMIN)):
        membership.role = role
        membership.save(update_fields=["role"])
        announce_access_change(membership.user_id, organisation.pk)
    record(organisation, member.user, Act.OWNERSHIP_TRANSFERRED, subject=heir.user.email)


@transaction.atomic
def delete_organisation(actor: Actor, *, name: str) -> None:
    """It is erased after some days, in which any owner can take that back. The name is typed, so that it is meant."""
    member = _owner_who_has_just_signed_in(actor)
    organisation = _locked(member)
    if name.strip() != organisation.name:
        raise Invalid.value("name", "This is not its name.")
    if organisation.delete_at is None:
        organisation.delete_at = timezone.now() + timedelta(days=settings.ENVIRONMENT.deletion_days)
        organisation.save(update_fields=["delete_at"])
        record(organisation, member.user, Act.ORGANISATION_DELETED, subject=organisation.name)


@transaction.atomic
def keep_organisation(actor: Actor) -> None:
    member = _owner(actor)
    organisation = _locked(member)
    if organisation.delete_at is not None:
        organisation.delete_at = None
        organisation.save(update_fields=["delete_at"])
        record(organisation, member.user, Act.ORGANISATION_KEPT, subject=organisation.name)


@job("Erase organisations that were deleted")
def erase_organisations() -> None:
    for organisation in Organisation.objects.filter(delete_at__lte=timezone.now()):
        _erase(organisation)


def _erase(organisation: Organisation) -> None:
    """With its log; people keep their accounts, which may belong to other organisations."""
    with audit_triggers.let_go():
        announce_erasure(organisation.pk)
        organisation.delete()


def end_worn_out_sessions() -> None:
    """Of several organisations the strictest counts for all sessions of a person."""
    now = timezone.now()
    limits = (
        Membership.objects.filter(Q(organisation__session_idle_hours__gt=0) | Q(organisation__session_days__gt=0))
        .values("user_id")
        .annotate(idle=Min("organisation__session_idle_hours"), days=Min("organisation__session_days"))
    )
    for limit in limits:
        over = Q()
        if limit["idle"]:
            over |= Q(last_seen_at__lt=now - timedelta(hours=limit["idle"]))
        if limit["days"]:
            over |= Q(created_at__lt=now - timedelta(days=limit["days"]))
        for session in UserSession.objects.filter(over, user_id=limit["user_id"]):
            session.end()


def _owner(actor: Actor) -> Member:
    member = admin_among(actor)
    if not member.is_owner:
        raise Forbidden("Only an owner can do this.", slug="owners-only")
    return member


def _owner_who_has_just_signed_in(actor: Actor) -> Member:
    _owner(actor)
    return require_recent_sign_in(actor)


def _locked(member: Member) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=member.organisation.pk)
