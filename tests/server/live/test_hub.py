"""The states of a watched query, without sockets: due, running, settled; and what may go out together."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connections

from interview_stream.server.accounts.models import Organisation
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.lib.threads import ConnectedThreads
from interview_stream.server.live import hub as hub_module
from interview_stream.server.live import registry
from interview_stream.server.live.hub import Hub, Outcome
from interview_stream.server.live.outcomes import Answer, Identity, Ran, Result
from interview_stream.server.live.registry import Credentials, WatchedQuery
from interview_stream.server.live.runs import run_due
from interview_stream.server.live.sets import ANY_ROW, EVERYTHING, Read, WriteSet
from interview_stream.server.live.snapshots import Seen, keep_read_only, snapshot
from interview_stream.server.live.watchers import Subscription, Watcher

NOBODY = Credentials(session_key=None, guest_token=None)
READS: frozenset[Read] = frozenset({("users", ANY_ROW)})
LIMIT = 1000


def users(number: int | None) -> WriteSet:
    return WriteSet({"users": None}, number, number)


def links(number: int | None) -> WriteSet:
    return WriteSet({"links": None}, number, number)


def _one(actor: Any) -> int:
    return 1


QUERY = WatchedQuery("test.one", _one)


SOMEBODY = Identity(None, None, frozenset({("sessions", ANY_ROW)}))


class Client:
    """Watches, and runs what is due with a given result on a given snapshot."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.watcher = hub.add(NOBODY)

    def watch(self, number: int = 7, has: str | None = None) -> None:
        self.watcher.watch(number, QUERY, {}, has)

    def take_due(self, seen: Seen | None = None) -> list[Subscription]:
        (taken,) = self.hub.take_due([self.watcher], seen)
        return list(taken)

    def run(self, result: bytes | None, seen: int | None = None, reads: frozenset[Read] = READS) -> list[Any]:
        return self.end(self.take_due(), result, Seen(self.hub.place, seen), reads)

    def end(
        self, running: list[Subscription], result: bytes | None, seen: Seen, reads: frozenset[Read] = READS
    ) -> list[Any]:
        """What the client is told: data, or an answer that has none."""
        problem = None if result else {"status": 404}
        given = Result(result, str(result)) if result else None
        ran = Ran(given, problem, reads)
        self.hub.keep(self.watcher.viewer, SOMEBODY, seen)
        outcome = Outcome(self.watcher, SOMEBODY, [(subscription, ran) for subscription in running])
        (answers,) = self.hub.settle([outcome], seen)
        return [answer.data or answer for answer in answers]


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def client(hub: Hub) -> Client:
    return Client(hub)


def test_a_new_subscription_is_due_and_sends_its_result(hub: Hub, client: Client) -> None:
    woken: list[set[Watcher]] = []
    hub.wake = woken.append
    client.watch()
    assert woken == [{client.watcher}]
    assert client.run(b"[1]") == [b"[1]"]
    assert client.run(b"[1]") == []


def test_only_changes_that_meet_the_read_set_run_it_again(hub: Hub, client: Client) -> None:
    client.watch()
    client.run(b"1")
    hub.publish(links(None))
    assert client.run(b"2") == []
    hub.publish(users(None))
    assert client.run(b"2") == [b"2"]
    hub.publish(EVERYTHING)
    assert client.run(b"3") == [b"3"]


def test_an_unchanged_result_is_not_sent_again(hub: Hub, client: Client) -> None:
    client.watch()
    client.run(b"1")
    hub.publish(users(None))
    assert client.run(b"1") == []


@pytest.mark.parametrize(
    ("meanwhile", "runs_again"),
    [(users(None), True), (links(None), False), (EVERYTHING, True), (users(5), False), (users(6), True)],
)
def test_a_change_during_the_run_runs_it_again_if_it_was_not_seen(
    hub: Hub, client: Client, meanwhile: WriteSet, runs_again: bool
) -> None:
    """The run may have read before that commit; by the number of its snapshot one knows."""
    client.watch()
    running = client.take_due()
    seen = Seen(hub.place, 5)
    hub.publish(meanwhile)
    assert client.take_due() == []
    assert client.end(running, b"1", seen) == [b"1"]
    assert bool(client.take_due()) is runs_again


