"""Tells the accounts app how to find out whose key comes along."""

from django.apps import AppConfig


class ApiKeysConfig(AppConfig):
    name = "interview_stream.server.api_keys"
    label = "api_keys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interview_stream.server.accounts.actor import register_key_resolver
        from interview_stream.server.accounts.endings import on_access_change, on_account_end, on_lockdown
        from interview_stream.server.api_keys import actions, queries
        from interview_stream.server.api_keys.resolving import resolve_key

        register_key_resolver(resolve_key)
        on_access_change(actions.revoke_keys_of_former_member)
        on_lockdown(actions.revoke_all_keys)
        on_account_end(actions.delete_keys_of)
        assert queries  # registers the live query
