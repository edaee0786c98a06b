"""The states of a watched query, without sockets: due, running, settled."""

from collections.abc import Iterator
from typing import Any

import pytest

from interview_stream.server.lib.problems import NotFound
from interview_stream.server.live import registry
from interview_stream.server.live.hub import Hub, Outcome, Watcher, run_all
from interview_stream.server.live.registry import Credentials, WatchedQuery
from interview_stream.server.live.sets import ANY_ROW, EVERYTHING, Read, WriteSet

NOBODY = Credentials(session_key=None, guest_token=None)
USERS, LINKS = WriteSet({"users": None}), WriteSet({"links": None})
READS: frozenset[Read] = frozenset({("users", ANY_ROW)})


def _one(actor: Any) -> int:
    return 1


QUERY = WatchedQuery("test.one", _one)


class Wakes:
    """Counts how often a watcher asks to be run."""

    def __init__(self) -> None:
        self.count = 0
        self.watcher = Watcher(NOBODY, self.wake)

    def wake(self) -> None:
        self.count += 1

    def run(self, result: bytes | None, reads: frozenset[Read] = READS) -> list[bytes | None]:
        outcomes = [Outcome(s, result, None if result else {"status": 404}, reads) for s in self.watcher.take_due()]
        return [self.watcher.settle(outcome) for outcome in outcomes]


def test_a_new_subscription_is_due_and_sends_its_result() -> None:
    wakes = Wakes()
    wakes.watcher.watch(7, QUERY, {})
    assert wakes.count == 1
    assert wakes.run(b"[1]") == [b'{"type":"result","id":7,"data":[1]}']
    assert wakes.run(b"[1]") == []


def test_only_changes_that_meet_the_read_set_run_it_again() -> None:
    wakes = Wakes()
    wakes.watcher.watch(7, QUERY, {})
    wakes.run(b"1")
    wakes.watcher.note_change(LINKS)
    assert wakes.run(b"2") == []
    wakes.watcher.note_change(USERS)
    assert wakes.run(b"2") == [b'{"type":"result","id":7,"data":2}']
    wakes.watcher.note_change(EVERYTHING)
    assert wakes.run(b"3") == [b'{"type":"result","id":7,"data":3}']


def test_an_unchanged_result_is_not_sent_again() -> None:
    wakes = Wakes()
    wakes.watcher.watch(7, QUERY, {})
    wakes.run(b"1")
    wakes.watcher.note_change(USERS)
    assert wakes.run(b"1") == [None]


@pytest.mark.parametrize(("meanwhile", "runs_again"), [(USERS, True), (LINKS, False), (EVERYTHING, True)])
def test_a_change_during_the_run_runs_it_again_if_it_met(meanwhile: WriteSet, runs_again: bool) -> None:
    """The run may have read before or after that commit, so it cannot be trusted."""
    wakes = Wakes()
    wakes.watcher.watch(7, QUERY, {})
    (running,) = wakes.watcher.take_due()
    wakes.watcher.note_change(meanwhile)
    assert wakes.watcher.take_due() == []
    assert wakes.watcher.settle(Outcome(running, b"1", None, READS)) is not None
    assert bool(wakes.watcher.take_due()) is runs_again


def test_a_problem_ends_the_subscription() -> None:
    wakes = Wakes()
    wakes.watcher.watch(7, QUERY, {})
    assert wakes.run(None) == [b'{"type":"error","id":7,"problem":{"status":404}}']
    assert len(wakes.watcher) == 0
    wakes.watcher.note_change(USERS)
    assert wakes.watcher.take_due() == []


def test_what_is_no_longer_watched_is_not_sent() -> None:
    wakes = Wakes()
    wakes.watcher.watch(7, QUERY, {})
    (running,) = wakes.watcher.take_due()
    wakes.watcher.unwatch(7)
    assert wakes.watcher.settle(Outcome(running, b"1", None, READS)) is None


def test_a_number_that_is_watched_anew_forgets_the_old_run() -> None:
    wakes = Wakes()
    wakes.watcher.watch(7, QUERY, {})
    (old,) = wakes.watcher.take_due()
    wakes.watcher.watch(7, QUERY, {})
    assert wakes.watcher.settle(Outcome(old, b'"old"', None, READS)) is None
    assert wakes.run(b'"new"') == [b'{"type":"result","id":7,"data":"new"}']


def test_the_hub_tells_everyone_who_is_there() -> None:
    hub, here, gone = Hub(), Wakes(), Wakes()
    for wakes in (here, gone):
        hub.add(wakes.watcher)
        wakes.watcher.watch(1, QUERY, {})
        wakes.run(b"1")
    hub.remove(gone.watcher)
    hub.publish(USERS)
    assert (len(hub), len(here.watcher.take_due()), len(gone.watcher.take_due())) == (1, 1, 0)


@pytest.fixture
def no_resolver() -> Iterator[None]:
    kept = registry._actor_resolvers[:]
    yield
    registry._actor_resolvers[:] = kept


def test_who_may_no_longer_see_anything_gets_the_reason_everywhere(no_resolver: None) -> None:
    def refuse(credentials: Credentials) -> None:
        raise NotFound("This link is not known here.", slug="link-unknown")

    registry.register_actor_resolver(refuse)
    wakes = Wakes()
    for number in (1, 2):
        wakes.watcher.watch(number, QUERY, {})
    problems = [outcome.problem for outcome in run_all(NOBODY, wakes.watcher.take_due())]
    assert [problem and problem["type"] for problem in problems] == ["/problems/link-unknown"] * 2


def test_a_query_that_fails_ends_with_an_error_that_tells_nothing(
    no_resolver: None, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(actor: Any) -> int:
        raise RuntimeError("secret detail")

    registry.register_actor_resolver(lambda credentials: None)
    wakes = Wakes()
    wakes.watcher.watch(1, WatchedQuery("test.fail", fail), {})
    (outcome,) = run_all(NOBODY, wakes.watcher.take_due())
    assert outcome.problem is not None
    assert outcome.problem["status"] == 500
    assert "secret" not in str(outcome.problem)
    assert "secret detail" in caplog.text
