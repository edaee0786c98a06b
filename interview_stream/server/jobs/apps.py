"""Ties background work into the product: keeps what failed, and forgets what is done."""

from datetime import timedelta

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "interview_stream.server.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.jobs import actions, queries, tasks
        from interview_stream.server.lib.jobs import on_giving_up
        from interview_stream.server.lib.schedules import Every, schedule

        on_giving_up(actions.keep)
        schedule(tasks.forget_done_jobs, Every(timedelta(hours=6)))
        assert queries  # registers the live queries
