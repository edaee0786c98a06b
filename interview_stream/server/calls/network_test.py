"""A trial of somebody's line before the call: two seats in a room of their own, which ends with the test."""

from datetime import timedelta
from uuid import uuid4

from interview_stream.server.accounts.actor import Actor, Nobody
from interview_stream.server.calls import engine
from interview_stream.server.calls.schemas import NetworkTestOut
from interview_stream.server.calls.seats import identity_of
from interview_stream.server.lib.bounds import Bound
from interview_stream.server.lib.problems import Unauthenticated

# Each costs the engine a few seconds of a call.
TESTS = Bound(
    of="network-test",
    times=10,
    window=timedelta(minutes=10),
    refusal="Your connection was tested many times. Wait a few minutes, then try again.",
)


def begin_test(actor: Actor, *, origin: str) -> NetworkTestOut:
    """One seat sends a made picture, the other receives it; nothing of a person is in it. `origin` as for joining."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to test your connection.")
    TESTS.count(identity_of(actor))
    # Not the id of an interview, so that no event of it concerns anybody.
    room = f"test-{uuid4()}"
    engine.open_test_room(room)
    return NetworkTestOut(
        url=engine.browser_url(origin),
        sender=engine.sign_test_token(room, "sender", sends=True),
        receiver=engine.sign_test_token(room, "receiver", sends=False),
    )
