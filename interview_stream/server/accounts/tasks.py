"""What the worker does for accounts: writing e-mails, so that a slow mail server holds nobody up."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from interview_stream.server.accounts.domain_records import record_name, record_value
from interview_stream.server.accounts.models import Domain, MemberInvitation, User
from interview_stream.server.accounts.places import place_of
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.languages import clock, day

TEXT = """{inviter} invites you to join {organisation} on Interview Stream as {role}.

Accept here, until {until}:

{link}

If you expected no invitation, you can ignore this e-mail.
"""

CODE_TEXT = """{lead}

{code}

It works for 10 minutes. If you did not ask for it, ignore this e-mail: nobody gets in without the code.
"""


ACCOUNT_HINT_TEXT = """Somebody, perhaps you, wanted to join an organisation with {email}, which has an account already.

Sign in with it, then go on where you were:

{link}

If it was not you, ignore this e-mail: nothing has changed.
"""

DOMAIN_MISSING_TEXT = """People with an address at {domain} join {organisation} by themselves, because a
record in the DNS shows that the domain is yours. That record is not found any more.

In {days} days nobody joins by it any more, unless it is there again:

{name}  TXT  {value}

Who has joined stays. The domains of your organisation:

{link}
"""

DOMAIN_LOST_TEXT = """The record in the DNS that shows that {domain} is yours was not found for {days} days, so
nobody joins {organisation} by it any more. Who has joined stays.

Set the record again and verify the domain anew:

{link}
"""

NOTICE_TEXT = """{what}.

Account: {email}
Device: {device}, address {address}
When: {at} {zone}

If this was you, there is nothing to do. If not, somebody else is in your account: choose a new password at
once, which ends all other sessions, and look at what else was changed:

{link}
"""


@job("Tell a person what was done with their account", tries=8, wait=timedelta(minutes=1))
def send_security_notice(user_id: int, what: str, device: str, address: str, at: float, email: str = "") -> None:
    """To the account's address, or to `email`, which was theirs when it happened."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    text = NOTICE_TEXT.format(
        what=what,
        email=user.email,
        device=device,
        **_where_and_when(address, at, user.time_zone, user.language),
        link=f"{settings.ENVIRONMENT.public_url}/settings/security",
    )
    EmailMessage(what, text, settings.DEFAULT_FROM_EMAIL, [email or user.email]).send()


FAREWELL_TEXT = """Your account {email} has been deleted, as was asked for from
{device}, address {address}, on {at} {zone}.

It signs nobody in any more. What you did in interviews stays with the organisations that you did it for, without your
name.

If this was not you, tell an owner of your organisation.
"""


@job("Tell a person that their account was deleted", tries=8, wait=timedelta(minutes=1), is_kept=False)
def send_farewell(email: str, device: str, address: str, time_zone: str, at: float, language: str = "") -> None:
    where_and_when = _where_and_when(address, at, time_zone, language)
    text = FAREWELL_TEXT.format(email=email, device=device, **where_and_when)
    EmailMessage("Your account has been deleted", text, settings.DEFAULT_FROM_EMAIL, [email]).send()


def _where_and_when(address: str, at: float, time_zone: str, language: str) -> dict[str, object]:
    """For a text with the fields `address`, `at` and `zone`."""
    zone, place = time_zone or "UTC", place_of(address)
    moment = datetime.fromtimestamp(at, ZoneInfo(zone))
    return {
        "address": f"{address} ({place})" if place else address,
        "at": f"{day(moment, language)}, {clock(moment, language)}",
        "zone": zone,
    }


@job("Send a code", tries=4, wait=timedelta(seconds=10), is_kept=False)
def send_code(email: str, subject: str, lead: str, code: str) -> None:
    """A code works for ten minutes, so there is no later in which to try again.

    Without a code there is nobody to tell: somebody asked for an address that has no account.
    """
    if not code:
        return
    text = CODE_TEXT.format(lead=lead, code=code)
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [email]).send()


@job("Tell a person that they have an account", tries=4, wait=timedelta(seconds=10), is_kept=False)
def send_account_hint(email: str) -> None:
    """Somebody wanted to join with an address that has an account; it is told to the address alone."""
    text = ACCOUNT_HINT_TEXT.format(email=email, link=f"{settings.ENVIRONMENT.public_url}/sign-in?next=/sign-up")
    EmailMessage("You have an account already", text, settings.DEFAULT_FROM_EMAIL, [email]).send()


@job("Tell of a domain whose record is gone", tries=8, wait=timedelta(minutes=2))
def send_domain_news(domain_id: str, email: str, is_lost: bool) -> None:
    domain = Domain.objects.select_related("organisation").filter(pk=UUID(domain_id)).first()
    if domain is None:
        return
    text = (DOMAIN_LOST_TEXT if is_lost else DOMAIN_MISSING_TEXT).format(
        domain=domain.name,
        organisation=domain.organisation.name,
        name=record_name(domain.name),
        value=record_value(domain.token),
        days=settings.ENVIRONMENT.domain_days,
        link=f"{settings.ENVIRONMENT.public_url}/settings/organisation",
    )
    subject = f"{domain.name} lets nobody join any more" if is_lost else f"The DNS record of {domain.name} is gone"
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [email]).send()


def _organisation(invitation_id: str) -> UUID | None:
    found = MemberInvitation.objects.filter(pk=UUID(invitation_id))
    return found.values_list("organisation_id", flat=True).first()


@job(
    "Send an invitation to become a member",
    tries=8,
    wait=timedelta(minutes=2),
    organisation_of=_organisation,
)
def send_member_invitation(invitation_id: str) -> None:
    """A job that waits twice sends twice, which does less harm than none."""
    # Here, because both enqueue tasks of this module.
    from interview_stream.server.accounts.addresses import account_with
    from interview_stream.server.accounts.inviting import invitation_url

    related = MemberInvitation.objects.open().select_related("organisation", "invited_by")
    invitation = related.filter(pk=UUID(invitation_id)).first()
    if invitation is None:
        return
    reader = account_with(invitation.email)
    inviter = invitation.invited_by.name if invitation.invited_by else invitation.organisation.name
    text = TEXT.format(
        inviter=inviter,
        organisation=invitation.organisation.name,
        role=f"{'an' if invitation.role[0] in 'aio' else 'a'} {invitation.role}",
        until=day(invitation.expires_at, reader.language if reader else ""),
        link=invitation_url(invitation, is_mailed=True),
    )
    subject = f"{inviter} invites you to {invitation.organisation.name}"
    mail = EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [invitation.email])
    try:
        mail.send()
    except OSError:  # includes what smtplib raises
        MemberInvitation.objects.filter(pk=invitation.pk).update(mail_failed_at=timezone.now())
        raise
    MemberInvitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now(), mail_failed_at=None)
