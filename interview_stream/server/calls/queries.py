"""What members and candidates see of a call beside its media."""

from uuid import UUID

from django.db.models import QuerySet

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.calls import consents, door
from interview_stream.server.calls.models import Consent, Knock
from interview_stream.server.calls.schemas import (
    AnswerOut,
    ConsentOut,
    DoorOut,
    KnockState,
    QuestionOut,
    RecordingScope,
    SeatOut,
    WaitingOut,
)
from interview_stream.server.interviews.links import invitation_of
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewState
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
    return DoorOut(
        waiting=[_waiting_out(knock) for knock in _waiting().filter(interview=interview)],
        is_locked=door.is_locked(interview),
        scope=consents.scope_of(interview.invitation.id),
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
