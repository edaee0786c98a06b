"""Who is given the same result without another run: never somebody who would get another one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from interview_stream.server.accounts.actor import Actor, Guest, Member, Nobody, member_among
from interview_stream.server.accounts.models import Organisation, Role
from interview_stream.server.evaluations.models import Decision
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.queries import get_interview
from interview_stream.server.live import registry
from interview_stream.server.live.hub import Hub
from interview_stream.server.live.registry import Credentials, WatchedQuery
from interview_stream.server.live.runs import run_due
from interview_stream.server.live.sharing import observed

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 1000


@pytest.fixture
def resolver() -> Iterator[dict[str, Actor]]:
    """Who is behind a session, by its key."""
    kept, people = registry._actor_resolvers[:], dict[str, Actor]()
    registry.register_actor_resolver(lambda credentials: people[credentials.session_key or ""])
    yield people
    registry._actor_resolvers[:] = kept


def _own_name(actor: Member) -> str:
    return actor.user.name


Ask = Callable[[Callable[[Any], str], dict[str, Actor]], tuple[int, dict[str, bytes | None]]]


@pytest.fixture
def ask(resolver: dict[str, Actor]) -> Ask:
    def ask_all(function: Callable[[Any], str], people: dict[str, Actor]) -> tuple[int, dict[str, bytes | None]]:
        """Everybody watches the query; how often it ran, and what each was told."""
        resolver.update(people)
        runs = 0

        def counted(actor: Any) -> str:
            nonlocal runs
            runs += 1
            return function(actor)

        hub, query = Hub(), WatchedQuery("test.shared", counted)
        watchers = {name: hub.add(Credentials(session_key=name, guest_token=None)) for name in people}
        for watcher in watchers.values():
            watcher.watch(1, query, {})
        batches = run_due(hub, watchers.values(), LIMIT)
        return runs, {name: batches[watcher].answers[0].data for name, watcher in watchers.items()}

    return ask_all


def test_what_members_see_alike_is_worked_out_once(ask: Ask, alice: Member, bob: Member, charlie: Member) -> None:
    runs, told = ask(lambda actor: member_among(actor).organisation.name, {"a": alice, "b": bob, "c": charlie})
    assert runs == 2
    assert told == {"a": b'"Acme"', "b": b'"Acme"', "c": b'"Elsewhere"'}


@pytest.mark.parametrize(
    "own",
    [
        lambda actor: actor.user.name,
        lambda actor: actor.role,
        lambda actor: str(actor.is_owner),
        lambda actor: str({**vars(actor)}["user"].pk),
        lambda actor: replace(actor, organisation=None).user.name,
        lambda actor: str(hash(actor)),
    ],
)
def test_what_depends_on_the_person_is_worked_out_for_each(
    ask: Ask, alice: Member, bob: Member, own: Callable[[Any], str]
) -> None:
    assert ask(own, {"a": alice, "b": bob})[0] == 2
    assert ask(own, {"a": alice, "again": replace(alice)})[0] == 1


def test_two_states_of_one_row_are_two_people(ask: Ask, alice: Member) -> None:
    """One client's actor may have been found before a change that the other's has seen."""
    older = replace(alice, organisation=Organisation(pk=alice.organisation.pk, name="Before"))
    runs, told = ask(lambda actor: str(actor.organisation.name), {"old": older, "new": alice})
    assert runs == 2
    assert told == {"old": b'"Before"', "new": b'"Acme"'}


def test_another_kind_of_actor_is_another_question(ask: Ask, alice: Member) -> None:
    assert ask(lambda actor: type(actor).__name__, {"a": alice, "n": Nobody()})[0] == 2


def test_who_asks_is_found_once_for_all_pages_of_a_session(alice: Member, bob: Member) -> None:
    people, found = {"a": alice, "b": bob}, list[str | None]()

    def find(credentials: Credentials) -> Member:
        found.append(credentials.session_key)
        return people[credentials.session_key or ""]

    kept = registry._actor_resolvers[:]
    registry.register_actor_resolver(find)
    try:
        hub, query = Hub(), WatchedQuery("test.own", _own_name)
        watchers = [hub.add(Credentials(session_key=key, guest_token=None)) for key in ("a", "b", "a")]
        for times_found in (1, 1, 2):
            if times_found == 2:
                for watcher in watchers:
                    watcher.viewer.identity = None
            for watcher in watchers:
                watcher.watch(1, query, {})
            batches = run_due(hub, watchers, LIMIT)
            assert [batches[watcher].answers[0].data for watcher in watchers] == [b'"Alice"', b'"Bob"', b'"Alice"']
            assert found == ["a", "b"] * times_found
    finally:
        registry._actor_resolvers[:] = kept


def test_an_observed_actor_behaves_as_itself(alice: Member) -> None:
    copy, noted = observed(alice)
    assert isinstance(copy, Member)
    assert not isinstance(copy, Guest)
    assert copy == alice
    assert noted is not None
    noted.clear()
    match copy:
        case Member(role=role):
            assert role == Role.OWNER
    assert set(noted) == {"role"}


def test_an_interview_is_worked_out_once_for_its_members_until_it_depends_on_them(
    ask: Ask, alice: Member, bob: Member, interview: Interview
) -> None:
    def title_and_outcome(actor: Actor) -> str:
        found = get_interview(actor, interview_id=interview.id)
        return f"{found.title} {found.outcome}"

    people: dict[str, Actor] = {"a": alice, "b": bob}
    assert ask(title_and_outcome, people)[0] == 1

    Decision.objects.create(interview=interview, outcome="pass", by=alice.user)
    interview.invitation.email = bob.user.email
    interview.invitation.save()
    runs, told = ask(title_and_outcome, people)
    assert runs == 2
    assert told["a"] == f'"{interview.title} pass"'.encode()
    assert told["b"] == f'"{interview.title} None"'.encode()
