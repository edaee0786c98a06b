"""Ties files into the product: registers what the worker sweeps."""

from datetime import timedelta

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "interview_stream.server.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.files import tasks
        from interview_stream.server.lib.schedules import Every, schedule

        schedule(tasks.sweep_uploads, Every(timedelta(hours=1)))
        schedule(tasks.sweep_orphans, Every(timedelta(hours=24)))
