"""A trial of somebody's line before the call: two seats in a room of their own, which ends with the test."""

from datetime import timedelta
from uuid import uuid4

from django.core.cache import cache

from interview_stream.server.accounts.actor import Actor, Nobody
from interview_stream.server.calls import engine
from interview_stream.server.calls.schemas import NetworkTestOut
from interview_stream.server.calls.seats import identity_of
from interview_stream.server.lib.problems import TooManyRequests, Unauthenticated

TESTS_AT_ONCE = 10
"""Of one person within WINDOW: each costs the engine a few seconds of a call."""
WINDOW = timedelta(minutes=10)


def begin_test(actor: Actor, *, origin: str) -> NetworkTestOut:
    """One seat sends a made picture, the other receives it; nothing of a person is in it. `origin` as for joining."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to test your connection.")
    _count(identity_of(actor))
    # Not the id of an interview, so that no event of it concerns anybody.
    room = f"test-{uuid4()}"
    engine.open_test_room(room)
    return NetworkTestOut(
        url=engine.browser_url(origin),
        sender=engine.sign_test_token(room, "sender", sends=True),
        receiver=engine.sign_test_token(room, "receiver", sends=False),
    )


def _count(identity: str) -> None:
    key = f"network-test.{identity}"
    cache.add(key, 0, timeout=WINDOW.total_seconds())
    try:
        count = cache.incr(key)
    except ValueError:
        return  # it has just run out
    if count > TESTS_AT_ONCE:
        raise TooManyRequests("Your connection was tested many times. Wait a few minutes, then try again.")
