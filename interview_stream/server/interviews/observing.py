"""Who watches an interview without taking part: adding observers, taking them away, and what they call themselves."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, member_among
from interview_stream.server.interviews import states
from interview_stream.server.interviews.endings import announce_link_end
from interview_stream.server.interviews.models import Interview, Observer
from interview_stream.server.interviews.notices import tell
from interview_stream.server.interviews.schemas import Act, ObserverIn
from interview_stream.server.lib.problems import Conflict, Invalid, NotFound


@transaction.atomic
def add_observer(actor: Actor, *, interview_id: UUID, wanted: ObserverIn) -> None:
    interview = _to_edit(actor, interview_id)
    if wanted.user_id is None:
        Observer.objects.create(interview=interview, name=wanted.name or "", email=wanted.email or "")
    else:
        _add_member(interview, wanted.user_id)
    tell(interview)


@transaction.atomic
def remove_observer(actor: Actor, *, interview_id: UUID, observer_id: UUID) -> None:
    """Their link ends, and who is in the room by it is put out."""
    interview = _to_edit(actor, interview_id)
    observer = interview.observers.present().filter(id=observer_id).first()
    if observer is None:
        raise NotFound("There is no such observer.")
    observer.removed_at = timezone.now()
    observer.save(update_fields=["removed_at"])
    tell(interview)
    announce_link_end(interview.id)


def name_observer(actor: Guest, *, name: str) -> None:
    Observer.objects.filter(id=actor.guest_id).update(name=name)


def is_observed_by(interview: Interview, user_id: int) -> bool:
    return interview.observers.present().filter(user_id=user_id).exists()


def _to_edit(actor: Actor, interview_id: UUID) -> Interview:
    member_among(actor)
    interview = Interview.objects.editable_by(actor).select_for_update().one(interview_id)
    states.after(interview.state, Act.EDIT)
    return interview


def _add_member(interview: Interview, user_id: int) -> None:
    membership = interview.organisation.memberships.select_related("user").filter(user_id=user_id).first()
    if membership is None:
        raise Invalid.value("user_id", "This person is not in your organisation.")
    if interview.assignments.filter(user_id=user_id).exists():
        raise Conflict("Who holds the interview does not only watch it.", slug="is-interviewer")
    user = membership.user
    try:
        with transaction.atomic():
            Observer.objects.create(interview=interview, user=user, name=user.name, email=user.email)
    except IntegrityError:
        raise Conflict("This person observes the interview already.", slug="is-observer") from None
