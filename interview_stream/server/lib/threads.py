"""Threads that stay, each with its own connection to the database, which only it may close."""

import contextlib
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from queue import Empty
from typing import Any

from django.db import connections

# What is running when the server stops is waited for this long.
CLOSE_TIMEOUT_S = 5.0


class ConnectedThreads(ThreadPoolExecutor):
    """What opens a connection costs more than most of what is asked of it, so it is kept from one task to the next."""

    def __init__(self, count: int, name: str) -> None:
        super().__init__(count, thread_name_prefix=name)
        self._count = count
        self._work_queue: Any = NewestFirst()  # Where the threads wait, and the only thing that they wait for.

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


class NewestFirst:
    """A queue whose items go to the thread that has waited for the shortest time.

    Python's own goes round: each task then finds a connection that the others have outdated. Here as few threads work
    as there are tasks at once, and what they keep (pages of the database, prepared statements) is of the last moment.
    """

    def __init__(self) -> None:
        # Reentrant, because an executor that nobody closed puts its last item when Python finds it, at any place.
        self._lock = threading.RLock()
        self._items: deque[Any] = deque()
        self._waiting: list[_Waiter] = []

    def put(self, item: Any) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.pop().give(item)
            else:
                self._items.append(item)

    def get(self, block: bool = True) -> Any:
        with self._lock:
            if self._items:
                return self._items.popleft()
            if not block:
                raise Empty
            waiter = _Waiter()
            self._waiting.append(waiter)
        return waiter.take()

    def get_nowait(self) -> Any:
        return self.get(block=False)


class _Waiter:
    """One thread, until it is given something."""

    def __init__(self) -> None:
        self._is_given = threading.Lock()
        self._is_given.acquire()
        self._item: Any = None

    def give(self, item: Any) -> None:
        self._item = item
        self._is_given.release()

    def take(self) -> Any:
        self._is_given.acquire()
        return self._item
