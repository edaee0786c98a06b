"""What operators do, on the command line and on their pages (server/operators): help people, and end access."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.addresses import account_with
from interview_stream.server.accounts.audit import OPERATOR, Act, operator_named, record
from interview_stream.server.accounts.endings import announce_lockdown
from interview_stream.server.accounts.members import put_in_role
from interview_stream.server.accounts.models import MemberInvitation, Membership, Organisation, OwnerLink, Role, User
from interview_stream.server.accounts.sessions import end_all_sessions
from interview_stream.server.accounts.tasks import send_security_notice
from interview_stream.server.lib.problems import NotFound


@transaction.atomic
def reset_second_factors(email: str) -> int:
    """Take app, passkeys and recovery codes off the account and end its sessions; how many app and passkeys it were."""
    user = _account_with(email)
    own = Authenticator.objects.filter(user=user)
    count = own.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    own.delete()
    end_all_sessions(user)
    _record_for(user, Act.FACTORS_RESET, by=OPERATOR)
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


@transaction.atomic
def set_operator(email: str, *, is_operator: bool) -> None:
    """Who may open the operators' pages, which show every organisation: only the command line says so."""
    user = _account_with(email)
    if user.is_staff == is_operator:
        return
    user.is_staff = is_operator
    user.save(update_fields=["is_staff"])
    _record_for(user, Act.OPERATOR_MADE if is_operator else Act.OPERATOR_REMOVED, by=OPERATOR)
    what = "You were made an operator of this server" if is_operator else "You are no operator of this server any more"
    send_security_notice.enqueue(user.pk, what, "the server itself", "none", timezone.now().timestamp())


@transaction.atomic
def set_enabled(user: User, *, is_enabled: bool, by: User) -> None:
    """Who is disabled is nobody everywhere at once, and keeps what they have for the day that this is taken back."""
    user.is_active = is_enabled
    user.save(update_fields=["is_active"])
    if not is_enabled:
        end_all_sessions(user)
    _record_for(user, Act.ACCOUNT_ENABLED if is_enabled else Act.ACCOUNT_DISABLED, by=operator_named(by))


@transaction.atomic
def end_sessions(user: User, sessions: Iterable[UserSession], *, by: User) -> int:
    """Of one person; how many."""
    ended = list(sessions)
    for session in ended:
        session.end()
    if ended:
        _record_for(user, Act.SESSIONS_ENDED, by=operator_named(by), detail=f"{len(ended)}")
    return len(ended)


@transaction.atomic
def rename_organisation(organisation: Organisation, name: str, *, by: User) -> None:
    before = Organisation.objects.select_for_update().get(pk=organisation.pk).name
    organisation.name = name
    organisation.save(update_fields=["name"])
    record(organisation, None, Act.ORGANISATION_RENAMED, subject=name, detail=before, by=operator_named(by))


@transaction.atomic
def change_role(membership: Membership, role: Role, *, by: User) -> None:
    """For a team whose owners are all gone; a Conflict where it would have none."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    membership = Membership.objects.select_related("user", "organisation").get(pk=membership.pk)
    put_in_role(membership, role, user=None, by=operator_named(by))


def _account_with(email: str) -> User:
    user = account_with(email)
    if user is None:
        raise NotFound(f"There is no account with the address {email}.")
    return user


def _record_for(user: User, act: Act, *, by: str, detail: str = "") -> None:
    """In the log of each organisation that the person belongs to."""
    for organisation in Organisation.objects.filter(memberships__user=user):
        record(organisation, None, act, subject=user.email, detail=detail, by=by)
