"""Ties evaluations into the product: registers what of them can be watched."""

from datetime import timedelta

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "interview_stream.server.evaluations"
    label = "evaluations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.endings import on_access_change, on_account_end
        from interview_stream.server.evaluations import actions, queries, tasks
        from interview_stream.server.lib.schedules import Every, schedule

        on_access_change(actions.follow_access)
        on_account_end(actions.delete_unshared_of)
        schedule(tasks.remind_of_scorecards, Every(timedelta(minutes=15)))
        assert queries  # registers the live queries
