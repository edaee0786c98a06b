"""Ties retention into the product: what is due goes at night, on the organisation's own clock."""

from datetime import time

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "interview_stream.server.retention"
    label = "retention"

    def ready(self) -> None:
        from interview_stream.server.lib.schedules import Daily, schedule
        from interview_stream.server.retention import queries, tasks

        schedule(tasks.erase_what_is_due, Daily(time(3, 0)), tasks.organisations_that_erase)
        assert queries  # registers the live queries
