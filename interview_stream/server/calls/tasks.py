"""What the worker does for calls: keeps rows and rooms in step when an event was lost, and forgets old rows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from interview_stream.server.calls import actions, engine, seats
from interview_stream.server.calls.models import Call, HandledEvent, Room
from interview_stream.server.calls.schemas import KnockState
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.interviews.states import OVER
from interview_stream.server.lib.jobs import job

GRACE = timedelta(seconds=60)
"""How long a call may have no room: a restarted engine has none until people are back."""
SEEN_EVERY = timedelta(seconds=30)
KEEP = timedelta(days=7)
"""How long it is remembered that an event was handled."""


def reconcile_calls() -> None:
    """The engine's rooms are the truth; its events are only the quick way to learn of it."""
    try:
        rooms = engine.list_rooms()
    except engine.EngineUnavailable:
        return  # what cannot be reached is not empty
    now = timezone.now()
    _note_seen(rooms, now)
    _end_calls_without_room(rooms, now)
    _open_calls_of_rooms(rooms, now)
    _put_out_unseated(rooms)


def _note_seen(rooms: Mapping[str, str], now: datetime) -> None:
    seen = Room.objects.filter(sid__in=rooms.values(), seen_at__lt=now - SEEN_EVERY)
    if seen.exists():  # most passes write nothing
        seen.update(seen_at=now)


def _end_calls_without_room(rooms: Mapping[str, str], now: datetime) -> None:
    for call in Call.objects.filter(ended_at__isnull=True):
        if str(call.interview_id) in rooms:
            if call.missing_since is not None:
                Call.objects.filter(id=call.id).update(missing_since=None)
        elif call.missing_since is None:
            Call.objects.filter(id=call.id).update(missing_since=now)
        elif now - call.missing_since > GRACE:
            actions.end_call(call, at=call.missing_since)


def _open_calls_of_rooms(rooms: Mapping[str, str], now: datetime) -> None:
    known = set(
        Room.objects.filter(sid__in=rooms.values())
        .exclude(call__interview__state__in=OVER)
        .values_list("sid", flat=True)
    )
    for name, sid in rooms.items():
        interview_id = _uuid(name)
        if sid in known or interview_id is None:
            continue
        with transaction.atomic():
            interview = Interview.objects.select_for_update().filter(id=interview_id).first()
            if interview is not None:
                actions.open_call(interview, room_sid=sid, at=now)


def _put_out_unseated(rooms: Mapping[str, str]) -> None:
    ids = [interview_id for interview_id in map(_uuid, rooms) if interview_id is not None]
    sent_away = Q(link_version__gt=1) | Q(knocks__state__in=[KnockState.REMOVED, KnockState.BARRED])
    found = Invitation.objects.filter(sent_away, interview_id__in=ids)
    for interview_id in found.values_list("interview_id", flat=True).distinct():
        actions.put_out_unseated(interview_id)


@job("Forget who held a seat in past calls")
def forget_old_seats() -> None:
    seats.forget_old_seats()


@job("Forget which events of the media engine were handled")
def forget_handled_events() -> None:
    HandledEvent.objects.filter(handled_at__lt=timezone.now() - KEEP).delete()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
