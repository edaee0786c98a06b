"""The words of an invitation, an update or a cancellation, with the calendar entry attached."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils import timezone

from interview_stream.server.accounts.models import User
from interview_stream.server.interviews.calendar import Entry, Method, calendar_file
from interview_stream.server.interviews.links import link_url, observer_url
from interview_stream.server.interviews.models import Interview, Notice
from interview_stream.server.lib.languages import clock, long_day


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
    time, url = when(interview, notice.start, notice.user), _url(notice)
    if notice.method == Method.CANCEL:
        return [greeting, f"{what} on {time} does not take place, or no longer with you."]
    people = ", ".join(interview.assignments.values_list("user__name", flat=True))
    change = "There is news of your interview" if notice.is_update else "You have an interview"
    if notice.observer is not None:
        return [greeting, "You are invited to watch an interview:", f"{what}\n{time}", f"Open it: {url}"]
    facts = f"{what}\n{time}\nWith {people}" if notice.user is None else f"{what}\n{time}\nInterviewers: {people}"
    if notice.user is not None:
        candidate = interview.invitation.name or "not named yet"
        return [
            greeting,
            f"{change}:",
            f"{facts}\nCandidate: {candidate}",
            f"Open it: {url}",
        ]
    how = f"Your personal link, without an account or anything to install:\n{url}"
    return [greeting, f"{change}:", facts, interview.description, how, "Please keep the link to yourself."]


def when(interview: Interview, start: datetime, user: User | None) -> str:
    """On the reader's clock, a member's or (for no user) the candidate's; the zone is always said."""
    own, language = (interview.invitation.time_zone, "") if user is None else (user.time_zone, user.language)
    zone = own or interview.time_zone
    begin = start.astimezone(ZoneInfo(zone))
    end = (start + timedelta(minutes=interview.duration_minutes)).astimezone(ZoneInfo(zone))
    hours = f"{clock(begin, language)} - {clock(end, language)}"
    return f"{long_day(begin, language)}, {hours} {begin:%Z} ({zone.replace('_', ' ')})"


def _url(notice: Notice) -> str:
    if notice.observer is not None and notice.user is None:
        return observer_url(notice.observer)
    return interview_url(notice.interview, notice.user)


def nobody_holds_mail(user: User, leaver: str, interviews: Sequence[Interview]) -> EmailMessage:
    """To somebody who can choose another interviewer."""
    lines = [f"“{each.title}”, {_time_of(each, user)}\n{interview_url(each, user)}" for each in interviews]
    what = "This interview has" if len(lines) == 1 else "These interviews have"
    parts = [
        f"Hello {user.name},",
        f"{leaver} does not belong to {interviews[0].organisation.name} any more. {what} nobody left who holds "
        f"{'it' if len(lines) == 1 else 'them'}:",
        *lines,
        "Choose somebody else, or cancel: the candidate has not been told.",
    ]
    subject = "An interview needs an interviewer" if len(lines) == 1 else f"{len(lines)} interviews need an interviewer"
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, "\n\n".join(parts), settings.DEFAULT_FROM_EMAIL, [user.email], headers=headers)


def _time_of(interview: Interview, user: User) -> str:
    return when(interview, interview.scheduled_for, user) if interview.scheduled_for else "without a time"


def interview_url(interview: Interview, user: User | None) -> str:
    """Where this reader opens it: the candidate by the personal link."""
    if user is None:
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
