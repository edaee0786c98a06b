"""Jobs that come again by themselves: every so often, or at a time of the day in somebody's time zone.

The next run of each waits in the store as a job of its own that may not begin before its time, so schedules survive
whatever stops. After an outage what was missed runs once, not as often as it was missed. A job for one moment needs no
schedule: `task.using(run_after=moment).enqueue(…)`.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from interview_stream.server.lib.jobs import Row


@dataclass(frozen=True)
class Every:
    interval: timedelta

    def following(self, now: datetime, zone: str) -> datetime:
        return now + self.interval


@dataclass(frozen=True)
class Daily:
    """On the clock of the zone: summer time moves it along."""

    at: time

    def following(self, now: datetime, zone: str) -> datetime:
        here = now.astimezone(ZoneInfo(zone))
        wanted = datetime.combine(here.date(), self.at, here.tzinfo)
        if wanted.astimezone(UTC) <= now:
            wanted = datetime.combine(here.date() + timedelta(days=1), self.at, here.tzinfo)
        return wanted.astimezone(UTC)


Rule = Every | Daily


@dataclass(frozen=True)
class Target:
    """One run of a schedule: the job's arguments, and on whose clock."""

    args: tuple[Any, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True)
class _Schedule:
    task: Task[..., Any]
    rule: Rule
    targets: Callable[[], Iterable[Target]]


_schedules: list[_Schedule] = []


def schedule(task: Task[..., Any], rule: Rule, targets: Callable[[], Iterable[Target]] = lambda: [Target()]) -> None:
    """Run the job by the rule, once for each target: an organisation, say, with its zone."""
    _schedules.append(_Schedule(task, rule, targets))


def is_scheduled(task_path: str) -> bool:
    return any(each.task.module_path == task_path for each in _schedules)


@transaction.atomic
def plan() -> None:
    """See to it that each run that is due next waits, and none that nobody wants any more."""
    now = timezone.now()
    paths = [each.task.module_path for each in _schedules]
    waiting = {_key(row): row for row in DBTaskResult.objects.filter(task_path__in=paths).exclude(status="SUCCESSFUL")}
    for each in _schedules:
        for target in each.targets():
            row = waiting.pop((each.task.module_path, json.dumps(list(target.args))), None)
            due_at = each.rule.following(now, target.zone)
            if row is None:
                each.task.using(run_after=due_at).enqueue(*target.args)
            elif row.status == "READY" and not row.worker_ids and row.run_after > due_at:
                DBTaskResult.objects.filter(pk=row.pk, status="READY").update(run_after=due_at)  # The zone changed.
    gone = [row.pk for row in waiting.values() if row.status == "READY"]
    DBTaskResult.objects.filter(pk__in=gone, status="READY").delete()


@transaction.atomic
def plan_after(row: Row) -> None:
    """What a schedule's run that is over leaves behind: nothing, but the next one."""
    DBTaskResult.objects.filter(pk=row.pk, status="SUCCESSFUL").delete()
    plan()


def _key(row: Row) -> tuple[str, str]:
    return row.task_path, json.dumps(row.args_kwargs["args"])
