"""Ties kits into the product: registers their live queries."""

from django.apps import AppConfig


class KitsConfig(AppConfig):
    name = "interview_stream.server.kits"
    label = "kits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.kits import queries

        assert queries  # registers the live queries
