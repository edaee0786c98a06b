"""Registers the accounts app, tells live queries how to find out who asks, and listens to what allauth does."""

from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest


class AccountsConfig(AppConfig):
    name = "interview_stream.server.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.account import signals
        from django.contrib.sessions.models import Session
        from django.db.models.signals import post_delete, post_migrate

        from interview_stream.server.accounts import audit_triggers
        from interview_stream.server.accounts.actor import name_of
        from interview_stream.server.accounts.sessions import actor_behind, forget_old_sessions
        from interview_stream.server.lib.schedules import Every, schedule
        from interview_stream.server.live.registry import register_actor_resolver

        register_actor_resolver(actor_behind, name_of)
        schedule(forget_old_sessions, Every(timedelta(hours=1)))
        post_migrate.connect(audit_triggers.keep, sender=self)
        post_delete.connect(_on_session_gone, sender=Session)
        signals.user_logged_in.connect(_on_signed_in)
        signals.password_changed.connect(_on_password_changed)
        signals.password_set.connect(_on_password_changed)
        signals.password_reset.connect(_on_password_reset)


def _on_session_gone(sender: object, instance: Any, **_: Any) -> None:
    """Signing out, being put out, a new password and old age all delete the session's row."""
    from interview_stream.server.accounts.endings import announce_session_end

    announce_session_end(instance.session_key)


def _on_password_changed(sender: object, request: HttpRequest, user: Any, **_: Any) -> None:
    """Whoever knew the old one is put out; the browser that changed it stays."""
    from allauth.usersessions.internal.flows.sessions import end_other_sessions

    from interview_stream.server.accounts.audit import Act, record_for

    end_other_sessions(request, user)
    record_for(user, Act.PASSWORD_CHANGED)


def _on_password_reset(sender: object, request: HttpRequest, user: Any, **_: Any) -> None:
    """Whoever is signed in may be the reason for it."""
    from interview_stream.server.accounts.audit import Act, record_for
    from interview_stream.server.accounts.sessions import end_all_sessions

    end_all_sessions(user)
    record_for(user, Act.PASSWORD_RESET)


def _on_signed_in(sender: object, request: HttpRequest, user: Any, **_: Any) -> None:
    from interview_stream.server.accounts.audit import Act, record_for
    from interview_stream.server.accounts.devices import device_name

    record_for(user, Act.SIGNED_IN, detail=device_name(request.headers.get("User-Agent", "")))
