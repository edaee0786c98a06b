"""Times at which an interview could be: suggested from everyone's day, offered to the candidate, chosen by them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.accounts.models import User
from interview_stream.server.interviews import states
from interview_stream.server.interviews.actions import move_interview, note_activity
from interview_stream.server.interviews.links import invitation_of, link_url
from interview_stream.server.interviews.mails import when
from interview_stream.server.interviews.models import Interview, InterviewQuerySet, Slot
from interview_stream.server.interviews.notices import tell
from interview_stream.server.interviews.schemas import Act, Interviewers, Minutes, SlotOut
from interview_stream.server.lib.problems import Conflict, Invalid, NotFound

WORKDAY = (9, 17)
"""Local hours between which times are suggested, Monday to Friday."""
STEP = timedelta(minutes=30)
HORIZON = timedelta(days=14)
LEAD = timedelta(hours=2)
"""How soon a suggested time can be; one that was offered can be chosen until it begins."""
MOST = 80

Span = tuple[datetime, datetime]
"""From when until when somebody is busy."""


def list_free_slots(
    actor: Actor, *, interviewer_ids: Interviewers, minutes: Minutes = 60, interview_id: UUID | None = None
) -> list[datetime]:
    """When all of these people work and none has another interview, each on their own clock."""
    member = member_among(actor)
    memberships = member.organisation.memberships.filter(user_id__in=interviewer_ids).select_related("user")
    users = [membership.user for membership in memberships]
    if len(users) < len(set(interviewer_ids)):
        raise Invalid.value("interviewer_ids", "Somebody of these is not in your organisation.")
    zones = {ZoneInfo(user.time_zone or member.organisation.time_zone or "UTC") for user in users}
    taken = _busy(Interview.objects.visible_to(actor), [user.pk for user in users], except_for=interview_id)
    length = timedelta(minutes=minutes)
    found = []
    for start in _steps(timezone.now()):
        is_work = all(_is_work(start.astimezone(zone), length) for zone in zones)
        if is_work and _is_free(start, length, taken):
            found.append(start)
    return found[:MOST]


@transaction.atomic
def offer_slots(actor: Actor, *, interview_id: UUID, starts: list[datetime]) -> None:
    """The candidate is mailed a link where they choose one; what was offered before is withdrawn."""
    from interview_stream.server.interviews.tasks import send_offer

    member_among(actor)
    interview = Interview.objects.editable_by(actor).select_for_update().one(interview_id)
    states.after(interview.state, Act.OFFER_TIMES)
    if not interview.invitation.email:
        raise Conflict("The candidate has no e-mail address. Add it to the interview first.", slug="no-address")
    if min(starts) <= timezone.now():
        raise Invalid.value("starts", "One of these times is over already.")
    interview.slots.all().delete()
    slots = Slot.objects.bulk_create(Slot(interview=interview, start=start) for start in sorted(set(starts)))
    interview.invitation.link_expires_at = max(
        interview.invitation.link_expires_at,
        slots[-1].start + timedelta(days=settings.ENVIRONMENT.candidate_link_days),
    )
    interview.invitation.save(update_fields=["link_expires_at"])
    note_activity(actor, interview, Act.OFFER_TIMES)
    send_offer.enqueue(str(interview.id))


@transaction.atomic
def withdraw_slots(actor: Actor, *, interview_id: UUID) -> None:
    member_among(actor)
    Interview.objects.editable_by(actor).select_for_update().one(interview_id).slots.all().delete()


@transaction.atomic
def choose_slot(actor: Actor, *, slot_id: int) -> None:
    """First come, first served: whoever else was offered the time, with one of the same interviewers, loses it."""
    invitation = invitation_of(actor)
    interview = Interview.objects.select_for_update().get(id=invitation.interview_id)
    states.after(interview.state, Act.CHOOSE_TIME)
    # Two candidates of one interviewer may press at the same moment; the second waits here, and then sees the first.
    list(User.objects.select_for_update().filter(assignments__interview=interview).order_by("pk"))
    slot = interview.slots.filter(pk=slot_id).first()
    if slot is None:
        raise NotFound("This time is not offered any more.", slug="slot-gone")
    if not _open_among(interview, [slot]):
        raise Conflict("This time has just been taken. Choose another.", slug="slot-taken")
    move_interview(None, interview, slot.start, act=Act.CHOOSE_TIME)
    interview.slots.all().delete()
    interview.save()
    interview.invitation.save()
    tell(interview)


def open_slots(interview: Interview) -> list[SlotOut]:
    """What a candidate can choose now: not over, and nobody has become busy since."""
    if not states.can(interview.state, Act.CHOOSE_TIME):
        return []
    return [SlotOut(id=slot.pk, start=slot.start) for slot in _open_among(interview, interview.slots.all())]


def offer_mail(interview: Interview) -> EmailMessage | None:
    """None when there is nothing to choose any more."""
    invitation, slots = interview.invitation, open_slots(interview)
    if not slots or not invitation.email:
        return None
    greeting = f"Hello {invitation.name}," if invitation.name else "Hello,"
    times = "\n".join(f"- {when(interview, slot.start, None)}" for slot in slots)
    text = (
        f"{greeting}\n\n{interview.organisation.name} would like to meet you for “{interview.title}”. "
        f"Choose the time that suits you best:\n{link_url(invitation)}\n\n{times}\n\n"
        "A time can be gone once somebody else has taken it. Please keep the link to yourself."
    )
    headers = {"Auto-Submitted": "auto-generated"}
    subject = f"Choose a time: {interview.title}"
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [invitation.email], headers=headers)


def _open_among(interview: Interview, slots: Iterable[Slot]) -> list[Slot]:
    now, length = timezone.now(), timedelta(minutes=interview.duration_minutes)
    coming = [slot for slot in slots if slot.start > now]
    if not coming:
        return []
    people = list(interview.assignments.values_list("user_id", flat=True))
    taken = _busy(Interview.objects.filter(organisation=interview.organisation), people, except_for=interview.id)
    return [slot for slot in coming if _is_free(slot.start, length, taken)]


def _is_free(start: datetime, length: timedelta, taken: list[Span]) -> bool:
    return not any(begin < start + length and start < end for begin, end in taken)


def _busy(interviews: InterviewQuerySet, user_ids: list[int], *, except_for: UUID | None) -> list[Span]:
    if except_for is not None:
        interviews = interviews.exclude(id=except_for)
    found = interviews.filter(
        assignments__user_id__in=user_ids,
        state__in=[*states.TO_COME, states.LIVE],
        scheduled_for__gte=timezone.now() - timedelta(days=1),
    )
    return [(each.scheduled_for, each.ends_at) for each in found.distinct() if each.scheduled_for and each.ends_at]


def _steps(now: datetime) -> Iterator[datetime]:
    first = now + LEAD
    start = first.replace(minute=first.minute // 30 * 30, second=0, microsecond=0) + STEP
    while start < now + HORIZON:
        yield start
        start += STEP


def _is_work(start: datetime, length: timedelta) -> bool:
    first, last = (start.replace(hour=hour, minute=0) for hour in WORKDAY)
    return start.weekday() < 5 and first <= start and start + length <= last
