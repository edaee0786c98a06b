"""What operators do on the command line: help somebody who lost their second factors, and end everybody's access."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.addresses import account_with
from interview_stream.server.accounts.audit import OPERATOR, Act, record
from interview_stream.server.accounts.endings import announce_lockdown
from interview_stream.server.accounts.models import MemberInvitation, Organisation, OwnerLink
from interview_stream.server.accounts.sessions import end_all_sessions
from interview_stream.server.accounts.tasks import send_security_notice
from interview_stream.server.lib.problems import NotFound


@transaction.atomic
def reset_second_factors(email: str) -> int:
    """Take app, passkeys and recovery codes off the account and end its sessions; how many app and passkeys it were."""
    user = account_with(email)
    if user is None:
        raise NotFound(f"There is no account with the address {email}.")
    own = Authenticator.objects.filter(user=user)
    count = own.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    own.delete()
    end_all_sessions(user)
    for organisation in Organisation.objects.filter(memberships__user=user):
        record(organisation, None, Act.FACTORS_RESET, subject=user.email, by=OPERATOR)
    what = "Your second factors were taken off by whoever runs the server"
    send_security_notice.enqueue(user.pk, what, "the server itself", "none", timezone.now().timestamp())
    return count


@dataclass(frozen=True)
class Lockdown:
    sessions: int
    invitations: int
    owner_links: int


@transaction.atomic
def lock_down() -> Lockdown:
    """End every session, link and seat there is; people sign in anew, candidates need new links."""
    # One by one: what hangs on a session learns of its end (signals.py).
    sessions = Session.objects.count()
    Session.objects.all().delete()
    UserSession.objects.all().delete()
    invitations = MemberInvitation.objects.open().update(revoked_at=timezone.now())
    owner_links = OwnerLink.objects.filter(used_at=None).delete()[0]
    announce_lockdown()
    for organisation in Organisation.objects.all():
        record(organisation, None, Act.LOCKED_DOWN, by=OPERATOR)
    return Lockdown(sessions, invitations, owner_links)
