"""Ties connections into the product."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "interview_stream.server.connections"
    label = "connections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.endings import on_account_end
        from interview_stream.server.calls import events
        from interview_stream.server.connections import actions, queries

        events.on_own("connections_sampled", "connections", actions.note_samples)
        on_account_end(actions.unname_person)
        assert queries  # registers the live queries
