"""Whose turn it is in a call, and for how long: hands, reactions, answers to what was asked, focus time, the clock."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from livekit.protocol.webhook import WebhookEvent

from interview_stream.server.accounts.actor import Actor, Guest, Member, Nobody, member_among
from interview_stream.server.calls import engine, happenings
from interview_stream.server.calls.door import is_admitted
from interview_stream.server.calls.models import Ask, Call, Focus, Hand, Reaction, present_call
from interview_stream.server.calls.schemas import AskState, HappeningKind, ReactionKind
from interview_stream.server.calls.seats import guest_identity, identity_of
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.observing import is_observed_by
from interview_stream.server.lib.problems import Conflict, Forbidden, NotFound, Unauthenticated

SHOWN_FOR = timedelta(seconds=30)
"""How long a reaction is kept: pages that come later show none."""
REACTIONS_AT_ONCE = 10
"""Of one person within that time, so that nobody can bury the call."""


def running_call(interview: Interview) -> Call:
    call = present_call(interview)
    if call is None:
        raise Conflict("Nobody is in the call.", slug="nobody-in-call")
    return call


def participant_among(actor: Actor, interview_id: UUID) -> tuple[Member | Guest, Interview]:
    """Somebody who may speak in the call, and its interview."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to take part.")
    interview = interview_of_speaker(actor, interview_id)
    require_admitted(actor)
    return actor, interview


def interview_of_speaker(actor: Member | Guest, interview_id: UUID) -> Interview:
    """The interview, for whoever does more in it than watch."""
    interview = Interview.objects.visible_to(actor).select_related("invitation").one(interview_id)
    if actor.is_observer if isinstance(actor, Guest) else is_observed_by(interview, actor.user.pk):
        raise Forbidden("Observers only watch.", slug="observers-only-watch")
    return interview


def require_admitted(actor: Member | Guest) -> None:
    if isinstance(actor, Guest) and not is_admitted(actor.guest_id):
        raise Conflict("Wait until an interviewer lets you in.", slug="not-admitted")


@transaction.atomic
def raise_hand(actor: Actor, *, interview_id: UUID, raised: bool) -> None:
    """One's own; a hand that is up already keeps its place."""
    person, interview = participant_among(actor, interview_id)
    call, identity = running_call(interview), identity_of(person)
    if raised:
        _, is_new = Hand.objects.get_or_create(call=call, identity=identity, defaults={"name": person.name})
        if is_new:
            happenings.note(interview, HappeningKind.HAND, identity)
    else:
        call.hands.filter(identity=identity).delete()


@transaction.atomic
def lower_hand(actor: Actor, *, interview_id: UUID, hand_id: int) -> None:
    """Another's: they were heard. Two interviewers may press at once."""
    member_among(actor)
    _, interview = participant_among(actor, interview_id)
    Hand.objects.filter(call__interview=interview, pk=hand_id).delete()


@transaction.atomic
def react(actor: Actor, *, interview_id: UUID, kind: ReactionKind) -> None:
    person, interview = participant_among(actor, interview_id)
    call, identity = running_call(interview), identity_of(person)
    call.reactions.filter(at__lt=timezone.now() - SHOWN_FOR).delete()
    if call.reactions.filter(identity=identity).count() >= REACTIONS_AT_ONCE:
        raise Conflict("That was a lot at once. Wait a moment.", slug="too-many-reactions")
    Reaction.objects.create(call=call, identity=identity, name=person.name, kind=kind)


@transaction.atomic
def answer_ask(actor: Actor, *, ask_id: int, accepted: bool) -> None:
    """Only whoever was asked answers; the same again is no error."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to answer.")
    visible = Interview.objects.visible_to(actor)
    found = Ask.objects.filter(call__interview__in=visible, identity=identity_of(actor), pk=ask_id).first()
    if found is None:
        raise NotFound("You were not asked for that.")
    found.state = AskState.ACCEPTED if accepted else AskState.DECLINED
    found.save(update_fields=["state"])


@transaction.atomic
def begin_focus(actor: Actor, *, interview_id: UUID, minutes: int) -> None:
    """From now on nothing of the candidate is sent; begun again, it is counted from now."""
    member = member_among(actor)
    _, interview = participant_among(actor, interview_id)
    call, now = running_call(interview), timezone.now()
    call.focuses.filter(ends_at__gt=now).update(ends_at=now)
    Focus.objects.create(call=call, began_at=now, began_by=member.user, ends_at=now + timedelta(minutes=minutes))
    identity = guest_identity(interview.invitation.id, interview.invitation.link_version)
    happenings.note(interview, HappeningKind.FOCUS, identity, by=member)
    transaction.on_commit(lambda: _close_curtain(interview.id, identity), robust=True)


@transaction.atomic
def end_focus(actor: Actor, *, interview_id: UUID) -> None:
    """By either side, before its time."""
    _, interview = participant_among(actor, interview_id)
    now = timezone.now()
    running_call(interview).focuses.filter(ends_at__gt=now).update(ends_at=now)


@transaction.atomic
def show_clock(actor: Actor, *, interview_id: UUID, shown: bool) -> None:
    member_among(actor)
    _, interview = participant_among(actor, interview_id)
    call = running_call(interview)
    call.is_clock_shown = shown
    call.save(update_fields=["is_clock_shown"])


def note_leaving(interview: Interview, event: WebhookEvent) -> None:
    """Who has left wants to say nothing any more."""
    Hand.objects.filter(call__interview=interview, identity=event.participant.identity).delete()


def _close_curtain(interview_id: UUID, identity: str) -> None:
    """The candidate's own page stops sending; this is for one that does not, because it is old or cut off."""
    try:
        engine.mute(str(interview_id), identity, ("microphone", "camera", "screen_share", "screen_share_audio"))
    except engine.EngineUnavailable:
        return
