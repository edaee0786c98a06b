"""What interviewers may do to others in a call: stop what they send, take them out, let them back in, ask politely."""

from uuid import UUID

from django.db import transaction

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.audit import Act
from interview_stream.server.calls import door, engine, floor, happenings, seats
from interview_stream.server.calls.models import Ask
from interview_stream.server.calls.schemas import AskState, DeviceKind, HappeningKind
from interview_stream.server.interviews.auditing import record_of
from interview_stream.server.interviews.models import Interview, Observer
from interview_stream.server.interviews.observing import is_observed_by, remove_observer
from interview_stream.server.lib.problems import Conflict, Forbidden, NotFound

SOURCES = {
    DeviceKind.MICROPHONE: ("microphone",),
    DeviceKind.CAMERA: ("camera",),
    DeviceKind.SCREEN: ("screen_share", "screen_share_audio"),
}
"""The engine's words for what people send."""

ASKS_KEPT = 50
"""Of one call; older ones have been answered, or nobody will."""


def host_among(actor: Actor, interview_id: UUID) -> tuple[Member, Interview]:
    """An interviewer, and the interview; those who only watch it have no say in its room."""
    member = member_among(actor)
    interview = Interview.objects.editable_by(actor).select_related("organisation", "invitation").one(interview_id)
    if is_observed_by(interview, member.user.pk):
        raise Forbidden("Observers only watch.", slug="observers-only-watch")
    return member, interview


def mute(actor: Actor, *, interview_id: UUID, identity: str, kind: DeviceKind) -> None:
    """They can go on by themselves: nobody is silenced for good. They are told who did it."""
    member, interview = host_among(actor, interview_id)
    # Before, so that their page knows the name when it sees the microphone close.
    noted = happenings.note(interview, HappeningKind.MUTE, identity, by=member, device=kind)
    is_done = False
    try:
        is_done = engine.mute(str(interview.id), identity, SOURCES[kind]) > 0
    finally:
        if noted is not None and not is_done:
            noted.delete()
    if is_done:
        record_of(interview, member.user, Act.CALL_MUTED, detail=f"{kind} of {identity}")


@transaction.atomic
def remove(actor: Actor, *, interview_id: UUID, identity: str, may_return: bool) -> None:
    """A candidate has to knock again, if they may; an observer's link ends."""
    member, interview = host_among(actor, interview_id)
    guest_id = seats.guest_id_in(identity)
    if guest_id is None:
        message = "Only the candidate and observers can be taken out. Take a colleague off the interview instead."
        raise Conflict(message, slug="is-colleague")
    if guest_id == interview.invitation.id:
        door.send_away(guest_id, may_return=may_return)
    elif Observer.objects.present().filter(id=guest_id, interview=interview).exists():
        remove_observer(actor, interview_id=interview.id, observer_id=guest_id)
    else:
        raise NotFound("They are not in this call.")
    seats.end_seat(interview.id, identity)
    happenings.note(interview, HappeningKind.REMOVAL, identity, by=member)
    how = "may knock again" if may_return else "may not come back"
    record_of(interview, member.user, Act.CALL_REMOVED, detail=how)


@transaction.atomic
def readmit(actor: Actor, *, interview_id: UUID) -> None:
    """The candidate, after having been refused or taken out."""
    member, interview = host_among(actor, interview_id)
    knock = door.sent_away(interview.invitation.id)
    if knock is None:
        raise Conflict("Nobody was sent away.", slug="nobody-sent-away")
    door.readmit(knock, member)
    identity = seats.guest_identity(interview.invitation.id, interview.invitation.link_version)
    happenings.note(interview, HappeningKind.READMISSION, identity, by=member)
    record_of(interview, member.user, Act.CALL_READMITTED)


@transaction.atomic
def ask(actor: Actor, *, interview_id: UUID, identity: str, kind: DeviceKind) -> None:
    """The same asked again replaces what was asked before."""
    member, interview = host_among(actor, interview_id)
    call = floor.running_call(interview)
    call.asks.filter(identity=identity, kind=kind).delete()
    if call.asks.count() >= ASKS_KEPT:
        call.asks.exclude(state=AskState.OPEN).delete()
    if call.asks.count() >= ASKS_KEPT:
        raise Conflict("Too much is asked already. Wait for an answer.", slug="too-many-asks")
    Ask.objects.create(call=call, identity=identity, kind=kind, asked_by=member.user)
    happenings.note(interview, HappeningKind.ASK, identity, by=member, device=kind)
