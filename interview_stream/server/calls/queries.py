"""What members and candidates see of a call beside its media."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Member, Nobody, member_among
from interview_stream.server.calls import consents, door, happenings
from interview_stream.server.calls.models import Ask, Call, Consent, Focus, Knock, present_call
from interview_stream.server.calls.schemas import (
    AnswerOut,
    AskOut,
    AskState,
    AwayOut,
    ConsentOut,
    DeviceKind,
    DoorOut,
    FloorOut,
    FocusOut,
    HandOut,
    KnockState,
    QuestionOut,
    ReactionOut,
    RecordingScope,
    SeatOut,
    WaitingOut,
)
from interview_stream.server.calls.seats import identity_of
from interview_stream.server.interviews.links import invitation_of
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.observing import is_observed_by
from interview_stream.server.interviews.schemas import InterviewState
from interview_stream.server.lib.problems import Unauthenticated
from interview_stream.server.live import query


@query("guest.recording_question")
def get_recording_question(actor: Actor) -> QuestionOut:
    invitation = invitation_of(actor)
    found = Interview.objects.visible_to(actor).select_related("organisation").prefetch_related("recordings")
    interview = found.one(invitation.interview_id)
    return QuestionOut(
        question=consents.question_for(interview),
        answers=[AnswerOut(scope=scope, words=words) for scope, words in consents.ANSWERS.items()],
        is_needed=interview.is_recording_planned or any(r.state == "recording" for r in interview.recordings.all()),
        chosen=consents.scope_of(invitation.id),
    )


@query("calls.consents")
def list_consents(actor: Actor, *, interview_id: UUID) -> list[ConsentOut]:
    """What the candidate chose, the newest first."""
    member_among(actor)
    interview = Interview.objects.visible_to(actor).one(interview_id)
    return [
        ConsentOut(scope=RecordingScope(each.scope), wording=each.wording, at=each.at)
        for each in Consent.objects.visible_to(actor).filter(interview=interview)
    ]


@query("guest.seat")
def get_seat(actor: Actor) -> SeatOut:
    invitation = invitation_of(actor)
    found = Interview.objects.visible_to(actor).prefetch_related("assignments__user")
    interview = found.one(invitation.interview_id)
    newest = door.newest_knock(invitation.id)
    return SeatOut(
        knock=KnockState(newest.state) if newest else None,
        told=[assignment.user.name for assignment in interview.assignments.all()],
        is_live=interview.state == InterviewState.LIVE,
        is_locked=door.is_locked(interview),
    )


@query("calls.waiting")
def list_waiting(actor: Actor) -> list[WaitingOut]:
    """Who waits to be let into the interviews that one holds, the longest first."""
    member = member_among(actor)
    mine = Interview.objects.editable_by(actor).filter(assignments__user=member.user)
    return [_waiting_out(knock) for knock in _waiting().filter(interview__in=mine)]


@query("calls.door")
def get_door(actor: Actor, *, interview_id: UUID) -> DoorOut:
    member_among(actor)
    interview = Interview.objects.editable_by(actor).select_related("invitation").one(interview_id)
    away = door.sent_away(interview.invitation.id)
    return DoorOut(
        waiting=[_waiting_out(knock) for knock in _waiting().filter(interview=interview)],
        is_locked=door.is_locked(interview),
        sent_away=AwayOut(name=interview.invitation.name, knock=KnockState(away.state)) if away else None,
        scope=consents.scope_of(interview.invitation.id),
    )


@query("calls.floor")
def get_floor(actor: Actor, *, interview_id: UUID) -> FloorOut:
    """A candidate who was not let in sees an empty one."""
    if isinstance(actor, Nobody):
        raise Unauthenticated("Sign in, or open your personal link, to see this.")
    interview = Interview.objects.visible_to(actor).one(interview_id)
    is_outside = isinstance(actor, Guest) and not actor.is_observer and not door.is_admitted(actor.guest_id)
    call = None if is_outside else present_call(interview)
    if call is None:
        return FloorOut(started_at=None, is_clock_shown=False, hands=[], reactions=[], asks=[], focus=None, stops=[])
    focus = call.focuses.first()
    return FloorOut(
        started_at=call.started_at,
        is_clock_shown=call.is_clock_shown,
        hands=[HandOut.from_orm(hand) for hand in call.hands.all()],
        reactions=[ReactionOut.from_orm(reaction) for reaction in call.reactions.all()],
        asks=[_ask_out(actor, each) for each in _asks_for(actor, interview, call)],
        focus=_focus_out(focus) if focus else None,
        stops=happenings.stops_of(actor, call),
    )


def _focus_out(focus: Focus) -> FocusOut:
    is_over = focus.ends_at <= timezone.now()
    return FocusOut(began_at=focus.began_at, ends_at=focus.ends_at, is_over=is_over)


def _asks_for(actor: Member | Guest, interview: Interview, call: Call) -> QuerySet[Ask]:
    asks = call.asks.select_related("asked_by")
    if isinstance(actor, Member) and not is_observed_by(interview, actor.user.pk):
        return asks
    return asks.filter(identity=identity_of(actor))


def _ask_out(actor: Member | Guest, ask: Ask) -> AskOut:
    return AskOut(
        id=ask.pk,
        identity=ask.identity,
        kind=DeviceKind(ask.kind),
        state=AskState(ask.state),
        asked_by=ask.asked_by.name if ask.asked_by else "An interviewer",
        is_mine=isinstance(actor, Member) and ask.asked_by_id == actor.user.pk,
    )


def _waiting() -> QuerySet[Knock]:
    waiting = Knock.objects.filter(state=KnockState.WAITING)
    return waiting.select_related("interview", "invitation").order_by("pk")


def _waiting_out(knock: Knock) -> WaitingOut:
    return WaitingOut(
        id=knock.pk,
        interview_id=knock.interview_id,
        interview_title=knock.interview.title,
        name=knock.invitation.name,
        knocked_at=knock.knocked_at,
    )
