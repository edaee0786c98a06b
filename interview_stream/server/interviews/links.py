"""Personal links: how a link's token is signed, and whom a token that came back speaks for."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Nobody
from interview_stream.server.interviews.models import Invitation, Observer
from interview_stream.server.lib.problems import Forbidden, Gone, NotFound, Unauthenticated

_SIGNER_SALT = "interview-stream.personal-link"
_UNKNOWN = "This link is not valid. Look whether it was copied completely."


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SIGNER_SALT, sep=".")


def link_token(invitation: Invitation) -> str:
    return _signer().sign(f"{invitation.id.hex}.{invitation.link_version}")


def link_url(invitation: Invitation) -> str:
    return f"{settings.ENVIRONMENT.public_url}/join/{link_token(invitation)}"


def observer_url(observer: Observer) -> str:
    token = _signer().sign(f"{observer.id.hex}.1")
    return f"{settings.ENVIRONMENT.public_url}/join/{token}"


def resolve_guest(token: str) -> Guest:
    """Whom the link speaks for; raises link-unknown, link-revoked or link-expired."""
    try:
        invitation_id, version = _signer().unsign(token).split(".")
        guest_id = UUID(invitation_id)
    except (signing.BadSignature, ValueError):
        raise NotFound(_UNKNOWN, slug="link-unknown") from None
    observer = Observer.objects.select_related("interview__invitation").filter(id=guest_id, user=None).first()
    if observer is not None:
        return _observing_guest(observer)
    invitation = Invitation.objects.select_related("interview").filter(id=guest_id).first()
    if invitation is None:
        raise NotFound(_UNKNOWN, slug="link-unknown")
    if int(version) != invitation.link_version:
        raise Gone("This link was replaced by a newer one. Ask your interviewer for it.", slug="link-revoked")
    _check_expiry(invitation)
    return Guest(
        guest_id=invitation.id,
        interview_id=invitation.interview_id,
        organisation_id=invitation.interview.organisation_id,
        name=invitation.name,
        link_version=invitation.link_version,
    )


def _observing_guest(observer: Observer) -> Guest:
    if observer.removed_at is not None:
        raise Gone("You are no longer an observer of this interview.", slug="link-revoked")
    _check_expiry(observer.interview.invitation)
    return Guest(
        guest_id=observer.id,
        interview_id=observer.interview_id,
        organisation_id=observer.interview.organisation_id,
        name=observer.name,
        link_version=1,
        is_observer=True,
    )


def _check_expiry(invitation: Invitation) -> None:
    """All links to an interview live as long as its candidate's."""
    if invitation.link_expires_at <= timezone.now():
        raise Gone("This link has expired. Ask your interviewer for a new one.", slug="link-expired")


def invitation_of(actor: Actor) -> Invitation:
    """The invitation that a guest's link is for; nobody else has one."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Open your personal link to do this.")
    if not isinstance(actor, Guest):
        raise Forbidden("Only the holder of a personal link can do this.")
    if actor.is_observer:
        raise Forbidden("Only the candidate can do this.")
    invitation = Invitation.objects.select_related("interview").filter(id=actor.guest_id).first()
    if invitation is None:
        raise NotFound("This link is not valid any more.", slug="link-unknown")
    return invitation
