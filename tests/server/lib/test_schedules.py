"""Schedules: what comes again by itself, on whose clock, and what is left of it after an outage."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.lib import schedules
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.schedules import Daily, Every, Target
from tests.server.conftest import run_worker

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
done: list[str] = []


@job("Tidy up", tries=2)
def tidy(name: str = "") -> None:
    done.append(name)
    if name == "broken":
        raise RuntimeError("no luck")


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(schedules, "_schedules", [])
    done.clear()
    yield


def due_now() -> None:
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - 5 * HOUR)


def test_it_comes_again_and_leaves_no_rows() -> None:
    schedules.schedule(tidy, Every(HOUR))
    schedules.plan()
    schedules.plan()
    run_worker()
    assert done == [], "not yet"
    due_now()
    run_worker()
    assert done == [""], "once, however often it was missed"
    row = DBTaskResult.objects.get()
    assert row.status == "READY"
    assert HOUR - timedelta(minutes=1) < row.run_after - timezone.now() <= HOUR


def test_a_failure_is_tried_again_and_does_not_end_the_schedule() -> None:
    schedules.schedule(tidy, Every(HOUR), lambda: [Target(("broken",))])
    schedules.plan()
    for _ in range(2):
        due_now()
        run_worker()
    assert done == ["broken"] * 2
    row = DBTaskResult.objects.get()
    assert (row.status, row.worker_ids) == ("READY", [])


def test_targets_come_go_and_move_to_other_zones() -> None:
    targets = [Target(("a",), "Europe/Berlin"), Target(("b",), "Asia/Tokyo")]
    schedules.schedule(tidy, Daily(time(3)), lambda: targets)
    schedules.plan()
    hours = {row.args_kwargs["args"][0]: row.run_after.astimezone(UTC).hour for row in DBTaskResult.objects.all()}
    assert hours["a"] in (1, 2)
    assert hours["b"] == 18

    del targets[0]
    targets[0] = Target(("b",), "UTC")
    later = timezone.now() + timedelta(days=3)
    DBTaskResult.objects.update(run_after=later)
    schedules.plan()
    row = DBTaskResult.objects.get()
    assert (row.args_kwargs["args"], row.run_after.hour) == (["b"], 3)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2030-03-30T01:00Z", "2030-03-30T02:30Z"),  # 02:00 in Berlin, before that night's turn of the clock
        ("2030-03-30T03:00Z", "2030-03-31T01:30Z"),  # The clock has been put forward at 02:00.
        ("2030-10-26T03:00Z", "2030-10-27T02:30Z"),
    ],
)
def test_a_time_of_the_day_is_on_the_clock_of_the_zone(now: str, due: str) -> None:
    found = Daily(time(3, 30)).following(datetime.fromisoformat(now), "Europe/Berlin")
    assert found == datetime.fromisoformat(due)
