"""What candidates let be recorded: the words they are asked with, their choices, and what follows in the room."""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from django.db import transaction

from interview_stream.server.accounts.actor import Actor, Guest, Member
from interview_stream.server.calls import engine
from interview_stream.server.calls.models import Consent
from interview_stream.server.calls.schemas import RecordingScope
from interview_stream.server.calls.seats import guest_id_in, guest_identity
from interview_stream.server.interviews.links import invitation_of
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.lib.problems import Conflict

ANSWERS = {
    RecordingScope.ALL: "Record my picture, my voice and a screen that I share.",
    RecordingScope.AUDIO: "Record my voice only, no picture and no screen.",
    RecordingScope.NONE: "Do not record me.",
}

ScopeHandler = Callable[[UUID], None]
_handlers: list[ScopeHandler] = []


def question_for(interview: Interview) -> str:
    return (
        f"{interview.organisation.name} wants to record this interview, so that they can look at it again before they "
        "decide. The interview goes on whatever you answer. Only members of their team can play the recording. You can "
        "change your answer at any time during the call; it then holds for what comes after."
    )


def on_change(handler: ScopeHandler) -> None:
    """Call `handler` with the interview's id after a choice was committed and the engine told of it."""
    _handlers.append(handler)


@transaction.atomic
def choose(actor: Actor, *, scope: RecordingScope, question: str) -> None:
    """The words are sent back with the answer, so that nobody agrees to others than they read."""
    invitation = invitation_of(actor)
    interview = Interview.objects.select_related("organisation").get(id=invitation.interview_id)
    if question != question_for(interview):
        raise Conflict("The question was put in other words meanwhile. Read it again.", slug="question-changed")
    wording = f"{question}\n\n{ANSWERS[scope]}"
    Consent.objects.create(interview=interview, invitation=invitation, scope=scope, wording=wording)
    if not interview.is_over:
        transaction.on_commit(lambda: _follow(invitation.id), robust=True)


def scope_of(invitation_id: UUID) -> RecordingScope | None:
    """The newest choice; None before there is one."""
    newest = Consent.objects.filter(invitation_id=invitation_id).order_by("-pk").first()
    return RecordingScope(newest.scope) if newest else None


def asked_of(actor: Member | Guest) -> RecordingScope | None:
    """What goes into a token; None for members, who agree by coming in, as they are told."""
    return (scope_of(actor.guest_id) or RecordingScope.NONE) if isinstance(actor, Guest) else None


def may_record(identity: str, kind: str) -> bool:
    """A guest who said nothing is not recorded."""
    guest_id = guest_id_in(identity)
    if guest_id is None:
        return True
    scope = scope_of(guest_id)
    return scope == RecordingScope.ALL or (scope == RecordingScope.AUDIO and kind == "audio")


def enforce(room: str, view: engine.RoomView) -> None:
    """Tell the engine of each choice that it does not know yet."""
    for identity, attributes in view.attributes.items():
        guest_id = guest_id_in(identity)
        if guest_id is None:
            continue
        scope = scope_of(guest_id) or RecordingScope.NONE
        if attributes.get(engine.RECORDING) != scope:
            engine.set_attributes(room, identity, {engine.RECORDING: scope.value})


def _follow(invitation_id: UUID) -> None:
    invitation = Invitation.objects.get(id=invitation_id)
    room, identity = str(invitation.interview_id), guest_identity(invitation.id, invitation.link_version)
    scope = scope_of(invitation_id) or RecordingScope.NONE
    # If it fails, whoever keeps the captures in step (recordings) enforces it.
    with suppress(engine.EngineUnavailable):
        engine.set_attributes(room, identity, {engine.RECORDING: scope.value})
    for handler in _handlers:
        handler(invitation.interview_id)
