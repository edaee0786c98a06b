"""Registers the accounts app, tells live queries how to find out who asks, and takes over checking typed codes."""

from datetime import timedelta

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "interview_stream.server.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.totp.internal import auth as totp
        from django.db.models.signals import post_migrate

        from interview_stream.server.accounts import audit_triggers, domains, known_devices, limits, organisations
        from interview_stream.server.accounts import signals as signals  # connects its receivers
        from interview_stream.server.accounts.actor import name_of
        from interview_stream.server.accounts.factors import OneTimeTOTP
        from interview_stream.server.accounts.sessions import actor_behind, forget_old_sessions
        from interview_stream.server.lib import chores
        from interview_stream.server.lib.schedules import Every, schedule
        from interview_stream.server.live.registry import register_actor_resolver

        limits.install()
        schedule(known_devices.forget_old_devices, Every(timedelta(days=1)))
        schedule(domains.check_domains, Every(timedelta(hours=24)))
        schedule(limits.forget_old_attempts, Every(timedelta(hours=1)))
        register_actor_resolver(actor_behind, name_of)
        schedule(forget_old_sessions, Every(timedelta(hours=1)))
        schedule(organisations.erase_organisations, Every(timedelta(hours=1)))
        chores.every(60.0)(organisations.end_worn_out_sessions)
        post_migrate.connect(audit_triggers.keep, sender=self)
        # allauth has no setting for it: what checks a typed code is taken from here (models.Authenticator.wrap).
        totp.TOTP = OneTimeTOTP  # type: ignore[misc]
