"""Threads that stay: who waited for the shortest time is given the next task, and closing waits for all."""

import threading
from queue import Empty

import pytest

from interview_stream.server.lib.threads import ConnectedThreads, NewestFirst
from tests.product import wait_for


def test_a_task_goes_to_the_thread_that_came_last() -> None:
    queue, given = NewestFirst(), {}

    def work(name: str) -> None:
        given[name] = queue.get()

    threads = []
    for number, name in enumerate(("first", "second", "third"), start=1):
        threads.append(threading.Thread(target=work, args=(name,), daemon=True))
        threads[-1].start()
        wait_for(lambda number=number: len(queue._waiting) == number, f"{name} to wait")  # type: ignore[misc]
    for item in ("a", "b", "c"):
        queue.put(item)
    for thread in threads:
        thread.join()
    assert given == {"third": "a", "second": "b", "first": "c"}


def test_what_nobody_waits_for_is_taken_in_order() -> None:
    queue = NewestFirst()
    for item in (1, 2, 3):
        queue.put(item)
    assert [queue.get(), queue.get(), queue.get_nowait()] == [1, 2, 3]
    with pytest.raises(Empty):
        queue.get_nowait()


def test_as_many_tasks_at_once_as_there_are_threads() -> None:
    threads, together = ConnectedThreads(3, "test"), threading.Barrier(3)
    waiting = [threads.submit(together.wait, 10) for _ in range(3)]
    assert sorted(each.result() for each in waiting) == [0, 1, 2]
    later = [threads.submit(lambda number=number: number) for number in range(20)]  # type: ignore[misc]
    threads.close()
    assert [each.result() for each in later] == list(range(20))
