"""Domains by whose addresses people join: adding one, showing that it is theirs, looking again, removing it."""

import logging
import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, admin_among, member_among
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.domain_records import Found, look_up, record_name, record_value
from interview_stream.server.accounts.joining import domain_of
from interview_stream.server.accounts.models import Domain
from interview_stream.server.accounts.public_mail_domains import PUBLIC_MAIL_DOMAINS
from interview_stream.server.accounts.recent_sign_in import require_recent_sign_in
from interview_stream.server.accounts.schemas import DomainOut
from interview_stream.server.accounts.tasks import send_domain_news
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.problems import Conflict, Invalid, Unavailable
from interview_stream.server.live import query

log = logging.getLogger(__name__)
MOST = 20
_LABELS = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
TAKEN = "Another organisation on this server has shown that this domain is theirs. Ask them to remove it there."


@query("domains.list")
def list_domains(actor: Actor) -> list[DomainOut]:
    """By name; nobody but owners and admins sees any."""
    member_among(actor)
    return [
        DomainOut(
            id=each.pk,
            name=each.name,
            record_name=record_name(each.name),
            record_value=record_value(each.token),
            verified_at=each.verified_at,
            checked_at=each.checked_at,
            missing_since=each.missing_since,
        )
        for each in Domain.objects.visible_to(actor).order_by("name")
    ]


@transaction.atomic
def add_domain(actor: Actor, *, name: str) -> None:
    """It lets nobody in until `verify_domain` has found its record."""
    member = admin_among(actor)
    domain = domain_of(name)
    if not _LABELS.fullmatch(domain):
        raise Invalid.value("name", "This is no domain. It looks like example.org.")
    if domain in PUBLIC_MAIL_DOMAINS:
        raise Invalid.value("name", "Everybody can have an address there. Invite people by their address instead.")
    own = Domain.objects.filter(organisation=member.organisation)
    if own.filter(name=domain).exists():
        raise Invalid.value("name", "This domain is in the list already.")
    if own.count() >= MOST:
        raise Conflict(f"An organisation has at most {MOST} domains. Remove one first.", slug="too-many-domains")
    Domain.objects.create(organisation=member.organisation, name=domain, token=secrets.token_urlsafe(24))
    record(member.organisation, member.user, Act.DOMAIN_ADDED, subject=domain)


def verify_domain(actor: Actor, *, domain_id: UUID) -> None:
    """Looks for the record now. Asks for a recent sign-in, because others get in by it."""
    admin_among(actor)
    member = require_recent_sign_in(actor)
    domain = Domain.objects.editable_by(actor).one(domain_id)
    found = look_up(domain.name, domain.token)
    if found is Found.UNKNOWN:
        raise Unavailable("The DNS did not answer. Try again in a moment.", slug="dns-unavailable")
    if found is Found.MISSING:
        raise Conflict(
            "The record is not there yet. It can take an hour until the DNS shows what was set.", slug="record-missing"
        )
    now = timezone.now()
    try:
        with transaction.atomic():
            changed = Domain.objects.editable_by(actor).filter(pk=domain_id)
            changed.update(verified_at=domain.verified_at or now, checked_at=now, missing_since=None)
            if domain.verified_at is None:
                record(member.organisation, member.user, Act.DOMAIN_VERIFIED, subject=domain.name)
    except IntegrityError:
        raise Conflict(TAKEN, slug="domain-taken") from None


@transaction.atomic
def remove_domain(actor: Actor, *, domain_id: UUID) -> None:
    """Who joined by it stays."""
    member = admin_among(actor)
    domain = Domain.objects.editable_by(actor).one(domain_id)
    domain.delete()
    record(member.organisation, member.user, Act.DOMAIN_REMOVED, subject=domain.name)


@job("Look whether domains still have their records")
def check_domains() -> None:
    """A record that is gone is told of first; days later the domain lets nobody in any more.

    A DNS that fails says nothing, but when it has done so for as many days the record counts as gone.
    """
    for domain in Domain.objects.filter(verified_at__isnull=False):
        found = look_up(domain.name, domain.token)
        heard_at = domain.checked_at or domain.created_at
        if found is not Found.UNKNOWN or heard_at + _grace() <= timezone.now():
            _take_note(domain.pk, found)


def _grace() -> timedelta:
    return timedelta(days=settings.ENVIRONMENT.domain_days)


@transaction.atomic
def _take_note(domain_id: UUID, found: Found) -> None:
    domain = Domain.objects.select_for_update().filter(pk=domain_id, verified_at__isnull=False).first()
    if domain is None:
        return
    now = timezone.now()
    if found is not Found.UNKNOWN:
        domain.checked_at = now
    if found is Found.THERE:
        domain.missing_since = None
    elif domain.missing_since is None:
        domain.missing_since = now
        _tell(domain)
    elif domain.missing_since + _grace() <= now:
        domain.verified_at = None
        record(domain.organisation, None, Act.DOMAIN_LOST, subject=domain.name, by="Interview Stream")
        _tell(domain)
    domain.save()


def _tell(domain: Domain) -> None:
    lost = domain.verified_at is None
    for email in domain.organisation.memberships.in_charge().values_list("user__email", flat=True):
        send_domain_news.enqueue(str(domain.pk), email, lost)
