"""Ties interviews into the product: lets personal links speak for their holders."""

from datetime import timedelta

from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "interview_stream.server.interviews"
    label = "interviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.actor import register_guest_resolver
        from interview_stream.server.accounts.endings import on_access_change, on_account_end, on_lockdown
        from interview_stream.server.files.purposes import register_purpose
        from interview_stream.server.interviews import (
            attachments,
            candidacy,
            listing,
            queries,
            reminders,
            rounds,
            slots,
        )
        from interview_stream.server.interviews.former_members import follow_access, let_go
        from interview_stream.server.interviews.links import resolve_guest
        from interview_stream.server.interviews.lockdown import end_all_links
        from interview_stream.server.lib.schedules import Every, schedule

        register_guest_resolver(resolve_guest)
        on_access_change(follow_access)
        on_account_end(let_go)
        on_lockdown(end_all_links)
        for purpose in attachments.PURPOSES:
            register_purpose(purpose)
        schedule(reminders.remind_of_starts, Every(timedelta(minutes=1)))
        assert candidacy  # follows what is corrected
        assert listing and queries and rounds and slots  # registers the live queries
