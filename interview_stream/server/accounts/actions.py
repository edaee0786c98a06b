"""Writes about people and organisations: each one transaction."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, member_among, user_among
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.models import Membership, Organisation, OwnerLink, Role, Theme, User
from interview_stream.server.accounts.queries import usable_owner_link
from interview_stream.server.accounts.schemas import MailChoices, OwnerIn, ProfileIn
from interview_stream.server.lib.problems import Conflict, Invalid


def create_owner_link() -> str:
    """Make a fresh single-use link and return its token, which is shown once and kept nowhere."""
    token = secrets.token_urlsafe(32)
    OwnerLink.objects.create(
        token_hash=OwnerLink.hash_of(token),
        expires_at=timezone.now() + timedelta(seconds=settings.ENVIRONMENT.owner_link_s),
    )
    return token


@transaction.atomic
def create_owner(token: str, owner: OwnerIn) -> User:
    """Use up the link and make the account and the organisation that it promised."""
    link = usable_owner_link(token)
    organisation = Organisation.objects.create(name=owner.organisation)
    user = create_member(organisation, role=Role.OWNER, name=owner.name, email=owner.email, password=owner.password)
    # The condition makes two uses at the same moment impossible on every database.
    used = OwnerLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
    if not used:
        raise Conflict("This link has just been used.", slug="link-used")
    record(organisation, user, Act.ORGANISATION_CREATED, subject=organisation.name)
    return user


@transaction.atomic
def create_member(
    organisation: Organisation,
    *,
    role: Role,
    name: str,
    email: str,
    password: str | None,
    is_proven: bool = True,
) -> User:
    """Make an account with a checked password or without any, and its place in the organisation."""
    user = create_checked_account(name=name, email=email, password=password, is_proven=is_proven)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def create_checked_account(*, name: str, email: str, password: str | None, is_proven: bool = True) -> User:
    """As below, but for an address that nobody has, and with a password that is good enough."""
    address = email.strip().lower()
    if EmailAddress.objects.filter(email=address).exists():
        raise Conflict("There is an account with this e-mail address. Sign in with it.", slug="email-taken")
    if password is not None:
        _check_password(password, User(email=address, name=name))
    return create_account(name=name, email=address, password=password, is_proven=is_proven)


def create_account(*, name: str, email: str, password: str | None, is_proven: bool = True) -> User:
    """An account that belongs nowhere yet; with None for a password, one that is signed in to in other ways.

    `is_proven`: whether whoever makes it has shown that they read the address's e-mails.
    """
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=is_proven, primary=True)
    return user


@transaction.atomic
def change_profile(actor: Actor, *, wanted: ProfileIn) -> None:
    user = member_among(actor).user
    user.name = wanted.name
    user.time_zone = wanted.time_zone
    if "language" in wanted.model_fields_set:
        user.language = wanted.language or ""
    user.save(update_fields=["name", "time_zone", "language"])


def choose_mails(actor: Actor, *, wanted: MailChoices) -> None:
    """The account's, so of all its organisations."""
    user = user_among(actor)
    chosen = {f"mail_{name}": value for name, value in wanted.dict().items()}
    User.objects.filter(pk=user.pk).update(**chosen)
    # The same person is shown afterwards.
    for name, value in chosen.items():
        setattr(user, name, value)


def choose_theme(actor: Actor, *, theme: Theme) -> None:
    user = user_among(actor)
    user.theme = theme
    user.save(update_fields=["theme"])


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid.value("password", " ".join(error.messages)) from None
