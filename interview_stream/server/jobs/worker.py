"""The loop that does jobs: django-tasks-db's own, with what comes after a job added."""

import logging

from django.db import Error as AnyDatabaseError
from django_tasks_db.management.commands.db_worker import Worker

from interview_stream.server.lib import jobs, schedules

log = logging.getLogger(__name__)

LOOK_S = 0.5


class JobWorker(Worker):
    """Does the jobs of every queue, or of one, or of all but one; with `until_idle`, until none is due."""

    def __init__(self, name: str, *, only: str = "*", without: str | None = None, until_idle: bool = False) -> None:
        super().__init__(
            queue_names=[only],
            excluded_queue_names=[] if without is None else [without],
            interval=0 if until_idle else LOOK_S,
            batch=until_idle,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=name,
        )

    def run_task(self, db_task_result: jobs.Row) -> None:
        super().run_task(db_task_result)
        try:
            jobs.settle(db_task_result.pk)
            if schedules.is_scheduled(db_task_result.task_path):
                schedules.plan_after(db_task_result)
        except AnyDatabaseError:  # It is done later, by the chores that look for what was left.
            log.exception("What comes after a job could not be written down yet.")