def test_any_number_of_changes_during_a_run_is_kept_in_mind(hub: Hub, client: Client) -> None:
    client.watch()
    running = client.take_due()
    seen = Seen(hub.place, 5)
    for number in range(2000):
        hub.publish(links(number))
    client.end(running, b"1", seen)
    assert client.take_due()


def test_a_change_that_was_seen_already_runs_nothing(hub: Hub, client: Client) -> None:
    client.watch()
    client.run(b"1", seen=5)
    hub.publish(users(5))
    assert client.take_due() == []
    hub.publish(users(6))
    assert client.take_due(Seen(0, 5)) == []
    assert len(client.take_due(Seen(0, 6))) == 1


def test_what_a_snapshot_holds_is_due_once_it_was_heard_of(hub: Hub, client: Client) -> None:
    client.watch()
    client.run(b"1", seen=3)
    hub.hear_of_all(3)
    hub.publish(links(5))
    hub.publish(users(4))
    hub.hear_of_all(5)
    assert len(client.take_due(Seen(0, 5))) == 1


def test_what_is_never_heard_of_counts_as_everything(
    hub: Hub, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub_module, "HEARSAY_TIMEOUT_S", 0.01)
    client.watch()
    client.run(b"1", seen=3)
    hub.hear_of_all(3)
    hub.publish(links(5))
    hub.hear_of_all(5)
    assert "changes 4 to 5" in caplog.text
    assert len(client.take_due(Seen(0, 5))) == 1


def test_who_has_the_result_is_told_that_it_still_holds(client: Client) -> None:
    client.watch(2, has="b'1'")
    assert client.run(b"1") == [Answer(2, "b'1'")]


def test_a_problem_ends_the_subscription(hub: Hub, client: Client) -> None:
    client.watch()
    assert client.run(None) == [Answer(7, problem={"status": 404})]
    assert len(client.watcher) == 0
    hub.publish(users(None))
    assert client.take_due() == []


def test_what_is_no_longer_watched_is_not_sent(client: Client) -> None:
    client.watch()
    running = client.take_due()
    client.watcher.unwatch(7)
    assert client.end(running, b"1", Seen(0)) == []


def test_a_number_that_is_watched_anew_forgets_the_old_run(client: Client) -> None:
    client.watch()
    old = client.take_due()
    client.watch()
    assert client.end(old, b'"old"', Seen(0)) == []
    assert client.run(b'"new"') == [b'"new"']


def test_the_hub_tells_everyone_who_is_there(hub: Hub) -> None:
    here, gone = Client(hub), Client(hub)
    for client in (here, gone):
        client.watch()
        client.run(b"1")
    hub.remove(gone.watcher)
    hub.publish(users(None))
    assert (len(hub), len(here.take_due()), len(gone.take_due())) == (1, 1, 0)


def test_a_change_of_who_is_behind_it_runs_all_that_a_client_watches(hub: Hub, client: Client) -> None:
    client.watch(1)
    client.watch(2)
    client.run(b"1", seen=3)
    assert client.watcher.viewer.identity == SOMEBODY
    hub.publish(WriteSet({"sessions": None}, 4, 4))
    assert not client.watcher.viewer.identity
    assert len(client.take_due()) == 2


def test_a_change_of_who_is_behind_it_runs_what_all_its_pages_watch(hub: Hub) -> None:
    here, elsewhere = Client(hub), Client(hub)
    for client in (here, elsewhere):
        client.watch()
        client.run(b"1", seen=3)
    woken: list[set[Watcher]] = []
    hub.wake = woken.append
    hub.publish(WriteSet({"sessions": None}, 4, 4))
    assert woken == [{here.watcher, elsewhere.watcher}]
    assert (len(here.take_due()), len(elsewhere.take_due())) == (1, 1)


