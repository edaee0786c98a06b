"""Pages of a list into which rows come and from which they go, between one page and the next."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interview_stream.server.accounts.models import Organisation
from interview_stream.server.lib.pages import MOST_ROWS, PageOut, page_of
from interview_stream.server.lib.problems import Invalid

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
ORDER = ["-created_at", "id"]


def add(minute: int, name: str = "") -> Organisation:
    return Organisation.objects.create(name=name or str(minute), created_at=BEGIN + timedelta(minutes=minute))


def page(**where: Any) -> PageOut[str]:
    name: Callable[[Organisation], str] = lambda row: row.name  # noqa: E731
    return page_of(Organisation.objects.all(), ORDER, name, size=3, **where)


def test_all_rows_come_once_and_in_order_also_those_of_one_moment() -> None:
    for number in range(10):
        add(number // 4, str(number))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        one = page(after=after)
        seen += one.items
        after = one.next
    assert seen == [row.name for row in Organisation.objects.order_by(*ORDER)]
    assert len(seen) == 10


def test_a_page_that_is_full_to_the_last_row_is_the_last() -> None:
    for minute in range(3):
        add(minute)
    assert page().next is None
    assert page(after="", upto="").items == ["2", "1", "0"]


def test_pages_stay_apart_while_rows_come_and_go() -> None:
    """As a browser does: each page but the last is a range."""
    dice = random.Random(7)
    for minute in range(0, 200, 10):
        add(minute)
    ends: list[str] = []
    for _ in range(4):
        last = page(after=ends[-1] if ends else "").next
        assert last is not None
        ends.append(last)
    for turn in range(60):
        if turn % 2:
            add(dice.randrange(200), f"new {turn}")
        else:
            Organisation.objects.order_by("?").first().delete()  # type: ignore[union-attr]
        shown: list[str] = []
        for number, end in enumerate(ends):
            shown += page(after=ends[number - 1] if number else "", upto=end).items
        rest = page(after=ends[-1])
        everything = [row.name for row in Organisation.objects.order_by(*ORDER)]
        assert everything[: len(shown) + len(rest.items)] == shown + rest.items
        assert rest.next is not None or len(shown + rest.items) == len(everything)


def test_a_range_with_very_many_rows_ends_earlier() -> None:
    add(0)
    add(1000)
    end = page_of(Organisation.objects.all(), ORDER, str, size=1).next
    assert end is not None
    Organisation.objects.bulk_create(
        Organisation(name=str(n), created_at=BEGIN + timedelta(minutes=1001, seconds=n)) for n in range(MOST_ROWS + 5)
    )
    first = page(upto=end)
    assert (len(first.items), first.next != end) == (MOST_ROWS, True)
    assert len(page(after=first.next, upto=end).items) == 6


@pytest.mark.parametrize("cursor", ["?", "e30", "WyJhIl0", "WyJhIiwiYiJd", "//", "ÿ"])
def test_a_cursor_of_somebody_elses_making_is_refused(cursor: str) -> None:
    for where in ({"after": cursor}, {"upto": cursor}):
        with pytest.raises(Invalid):
            page(**where)
