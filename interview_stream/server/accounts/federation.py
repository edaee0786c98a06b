"""Signing in with an identity provider: whose account it is, or who may have one.

The provider says which e-mail address is whose. That address has an account, or an open invitation, or the provider's
settings let its domains join, or an organisation has shown that its domain is theirs; everybody else is sent back
with a reason. Nobody gets an account without that.
"""

from typing import Any, cast

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from requests import RequestException

from interview_stream.server.accounts.actions import create_account
from interview_stream.server.accounts.addresses import account_with
from interview_stream.server.accounts.audit import Act, record, record_for
from interview_stream.server.accounts.joining import join_by, organisation_open_to, was_removed
from interview_stream.server.accounts.models import MemberInvitation, Membership, Organisation, Role, User
from interview_stream.server.accounts.providers import SignInProvider
from interview_stream.server.accounts.proving import prove_address
from interview_stream.server.lib.addresses import canonical_email
from interview_stream.server.lib.problems import NotFound, Unavailable


class FederatedSignIn(DefaultSocialAccountAdapter):
    """allauth's hooks. It proves that the provider spoke; what follows from that is decided here."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        provider = provider_of(sociallogin.account.provider)
        if not sociallogin.is_existing:
            email = _own_address(sociallogin, provider)
            name = _user_of(sociallogin).name or email.partition("@")[0]
            user = admit(provider, email=email, name=name, request=request)
            sociallogin.connect(request, user)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user = _user_of(sociallogin)
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = str(data.get("name") or " ".join(str(part) for part in parts if part)).strip()[:100]
        user.email = str(data.get("email") or "").strip().lower()
        return user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """A new device is told of by our own e-mail, whatever it signed in with."""


def provider_of(provider_id: str) -> SignInProvider:
    for provider in settings.SIGN_IN_PROVIDERS:
        if provider.id == provider_id:
            return provider
    raise NotFound("This way to sign in is not offered here.", slug="provider-unknown")


def start(request: HttpRequest, provider_id: str, *, next_path: str) -> str:
    """The address at the provider that the browser has to go to; it comes back to `/sign-in`."""
    provider = provider_of(provider_id)
    back = f"{settings.ENVIRONMENT.public_url}{next_path}"
    try:
        there = get_adapter().get_provider(request, provider.id)
        answer = there.redirect(request, AuthProcess.LOGIN, next_url=back, headless=True)
    except RequestException as error:
        raise Unavailable(f"{provider.name} does not answer. Try again, or sign in another way.") from error
    return str(answer["Location"])


@transaction.atomic
def admit(provider: SignInProvider, *, email: str, name: str, request: HttpRequest | None = None) -> User:
    """The account of this address, made now where an invitation or the provider's settings allow it.

    Raises a ValidationError whose code the sign-in page turns into words.
    """
    user = account_with(email)
    if user is not None:
        prove_address(user, email, request)
    else:
        user = _invited(email, name) or _joining(provider, email, name) or _by_domain(email, name)
    if user is None:
        raise ValidationError("There is no account with this address.", code="not_invited")
    record_for(user, Act.PROVIDER_CONNECTED, detail=provider.name)
    return user


def _invited(email: str, name: str) -> User | None:
    """Takes up every open invitation of the address: the provider has shown whose it is."""
    invitations = MemberInvitation.objects.open().filter(email=email, expires_at__gt=timezone.now())
    user: User | None = None
    for invitation in invitations.select_related("organisation").select_for_update():
        user = user or create_account(name=name, email=email, password=None)
        _make_member(user, invitation.organisation, Role(invitation.role))
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
    return user


def _joining(provider: SignInProvider, email: str, name: str) -> User | None:
    if not provider.joins_as:
        return None
    chosen = Organisation.objects.filter(pk=provider.organisation) if provider.organisation else Organisation.objects
    organisations = list(chosen.all()[:2])
    if len(organisations) != 1 or was_removed(organisations[0], email):
        return None
    user = create_account(name=name, email=email, password=None)
    _make_member(user, organisations[0], Role(provider.joins_as))
    return user


def _by_domain(email: str, name: str) -> User | None:
    if organisation_open_to(email) is None:
        return None
    user = create_account(name=name, email=email, password=None)
    join_by(user, email)
    return user


def _make_member(user: User, organisation: Organisation, role: Role) -> None:
    Membership.objects.create(user=user, organisation=organisation, role=role)
    record(organisation, user, Act.MEMBER_JOINED, subject=user.email, detail=role)


def _user_of(sociallogin: SocialLogin) -> User:
    """An unsaved one until it is known whose account it is."""
    return cast(User, sociallogin.user)


def _own_address(sociallogin: SocialLogin, provider: SignInProvider) -> str:
    # Some providers send the claim as a string, and allauth keeps it as it comes: "false" would be true.
    vouched = [each for each in sociallogin.email_addresses if str(each.verified) in ("True", "true")]
    verified = [email for email in (canonical_email(each.email) for each in vouched) if email]
    if not verified:
        raise ValidationError("The provider vouches for no address.", code="no_address")
    accepted = [email for email in verified if provider.accepts(email)]
    if not accepted:
        raise ValidationError("Addresses of this domain do not sign in here.", code="wrong_domain")
    # Somebody may have several; the one that is known here is meant.
    return next((email for email in accepted if account_with(email) is not None), accepted[0])
