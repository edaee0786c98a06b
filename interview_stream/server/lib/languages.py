"""The Englishes that people choose from, and how each writes days and times; the words are English in all of them.

The pages write by the browser's own tables; `web/src/lib/written-days.json` holds both to the same.
"""

from datetime import datetime

from django.db.models import TextChoices


class Language(TextChoices):
    """As language tags of BCP 47 name them."""

    AUSTRALIA = "en-AU", "English (Australia)"
    CANADA = "en-CA", "English (Canada)"
    INDIA = "en-IN", "English (India)"
    IRELAND = "en-IE", "English (Ireland)"
    NEW_ZEALAND = "en-NZ", "English (New Zealand)"
    SINGAPORE = "en-SG", "English (Singapore)"
    SOUTH_AFRICA = "en-ZA", "English (South Africa)"
    UNITED_KINGDOM = "en-GB", "English (United Kingdom)"
    UNITED_STATES = "en-US", "English (United States)"


_MONTH_FIRST = {Language.CANADA, Language.UNITED_STATES}
_HALVES = {
    Language.AUSTRALIA: ("am", "pm"),
    Language.CANADA: ("a.m.", "p.m."),
    Language.INDIA: ("am", "pm"),
    Language.NEW_ZEALAND: ("am", "pm"),
    Language.SINGAPORE: ("am", "pm"),
    Language.UNITED_STATES: ("AM", "PM"),
}
"""What the halves of the day are called where the clock has twelve hours."""


def day(moment: datetime, language: str = "") -> str:
    """As "26 November 2026" or "November 26, 2026"; the first for whoever has chosen nothing."""
    if language in _MONTH_FIRST:
        return f"{moment:%B} {moment.day}, {moment.year}"
    return f"{moment.day} {moment:%B} {moment.year}"


def long_day(moment: datetime, language: str = "") -> str:
    """As "Thursday 26 November 2026" or "Thursday, November 26, 2026"."""
    return f"{moment:%A}{',' if language in _MONTH_FIRST else ''} {day(moment, language)}"


def clock(moment: datetime, language: str = "", *, with_seconds: bool = False) -> str:
    """As "16:05" or "4:05 PM"."""
    rest = f"{moment:%M:%S}" if with_seconds else f"{moment:%M}"
    halves = _HALVES.get(Language(language)) if language else None
    if halves is None:
        return f"{moment:%H}:{rest}"
    return f"{moment.hour % 12 or 12}:{rest} {halves[moment.hour >= 12]}"
