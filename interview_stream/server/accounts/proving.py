"""Proving that an account's first address is its person's, where an invitation's copied link made the account.

Whoever invites can copy the link, and so make an account with an address that is somebody else's. Until something that
only the mailbox knows comes back (a code, the e-mailed link, an identity provider's word) the address counts as
unverified. Then everything goes by which somebody else could still get in: it may not be this person who set it.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from interview_stream.server.accounts.audit import Act, record_for
from interview_stream.server.accounts.models import KnownDevice, User


@transaction.atomic
def prove_address(user: User, email: str, request: HttpRequest | None = None) -> None:
    """The person behind `request` has just shown that they read this address's e-mails; its session stays."""
    if EmailAddress.objects.filter(user=user, email=email, verified=False).update(verified=True):
        start_afresh(user, email, request)


@transaction.atomic
def start_afresh(user: User, email: str, request: HttpRequest | None = None) -> None:
    """Nothing but the proven address and the memberships is left."""
    others = EmailAddress.objects.filter(user=user).exclude(email=email)
    for other in others:
        record_for(user, Act.ADDRESS_REMOVED, detail=other.email)
    others.delete()
    EmailAddress.objects.filter(user=user).update(primary=True)
    for way_in in (Authenticator, SocialAccount, KnownDevice):
        way_in.objects.filter(user=user).delete()
    user.email = email
    if user.has_usable_password():
        user.set_unusable_password()
    user.save(update_fields=["email", "password"])
    if request is not None and request.user == user:
        update_session_auth_hash(request, user)
    own = request.session.session_key if request is not None else None
    for session in UserSession.objects.filter(user=user).exclude(session_key=own):
        session.end()
    record_for(user, Act.ADDRESS_PROVEN, detail=email)
