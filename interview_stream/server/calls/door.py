"""The door of the room: candidates knock, interviewers answer, and nobody else gets a token for the media."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Member, member_among
from interview_stream.server.calls import consents
from interview_stream.server.calls.models import Call, Knock
from interview_stream.server.calls.schemas import KnockState
from interview_stream.server.calls.seats import guest_identity, present_guests
from interview_stream.server.interviews import states
from interview_stream.server.interviews.links import invitation_of
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.interviews.schemas import Act
from interview_stream.server.lib.problems import Conflict, NotFound

PATIENCE = timedelta(seconds=60)
"""How long a page that waits may be silent; it knocks again every 20 s."""

_PRESENT = [KnockState.WAITING, KnockState.ADMITTED]
_SENT_AWAY = [KnockState.REFUSED, KnockState.REMOVED, KnockState.BARRED]


@transaction.atomic
def knock(actor: Actor) -> None:
    """Ask to be let in, or say that one still waits."""
    invitation = invitation_of(actor)
    interview = Interview.objects.select_for_update().get(id=invitation.interview_id)
    states.after(interview.state, Act.JOIN)
    check_prepared(invitation, interview)
    newest = newest_knock(invitation.id)
    if newest is not None and newest.state in _PRESENT:
        Knock.objects.filter(pk=newest.pk).update(seen_at=timezone.now())
        return
    if newest is not None and newest.state == KnockState.BARRED:
        raise Conflict("The interviewers have ended your part in this call.", slug="barred")
    if is_locked(interview):
        raise Conflict("The interviewers have closed the room for now. Try again in a few minutes.", slug="room-locked")
    was_sent_away = newest is not None and newest.state in (KnockState.REFUSED, KnockState.REMOVED)
    admitted = interview.admits_automatically and not was_sent_away
    Knock.objects.create(
        interview=interview,
        invitation=invitation,
        state=KnockState.ADMITTED if admitted else KnockState.WAITING,
        answered_at=timezone.now() if admitted else None,
    )
    _follow(interview.id)


@transaction.atomic
def stop_knocking(actor: Actor) -> None:
    invitation = invitation_of(actor)
    Knock.objects.filter(invitation=invitation, state=KnockState.WAITING).update(state=KnockState.LEFT)
    _follow(invitation.interview_id)


@transaction.atomic
def answer_knock(actor: Actor, *, knock_id: int, admit: bool) -> None:
    """Two interviewers may press at once: the first answer counts, and the same again is no error."""
    member = member_among(actor)
    found = Knock.objects.answerable_by(actor).select_for_update().filter(pk=knock_id).first()
    if found is None:
        raise NotFound("Nobody knocks there.")
    wanted = KnockState.ADMITTED if admit else KnockState.REFUSED
    if found.state == wanted:
        return
    if found.state != KnockState.WAITING:
        raise Conflict("They do not wait any more.", slug="knock-answered")
    found.state, found.answered_at, found.answered_by = wanted, timezone.now(), member.user
    found.save(update_fields=["state", "answered_at", "answered_by"])
    _follow(found.interview_id)


@transaction.atomic
def lock_room(actor: Actor, *, interview_id: UUID, locked: bool) -> None:
    """Only the interview's own interviewers, and who was let in before, can enter a locked room."""
    member_among(actor)
    interview = Interview.objects.editable_by(actor).one(interview_id)
    if not interview.calls.filter(ended_at__isnull=True).update(is_locked=locked):
        raise Conflict("Nobody is in the call.", slug="nobody-in-call")


def check_prepared(invitation: Invitation, interview: Interview) -> None:
    """Everything that a candidate says before they come in."""
    if not invitation.name:
        raise _nameless()
    if interview.is_recording_planned and consents.scope_of(invitation.id) is None:
        raise Conflict("Choose first what of you may be recorded.", slug="consent-missing")


def check_entry(actor: Member | Guest, interview: Interview) -> None:
    """Whether this person may have a token for the media now; a Conflict says why not."""
    if isinstance(actor, Guest) and actor.is_observer:
        if not actor.name:
            raise _nameless()
        if is_locked(interview):
            raise _locked()
    elif isinstance(actor, Guest):
        invitation = Invitation.objects.get(id=actor.guest_id)
        check_prepared(invitation, interview)
        if not is_admitted(invitation.id):
            raise Conflict("Wait until an interviewer lets you in.", slug="not-admitted")
    elif is_locked(interview) and not interview.assignments.filter(user=actor.user).exists():
        raise _locked()


def seated_guests(interview_id: UUID) -> set[str]:
    """The identities of those without an account who may be in the room: observers, and a candidate who was let in."""
    invitation = Invitation.objects.get(interview_id=interview_id)
    present = present_guests(interview_id)
    return present if is_admitted(invitation.id) else present - {guest_identity(invitation.id, invitation.link_version)}


def is_admitted(invitation_id: UUID) -> bool:
    newest = newest_knock(invitation_id)
    return newest is not None and newest.state == KnockState.ADMITTED


def is_locked(interview: Interview) -> bool:
    return Call.objects.filter(interview=interview, ended_at__isnull=True, is_locked=True).exists()


def newest_knock(invitation_id: UUID) -> Knock | None:
    return Knock.objects.filter(invitation_id=invitation_id).order_by("-pk").first()


@transaction.atomic
def forget_admissions(interview_id: UUID) -> None:
    """The call is over, or the link that it was entered by: whoever comes next knocks."""
    Knock.objects.filter(interview_id=interview_id, state__in=_PRESENT).update(state=KnockState.OVER)
    _follow(interview_id)


@transaction.atomic
def send_away(invitation_id: UUID, *, may_return: bool = True) -> None:
    """They were taken out of the call, and need to knock to come back, if they may."""
    state = KnockState.REMOVED if may_return else KnockState.BARRED
    Knock.objects.filter(invitation_id=invitation_id, state__in=_PRESENT).update(state=state)
    _follow(Invitation.objects.values_list("interview_id", flat=True).get(id=invitation_id))


def sent_away(invitation_id: UUID) -> Knock | None:
    """The newest knock of somebody who was refused or taken out."""
    newest = newest_knock(invitation_id)
    return newest if newest is not None and newest.state in _SENT_AWAY else None


def readmit(knock: Knock, member: Member) -> None:
    """Let somebody in who was sent away, without another knock."""
    knock.state, knock.answered_at, knock.answered_by = KnockState.ADMITTED, timezone.now(), member.user
    knock.save(update_fields=["state", "answered_at", "answered_by"])


def forget_the_silent() -> None:
    """Whoever closed the page waits no longer."""
    before = timezone.now() - PATIENCE
    silent = Knock.objects.filter(state=KnockState.WAITING, seen_at__lt=before)
    for knock_id, interview_id in list(silent.values_list("pk", "interview_id")):
        with transaction.atomic():
            silent.filter(pk=knock_id).update(state=KnockState.LEFT)
            _follow(interview_id)


def _follow(interview_id: UUID) -> None:
    """The interview's state says whether somebody waits at its door."""
    interview = Interview.objects.select_for_update().get(id=interview_id)
    is_waiting = Knock.objects.filter(interview=interview, state=KnockState.WAITING).exists()
    act = Act.KNOCK if is_waiting else Act.LEAVE_DOOR
    if not states.can(interview.state, act):
        return
    following = states.after(interview.state, act)
    if interview.state != following:
        interview.state = following
        interview.save(update_fields=["state"])


def _nameless() -> Conflict:
    return Conflict("Say your name first.", slug="name-missing")


def _locked() -> Conflict:
    return Conflict("The room is locked. Ask somebody in it to unlock it.", slug="room-locked")
