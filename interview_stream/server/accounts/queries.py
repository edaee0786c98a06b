"""Reads about people and organisations."""

from importlib.metadata import version

from django.conf import settings

from interview_stream.server.accounts.actor import Actor, Guest, Member, Nobody, member_among
from interview_stream.server.accounts.devices import device_name
from interview_stream.server.accounts.models import (
    Domain,
    MemberInvitation,
    Membership,
    Organisation,
    OwnerLink,
    Role,
    Theme,
    User,
)
from interview_stream.server.accounts.places import place_of
from interview_stream.server.accounts.schemas import (
    MailChoices,
    MailState,
    MemberOut,
    MeOut,
    OrganisationOut,
    OwnerLinkOut,
    OwnOrganisationOut,
    SessionOut,
    UserOut,
)
from interview_stream.server.accounts.sessions import OwnSession
from interview_stream.server.lib.languages import Language
from interview_stream.server.lib.problems import Gone, NotFound
from interview_stream.server.live import query


@query("me.get")
def get_me(actor: Actor) -> MeOut:
    member = actor if isinstance(actor, Member) else None
    user = None if isinstance(actor, Guest) else actor.user
    barred = actor.barred_from if isinstance(actor, Nobody) else None
    return MeOut(
        user=_user_out(user) if user else None,
        organisation=_own_organisation_out(member.organisation) if member else None,
        role=member.role if member else None,
        organisations=_organisations_of(user) if user else [],
        barred_from=_organisation_out(barred) if barred else None,
        operator_path=_operator_path(user),
        has_owner=has_owner(),
        is_open_to_domains=member is None and _is_open_to_domains(),
        sends_mail=bool(settings.ENVIRONMENT.smtp_host),
        version=version("interview-stream"),
        public_url=settings.ENVIRONMENT.public_url,
    )


def _operator_path(user: User | None) -> str | None:
    path = settings.ENVIRONMENT.admin_path
    return f"/{path}/" if path and user is not None and user.is_staff else None


def _own_organisation_out(organisation: Organisation) -> OwnOrganisationOut:
    return OwnOrganisationOut(
        id=organisation.id,
        name=organisation.name,
        logo_url=organisation.logo_url,
        time_zone=organisation.time_zone,
        session_idle_hours=organisation.session_idle_hours,
        session_days=organisation.session_days,
        recording_days=organisation.recording_days,
        candidate_days=organisation.candidate_days,
        requires_second_factor=organisation.requires_second_factor,
        delete_at=organisation.delete_at,
    )


def _user_out(user: User) -> UserOut:
    mails = MailChoices(interviews=user.mail_interviews, reminders=user.mail_reminders, scorecards=user.mail_scorecards)
    return UserOut(
        id=user.pk,
        name=user.name,
        email=user.email,
        time_zone=user.time_zone,
        language=Language(user.language) if user.language else None,
        theme=Theme(user.theme) if user.theme else None,
        mails=mails,
    )


def _organisations_of(user: User) -> list[OrganisationOut]:
    return [_organisation_out(each) for each in Organisation.objects.filter(memberships__user=user).order_by("name")]


def _organisation_out(organisation: Organisation) -> OrganisationOut:
    return OrganisationOut(id=organisation.id, name=organisation.name, logo_url=organisation.logo_url)


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


@query("sessions.list")
def list_sessions(actor: Actor) -> list[SessionOut]:
    """One's own; this one first, then the one seen last."""
    member = member_among(actor)
    sessions = [
        SessionOut(
            id=each.pk,
            device=device_name(each.user_agent),
            address=each.ip,
            place=place_of(each.ip),
            created_at=each.created_at,
            last_seen_at=each.last_seen_at,
            is_current=each.session_key == member.session_key,
        )
        for each in OwnSession.objects.visible_to(actor).order_by("-last_seen_at")
    ]
    return sorted(sessions, key=lambda session: not session.is_current)


def mail_state(invitation: MemberInvitation) -> MailState:
    if not settings.ENVIRONMENT.smtp_host:
        return MailState.OFF
    if invitation.mail_failed_at is not None:
        return MailState.FAILED
    return MailState.WAITING if invitation.mailed_at is None else MailState.SENT


def _is_open_to_domains() -> bool:
    return Domain.objects.filter(verified_at__isnull=False, organisation__delete_at=None).exists()


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
