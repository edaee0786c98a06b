"""Reads about invitations to become a member."""

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.accounts.addresses import account_with
from interview_stream.server.accounts.inviting import invitation_url, usable_invitation
from interview_stream.server.accounts.models import MemberInvitation, Role
from interview_stream.server.accounts.queries import mail_state
from interview_stream.server.accounts.schemas import InvitationLinkOut, MemberInvitationOut
from interview_stream.server.live import query


@query("member_invitations.list")
def list_member_invitations(actor: Actor) -> list[MemberInvitationOut]:
    """The open ones, the newest first; nobody but owners and admins sees any."""
    member = member_among(actor)
    open_ones = MemberInvitation.objects.visible_to(actor).open().select_related("invited_by")
    return [
        MemberInvitationOut(
            id=each.id,
            email=each.email,
            role=Role(each.role),
            invited_by=each.invited_by.name if each.invited_by else None,
            created_at=each.created_at,
            expires_at=each.expires_at,
            is_expired=each.is_expired,
            mail=mail_state(each),
            link_url=invitation_url(each) if member.may_hand_out("organisation") else None,
        )
        for each in open_ones.order_by("-created_at", "email")
    ]


def get_member_invitation(signed_in: object, token: str) -> InvitationLinkOut:
    """The link is the credential: whoever holds it may know what it is for."""
    invitation = usable_invitation(token)
    owner = account_with(invitation.email)
    return InvitationLinkOut(
        organisation_name=invitation.organisation.name,
        invited_by=invitation.invited_by.name if invitation.invited_by else None,
        email=invitation.email,
        role=Role(invitation.role),
        has_account=owner is not None,
        is_yours=owner is not None and signed_in == owner,
        expires_at=invitation.expires_at,
    )
