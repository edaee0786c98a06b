"""Ties evaluations into the product: registers what of them can be watched."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "interview_stream.server.evaluations"
    label = "evaluations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.evaluations import queries

        assert queries  # registers the live queries
