"""The end of an account, as its person wants it.

What they did for an organisation stays with it, under the name "Former member": rows that say who did something keep
pointing at the account, of which nothing is left but its number. All that is theirs alone goes.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from interview_stream.server.accounts.audit import Act, address_of, record_for
from interview_stream.server.accounts.devices import device_of
from interview_stream.server.accounts.endings import announce_access_change, announce_account_end
from interview_stream.server.accounts.models import KnownDevice, MemberInvitation, Membership, Organisation, Role, User
from interview_stream.server.accounts.recent_sign_in import proofs_in, require_recent
from interview_stream.server.accounts.sessions import end_all_sessions
from interview_stream.server.accounts.tasks import send_farewell
from interview_stream.server.lib.problems import Conflict, Invalid

FORMER_NAME = "Former member"


@transaction.atomic
def delete_account(request: HttpRequest, user: User, *, email: str) -> None:
    """At once and for good; the address is typed, so that it is meant. Needs a recent sign-in."""
    require_recent(user, proofs_in(request.session))
    if email.strip().lower() != user.email:
        raise Invalid.value("email", "This is not the address of your account.")
    _require_other_owners(user)
    record_for(user, Act.ACCOUNT_DELETED)
    device, now = device_of(request), timezone.now().timestamp()
    send_farewell.enqueue(user.email, device, address_of(request) or "", user.time_zone, now, user.language)
    for membership in Membership.objects.filter(user=user):
        membership.delete()
        announce_access_change(user.pk, membership.organisation_id)
    announce_account_end(user.pk)
    end_all_sessions(user)
    _forget(user)
    logout(request)


def _require_other_owners(user: User) -> None:
    """Where they are the last owner others would be stuck, unless there are none and it is to be erased anyway."""
    own = Membership.objects.filter(user=user, role=Role.OWNER).values("organisation")
    # Locked, as when an owner leaves: two who go at the same moment must see each other.
    for organisation in Organisation.objects.select_for_update().filter(pk__in=own).order_by("pk"):
        others = organisation.memberships.exclude(user=user)
        is_ending_alone = organisation.delete_at is not None and not others.exists()
        if not others.filter(role=Role.OWNER).exists() and not is_ending_alone:
            way = "Make somebody else an owner first." if others.exists() else "Delete the organisation first."
            raise Conflict(f"You are the only owner of {organisation.name}. {way}", slug="last-owner")


def _forget(user: User) -> None:
    addresses = [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]
    MemberInvitation.objects.filter(email__in=addresses, accepted_at__isnull=False).delete()
    for of_the_account in (Authenticator, EmailAddress, SocialAccount, KnownDevice):
        of_the_account.objects.filter(user=user).delete()
    user.name = FORMER_NAME
    # No address can end so (RFC 2606), and each account needs another.
    user.email = f"{user.pk}@former.invalid"
    user.time_zone = user.language = user.theme = ""
    user.picture_id = None
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
