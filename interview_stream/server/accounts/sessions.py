"""Sessions: who is behind one, which ones a person has, and ending them.

A session that ends takes its live queries along: the actor behind a WebSocket is found anew for each of them.
"""

import logging
from importlib import import_module
from typing import Any, ClassVar, Self

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import OperationalError, models, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from interview_stream.server.accounts.actor import Actor, Member, actor_from, member_among
from interview_stream.server.accounts.audit import Act, record_for
from interview_stream.server.accounts.models import User
from interview_stream.server.accounts.recent_sign_in import require_recent_sign_in
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.problems import Answer, NotFound
from interview_stream.server.live.registry import Credentials

log = logging.getLogger(__name__)

SEEN_EVERY_S = 60
"""A write for each request would make reading as slow as the disk."""


class OwnSessionQuerySet(models.QuerySet["OwnSession"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, of those that still let somebody in."""
        if not isinstance(actor, Member):
            return self.none()
        alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
        return self.filter(user=actor.user, session_key__in=alive)

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)


class OwnSession(UserSession):
    """allauth's note of a session, under our access rule."""

    objects: ClassVar[Any] = OwnSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        app_label = "accounts"


def actor_behind(credentials: Credentials) -> Actor:
    if credentials.guest_token is not None or credentials.session_key is None:
        return actor_from(credentials.guest_token, None)
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(credentials.session_key)
    return actor_from(None, _user_behind(session), session)


def _user_behind(session: SessionBase) -> User | None:
    """As `django.contrib.auth.get_user`, which would delete a session that an older password began.

    Live queries are read from a snapshot, where nothing can be written.
    """
    user = User.objects.filter(pk=session.get(SESSION_KEY, "0")).first()
    if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return user


@transaction.atomic
def revoke_session(actor: Actor, *, session_id: int) -> None:
    member = member_among(actor)
    session = OwnSession.objects.editable_by(actor).filter(pk=session_id).first()
    if session is None:
        raise NotFound("There is no such session.")
    session.end()
    record_for(member.user, Act.SESSION_REVOKED, detail=session.ip)


@transaction.atomic
def revoke_other_sessions(actor: Actor) -> None:
    """Needs a recent sign-in, or whoever finds a browser open could put its owner out everywhere else."""
    member = require_recent_sign_in(actor)
    others = OwnSession.objects.editable_by(actor).exclude(session_key=member.session_key)
    for session in others:
        session.end()
        record_for(member.user, Act.SESSION_REVOKED, detail=session.ip)


def end_all_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


@job("Forget sessions that have ended")
def forget_old_sessions() -> None:
    """Nothing else deletes the rows of a session that nobody ended."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def _note(request: HttpRequest) -> None:
    try:
        UserSession.objects.create_from_request(request)
    except OperationalError as error:
        # A full disk must not keep people from reading.
        log.warning("When a session was seen could not be kept: %s", error)


def note_activity(get_response: Answer) -> Answer:
    """Django middleware: keeps when and from where each session was last seen, once a minute."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        key = request.session.session_key
        # Only where somebody asked who it is: a page's files need no look into the database.
        if key and hasattr(request, "_cached_user") and request.user.is_authenticated:
            seen = f"seen:{key}:{request.META.get('REMOTE_ADDR')}"
            if caches["process"].add(seen, True, SEEN_EVERY_S):
                _note(request)
        return response

    return middleware
