"""Jobs: work that a transaction leaves to the worker, tried again with growing waits when it fails.

A job is a row of django-tasks' store, written in the caller's own transaction, so it exists if and only if what made it
necessary does. Jobs take ids, look at the state of things, and may run twice: a worker that is killed in the middle
begins again. After the last try the row is handed to those who keep what failed, and is gone.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeAlias, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from interview_stream.server.lib.failures import plain_words, technical_line

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Row: TypeAlias = DBTaskResult[..., Any]

MEDIA = "media"
"""The queue of jobs that take minutes; a worker thread of its own does them, so that no e-mail waits for a video."""
LONGEST_WAIT = timedelta(hours=1)
MOST_DEATHS = 3
"""How often a job may take the worker down with it."""
_INTERRUPTIONS = {"builtins.SystemExit", "builtins.KeyboardInterrupt"}


@dataclass(frozen=True, kw_only=True)
class Policy:
    title: str
    tries: int
    wait: timedelta
    is_kept: bool
    organisation_of: Callable[..., UUID | None] | None
    given_up: Callable[..., None] | None

    def wait_after(self, tries: int) -> timedelta:
        """Doubles from one try to the next."""
        return min(self.wait * int(2 ** (tries - 1)), LONGEST_WAIT)


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A job that failed for the last time."""

    task_path: str
    args: list[Any]
    kwargs: dict[str, Any]
    title: str
    tries: int
    at: datetime
    reason: str
    """In plain words."""
    technical: str
    organisation_id: UUID | None


_policies: dict[str, Policy] = {}
_keepers: list[Callable[[GivenUp], None]] = []
_UNKNOWN = Policy(
    title="A job that this version does not know",
    tries=1,
    wait=timedelta(0),
    is_kept=True,
    organisation_of=None,
    given_up=None,
)


def job(
    title: str,
    *,
    tries: int = 5,
    wait: timedelta = timedelta(minutes=1),
    queue: str = "default",
    is_kept: bool = True,
    organisation_of: Callable[..., UUID | None] | None = None,
    given_up: Callable[..., None] | None = None,
) -> Callable[[Callable[P, T]], Task[P, T]]:
    """Declare a job: `@job("Send an invitation")`; `enqueue` it inside the transaction that makes it necessary.

    `title` is what people read. `organisation_of` tells whose it is, `given_up` what becomes of its subject after the
    last try; both take the job's own arguments. What is not kept is only logged: it is of no use later.
    """

    def declare(function: Callable[P, T]) -> Task[P, T]:
        declared: Task[P, T] = task(queue_name=queue)(function)
        _policies[declared.module_path] = Policy(
            title=title,
            tries=tries,
            wait=wait,
            is_kept=is_kept,
            organisation_of=organisation_of,
            given_up=given_up,
        )
        return declared

    return declare


def on_giving_up(keeper: Callable[[GivenUp], None]) -> None:
    """Call `keeper` in the transaction that takes a job away after its last try."""
    _keepers.append(keeper)


def policy_of(task_path: str) -> Policy:
    try:
        import_string(task_path)
    except ImportError:
        return _UNKNOWN
    return _policies.get(task_path, _UNKNOWN)


def take_up_cut_off() -> None:
    """When the one worker starts, what is running was cut off. What it died of again and again is given up."""
    for row in DBTaskResult.objects.filter(status="RUNNING"):
        policy, deaths = policy_of(row.task_path), len(row.worker_ids)
        with transaction.atomic():
            if deaths >= max(policy.tries, MOST_DEATHS):
                words = "The worker died each time it tried. The server's log says more."
                _give_up(row, policy, words, "killed while running")
            else:
                log.warning("The job “%s” was cut off and runs again.", policy.title)
                _again(row, timedelta(0) if deaths == 1 else policy.wait_after(deaths))


def settle_failed() -> None:
    """What failed while nobody could note it: the database was away, or the worker died at that moment."""
    for job_id in DBTaskResult.objects.filter(status="FAILED").values_list("pk", flat=True):
        settle(job_id)


@transaction.atomic
def settle(job_id: UUID) -> None:
    """Of a job that has just failed: another try later, or the end."""
    row = DBTaskResult.objects.select_for_update().filter(pk=job_id, status="FAILED").first()
    if row is None:
        return
    policy, tries = policy_of(row.task_path), len(row.worker_ids)
    if row.exception_class_path in _INTERRUPTIONS:
        row.worker_ids = row.worker_ids[:-1]
        _again(row, timedelta(0))
    elif tries < policy.tries:
        log.warning("The job “%s” failed (%s) and is tried again.", policy.title, technical_line(row.traceback))
        _again(row, policy.wait_after(tries))
    else:
        _give_up(row, policy, plain_words(row.exception_class_path, row.traceback), technical_line(row.traceback))


def _again(row: Row, wait: timedelta) -> None:
    row.status = "READY"
    row.run_after = timezone.now() + wait
    row.started_at = row.finished_at = None
    row.save(update_fields=["status", "run_after", "started_at", "finished_at", "worker_ids"])


def _give_up(row: Row, policy: Policy, reason: str, technical: str) -> None:
    log.error("The job “%s” failed for the last time: %s", policy.title, row.traceback or technical)
    args, kwargs = row.args_kwargs["args"], row.args_kwargs["kwargs"]
    if policy.is_kept:
        given_up = GivenUp(
            task_path=row.task_path,
            args=args,
            kwargs=kwargs,
            title=policy.title,
            tries=len(row.worker_ids),
            at=timezone.now(),
            reason=reason,
            technical=technical,
            organisation_id=policy.organisation_of(*args, **kwargs) if policy.organisation_of else None,
        )
        for keeper in _keepers:
            keeper(given_up)
    if policy.given_up is not None:
        policy.given_up(*args, **kwargs)
    row.delete()
