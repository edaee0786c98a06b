"""What follows from signing in and from changes of an account: the audit log, ended sessions, e-mails."""

import json
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from interview_stream.server.accounts.attempts import ways_taken
from interview_stream.server.accounts.audit import Act, record_for
from interview_stream.server.accounts.devices import device_of
from interview_stream.server.accounts.endings import announce_session_end
from interview_stream.server.accounts.factors import Factors, step_of
from interview_stream.server.accounts.known_devices import meet
from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.proving import start_afresh
from interview_stream.server.accounts.recent_sign_in import SECOND_FACTORS
from interview_stream.server.accounts.remembering import follow_wish
from interview_stream.server.accounts.sessions import end_all_sessions


@receiver(account.user_logged_in)
def _signed_in(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    follow_wish(request)
    meet(request, user)
    device, ways = device_of(request), ways_taken(request, user)
    record_for(user, Act.SIGNED_IN, detail=f"{device}, by {ways}" if ways else device)


@receiver(post_delete, sender=Session)
def _session_gone(sender: object, instance: Session, **_: Any) -> None:
    """Signing out, being put out, a new password and old age all delete the session's row."""
    announce_session_end(instance.session_key)


@receiver([account.password_changed, account.password_set])
def _password_changed(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever knew the old one is put out; the browser that changed it stays."""
    end_other_sessions(request, user)
    record_for(user, Act.PASSWORD_CHANGED)


@receiver(account.password_reset)
def _password_reset(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever is signed in may be the reason for it."""
    end_all_sessions(user)
    record_for(user, Act.PASSWORD_RESET)


@receiver(account.email_confirmed)
def _address_proven(sender: object, request: HttpRequest, email_address: EmailAddress, **_: Any) -> None:
    """A code to sign in or for a new password came back to an address that was unverified until now."""
    try:
        start_afresh(email_address.user, email_address.email, request)
    except Exception:
        # Verified but with all else left in place is what must never be.
        EmailAddress.objects.filter(pk=email_address.pk).update(verified=False)
        raise


@receiver(mfa.authenticator_added)
def _factor_added(sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Adding a factor proves that one has it, so the session counts as confirmed by it."""
    if authenticator.type == Authenticator.Type.TOTP:
        _spend_first_code(request, authenticator)
    if authenticator.type in SECOND_FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)
        record_for(user, Act.FACTOR_ADDED, detail=factor_name(authenticator))
    else:
        record_for(user, Act.RECOVERY_CODES_MADE)


def _spend_first_code(request: HttpRequest, authenticator: Authenticator) -> None:
    """The code that showed the app to be set up lets nobody in again."""
    secret = Factors().decrypt(authenticator.data["secret"])
    authenticator.data["last_step"] = step_of(secret, json.loads(request.body)["code"]) or 0
    authenticator.save(update_fields=["data"])


@receiver(mfa.authenticator_removed)
def _factor_removed(sender: object, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type in SECOND_FACTORS:
        record_for(user, Act.FACTOR_REMOVED, detail=factor_name(authenticator))


@receiver(mfa.authenticator_reset)
def _codes_made(sender: object, user: User, **_: Any) -> None:
    record_for(user, Act.RECOVERY_CODES_MADE)


@receiver(mfa.authenticator_used)
def _factor_used(sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Recovery codes are for emergencies, so each use is told."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record_for(user, Act.RECOVERY_CODE_USED)
        get_adapter(request).send_notification_mail("mfa/email/recovery_code_used", user)


def factor_name(authenticator: Authenticator) -> str:
    if authenticator.type == Authenticator.Type.TOTP:
        return "authenticator app"
    return f"passkey {authenticator.data['name']}"
