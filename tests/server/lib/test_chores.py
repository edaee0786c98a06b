"""Chores run when and as often as they were registered, and one's trouble is not another's."""

import threading
from collections.abc import Iterator

import pytest

from interview_stream.server.lib import chores


@pytest.fixture(autouse=True)
def no_other_chores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The apps' own chores are not for this test's threads."""
    monkeypatch.setattr(chores, "_periodic", [])
    yield


@pytest.mark.django_db
def test_a_periodic_chore_comes_again_also_after_it_failed() -> None:
    came: list[int] = []
    often = threading.Event()

    @chores.every(0.001)
    def broken() -> None:
        came.append(len(came))
        if len(came) < 3:
            raise RuntimeError("no luck")
        often.set()
        threading.Event().wait()  # the thread has no end of its own; it must not go on beside other tests

    chores.start_chores()
    assert often.wait(30)
