"""Reads about people and organisations."""

from importlib.metadata import version

from django.conf import settings

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.models import MemberInvitation, Membership, Organisation, OwnerLink, Role
from interview_stream.server.accounts.schemas import (
    MailState,
    MemberOut,
    MeOut,
    OrganisationOut,
    OwnerLinkOut,
    UserOut,
)
from interview_stream.server.lib.problems import Gone, NotFound
from interview_stream.server.live import query


def get_me(actor: Actor) -> MeOut:
    member = actor if isinstance(actor, Member) else None
    return MeOut(
        user=UserOut(id=member.user.pk, name=member.user.name, email=member.user.email) if member else None,
        organisation=OrganisationOut(id=member.organisation.id, name=member.organisation.name) if member else None,
        role=member.role if member else None,
        organisations=_organisations_of(member) if member else [],
        has_owner=has_owner(),
        version=version("interview-stream"),
        public_url=settings.ENVIRONMENT.public_url,
    )


def _organisations_of(member: Member) -> list[OrganisationOut]:
    own = Organisation.objects.filter(memberships__user=member.user).order_by("name")
    return [OrganisationOut(id=organisation.id, name=organisation.name) for organisation in own]


@query("members.list")
def list_members(actor: Actor) -> list[MemberOut]:
    """By name; the pages put owners first."""
    member_among(actor)
    members = Membership.objects.visible_to(actor).select_related("user").order_by("user__name", "pk")
    return [
        MemberOut(
            id=each.pk,
            user_id=each.user_id,
            name=each.user.name,
            email=each.user.email,
            role=Role(each.role),
            joined_at=each.created_at,
        )
        for each in members
    ]


def mail_state(invitation: MemberInvitation) -> MailState:
    if not settings.ENVIRONMENT.smtp_host:
        return MailState.OFF
    if invitation.mail_failed_at is not None:
        return MailState.FAILED
    return MailState.WAITING if invitation.mailed_at is None else MailState.SENT


def has_owner() -> bool:
    return Membership.objects.filter(role=Role.OWNER).exists()


def get_owner_link(token: str) -> OwnerLinkOut:
    return OwnerLinkOut(expires_at=usable_owner_link(token).expires_at)


def usable_owner_link(token: str) -> OwnerLink:
    """The link behind the token; a Problem says why there is none to use."""
    link = OwnerLink.objects.filter(token_hash=OwnerLink.hash_of(token)).first()
    if link is None:
        raise NotFound("This link is not known here. Check that it is complete.", slug="link-unknown")
    if link.used_at is not None:
        raise Gone("This link has been used. Sign in with the account it made.", slug="link-used")
    if link.is_expired:
        raise Gone("This link has expired. Run `interview-stream createowner` for a new one.", slug="link-expired")
    return link
