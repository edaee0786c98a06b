"""What changes calls: entering the room, and what the engine's events say about it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from livekit.protocol.webhook import WebhookEvent

from interview_stream.server.accounts.actor import Actor, Guest, Member, Nobody
from interview_stream.server.calls import consents, door, engine, lobby, seats
from interview_stream.server.calls.models import Call, Room, present_call
from interview_stream.server.calls.schemas import CallRole, JoinOut
from interview_stream.server.interviews import states
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.observing import is_observed_by
from interview_stream.server.interviews.schemas import Act
from interview_stream.server.lib.problems import Unauthenticated

FORGOTTEN = timedelta(minutes=15)
"""After so long without a room, as when the machine was off, people who come are in another call."""


def join_call(actor: Actor, *, interview_id: UUID, origin: str, came_from: str | None = None) -> JoinOut:
    """`origin` is the address with which the browser reached us, so that signalling takes the same way.

    `came_from` is the lobby in which they are connected.
    """
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to join.")
    interview = Interview.objects.visible_to(actor).one(interview_id)
    states.after(interview.state, Act.JOIN)
    door.check_entry(actor, interview)
    name, role = _appearance(actor, interview)
    identity = seats.take_seat(interview, actor)
    person = engine.Entrant(identity=identity, name=name, role=role, scope=consents.asked_of(actor))
    token = engine.sign_join_token(str(interview.id), person)
    is_moved = came_from is not None and _move_in(interview.id, came_from, person)
    return JoinOut(
        url=engine.browser_url(origin), token=token, identity=identity, name=name, role=role, is_moved=is_moved
    )


def _move_in(interview_id: UUID, came_from: str, person: engine.Entrant) -> bool:
    """Out of a lobby of theirs, if they are there: the engine looks for this identity, whatever lobby was named."""
    is_moved = engine.move_in(lobby.room_of(interview_id, came_from), str(interview_id), person)
    if is_moved and not seats.is_held(interview_id, person.identity):
        # It was taken back before they were moved, so the engine was told before they were in the room.
        _put_out(interview_id, person.identity)
    return is_moved


def _appearance(actor: Member | Guest, interview: Interview) -> tuple[str, CallRole]:
    if isinstance(actor, Member):
        role = CallRole.OBSERVER if is_observed_by(interview, actor.user.pk) else CallRole.INTERVIEWER
        return actor.name, role
    return actor.name, CallRole.OBSERVER if actor.is_observer else CallRole.CANDIDATE


def note_call(interview: Interview, event: WebhookEvent) -> None:
    open_call(interview, room_sid=event.room.sid, at=_time_of(event))


def note_person(interview: Interview, event: WebhookEvent) -> None:
    """A cluster lets in whoever holds a token that has not expired, also when its reason has ended."""
    identity = event.participant.identity
    if _unseated(interview.id, [identity]):
        put_out_unseated_on_commit(interview.id)
    elif seats.is_unknown(interview.id, identity):
        transaction.on_commit(lambda: _put_out(interview.id, identity), robust=True)


def note_room_finished(interview: Interview, event: WebhookEvent) -> None:
    """The end of a room that another one has replaced says nothing about the present."""
    call = present_call(interview)
    if call is not None and _newest_room(call).sid == event.room.sid:
        end_call(call, at=_time_of(event))


@transaction.atomic
def open_call(interview: Interview, *, room_sid: str, at: datetime) -> None:
    """People are in the interview's room, which has this id."""
    if not states.can(interview.state, Act.OPEN_ROOM):
        close_room_on_commit(interview.id)
        return
    known = Room.objects.filter(sid=room_sid).select_related("call").first()
    if known is not None and known.call.ended_at is not None:
        return  # an event that came late
    if known is None:
        enter_room(interview, room_sid=room_sid, at=at)
    following = states.after(interview.state, Act.OPEN_ROOM)
    if interview.state != following:
        interview.state = following
        interview.save(update_fields=["state"])


def enter_room(interview: Interview, *, room_sid: str, at: datetime) -> Call:
    """Of a room that is not known yet: the call that goes on, for an engine that died tells nothing, or a new one."""
    call = present_call(interview)
    if call is not None and at - (seen_at := _newest_room(call).seen_at) > FORGOTTEN:
        # Not `end_call`: whoever comes now was let in by what it would forget.
        interview.calls.filter(pk=call.pk).update(ended_at=seen_at)
        call = None
    if call is None:
        call = Call.objects.create(interview=interview, started_at=at)
    call.rooms.create(sid=room_sid, seen_at=at)
    return call


def _newest_room(call: Call) -> Room:
    return call.rooms.latest("pk")


@transaction.atomic
def end_call(call: Call, *, at: datetime) -> None:
    """The room is empty. The interview can go on later, unless somebody ended it."""
    call.ended_at = at
    call.save(update_fields=["ended_at"])
    door.forget_admissions(call.interview_id)
    interview = Interview.objects.select_for_update().get(id=call.interview_id)
    if states.can(interview.state, Act.EMPTY_ROOM):
        interview.state = states.after(interview.state, Act.EMPTY_ROOM)
        interview.save(update_fields=["state"])


def close_room_on_commit(interview_id: UUID) -> None:
    transaction.on_commit(lambda: _close_room(interview_id), robust=True)


def close_rooms_of(organisation_id: UUID) -> None:
    """An organisation is being erased; nothing would close the rooms of its calls afterwards."""
    going_on = Call.objects.filter(interview__organisation_id=organisation_id, ended_at=None)
    for interview_id in going_on.values_list("interview_id", flat=True):
        close_room_on_commit(interview_id)


def _close_room(interview_id: UUID) -> None:
    # If it fails, reconcile_calls closes the room: an ended interview's is not to be open.
    with suppress(engine.EngineUnavailable):
        engine.close_room(str(interview_id))


def _put_out(interview_id: UUID, identity: str) -> None:
    with suppress(engine.EngineUnavailable):
        engine.put_out(str(interview_id), identity)


def end_link(interview_id: UUID) -> None:
    """The candidate's link was replaced: whoever holds the new one knocks, whoever came by the old one is put out."""
    door.forget_admissions(interview_id)
    put_out_unseated_on_commit(interview_id)


def empty_all_rooms() -> None:
    """Everybody's tokens are taken back; guests who come again knock again."""
    seats.revoke_all()
    for interview_id in Call.objects.filter(ended_at=None).values_list("interview_id", flat=True):
        end_link(interview_id)


def put_out_unseated_on_commit(interview_id: UUID) -> None:
    transaction.on_commit(lambda: put_out_unseated(interview_id), robust=True)


def put_out_unseated(interview_id: UUID) -> None:
    """Whoever is in the room without being let in by the newest link; if it fails, reconcile_calls tries again."""
    room = str(interview_id)
    with suppress(engine.EngineUnavailable):
        # The room first: whoever is in it by the newest link must not look old.
        for identity in _unseated(interview_id, engine.look_into(room).people):
            engine.put_out(room, identity)


def _unseated(interview_id: UUID, identities: Sequence[str]) -> list[str]:
    seated = door.seated_guests(interview_id)
    return [identity for identity in identities if identity.startswith(seats.GUEST) and identity not in seated]


def _time_of(event: WebhookEvent) -> datetime:
    return datetime.fromtimestamp(event.created_at, UTC) if event.created_at else timezone.now()
