"""Prepared prefetching gives what Django's own gives, at any number of rows."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects
from django.test.utils import CaptureQueriesContext

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Membership, Organisation
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Assignment, Interview, Invitation, Observer, Slot
from interview_stream.server.interviews.schemas import InterviewIn
from interview_stream.server.lib.prefetching import MOST_KEYS, prefetch, rows_by

pytestmark = pytest.mark.django_db

NAMES = (
    *("created_by", "organisation", "invitation__candidate", "kit_version"),
    *("assignments__user", "observers__user", "slots", "notices"),
)


@pytest.fixture
def interviews(alice: Member, bob: Member) -> list[Interview]:
    made = []
    for number in range(5):
        email = f"dana{number}@example.org" if number else None
        wanted = InterviewIn(title=f"Interview {number}", candidate_name="Dana", candidate_email=email)
        wanted.interviewer_ids = [bob.user.pk, alice.user.pk][: number % 3] or None
        interview = create_interview(alice, wanted=wanted)
        for day in (3, 1, 2)[:number]:
            Slot.objects.create(interview=interview, start=f"2031-01-0{day}T10:00:00Z")
            Observer.objects.create(interview=interview, user=bob.user if day == 1 else None, name=f"Observer {day}")
        made.append(interview)
    return made


def picture(row: Any, names: tuple[str, ...]) -> Any:
    """The row's columns, and those of all that is reached from it without asking the database again."""
    with CaptureQueriesContext(connection) as asked:
        found = {name: _follow(row, name.split("__")) for name in names}
    assert len(asked) == 0
    return columns(row), found


def _follow(row: Any, path: list[str]) -> Any:
    if not path or row is None:
        return row and columns(row)
    reached = getattr(row, path[0])
    if not isinstance(reached, Model) and reached is not None:
        return [(columns(each), _follow(each, path[1:])) for each in reached.all()]
    return reached and (columns(reached), _follow(reached, path[1:]))


def columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_what_is_found_is_what_django_finds(interviews: list[Interview], count: int) -> None:
    keys = [each.pk for each in interviews[-count:]]
    plain: QuerySet[Interview] = QuerySet(Interview).filter(pk__in=keys)
    for _ in range(2):  # With the text made, and with the one that is kept.
        ours = Interview.objects.filter(pk__in=keys).prefetch_related(*NAMES)
        theirs = list(plain.order_by(*(Interview._meta.ordering or ())))
        prefetch_related_objects(theirs, *NAMES)
        assert [picture(each, NAMES) for each in ours] == [picture(each, NAMES) for each in theirs]


def test_a_relation_that_was_fetched_stays_confined_to_its_owner(interviews: list[Interview]) -> None:
    found = Interview.objects.prefetch_related("observers", "slots").get(pk=interviews[2].pk)
    assert [each.interview for each in found.slots.all()] == [found, found]
    assert found.slots.filter(start__year=2031).count() == 2
    assert {each.interview_id for each in found.observers.exclude(name="Nobody")} == {found.pk}


def test_the_same_row_is_fetched_once(interviews: list[Interview], alice: Member) -> None:
    alone = Interview.objects.get(pk=interviews[0].pk)
    with CaptureQueriesContext(connection) as asked:
        prefetch([alone], "created_by", "assignments__user")
    assert len(asked) == 2, "those who hold it, and alice"
    assert alone.assignments.all()[0].user is alone.created_by


def test_what_is_no_plain_relation_is_left_to_django(interviews: list[Interview]) -> None:
    slots = Prefetch("slots", queryset=Slot.objects.order_by("-start"))
    found = Interview.objects.prefetch_related(slots).get(pk=interviews[3].pk)
    with CaptureQueriesContext(connection) as asked:
        days = [slot.start.day for slot in found.slots.all()]
    assert (days, len(asked)) == ([3, 2, 1], 0)


def test_nothing_is_asked_for_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert list(rows_by(Slot, "interview", [])) == []
        prefetch([], "slots")
    assert len(asked) == 0


def test_many_keys_are_asked_for_at_once(interviews: list[Interview]) -> None:
    keys = [*(uuid4() for _ in range(MOST_KEYS)), *(each.pk for each in interviews)]
    with CaptureQueriesContext(connection) as asked:
        found = rows_by(Invitation, "interview", keys)
    assert {each.interview_id for each in found} == {each.pk for each in interviews}
    assert len(asked) == 1


def test_rows_are_found_by_whole_numbers_and_by_their_own_key(interviews: list[Interview], alice: Member) -> None:
    [membership] = rows_by(Membership, "user", [alice.user.pk])
    assert (membership.user_id, membership.organisation_id) == (alice.user.pk, alice.organisation.pk)
    assert rows_by(Organisation, "pk", [alice.organisation.pk]) == [alice.organisation]
    assert rows_by(Organisation, "pk", [uuid4()]) == []
    held = rows_by(Assignment, "user", [alice.user.pk, -1])
    assert held == list(Assignment.objects.filter(user=alice.user))