def test_who_was_found_after_a_change_is_not_who_it_was_before(hub: Hub, client: Client) -> None:
    """Of two rounds at a time one may see an older state than the other."""
    viewer, older = client.watcher.viewer, Seen(hub.place, 3)
    hub.publish(WriteSet({"sessions": None}, 4, 4))
    newer = Seen(hub.place, 4)
    found = replace(SOMEBODY, found_at=time.monotonic())
    hub.keep(viewer, found, newer)
    assert hub.identity(viewer, newer) is found
    assert hub.identity(viewer, older) is None


def test_what_was_read_for_a_page_still_counts_when_others_find_its_person_anew(hub: Hub, client: Client) -> None:
    client.watch()
    client.run(b"1", seen=3)
    hub.keep(client.watcher.viewer, replace(SOMEBODY, reads=frozenset({("memberships", ANY_ROW)})), Seen(hub.place, 3))
    hub.publish(WriteSet({"sessions": None}, 4, 4))
    assert len(client.take_due()) == 1


def test_an_identity_that_changed_while_it_was_used_is_not_kept(hub: Hub, client: Client) -> None:
    client.watch()
    running = client.take_due()
    seen = Seen(hub.place, 3)
    hub.publish(WriteSet({"sessions": None}, 4, 4))
    client.end(running, b"1", seen)
    assert client.watcher.viewer.identity is None
    assert client.take_due() == running


@pytest.fixture
def no_resolver() -> Iterator[None]:
    kept = registry._actor_resolvers[:]
    yield
    registry._actor_resolvers[:] = kept


@pytest.mark.django_db(transaction=True)
def test_who_may_no_longer_see_anything_gets_the_reason_everywhere(no_resolver: None, hub: Hub, client: Client) -> None:
    def refuse(credentials: Credentials) -> None:
        raise NotFound("This link is not known here.", slug="link-unknown")

    registry.register_actor_resolver(refuse)
    client.watch(1)
    client.watch(2)
    problems = [answer.problem for answer in run_due(hub, [client.watcher], LIMIT)[client.watcher].answers]
    assert [problem and problem["type"] for problem in problems] == ["/problems/link-unknown"] * 2


@pytest.mark.django_db(transaction=True)
def test_a_query_that_fails_ends_with_an_error_that_tells_nothing(
    no_resolver: None, hub: Hub, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(actor: Any) -> int:
        raise RuntimeError("secret detail")

    registry.register_actor_resolver(lambda credentials: None)
    client.watcher.watch(1, WatchedQuery("test.fail", fail), {})
    (answer,) = run_due(hub, [client.watcher], LIMIT)[client.watcher].answers
    assert answer.problem is not None
    assert answer.problem["status"] == 500
    assert "secret" not in str(answer.problem)
    assert "secret detail" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_query_cannot_write(no_resolver: None, hub: Hub, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    def write(actor: Any) -> int:
        return Organisation.objects.create(name="Written").pk.int

    registry.register_actor_resolver(lambda credentials: None)
    client.watcher.watch(1, WatchedQuery("test.write", write), {})
    (answer,) = run_due(hub, [client.watcher], LIMIT)[client.watcher].answers
    assert answer.problem is not None
    assert "readonly" in caplog.text or "read-only" in caplog.text
    Organisation.objects.create(name="Afterwards")
    assert [organisation.name for organisation in Organisation.objects.all()] == ["Afterwards"]


@pytest.mark.django_db(transaction=True)
def test_a_thread_of_rounds_cannot_write_whenever_it_connects_anew() -> None:
    def write() -> None:
        keep_read_only()
        with snapshot(0):
            Organisation.objects.create(name="Written")

    threads = ConnectedThreads(1, "live")
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(DatabaseError, match=r"read-?only"):
                threads.submit(write).result()
        threads.submit(connections.close_all).result()
    threads.close()
    assert not Organisation.objects.exists()
