"""Tells the accounts app how to find out whose key comes along."""

from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    name = "interview_stream.server.api_keys"
    label = "api_keys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.actor import register_key_resolver
        from interview_stream.server.api_keys import queries
        from interview_stream.server.api_keys.resolving import resolve_key

        register_key_resolver(resolve_key)
        assert queries  # registers the live query
