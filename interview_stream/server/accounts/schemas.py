"""What the accounts API takes and gives."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, Field

from interview_stream.server.accounts.models import Role, Theme
from interview_stream.server.lib.addresses import canonical_email
from interview_stream.server.lib.languages import Language
from interview_stream.server.lib.schemas import Schema
from interview_stream.server.lib.wording import Name


def _checked_email(value: str) -> str:
    try:
        validate_email(value.strip())
    except ValidationError:
        raise ValueError("This is not an e-mail address.") from None
    canonical = canonical_email(value)
    if not canonical:
        raise ValueError("This is not an e-mail address.")
    # Two spellings of one address would be two people.
    if canonical != value.strip().lower():
        raise ValueError(f"Write this address as {canonical}.")
    return value.strip()


EmailAddressIn = Annotated[
    str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_checked_email)
]


def _known_time_zone(value: str) -> str:
    if value and value not in available_timezones():
        raise ValueError("This time zone is not known.")
    return value


class PersonOut(Schema):
    """Somebody of the organisation, as colleagues are told of them."""

    id: int
    name: str


class MailChoices(Schema):
    """Which e-mails somebody wants; those on the safety of their account always go out."""

    interviews: bool
    """When one that they hold or watch is planned, moved or called off."""
    reminders: bool
    """Before one begins."""
    scorecards: bool
    """When theirs is still missing."""


class UserOut(Schema):
    id: int
    name: str
    email: str
    time_zone: str
    """An IANA name; empty for the browser's own."""
    language: Language | None
    """The English that days, times and numbers are written in; None for as the browser says."""
    theme: Theme | None
    """None until one was chosen: each browser then has its own."""
    mails: MailChoices


class ProfileIn(Schema):
    name: Name
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(_known_time_zone)]
    language: Language | None = None
    """None for as the browser says; left out, it stays as it is."""


class ThemeIn(Schema):
    theme: Theme


class SignInProviderOut(Schema):
    id: str
    kind: str
    """oidc, saml, google, github or microsoft."""
    name: str


class SignInStartIn(Schema):
    next_path: Annotated[str, Field(max_length=2000, pattern=r"^/([^/\\].*)?$")] = "/"
    """Where to be after signing in: a path of ours."""
    remember: bool = True
    """Whether the session outlives the browser."""


class SignInStartOut(Schema):
    url: str
    """At the provider; the browser goes there."""


class SessionOut(Schema):
    id: int
    device: str
    """In words, such as "Firefox on Linux"."""
    address: str
    place: str
    """As "Lisbon, Portugal"; empty where it is not known."""
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


class OrganisationOut(Schema):
    id: uuid.UUID
    name: str
    logo_url: str | None
    """A path of ours."""


class OwnOrganisationOut(OrganisationOut):
    time_zone: str
    session_idle_hours: int | None
    session_days: int | None
    recording_days: int | None
    candidate_days: int | None
    requires_second_factor: bool
    delete_at: datetime | None
    """When it will be erased, where an owner has deleted it."""


class MeOut(Schema):
    """Who is signed in, and what a page needs to know before anyone is."""

    user: UserOut | None
    organisation: OwnOrganisationOut | None
    role: Role | None
    organisations: list[OrganisationOut]
    """All that the person is a member of."""
    barred_from: OrganisationOut | None
    """The one they act for, when it lets them in only with a second factor, which they have yet to set up."""
    operator_path: str | None
    """Where the operators' pages are, for operators."""
    has_owner: bool
    is_open_to_domains: bool
    """Whether people with an address of some domain can join by themselves; looked up for who is in none."""
    sends_mail: bool
    """Whether a mail server is set; without one, codes stand in the server's log."""
    version: str
    public_url: str


class OwnerLinkOut(Schema):
    expires_at: datetime


class OwnerIn(Schema):
    name: Name
    email: EmailAddressIn
    password: str = Field(max_length=200)
    organisation: Name


class SwitchIn(Schema):
    organisation_id: uuid.UUID


