"""Runs the worker process: background tasks, one at a time, in the order they were asked for."""

import logging

import django
from django.conf import settings

log = logging.getLogger(__name__)


def work() -> int:
    django.setup()
    from django.core.management import call_command

    from interview_stream.server.heartbeat import Heartbeat
    from interview_stream.server.lib import chores
    from interview_stream.server.live import tracking
    from interview_stream.server.live.bus import Sender

    settings.RUN_FOLDER.mkdir(parents=True, exist_ok=True)
    tracking.on_write(Sender(settings.LIVE_SOCKET).send)
    give_back_unfinished()
    chores.start_chores()
    Heartbeat(settings.RUN_FOLDER / "worker").keep_beating()
    call_command("db_worker", interval=0.5, startup_delay=False, reload=False, worker_id="worker", queue_name="*")
    return 0


def give_back_unfinished() -> None:
    """There is one worker, so a task that is running when it starts was cut off by a crash and has to run again."""
    from django_tasks_db.models import DBTaskResult

    running = DBTaskResult.objects.filter(status="RUNNING")
    count = running.update(status="READY", started_at=None)
    if count:
        log.warning("%d task(s) were cut off and run again.", count)
