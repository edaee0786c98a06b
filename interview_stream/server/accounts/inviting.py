"""Invitations to become a member: making them, their personal links, and accepting them."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actions import create_member
from interview_stream.server.accounts.actor import Actor, Guest, Member, admin_among
from interview_stream.server.accounts.addresses import account_with, addresses_of
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.joining import let_back
from interview_stream.server.accounts.members import require_right_to_give
from interview_stream.server.accounts.models import (
    MemberInvitation,
    Membership,
    Organisation,
    Role,
    User,
)
from interview_stream.server.accounts.schemas import AcceptIn, MemberInvitationsIn
from interview_stream.server.accounts.tasks import send_member_invitation
from interview_stream.server.lib.problems import Conflict, Forbidden, Gone, Invalid, NotFound

_COPIED = signing.Signer(salt="interview-stream.member-invitation", sep=".")
_MAILED = signing.Signer(salt="interview-stream.member-invitation.mailed", sep=".")
"""Another signature than that of the link which admins see: who comes with it reads the address's e-mails."""


def invitation_url(invitation: MemberInvitation, *, is_mailed: bool = False) -> str:
    """Signed instead of stored, so that whoever may invite can copy it again."""
    signer = _MAILED if is_mailed else _COPIED
    return f"{settings.ENVIRONMENT.public_url}/invitation/{signer.sign(invitation.id.hex)}"


def _came_by_mail(token: str) -> bool:
    try:
        _MAILED.unsign(token)
    except signing.BadSignature:
        return False
    return True


def usable_invitation(token: str) -> MemberInvitation:
    """The invitation behind the token; a Problem says why there is none to use."""
    try:
        invitation_id = UUID((_MAILED if _came_by_mail(token) else _COPIED).unsign(token))
        invitation = MemberInvitation.objects.select_related("organisation", "invited_by").get(pk=invitation_id)
    except (signing.BadSignature, ValueError, MemberInvitation.DoesNotExist):
        raise NotFound("This invitation is not known here. Check that it is complete.", slug="link-unknown") from None
    if invitation.accepted_at is not None:
        raise Gone("This invitation has been accepted. Sign in with your account.", slug="link-used")
    if invitation.revoked_at is not None:
        raise Gone("This invitation was taken back. Ask whoever sent it.", slug="link-revoked")
    if invitation.is_expired:
        raise Gone("This invitation has expired. Ask for a new one.", slug="link-expired")
    return invitation


@transaction.atomic
def invite_members(actor: Actor, *, wanted: MemberInvitationsIn) -> None:
    """One invitation for each address; one that is open already gets the role of now and a new lease of life."""
    member = admin_among(actor)
    require_right_to_give(actor, wanted.role)
    addresses = list(dict.fromkeys(address.lower() for address in wanted.emails))
    _require_invitable(actor, member.organisation, addresses)
    for address in addresses:
        invitation, _ = MemberInvitation.objects.open().update_or_create(
            organisation=member.organisation,
            email=address,
            defaults={"role": wanted.role, "invited_by": member.user, **_fresh()},
        )
        record(member.organisation, member.user, Act.INVITATION_SENT, subject=address, detail=wanted.role)
        send_member_invitation.enqueue(str(invitation.id))


@transaction.atomic
def resend_invitation(actor: Actor, *, invitation_id: UUID) -> None:
    """The link stays the same and lives anew, so that an earlier e-mail works too."""
    member, invitation = _open_invitation(actor, invitation_id)
    for name, value in _fresh().items():
        setattr(invitation, name, value)
    invitation.save()
    record(member.organisation, member.user, Act.INVITATION_RESENT, subject=invitation.email, detail=invitation.role)
    send_member_invitation.enqueue(str(invitation.id))


@transaction.atomic
def revoke_invitation(actor: Actor, *, invitation_id: UUID) -> None:
    member, invitation = _open_invitation(actor, invitation_id)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record(member.organisation, member.user, Act.INVITATION_REVOKED, subject=invitation.email, detail=invitation.role)


@transaction.atomic
def accept_invitation(actor: Actor, *, token: str, given: AcceptIn) -> User:
    """Make the membership, for the signed-in person whose address it is or for an account that is made here.

    Who came by the e-mailed link has shown that the address is theirs; the link that an admin copied shows nothing.
    """
    invitation = usable_invitation(token)
    organisation = invitation.organisation
    signed_in = None if isinstance(actor, Guest) else actor.user
    user = account_with(invitation.email)
    if signed_in is not None and signed_in != user:
        raise Conflict(f"This invitation is for {invitation.email}. Sign out first.", slug="another-account")
    if user is None:
        user = _new_member(organisation, invitation, given, is_proven=_came_by_mail(token))
    elif signed_in is None:
        raise Conflict("There is an account with this e-mail address. Sign in with it.", slug="sign-in-first")
    else:
        Membership.objects.get_or_create(user=user, organisation=organisation, defaults={"role": invitation.role})
    # The condition makes two uses at the same moment impossible on every database.
    open_now = MemberInvitation.objects.open().filter(pk=invitation.pk)
    if not open_now.update(accepted_at=timezone.now()):
        raise Conflict("This invitation has just been used.", slug="link-used")
    let_back(organisation, addresses_of(user))
    record(organisation, user, Act.MEMBER_JOINED, subject=user.email, detail=invitation.role)
    return user


def require_account_facts(given: AcceptIn) -> None:
    missing = [
        name
        for name, value in (("name", given.name), ("password", given.password or given.without_password))
        if not value
    ]
    if missing:
        errors = [{"loc": ["body", name], "msg": "This is needed."} for name in missing]
        raise Invalid("A new account needs a name and a password.", errors=errors)


def _new_member(organisation: Organisation, invitation: MemberInvitation, given: AcceptIn, *, is_proven: bool) -> User:
    require_account_facts(given)
    return create_member(
        organisation,
        role=Role(invitation.role),
        name=given.name or "",
        email=invitation.email,
        password=given.password,
        is_proven=is_proven,
    )


def _fresh() -> dict[str, object]:
    days = timedelta(days=settings.ENVIRONMENT.invitation_days)
    return {"expires_at": timezone.now() + days, "mailed_at": None, "mail_failed_at": None}


def _open_invitation(actor: Actor, invitation_id: UUID) -> tuple[Member, MemberInvitation]:
    member = admin_among(actor)
    invitation = MemberInvitation.objects.editable_by(actor).select_for_update().one(invitation_id)
    if invitation.accepted_at or invitation.revoked_at:
        raise Conflict("This invitation is not open any more.", slug="invitation-closed")
    return member, invitation


def _require_invitable(actor: Actor, organisation: Organisation, addresses: Iterable[str]) -> None:
    waiting = MemberInvitation.objects.open().filter(organisation=organisation, email__in=addresses)
    if waiting.exclude(pk__in=MemberInvitation.objects.editable_by(actor)).exists():
        raise Forbidden(
            "One of them is invited to become an owner, which only an owner can change.", slug="role-too-low"
        )
    there = Membership.objects.filter(organisation=organisation, user__email__in=addresses)
    names = sorted(there.values_list("user__email", flat=True))
    if names:
        raise Invalid.value("emails", f"Already a member: {', '.join(names)}.")
