"""Ties kept answers into the product: forgets them after a day."""

from datetime import timedelta

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "interview_stream.server.idempotency"
    label = "idempotency"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.idempotency import tasks
        from interview_stream.server.lib.schedules import Every, schedule

        schedule(tasks.forget_kept_answers, Every(timedelta(hours=1)))