class OrganisationIn(Schema):
    """What is left out stays."""

    name: Name | None = None
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(_known_time_zone)] | None = None
    session_idle_hours: int | None = Field(default=None, ge=4, le=8760)
    """At least as long as a call may last; null for no limit but the installation's."""
    session_days: int | None = Field(default=None, ge=1, le=365)
    recording_days: int | None = Field(default=None, ge=1, le=3650)
    """How long recordings are kept after they were stopped; null for always."""
    candidate_days: int | None = Field(default=None, ge=1, le=3650)
    """How long candidates and all of their interviews are kept after the last of these; null for always."""
    requires_second_factor: bool | None = None
    """For owners who have one themselves and have just confirmed that it is them."""


class HeirIn(Schema):
    membership_id: int


class DeletionIn(Schema):
    name: str = Field(max_length=100)
    """The organisation's, to show that it is meant."""


class AccountEndIn(Schema):
    email: str = Field(max_length=254)
    """The account's own, to show that it is meant."""


class AuditEventOut(Schema):
    id: int
    at: datetime
    user_name: str
    """As it was then; empty where nobody was signed in."""
    action: str
    subject: str
    detail: str
    address: str | None


class AuditFilter(Schema):
    text: str = Field(default="", max_length=200)
    """Words that are all in who, what or from where."""
    kind: str = Field(default="", max_length=40)
    """The part of an action before the dot."""
    since: datetime | None = None
    until: datetime | None = None


class ExportFormat(StrEnum):
    CSV = "csv"
    JSON_LINES = "jsonl"


class NewDomainIn(Schema):
    name: str = Field(max_length=253)


class DomainOut(Schema):
    id: uuid.UUID
    name: str
    record_name: str
    """Where in the DNS a TXT record has to stand, and what it has to say."""
    record_value: str
    verified_at: datetime | None
    """None while it lets nobody in."""
    checked_at: datetime | None
    missing_since: datetime | None
    """Since when the record of a verified one is not found any more."""


class SignUpIn(Schema):
    email: EmailAddressIn


class SignUpOut(Schema):
    """Whose organisation the address opens; told to who has shown that it is theirs."""

    email: str
    organisation_id: uuid.UUID
    organisation_name: str
    has_joined: bool
    """Whether the account that is signed in is its member now; others still have to make one."""


class MemberOut(Schema):
    id: int
    user_id: int
    name: str
    email: str
    role: Role
    joined_at: datetime


class RoleIn(Schema):
    role: Role


class MailState(StrEnum):
    """What became of the e-mail; `off`: no mail server is set, so the link has to be handed over otherwise."""

    OFF = "off"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class MemberInvitationOut(Schema):
    id: uuid.UUID
    email: str
    role: Role
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    is_expired: bool
    mail: MailState
    link_url: str | None = Field(description="Not shown to API keys that only read.")


class MemberInvitationsIn(Schema):
    emails: list[EmailAddressIn] = Field(min_length=1, max_length=100)
    role: Role


class InvitationLinkOut(Schema):
    """What the holder of an invitation's link is told before accepting."""

    organisation_name: str
    invited_by: str | None
    email: str
    role: Role
    has_account: bool
    is_yours: bool
    """Whether the address is one of whoever is signed in here."""
    expires_at: datetime


class AcceptIn(Schema):
    """Name and password are for a new account; who has one accepts signed in.

    An account without a password signs in by passkey, which is added next, or by e-mailed code.
    """

    name: Name | None = None
    password: str | None = Field(default=None, max_length=200)
    without_password: bool | None = None


class CodeIn(Schema):
    code: str = Field(max_length=64)


class OwnAddressOut(Schema):
    id: int
    email: str
    is_primary: bool


class NewAddressIn(Schema):
    email: EmailAddressIn


class FactorOut(Schema):
    created_at: datetime
    last_used_at: datetime | None


class PasskeyOut(FactorOut):
    id: int
    name: str


class RecoveryCodesOut(Schema):
    """How many are left; the codes themselves are shown once, when they are made."""

    created_at: datetime
    total: int
    unused: int


class FactorsOut(Schema):
    """How a person signs in, beside or instead of the password."""

    totp: FactorOut | None
    recovery_codes: RecoveryCodesOut | None
    passkeys: list[PasskeyOut]
    most_passkeys: int
    has_password: bool


class TotpDraftOut(Schema):
    secret: str
    otpauth_url: str
    qr_svg: str
