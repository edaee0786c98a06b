"""Finds the actor behind a WebSocket's credentials, anew each time, so that a right that was lost is noticed."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from interview_stream.server.accounts.actor import ORGANISATION_KEY, Actor, actor_from
from interview_stream.server.live.registry import Credentials


def actor_behind(credentials: Credentials) -> Actor:
    if credentials.guest_token is not None or credentials.session_key is None:
        return actor_from(credentials.guest_token, None)
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(credentials.session_key)
    return actor_from(None, get_user(request), request.session.get(ORGANISATION_KEY))
