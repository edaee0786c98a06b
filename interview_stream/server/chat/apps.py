"""Ties chat into the product."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "interview_stream.server.chat"
    label = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.endings import on_account_end
        from interview_stream.server.chat import actions, queries

        on_account_end(actions.unname_author)
        assert queries  # registers the live queries
