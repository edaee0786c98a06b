"""Who has to be told what by e-mail: compares what each address was told last with what is true now."""

import hashlib
import json
from dataclasses import dataclass

from django.utils import timezone

from interview_stream.server.accounts.models import User
from interview_stream.server.interviews import states
from interview_stream.server.interviews.calendar import Method
from interview_stream.server.interviews.links import link_url, observer_url
from interview_stream.server.interviews.models import Interview, Notice, Observer
from interview_stream.server.interviews.schemas import InterviewState
from interview_stream.server.lib.prefetching import rows_by


@dataclass(frozen=True, kw_only=True)
class Reader:
    address: str
    name: str
    user: User | None
    """None for a guest."""
    observer: Observer | None = None


def tell(interview: Interview) -> None:
    """At the end of a transaction that may have changed what people's calendars should show."""
    from interview_stream.server.interviews.tasks import send_notice

    if _is_past(interview):
        return
    wanted = {reader.address: (reader, _digest(interview, reader)) for reader in readers_of(interview)}
    told = {notice.address: notice for notice in rows_by(Notice, "interview", [interview.pk])}
    fresh: list[Notice] = []
    # Once everybody who held it has left, the candidate hears who will be there when somebody is.
    is_held = bool(wanted) and interview.assignments.exists()
    for address, (reader, digest) in wanted.items():
        last = told.get(address)
        if is_held and (last is None or last.method == Method.CANCEL or last.digest != digest):
            assert interview.scheduled_for
            fresh.append(
                Notice(
                    interview=interview,
                    address=address,
                    name=reader.name,
                    user=reader.user,
                    observer=reader.observer,
                    method=Method.REQUEST,
                    digest=digest,
                    start=interview.scheduled_for,
                    is_update=last is not None and last.method == Method.REQUEST,
                )
            )
    for address, last in told.items():
        if address not in wanted and last.method == Method.REQUEST:
            # At the time that this reader knows of.
            same = {"name": last.name, "user": last.user, "observer": last.observer, "start": last.start}
            fresh.append(Notice(interview=interview, address=address, method=Method.CANCEL, **same))
    if not fresh:
        return
    if told:
        interview.calendar_sequence += 1
        interview.save(update_fields=["calendar_sequence"])
    for notice in fresh:
        notice.sequence = interview.calendar_sequence
        notice.save()
        send_notice.enqueue(notice.pk)


def _is_past(interview: Interview) -> bool:
    """What was held, or missed, stays in the calendars as it was."""
    if interview.state in states.OVER - {InterviewState.CANCELLED}:
        return True
    return interview.ends_at is not None and interview.ends_at <= timezone.now()


def readers_of(interview: Interview) -> list[Reader]:
    """Nobody for what has no time, or was cancelled; an address that is there twice is the candidate's."""
    if interview.scheduled_for is None or interview.state == InterviewState.CANCELLED:
        return []
    invitation = interview.invitation
    candidate = [Reader(address=invitation.email, name=invitation.name, user=None)] if invitation.email else []
    assignments = interview.assignments.select_related("user")
    members = [Reader(address=each.user.email, name=each.user.name, user=each.user) for each in assignments]
    watching = interview.observers.present().exclude(email="").select_related("user")
    observers = [Reader(address=each.email, name=each.name, user=each.user, observer=each) for each in watching]
    return [*observers, *members, *candidate]


def _link_of(interview: Interview, reader: Reader) -> str:
    """What is personal of the message: a guest's link, or what members are told of the candidate."""
    if reader.user is not None:
        return interview.invitation.name
    return link_url(interview.invitation) if reader.observer is None else observer_url(reader.observer)


def _digest(interview: Interview, reader: Reader) -> str:
    """Of everything that the message says."""
    said = [
        interview.title,
        interview.scheduled_for.isoformat() if interview.scheduled_for else None,
        interview.duration_minutes,
        interview.time_zone,
        interview.description,
        sorted(interview.assignments.values_list("user_id", flat=True)),
        _link_of(interview, reader),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
