"""Registers the live queries app, which notes what every database connection reads and writes."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "interview_stream.server.live"
    label = "live"

    def ready(self) -> None:
        from interview_stream.server.live import tracking

        tracking.install()
