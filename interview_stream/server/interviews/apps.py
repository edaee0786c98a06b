"""Ties interviews into the product: lets personal links speak for their holders, and unsent e-mails try again."""

from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "interview_stream.server.interviews"
    label = "interviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.actor import register_guest_resolver
        from interview_stream.server.interviews import queries, tasks
        from interview_stream.server.interviews.links import resolve_guest
        from interview_stream.server.lib import chores

        register_guest_resolver(resolve_guest)
        chores.every(60.0)(tasks.retry_notices)
        assert queries  # registers the live queries
