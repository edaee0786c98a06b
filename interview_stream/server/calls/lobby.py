"""The room of somebody who gets ready: nobody else is in it, and the engine moves them into the call from there.

So that their connection stands before they go in. Nothing of the call is in that room, and no seat is taken for it:
whoever may not join yet may wait there as well.
"""

from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

from django.conf import settings

from interview_stream.server.accounts.actor import Actor, Nobody
from interview_stream.server.calls import engine
from interview_stream.server.calls.schemas import LobbyOut
from interview_stream.server.calls.seats import identity_of
from interview_stream.server.interviews import states
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import Act
from interview_stream.server.lib.bounds import Bound
from interview_stream.server.lib.problems import Unauthenticated

# Each is a connection to the engine, for as long as a page is open.
LOBBIES = Bound(
    of="lobby",
    times=30,
    window=timedelta(minutes=10),
    refusal="The call was prepared many times. It can be joined all the same.",
)


def open_lobby(actor: Actor, *, interview_id: UUID, origin: str) -> LobbyOut | None:
    """None where the engine is LiveKit's own server, which moves nobody. `origin` as for joining."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to join.")
    interview = Interview.objects.visible_to(actor).one(interview_id)
    states.after(interview.state, Act.JOIN)
    if settings.ENVIRONMENT.livekit_url:
        return None
    identity = identity_of(actor)
    LOBBIES.count(identity)
    lobby = token_urlsafe(12)
    token = engine.sign_lobby_token(room_of(interview.id, lobby), identity)
    return LobbyOut(url=engine.browser_url(origin), token=token, lobby=lobby)


def room_of(interview_id: UUID, lobby: str) -> str:
    """By its beginning the engine knows where the call is. It is no id, so no event of it concerns anybody."""
    return f"{interview_id}~{lobby}"
