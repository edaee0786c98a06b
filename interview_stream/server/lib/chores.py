"""What the worker looks at again and again, every few seconds, in threads of their own.

For what happens outside the database, in the media engine, where waiting for a free worker or writing a job down each
time would be wrong. Everything else that comes again is a job with a schedule (jobs.py, schedules.py).
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import close_old_connections

log = logging.getLogger(__name__)

Chore = Callable[[], None]
AnyChore = TypeVar("AnyChore", bound=Chore)


@dataclass(frozen=True)
class _Periodic:
    chore: Chore
    interval_s: float


_periodic: list[_Periodic] = []


def every(interval_s: float) -> Callable[[AnyChore], AnyChore]:
    """Run the chore again `interval_s` after it ended, in a thread of its own. What it raises is logged."""

    def register(chore: AnyChore) -> AnyChore:
        _periodic.append(_Periodic(chore, interval_s))
        return chore

    return register


def start_chores() -> None:
    """For the worker process: leave the chores running in daemon threads."""
    for periodic in _periodic:
        threading.Thread(target=_repeat, args=(periodic,), name=periodic.chore.__name__, daemon=True).start()


def _repeat(periodic: _Periodic) -> None:
    pause = threading.Event()
    while not pause.wait(periodic.interval_s):
        _run(periodic.chore)


def _run(chore: Chore) -> None:
    close_old_connections()
    try:
        chore()
    except Exception:  # one chore's trouble must not end the others, nor the next try
        log.exception("The chore %s failed; it will be tried again.", chore.__name__)
    finally:
        close_old_connections()
