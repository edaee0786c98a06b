"""Threads that stay, each with its own connection to the database, which only it may close."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

# What is running when the server stops is waited for this long.
CLOSE_TIMEOUT_S = 5.0


class ConnectedThreads(ThreadPoolExecutor):
    """What opens a connection costs more than most of what is asked of it, so it is kept from one task to the next."""

    def __init__(self, count: int, name: str) -> None:
        super().__init__(count, thread_name_prefix=name)
        self._count = count

    def close(self) -> None:
        """Together, so that no thread closes for another."""
        together = threading.Barrier(self._count)

        def give_back() -> None:
            with contextlib.suppress(threading.BrokenBarrierError):  # One of them is busy for longer.
                together.wait(CLOSE_TIMEOUT_S)
            connections.close_all()

        for _ in range(self._count):
            self.submit(give_back)
        self.shutdown(wait=True)
