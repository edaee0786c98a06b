"""How each English writes days and times: as the browsers' tables do, which the same vectors are held against."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from interview_stream.server.lib.languages import Language, clock, day, long_day

VECTORS = json.loads((Path(__file__).parents[3] / "web" / "src" / "lib" / "written-days.json").read_text())
MOMENT = datetime.fromisoformat(VECTORS["moment"])


@pytest.mark.parametrize("language", Language)
def test_days_and_times_are_written_as_on_the_pages(language: Language) -> None:
    assert [long_day(MOMENT, language), clock(MOMENT, language)] == VECTORS["written"][language]


def test_who_has_chosen_nothing_reads_the_day_first_and_24_hours() -> None:
    assert (day(MOMENT), clock(MOMENT, with_seconds=True)) == ("3 December 2026", "16:05:09")


@pytest.mark.parametrize(("hour", "words"), [(0, "12:05 AM"), (11, "11:05 AM"), (12, "12:05 PM"), (23, "11:05 PM")])
def test_twelve_hours_begin_with_twelve(hour: int, words: str) -> None:
    assert clock(MOMENT.replace(hour=hour), Language.UNITED_STATES) == words
