"""Writes the audit log, in the transaction of what it tells of."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core import context
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from interview_stream.server.accounts import audit_triggers
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Organisation, User


class Act(StrEnum):
    """What the log tells of; the part before the dot is what the log can be filtered by."""

    LOCKED_DOWN = "installation.locked-down"
    FACTORS_RESET = "installation.factors-reset"
    OPERATOR_MADE = "installation.operator-made"
    OPERATOR_REMOVED = "installation.operator-removed"
    ACCOUNT_DISABLED = "installation.account-disabled"
    ACCOUNT_ENABLED = "installation.account-enabled"
    SESSIONS_ENDED = "installation.sessions-ended"
    SIGNED_IN = "account.signed-in"
    SIGNED_OUT = "account.signed-out"
    SIGN_IN_REFUSED = "account.sign-in-refused"
    SIGN_IN_LOCKED = "account.sign-in-locked"
    ORGANISATION_CREATED = "organisation.created"
    ORGANISATION_RENAMED = "organisation.renamed"
    ORGANISATION_CHANGED = "organisation.changed"
    ORGANISATION_DELETED = "organisation.deleted"
    ORGANISATION_KEPT = "organisation.kept"
    DOMAIN_ADDED = "organisation.domain-added"
    DOMAIN_VERIFIED = "organisation.domain-verified"
    DOMAIN_REMOVED = "organisation.domain-removed"
    DOMAIN_LOST = "organisation.domain-lost"
    OWNERSHIP_TRANSFERRED = "organisation.ownership-transferred"
    MEMBER_JOINED = "member.joined"
    MEMBER_ROLE_CHANGED = "member.role-changed"
    MEMBER_REMOVED = "member.removed"
    MEMBER_LEFT = "member.left"
    PASSWORD_CHANGED = "account.password-changed"  # noqa: S105 - names an act
    PASSWORD_RESET = "account.password-reset"  # noqa: S105 - names an act
    PROVIDER_CONNECTED = "account.provider-connected"
    ADDRESS_ADDED = "account.address-added"
    ADDRESS_PROVEN = "account.address-proven"
    ADDRESS_CHANGED = "account.address-changed"
    ADDRESS_REMOVED = "account.address-removed"
    ACCOUNT_DELETED = "account.deleted"
    FACTOR_ADDED = "account.factor-added"
    FACTOR_REMOVED = "account.factor-removed"
    RECOVERY_CODES_MADE = "account.recovery-codes-made"
    RECOVERY_CODE_USED = "account.recovery-code-used"
    SESSION_REVOKED = "account.session-revoked"
    INVITATION_SENT = "invitation.sent"
    INVITATION_RESENT = "invitation.resent"
    INVITATION_REVOKED = "invitation.revoked"
    KIT_CREATED = "kit.created"
    KIT_CHANGED = "kit.changed"
    KIT_ARCHIVED = "kit.archived"
    KIT_RESTORED = "kit.restored"
    CANDIDATE_CREATED = "candidate.created"
    CANDIDATE_CHANGED = "candidate.changed"
    CANDIDATES_MERGED = "candidate.merged"
    DECIDED = "evaluation.decided"
    DECISION_REOPENED = "evaluation.reopened"
    SUMMARY_DOWNLOADED = "evaluation.downloaded"
    FEEDBACK_SENT = "evaluation.feedback-sent"
    FEEDBACK_REVOKED = "evaluation.feedback-revoked"
    AUDIT_EXPORTED = "audit.exported"
    FILE_ADDED = "file.added"
    FILE_REMOVED = "file.removed"
    CALL_MUTED = "call.muted"
    CALL_REMOVED = "call.removed"
    CALL_READMITTED = "call.readmitted"
    RECORDINGS_ERASED = "retention.recordings-erased"
    CANDIDATES_ERASED = "retention.candidates-erased"
    KEY_MADE = "api-key.made"
    KEY_REVOKED = "api-key.revoked"
    JOB_RETRIED = "job.retried"
    JOB_DISCARDED = "job.discarded"


ERASED = "(erased)"
"""What stands in the log where a candidate was named who has been erased."""
OPERATOR = "The operator"
"""Whoever works on the server itself; the command line knows no account of theirs."""


def operator_named(user: User) -> str:
    """As the log of an organisation names somebody who acts there as an operator, and perhaps is no member of it."""
    return f"{user.name or user.email} (operator)"


def record(
    organisation: Organisation,
    user: User | None,
    act: Act,
    *,
    subject: str = "",
    detail: str = "",
    by: str = "",
    address: str | None = None,
    at: datetime | None = None,
    about: UUID | None = None,
) -> None:
    """`by` names who did it when that is nobody with an account; `address` and `at` are of now unless given.

    Whatever names a candidate says by `about` which candidate or interview that is.
    """
    AuditEvent.objects.create(
        organisation=organisation,
        user=user,
        user_name=f"{user.name}{_by_key()}"[:254] if user else by,
        action=act,
        subject=subject[:254],
        detail=detail[:254],
        address=address or _client_address(),
        at=at or timezone.now(),
        about=about,
    )


@transaction.atomic
def forget_names(about: Iterable[UUID]) -> None:
    """Of candidates and interviews that are erased: who did what stays, and to whom does not."""
    found: QuerySet[AuditEvent] = QuerySet(AuditEvent).filter(about__in=list(about)).exclude(subject=ERASED, detail="")
    if found.exists():
        with audit_triggers.let_go(audit_triggers.LET_NAMES_GO):
            found.update(subject=ERASED, detail="")


def follow_merge(kept: UUID, other: UUID) -> None:
    """What was said of either is forgotten with the one who stays."""
    QuerySet(AuditEvent).filter(about=other).update(about=kept)


def record_for(
    user: User, act: Act, *, detail: str = "", address: str | None = None, at: datetime | None = None
) -> None:
    """What somebody did with their own account is told in each of their organisations."""
    for organisation in Organisation.objects.filter(memberships__user=user):
        record(organisation, user, act, subject=user.email, detail=detail, address=address, at=at)


def _by_key() -> str:
    """What a program did in somebody's name is told apart from what they did themselves."""
    actor = getattr(context.request, "actor", None)
    return f" (API key {actor.key_name})" if isinstance(actor, Member) and actor.key_name else ""


def _client_address() -> str | None:
    """Of the request being answered, where there is one: the worker and the command line have none."""
    return address_of(context.request) if context.request is not None else None


def address_of(request: HttpRequest) -> str | None:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return None
