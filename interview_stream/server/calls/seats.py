"""Seats: who holds a right to be in which room, and taking it back.

A member's identity in the media engine is bound to their session, so that one session can end without putting out the
same person's other device (docs/decisions/0014). A seat that is revoked is first marked, then the engine is told on
commit to put its holder out and to refuse the tokens made so far; until that has worked, the worker tries again.
"""

import logging
import re
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from interview_stream.server.accounts.actor import Guest, Member
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.accounts.recent_sign_in import is_barred
from interview_stream.server.calls import engine
from interview_stream.server.calls.models import Call, Seat
from interview_stream.server.interviews.models import Interview, Invitation, Observer

log = logging.getLogger(__name__)

GUEST = "guest-"
_OF_A_SESSION = re.compile(r"member-\d+-\w+")
_OF_A_MEMBER = re.compile(r"member-(\d{1,18})(-\w+)?")
KEEP = timedelta(days=1)


def identity_of(actor: Member | Guest) -> str:
    if isinstance(actor, Guest):
        return guest_identity(actor.guest_id, actor.link_version)
    mark = _mark_of(actor.session_key)
    return f"member-{actor.user.pk}-{mark}" if mark else f"member-{actor.user.pk}"


def guest_identity(guest_id: UUID, link_version: int) -> str:
    """One for each link, because a second person of the same identity would push out the first."""
    return f"{GUEST}{guest_id}-{link_version}"


def guest_id_in(identity: str) -> UUID | None:
    """Whose link an identity came from; None for everybody who is no guest."""
    if not identity.startswith(GUEST):
        return None
    try:
        return UUID(identity.removeprefix(GUEST).rpartition("-")[0])
    except ValueError:
        return None


def user_id_in(identity: str) -> int | None:
    """Whose session an identity came from; None for everybody who is no member."""
    found = _OF_A_MEMBER.fullmatch(identity)
    return int(found[1]) if found else None


def take_seat(interview: Interview, actor: Member | Guest) -> str:
    """Note that a media token is handed out; returns the identity to sign it for."""
    identity = identity_of(actor)
    Seat.objects.update_or_create(
        interview=interview,
        identity=identity,
        defaults={
            "user": actor.user if isinstance(actor, Member) else None,
            "session_mark": _mark_of(actor.session_key) if isinstance(actor, Member) else "",
            "taken_at": timezone.now(),
            "revoked_at": None,
        },
    )
    return identity


def is_held(interview_id: UUID, identity: str) -> bool:
    return Seat.objects.filter(interview_id=interview_id, identity=identity, revoked_at=None).exists()


def is_unknown(interview_id: UUID, identity: str) -> bool:
    """Whether somebody is in a room by a member's token of which the seat was taken back meanwhile."""
    return bool(_OF_A_SESSION.fullmatch(identity)) and not is_held(interview_id, identity)


def end_session(session_key: str) -> None:
    """The session's seats go, in every room; a person's other sessions keep theirs."""
    _revoke(Seat.objects.filter(session_mark=_mark_of(session_key)))


def follow_access(user_id: int, organisation_id: UUID) -> None:
    """Seats in interviews that this person may not see any more go."""
    membership = (
        Membership.objects.select_related("user", "organisation")
        .filter(user_id=user_id, organisation_id=organisation_id)
        .first()
    )
    seats = Seat.objects.filter(user_id=user_id, interview__organisation_id=organisation_id)
    if membership is not None and not is_barred(membership.user, membership.organisation):
        actor = Member(user=membership.user, organisation=membership.organisation, role=Role(membership.role))
        seats = seats.exclude(interview__in=Interview.objects.visible_to(actor))
    _revoke(seats)


def end_seat(interview_id: UUID, identity: str) -> None:
    """Whoever holds it is put out, and the tokens made for it so far are good for nothing."""
    Seat.objects.get_or_create(interview_id=interview_id, identity=identity)
    _revoke(Seat.objects.filter(interview_id=interview_id, identity=identity))


def present_guests(interview_id: UUID) -> set[str]:
    """The identities of those whose personal link is good: the candidate's newest, and the observers'."""
    invitation = Invitation.objects.get(interview_id=interview_id)
    observers = Observer.objects.present().filter(interview_id=interview_id, user=None)
    candidate = guest_identity(invitation.id, invitation.link_version)
    return {candidate, *(guest_identity(observer.id, 1) for observer in observers)}


def end_old_links(interview_id: UUID) -> None:
    """A new link was made, or an observer removed: the seats of the links before it go."""
    _revoke(
        Seat.objects.filter(interview_id=interview_id, user=None).exclude(identity__in=present_guests(interview_id))
    )


def revoke_all() -> None:
    _revoke(Seat.objects.all())


def tell_engine() -> None:
    """Of every seat that was taken back; a row stays until the engine has answered."""
    for seat in Seat.objects.filter(revoked_at__isnull=False):
        try:
            engine.put_out(str(seat.interview_id), seat.identity, tokens_before=_second_after(seat.revoked_at))
        except engine.EngineUnavailable:
            log.warning("The media engine could not be told that %s was taken back; it is tried again.", seat)
            return
        Seat.objects.filter(pk=seat.pk, revoked_at=seat.revoked_at).delete()


def forget_old_seats() -> None:
    """Tokens live for minutes; only who is still in the room since yesterday holds a fresh one."""
    old = Seat.objects.filter(taken_at__lt=timezone.now() - KEEP, revoked_at=None)
    old.exclude(interview__in=Call.objects.filter(ended_at=None).values("interview")).delete()


def _revoke(seats: QuerySet[Seat]) -> None:
    if seats.filter(revoked_at=None).update(revoked_at=timezone.now()):
        transaction.on_commit(tell_engine, robust=True)


def _second_after(revoked_at: datetime | None) -> int:
    """Tokens say in whole seconds when they were made."""
    return int((revoked_at or timezone.now()).timestamp()) + 1


def _mark_of(session_key: str | None) -> str:
    """Tells sessions apart without giving a key away: identities are shown to everybody in the room."""
    if not session_key:
        return ""
    return salted_hmac("interview-stream.seat", session_key, secret=settings.SECRET_KEY).hexdigest()[:12]
