"""The words of an invitation, an update or a cancellation, with the calendar entry attached."""

from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from interview_stream.server.interviews.calendar import Entry, Method, calendar_file
from interview_stream.server.interviews.links import link_url
from interview_stream.server.interviews.models import Interview, Notice


def mail_of(notice: Notice) -> EmailMultiAlternatives:
    method = Method(notice.method)
    text = "\n\n".join(part for part in _parts(notice) if part)
    entry = _entry(notice, description=text)
    mail = EmailMultiAlternatives(
        _subject(notice),
        text,
        settings.DEFAULT_FROM_EMAIL,
        [notice.address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    calendar = calendar_file(entry, method, now=timezone.now()).decode()
    mail.attach_alternative(calendar, f"text/calendar; method={method.value}; charset=utf-8")
    mail.attach("interview.ics", calendar, "text/calendar")
    return mail


def _subject(notice: Notice) -> str:
    word = "Cancelled" if notice.method == Method.CANCEL else "Updated" if notice.is_update else "Invitation"
    return f"{word}: {notice.interview.title}"


def _parts(notice: Notice) -> list[str]:
    interview = notice.interview
    greeting = f"Hello {notice.name}," if notice.name else "Hello,"
    what = f"“{interview.title}” with {interview.organisation.name}"
    when = _when(notice)
    if notice.method == Method.CANCEL:
        return [greeting, f"{what} on {when} does not take place, or no longer with you."]
    people = ", ".join(interview.assignments.values_list("user__name", flat=True))
    change = "There is news of your interview" if notice.is_update else "You have an interview"
    facts = f"{what}\n{when}\nWith {people}" if notice.user is None else f"{what}\n{when}\nInterviewers: {people}"
    if notice.user is not None:
        candidate = interview.invitation.name or "not named yet"
        return [greeting, f"{change}:", f"{facts}\nCandidate: {candidate}", f"Open it: {_url(notice)}"]
    how = f"Your personal link, without an account or anything to install:\n{_url(notice)}"
    return [greeting, f"{change}:", facts, interview.description, how, "Please keep the link to yourself."]


def _when(notice: Notice) -> str:
    """On the reader's clock; the zone is always said."""
    interview = notice.interview
    zone = (interview.invitation.time_zone if notice.user is None else "") or interview.time_zone
    start = notice.start.astimezone(ZoneInfo(zone))
    end = (notice.start + timedelta(minutes=interview.duration_minutes)).astimezone(ZoneInfo(zone))
    return f"{start:%A} {start.day} {start:%B %Y}, {start:%H:%M} - {end:%H:%M} {start:%Z} ({zone.replace('_', ' ')})"


def _url(notice: Notice) -> str:
    interview = notice.interview
    if notice.user is None:
        return link_url(interview.invitation)
    return f"{settings.ENVIRONMENT.public_url}/interviews/{interview.id}"


def _entry(notice: Notice, *, description: str) -> Entry:
    interview: Interview = notice.interview
    return Entry(
        interview_id=interview.id,
        host=urlsplit(settings.ENVIRONMENT.public_url).hostname or "localhost",
        sequence=notice.sequence,
        start=notice.start,
        minutes=interview.duration_minutes,
        summary=interview.title,
        description=description,
        url=_url(notice),
        organiser_name=interview.organisation.name,
        organiser_address=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        attendee_name=notice.name,
        attendee_address=notice.address,
    )
