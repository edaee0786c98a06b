"""HTTP door of what goes on inside a room: its floor, and what interviewers do to others in it."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.calls import floor, happenings, hosting, queries
from interview_stream.server.calls.schemas import (
    AskAnswerIn,
    AskIn,
    ClockIn,
    FloorOut,
    FocusIn,
    HandIn,
    HappeningOut,
    MuteIn,
    ReactionIn,
    RemoveIn,
)

router = Router(tags=["calls"])


@router.get("/interviews/{uuid:interview_id}/floor", response=FloorOut)
def get_floor(request: HttpRequest, interview_id: UUID) -> FloorOut:
    return queries.get_floor(actor_of(request), interview_id=interview_id)


@router.get("/interviews/{uuid:interview_id}/happenings", response=list[HappeningOut])
def list_happenings(request: HttpRequest, interview_id: UUID) -> list[HappeningOut]:
    """Raised hands, requests, and what interviewers did to others in all calls of the interview, the oldest first."""
    return happenings.list_happenings(actor_of(request), interview_id=interview_id)


@router.put("/interviews/{uuid:interview_id}/hand", response={204: None})
def raise_hand(request: HttpRequest, interview_id: UUID, body: HandIn) -> Status[None]:
    """One's own."""
    floor.raise_hand(actor_of(request), interview_id=interview_id, raised=body.raised)
    return Status(204, None)


@router.delete("/interviews/{uuid:interview_id}/hands/{int:hand_id}", response={204: None})
def lower_hand(request: HttpRequest, interview_id: UUID, hand_id: int) -> Status[None]:
    floor.lower_hand(actor_of(request), interview_id=interview_id, hand_id=hand_id)
    return Status(204, None)


@router.post("/interviews/{uuid:interview_id}/reactions", response={204: None})
def react(request: HttpRequest, interview_id: UUID, body: ReactionIn) -> Status[None]:
    floor.react(actor_of(request), interview_id=interview_id, kind=body.kind)
    return Status(204, None)


@router.post("/interviews/{uuid:interview_id}/focus", response={204: None})
def begin_focus(request: HttpRequest, interview_id: UUID, body: FocusIn) -> Status[None]:
    """From now on nothing of the candidate is sent, until the time is over or somebody ends it."""
    floor.begin_focus(actor_of(request), interview_id=interview_id, minutes=body.minutes)
    return Status(204, None)


@router.delete("/interviews/{uuid:interview_id}/focus", response={204: None})
def end_focus(request: HttpRequest, interview_id: UUID) -> Status[None]:
    floor.end_focus(actor_of(request), interview_id=interview_id)
    return Status(204, None)


@router.put("/interviews/{uuid:interview_id}/clock", response={204: None})
def show_clock(request: HttpRequest, interview_id: UUID, body: ClockIn) -> Status[None]:
    """Whether the candidate sees the time that is left."""
    floor.show_clock(actor_of(request), interview_id=interview_id, shown=body.shown)
    return Status(204, None)


@router.post("/interviews/{uuid:interview_id}/mute", response={204: None})
def mute_participant(request: HttpRequest, interview_id: UUID, body: MuteIn) -> Status[None]:
    """Stop what somebody sends, until they go on themselves."""
    hosting.mute(actor_of(request), interview_id=interview_id, identity=body.identity, kind=body.kind)
    return Status(204, None)


@router.post("/interviews/{uuid:interview_id}/remove", response={204: None})
def remove_participant(request: HttpRequest, interview_id: UUID, body: RemoveIn) -> Status[None]:
    """Take the candidate or an observer out of the call."""
    actor = actor_of(request)
    hosting.remove(actor, interview_id=interview_id, identity=body.identity, may_return=body.may_return)
    return Status(204, None)


@router.post("/interviews/{uuid:interview_id}/readmit", response={204: None})
def readmit_candidate(request: HttpRequest, interview_id: UUID) -> Status[None]:
    """Let in a candidate who was refused or taken out, without another knock."""
    hosting.readmit(actor_of(request), interview_id=interview_id)
    return Status(204, None)


@router.post("/interviews/{uuid:interview_id}/asks", response={204: None})
def ask_participant(request: HttpRequest, interview_id: UUID, body: AskIn) -> Status[None]:
    """Ask somebody to unmute, to show themselves or to share their screen."""
    hosting.ask(actor_of(request), interview_id=interview_id, identity=body.identity, kind=body.kind)
    return Status(204, None)


@router.post("/asks/{int:ask_id}/answer", response={204: None})
def answer_ask(request: HttpRequest, ask_id: int, body: AskAnswerIn) -> Status[None]:
    floor.answer_ask(actor_of(request), ask_id=ask_id, accepted=body.accepted)
    return Status(204, None)
