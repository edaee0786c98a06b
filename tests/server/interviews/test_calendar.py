"""Calendar files, read by a parser that shares no code with the writer."""

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import vobject

from interview_stream.server.interviews.calendar import Entry, Method, calendar_file

NOW = datetime(2026, 11, 1, tzinfo=UTC)
# Each with the days around both changes of its clocks, to and from summer time, and one that has none.
CHANGES = {
    "Europe/Berlin": ["2027-03-28", "2027-10-31"],
    "America/New_York": ["2027-03-14", "2027-11-07"],
    "Australia/Sydney": ["2027-04-04", "2027-10-03"],
    "America/Santiago": ["2027-04-04", "2027-09-05"],
    "Africa/Cairo": ["2027-04-30", "2027-10-29"],
    "Asia/Kolkata": ["2027-03-28", "2027-10-31"],
}
MOMENTS = [
    (zone, datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(hours=hours))
    for zone, days in CHANGES.items()
    for day in days
    for hours in (-30, -9, 0, 1, 2, 6, 9, 33)
]


def entry(start: datetime, minutes: int = 60, summary: str = "Coding") -> Entry:
    return Entry(
        interview_id=UUID(int=7), host="interviews.example", sequence=3, start=start, minutes=minutes,
        summary=summary, description="Two tasks.\nBring tea; or, coffee.", url="https://interviews.example/join/x",
        organiser_name="Acme, Inc.", organiser_address="no-reply@interviews.example",
        attendee_name='Dana "D" Díaz', attendee_address="dana@example.org",
    )  # fmt: skip


def read(content: bytes) -> Any:
    return vobject.readOne(content.decode())


@pytest.mark.parametrize(("zone", "start"), MOMENTS)
def test_the_moment_is_right_on_both_sides_of_a_change_of_clocks(zone: str, start: datetime) -> None:
    """Planned on the wall clock of the zone, and read back to it."""
    wall = start.astimezone(ZoneInfo(zone))
    event = read(calendar_file(entry(wall, minutes=90), Method.REQUEST, now=NOW)).vevent

    assert event.dtstart.value.astimezone(ZoneInfo(zone)).isoformat() == wall.isoformat()
    assert event.dtstart.value == start
    assert event.dtend.value == start + timedelta(minutes=90)


@pytest.mark.parametrize(("method", "status"), [(Method.REQUEST, "CONFIRMED"), (Method.CANCEL, "CANCELLED")])
def test_what_a_message_says(method: Method, status: str) -> None:
    content = calendar_file(entry(NOW, summary="Coding; áé, 面試 " + "x" * 90), method, now=NOW)
    found = read(content)
    event = found.vevent

    assert (found.method.value, found.version.value) == (method.value, "2.0")
    assert (event.uid.value, event.sequence.value) == (f"{UUID(int=7)}@interviews.example", "3")
    assert event.status.value == status
    assert event.summary.value == "Coding; áé, 面試 " + "x" * 90
    assert event.description.value == "Two tasks.\nBring tea; or, coffee."
    assert event.organizer.value == "mailto:no-reply@interviews.example"
    assert parseaddr(event.attendee.value.removeprefix("mailto:"))[1] == "dana@example.org"
    assert len(event.contents["attendee"]) == 1
    # RFC 5545, section 3.1: lines end in CRLF and are folded at 75 octets.
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\n") == content.count(b"\r\n")
