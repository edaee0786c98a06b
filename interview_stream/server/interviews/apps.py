"""Ties interviews into the product: lets personal links speak for their holders."""

from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "interview_stream.server.interviews"
    label = "interviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.actor import register_guest_resolver
        from interview_stream.server.interviews import queries
        from interview_stream.server.interviews.links import resolve_guest

        register_guest_resolver(resolve_guest)
        assert queries  # registers the live queries
