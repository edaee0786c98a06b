"""Runs the worker process: jobs in the order they are due, long ones beside the others, and the chores."""

import threading

import django
from django.conf import settings


def work() -> int:
    django.setup()
    from interview_stream.server.heartbeat import Heartbeat
    from interview_stream.server.jobs.worker import JobWorker
    from interview_stream.server.lib import chores, jobs, schedules
    from interview_stream.server.live import tracking
    from interview_stream.server.live.wiring import sender

    settings.RUN_FOLDER.mkdir(parents=True, exist_ok=True)
    tracking.on_write(sender(settings.ENVIRONMENT.redis_url, settings.LIVE_SOCKET).send)
    jobs.take_up_cut_off()
    jobs.settle_failed()
    schedules.plan()
    chores.every(60.0)(jobs.settle_failed)
    chores.every(60.0)(schedules.plan)
    chores.start_chores()
    Heartbeat(settings.RUN_FOLDER / "worker").keep_beating()
    # When the process is told to stop, a long job is cut off; it begins again with the next worker.
    threading.Thread(target=JobWorker("media", only=jobs.MEDIA).run, name="media jobs", daemon=True).start()
    quick = JobWorker("worker", without=jobs.MEDIA)
    quick.configure_signals()
    quick.run()
    return 0
