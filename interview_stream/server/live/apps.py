"""Registers the live queries app, which notes what every database connection reads and writes."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "interview_stream.server.live"
    label = "live"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from interview_stream.server.live import postgresql, tracking

        tracking.install()
        post_migrate.connect(postgresql.make_triggers, sender=self)
