"""What the worker process does beside tasks: some things once when it starts, some again and again while it runs."""

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


_at_start: list[Chore] = []
_periodic: list[_Periodic] = []


def at_start(chore: AnyChore) -> AnyChore:
    """Run `chore` when a worker starts, before its first task: the place to take up what a killed one left."""
    _at_start.append(chore)
    return chore


def every(interval_s: float) -> Callable[[AnyChore], AnyChore]:
    """Run the chore again `interval_s` after it ended, in a thread of its own. What it raises is logged."""

    def register(chore: AnyChore) -> AnyChore:
        _periodic.append(_Periodic(chore, interval_s))
        return chore

    return register


def start_chores() -> None:
    """For the worker process: do what is due at its start, then leave the periodic chores running in daemon threads."""
    for chore in _at_start:
        _run(chore)
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
