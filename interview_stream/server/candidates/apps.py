"""Ties candidates into the product: registers what of them can be watched."""

from django.apps import AppConfig


class CandidatesConfig(AppConfig):
    name = "interview_stream.server.candidates"
    label = "candidates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.candidates import queries

        assert queries  # registers the live queries
