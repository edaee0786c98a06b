"""HTTP door of calls: entering the room of an interview."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.calls import actions, consents, door, lobby, network_test, queries
from interview_stream.server.calls.schemas import (
    AnswerIn,
    ConsentIn,
    ConsentOut,
    DoorOut,
    JoinIn,
    JoinOut,
    LobbyOut,
    LockIn,
    NetworkTestOut,
    QuestionOut,
    SeatOut,
    WaitingOut,
)
from interview_stream.server.lib.idempotency import without_keys

router = Router(tags=["calls"])


@router.post("/interviews/{uuid:interview_id}/join", response=JoinOut)
@without_keys
def join_call(request: HttpRequest, interview_id: UUID, body: JoinIn | None = None) -> JoinOut:
    """A media token for this person and this interview. Also works while the media engine restarts."""
    came_from = body.lobby if body else None
    return actions.join_call(actor_of(request), interview_id=interview_id, origin=_origin(request), came_from=came_from)


@router.post("/interviews/{uuid:interview_id}/lobby", response=LobbyOut | None)
@without_keys
def open_lobby(request: HttpRequest, interview_id: UUID) -> LobbyOut | None:
    """A room for oneself, to be connected to the media engine before one joins; null where it moves nobody."""
    return lobby.open_lobby(actor_of(request), interview_id=interview_id, origin=_origin(request))


@router.get("/guest/recording-question", response=QuestionOut)
def get_recording_question(request: HttpRequest) -> QuestionOut:
    return queries.get_recording_question(actor_of(request))


@router.post("/guest/consent", response=QuestionOut)
def choose_consent(request: HttpRequest, body: ConsentIn) -> QuestionOut:
    """What of the candidate may be recorded from now on; a choice that takes back stops the capture at once."""
    actor = actor_of(request)
    consents.choose(actor, scope=body.scope, question=body.question)
    return queries.get_recording_question(actor)


@router.get("/interviews/{uuid:interview_id}/consents", response=list[ConsentOut])
def list_consents(request: HttpRequest, interview_id: UUID) -> list[ConsentOut]:
    return queries.list_consents(actor_of(request), interview_id=interview_id)


@router.get("/guest/seat", response=SeatOut)
def get_seat(request: HttpRequest) -> SeatOut:
    return queries.get_seat(actor_of(request))


@router.post("/guest/knock", response=SeatOut)
def knock(request: HttpRequest) -> SeatOut:
    """Ask to be let in; whoever waits asks again every 20 s, or counts as gone."""
    actor = actor_of(request)
    door.knock(actor)
    return queries.get_seat(actor)


@router.delete("/guest/knock", response=SeatOut)
def stop_knocking(request: HttpRequest) -> SeatOut:
    actor = actor_of(request)
    door.stop_knocking(actor)
    return queries.get_seat(actor)


@router.get("/waiting", response=list[WaitingOut])
def list_waiting(request: HttpRequest) -> list[WaitingOut]:
    """Who waits to be let into the interviews that one holds."""
    return queries.list_waiting(actor_of(request))


@router.get("/interviews/{uuid:interview_id}/door", response=DoorOut)
def get_door(request: HttpRequest, interview_id: UUID) -> DoorOut:
    return queries.get_door(actor_of(request), interview_id=interview_id)


@router.put("/interviews/{uuid:interview_id}/lock", response=DoorOut)
def lock_room(request: HttpRequest, interview_id: UUID, body: LockIn) -> DoorOut:
    actor = actor_of(request)
    door.lock_room(actor, interview_id=interview_id, locked=body.locked)
    return queries.get_door(actor, interview_id=interview_id)


@router.post("/knocks/{int:knock_id}/answer", response={204: None})
def answer_knock(request: HttpRequest, knock_id: int, body: AnswerIn) -> Status[None]:
    """Let somebody in, or not."""
    door.answer_knock(actor_of(request), knock_id=knock_id, admit=body.admit)
    return Status(204, None)


@router.post("/network-test", response=NetworkTestOut)
def begin_network_test(request: HttpRequest) -> NetworkTestOut:
    """Two short-lived seats in a room for nobody else, to see what the line to the media engine carries."""
    return network_test.begin_test(actor_of(request), origin=_origin(request))


def _origin(request: HttpRequest) -> str:
    """Behind a proxy that ends TLS only the public address tells that browsers speak https."""
    public_url: str = settings.ENVIRONMENT.public_url
    host = request.get_host()
    return public_url if urlsplit(public_url).netloc == host else f"{request.scheme}://{host}"
