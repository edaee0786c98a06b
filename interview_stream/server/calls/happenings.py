"""What is kept of a call for whoever looks back at it: hands, requests, and what interviewers did to others."""

from collections.abc import Iterable
from uuid import UUID

from interview_stream.server.accounts.actor import Actor, Guest, Member, member_among
from interview_stream.server.accounts.models import User
from interview_stream.server.calls.models import Call, Happening, present_call
from interview_stream.server.calls.schemas import DeviceKind, HappeningKind, HappeningOut, StopOut
from interview_stream.server.calls.seats import guest_id_in, identity_of, user_id_in
from interview_stream.server.interviews.models import Interview
from interview_stream.server.live import query

KEPT = 500
"""Of one call; the oldest go, so that nobody fills the disk by raising a hand."""
SOMEBODY = "An interviewer"


def note(
    interview: Interview,
    kind: HappeningKind,
    identity: str,
    *,
    by: Member | None = None,
    device: DeviceKind | None = None,
) -> Happening | None:
    """None while no call goes on."""
    call = present_call(interview)
    if call is None:
        return None
    oldest = call.happenings.first()
    if oldest is not None and call.happenings.count() >= KEPT:
        oldest.delete()
    return Happening.objects.create(
        call=call, kind=kind, identity=identity, device=device or "", by=by.user if by else None
    )


@query("calls.happenings")
def list_happenings(actor: Actor, *, interview_id: UUID) -> list[HappeningOut]:
    """Of all calls of an interview, the oldest first."""
    member_among(actor)
    interview = Interview.objects.visible_to(actor).select_related("invitation").one(interview_id)
    found = list(Happening.objects.visible_to(actor).filter(call__interview=interview).select_related("by"))
    names = _names(interview, {each.identity for each in found})
    return [
        HappeningOut(
            id=each.pk,
            at=each.at,
            kind=HappeningKind(each.kind),
            device=DeviceKind(each.device) if each.device else None,
            who=names.get(each.identity, "Somebody"),
            by=None if each.kind == HappeningKind.HAND else _name_of(each.by),
        )
        for each in found
    ]


def stops_of(actor: Member | Guest, call: Call) -> list[StopOut]:
    """What others switched off of this person, the last time of each kind."""
    mutes = call.happenings.filter(kind=HappeningKind.MUTE, identity=identity_of(actor)).select_related("by")
    newest = {each.device: each for each in mutes}
    return [StopOut(kind=DeviceKind(device), by=_name_of(each.by), at=each.at) for device, each in newest.items()]


def _name_of(user: User | None) -> str:
    return user.name if user else SOMEBODY


def _names(interview: Interview, identities: Iterable[str]) -> dict[str, str]:
    guests = {observer.id: observer.name for observer in interview.observers.all()}
    guests[interview.invitation.id] = interview.invitation.name
    users = {identity: user_id_in(identity) for identity in identities}
    members = User.objects.in_bulk([pk for pk in users.values() if pk is not None])
    names: dict[str, str] = {}
    for identity, pk in users.items():
        guest = guest_id_in(identity)
        name = guests.get(guest) if guest else members[pk].name if pk in members else None
        if name:
            names[identity] = name
    return names
