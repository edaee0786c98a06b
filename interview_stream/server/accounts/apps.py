"""Registers the accounts app, and tells live queries how to find out who asks."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "interview_stream.server.accounts"
    label = "accounts"

    def ready(self) -> None:
        from interview_stream.server.accounts.actions import forget_old_sessions
        from interview_stream.server.accounts.sessions import actor_behind
        from interview_stream.server.lib import chores
        from interview_stream.server.live.registry import register_actor_resolver

        register_actor_resolver(actor_behind)
        chores.every(3600.0)(forget_old_sessions)
