"""The calendar entry of an interview as an iTIP message (RFC 5546) that mail programs put into a person's calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress, vText


class Method(StrEnum):
    """RFC 5546, sections 3.2.2 and 3.2.5."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a calendar is told. One interview keeps one UID; the sequence only ever grows."""

    interview_id: UUID
    host: str
    sequence: int
    start: datetime
    minutes: int
    summary: str
    description: str
    url: str
    organiser_name: str
    organiser_address: str
    attendee_name: str = ""
    attendee_address: str = ""
    """Empty where nobody is invited by it: in a feed, the calendar's owner knows who they are."""


def calendar_file(entry: Entry, method: Method, *, now: datetime) -> bytes:
    """Only the reader is named as attendee: what others' addresses are is nobody's business."""
    calendar = Calendar()
    calendar.add("prodid", "-//Interview Stream//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    event = _event(entry, now)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    attendee = _address(entry.attendee_address, entry.attendee_name or entry.attendee_address)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed_file(name: str, entries: Iterable[Entry], *, now: datetime) -> bytes:
    """A calendar to subscribe to: it has no method, since it asks nobody to come."""
    calendar = Calendar()
    calendar.add("prodid", "-//Interview Stream//EN")
    calendar.add("version", "2.0")
    # RFC 7986, sections 5.1 and 5.7; the older name is what most programs read.
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
    for entry in entries:
        event = _event(entry, now)
        event.add("status", "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(entry: Entry, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.interview_id}@{entry.host}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    # RFC 5545, section 3.3.5: a single meeting is a moment, and UTC says it without the tables of summer times that
    # calendar programs read differently. Each shows it on its owner's clock.
    start = entry.start.astimezone(UTC)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=entry.minutes))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("location", entry.url)
    event.add("url", entry.url)
    event.add("organizer", _address(entry.organiser_address, entry.organiser_name))
    return event


def _address(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    found.params["cn"] = vText(name)
    return found
