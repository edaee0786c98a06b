"""Ties pictures into the product: registers what may be sent, and what goes with an account."""

from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "interview_stream.server.pictures"
    label = "pictures"

    def ready(self) -> None:
        from interview_stream.server.accounts.endings import on_account_end
        from interview_stream.server.files.purposes import register_purpose
        from interview_stream.server.pictures import actions, queries

        for purpose in actions.PURPOSES:
            register_purpose(purpose)
        on_account_end(actions.forget_picture_of)
        assert queries  # registers the live query
