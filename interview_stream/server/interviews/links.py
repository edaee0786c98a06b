"""Personal links: how a link's token is signed, and whom a token that came back speaks for."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Nobody
from interview_stream.server.interviews.models import Invitation
from interview_stream.server.lib.problems import Forbidden, Gone, NotFound, Unauthenticated

_SIGNER_SALT = "interview-stream.personal-link"


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SIGNER_SALT, sep=".")


def link_token(invitation: Invitation) -> str:
    return _signer().sign(f"{invitation.id.hex}.{invitation.link_version}")


def link_url(invitation: Invitation) -> str:
    return f"{settings.ENVIRONMENT.public_url}/join/{link_token(invitation)}"


def resolve_guest(token: str) -> Guest:
    """Whom the link speaks for; raises link-unknown, link-revoked or link-expired."""
    try:
        invitation_id, version = _signer().unsign(token).split(".")
        invitation = Invitation.objects.select_related("interview").get(id=UUID(invitation_id))
    except (signing.BadSignature, ValueError, Invitation.DoesNotExist):
        raise NotFound("This link is not valid. Look whether it was copied completely.", slug="link-unknown") from None
    if int(version) != invitation.link_version:
        raise Gone("This link was replaced by a newer one. Ask your interviewer for it.", slug="link-revoked")
    if invitation.link_expires_at <= timezone.now():
        raise Gone("This link has expired. Ask your interviewer for a new one.", slug="link-expired")
    return Guest(
        guest_id=invitation.id,
        interview_id=invitation.interview_id,
        organisation_id=invitation.interview.organisation_id,
        name=invitation.name,
        link_version=invitation.link_version,
    )


def invitation_of(actor: Actor) -> Invitation:
    """The invitation that a guest's link is for; nobody else has one."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Open your personal link to do this.")
    if not isinstance(actor, Guest):
        raise Forbidden("Only the holder of a personal link can do this.")
    invitation = Invitation.objects.select_related("interview").filter(id=actor.guest_id).first()
    if invitation is None:
        raise NotFound("This link is not valid any more.", slug="link-unknown")
    return invitation
