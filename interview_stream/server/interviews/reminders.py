"""Reminds people by e-mail: of an interview that begins soon, and (for later apps) of whatever else they forgot.

Nothing is planned ahead that a new time or a cancellation would have to take back: every minute the interviews that
begin soon are looked at, and who has been reminded of which start is remembered. A reminder that could not go out in
time stays unsent.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.models import User
from interview_stream.server.interviews import states
from interview_stream.server.interviews.mails import interview_url, when
from interview_stream.server.interviews.models import Interview, Reminder
from interview_stream.server.interviews.notices import Reader, readers_of
from interview_stream.server.lib.jobs import job

LATEST = timedelta(hours=2)
"""How late a reminder may be after an outage; those of a short lead, half the lead."""
_BEFORE = "before-"


@job("Look which interviews begin soon")
def remind_of_starts() -> None:
    now = timezone.now()
    for minutes in settings.ENVIRONMENT.reminder_minutes:
        lead = timedelta(minutes=minutes)
        soon = Interview.objects.filter(
            state__in=states.TO_COME,
            scheduled_for__lte=now + lead,
            scheduled_for__gt=now + lead - _tolerance(lead),
        )
        for interview in soon.select_related("invitation"):
            _remind(interview, f"{_BEFORE}{minutes}", lead)


@transaction.atomic
def _remind(interview: Interview, kind: str, lead: timedelta) -> None:
    from interview_stream.server.interviews.tasks import send_reminder

    assert interview.scheduled_for is not None
    due_at = interview.scheduled_for - lead
    # Who has heard of this time only since the reminder was due needs none.
    told = {notice.address for notice in interview.notices.filter(start=interview.scheduled_for, created_at__lt=due_at)}
    users = [reader.user for reader in _participants(interview) if reader.address in told]
    for user in users:
        reminder = remember(interview, user, kind=kind, moment=interview.scheduled_for)
        if reminder is not None:
            send_reminder.enqueue(reminder.pk)


def remember(interview: Interview, user: User | None, *, kind: str, moment: datetime) -> Reminder | None:
    """None when it was remembered before: whatever runs twice, nobody is reminded twice."""
    reminder, is_new = Reminder.objects.get_or_create(interview=interview, user=user, kind=kind, moment=moment)
    return reminder if is_new else None


def organisation_of(reminder_id: int) -> UUID | None:
    return Reminder.objects.filter(pk=reminder_id).values_list("interview__organisation_id", flat=True).first()


def start_mail(reminder: Reminder) -> EmailMessage | None:
    """None when it is too late, not true any more, or not wanted."""
    interview = reminder.interview
    lead = timedelta(minutes=int(reminder.kind.removeprefix(_BEFORE)))
    reader = next((each for each in _participants(interview) if each.user == reminder.user), None)
    is_true = interview.state in states.TO_COME and interview.scheduled_for == reminder.moment
    is_wanted = reminder.user is None or reminder.user.mail_reminders
    if not is_true or not is_wanted or reader is None or timezone.now() > reminder.moment - lead + _tolerance(lead):
        return None
    what = f"“{interview.title}” with {interview.organisation.name} begins {_nearness(reminder.moment)}:"
    people = ", ".join(interview.assignments.values_list("user__name", flat=True))
    facts = [when(interview, reminder.moment, reminder.user), f"With {people}"]
    if reminder.user is not None:
        facts[1] = f"Candidate: {interview.invitation.name or 'not named yet'}"
    last = (
        "Open your personal link a few minutes before, to check camera and microphone:"
        if reminder.user is None
        else "Open it:"
    )
    greeting = f"Hello {reader.name}," if reader.name else "Hello,"
    text = "\n\n".join([greeting, what, "\n".join(facts), f"{last}\n{interview_url(interview, reminder.user)}"])
    return reminder_mail(f"{_nearness(reminder.moment).capitalize()}: {interview.title}", text, reader.address)


def reminder_mail(subject: str, text: str, address: str) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)


def _participants(interview: Interview) -> list[Reader]:
    """Not those who only watch: one without an account must never be taken for the candidate, and get their link."""
    return [reader for reader in readers_of(interview) if reader.observer is None]


def _tolerance(lead: timedelta) -> timedelta:
    return min(lead / 2, LATEST)


def _nearness(start: datetime) -> str:
    minutes = round((start - timezone.now()).total_seconds() / 60)
    if minutes >= 36 * 60:
        return f"in {round(minutes / 1440)} days"
    if minutes >= 90:
        return f"in {round(minutes / 60)} hours"
    return f"in {minutes} minutes" if minutes != 1 else "in one minute"
