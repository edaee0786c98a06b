"""Blind scorecards: nobody reads another's verdict before giving their own."""

from typing import Any

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Organisation, Role
from interview_stream.server.evaluations.skills import SKILLS_OF_KIND
from interview_stream.server.interviews.actions import assign
from interview_stream.server.interviews.models import Interview
from interview_stream.server.interviews.schemas import InterviewKind
from interview_stream.server.kits.skills import SKILLS
from tests.server.conftest import join, signed_in
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db(transaction=True)

CARD = {"ratings": {"communication": 4}, "overall": 3, "summary": "Calm and clear."}


@pytest.fixture
def held(interview: Interview, alice: Member, bob: Member) -> str:
    """The address of an interview that alice and bob hold."""
    assign(interview, [alice.user.pk, bob.user.pk])
    return f"/api/interviews/{interview.id}"


def save(client: Client, held: str, **card: Any) -> Any:
    return client.put(f"{held}/scorecard", CARD | card, content_type="application/json")


def seen(client: Client, held: str) -> Any:
    answer = client.get(f"{held}/evaluation")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_card_is_saved_as_it_stands_and_final_once_submitted(as_bob: Client, held: str) -> None:
    assert seen(as_bob, held)["mine"] is None
    save(as_bob, held, ratings={"communication": 1, "problem_solving": 2}, overall=None)
    assert problem(as_bob.post(f"{held}/scorecard/submit")) == (409, "scorecard-incomplete")
    mine = save(as_bob, held).json()["mine"]
    assert (mine["ratings"], mine["overall"], mine["summary"]) == ({"communication": 4}, 3, "Calm and clear.")
    assert mine["submitted_at"] is None

    assert as_bob.post(f"{held}/scorecard/submit").json()["mine"]["submitted_at"] is not None
    assert problem(save(as_bob, held)) == (409, "scorecard-submitted")
    assert problem(as_bob.post(f"{held}/scorecard/submit")) == (409, "scorecard-submitted")


def test_others_cards_open_with_ones_own(as_alice: Client, as_bob: Client, held: str) -> None:
    save(as_alice, held, summary="Alice's view")
    as_alice.post(f"{held}/comments", {"stars": 5, "text": "Alice's stars"}, content_type="application/json")
    assert b"Alice's" not in as_bob.get(f"{held}/evaluation").content

    as_alice.post(f"{held}/scorecard/submit")
    blind = seen(as_bob, held)
    assert (blind["others"], blind["comments"], blind["are_others_hidden"]) == ([], [], True)
    assert {s["person"]["name"]: s["has_submitted"] for s in blind["scorers"]} == {"Alice": True, "Bob": False}
    save(as_bob, held)
    assert seen(as_bob, held)["others"] == [], "begun is not submitted"
    assert seen(as_alice, held)["others"] == [], "what is not submitted is its author's alone"

    as_bob.post(f"{held}/scorecard/submit")
    for client, other in ((as_bob, "Alice"), (as_alice, "Bob")):
        opened = seen(client, held)
        assert [card["author"]["name"] for card in opened["others"]] == [other]
        assert not opened["are_others_hidden"]
        assert [comment["text"] for comment in opened["comments"]] == ["Alice's stars"]


def test_a_colleague_without_a_verdict_to_give_reads_what_is_submitted(
    as_alice: Client, acme: Organisation, held: str
) -> None:
    as_frank = signed_in(join(acme, "frank", Role.ADMIN).user)
    save(as_alice, held)
    assert seen(as_frank, held)["others"] == []
    as_alice.post(f"{held}/scorecard/submit")
    assert len(seen(as_frank, held)["others"]) == 1

    save(as_frank, held)
    assert seen(as_frank, held)["others"] == [], "whoever begins a card has a verdict to give"


def test_who_still_owes_a_card_is_told(as_alice: Client, as_bob: Client, held: str) -> None:
    def owes(client: Client) -> bool:
        return bool(client.get(held).json()["awaits_my_scorecard"])

    assert not owes(as_bob)
    as_alice.post(f"{held}/end")
    assert (owes(as_alice), owes(as_bob)) == (True, True)
    save(as_bob, held)
    assert owes(as_bob)
    as_bob.post(f"{held}/scorecard/submit")
    assert (owes(as_alice), owes(as_bob)) == (True, False)


@pytest.mark.parametrize("wrong", [{"ratings": {"charm": 4}}, {"ratings": {"communication": 5}}, {"overall": 0}])
def test_only_known_skills_and_levels(as_bob: Client, held: str, wrong: dict[str, Any]) -> None:
    assert problem(save(as_bob, held, **wrong)) == (422, "invalid")


def test_a_skill_already_scored_stays_when_the_kind_changes(as_bob: Client, held: str) -> None:
    save(as_bob, held, ratings={"problem_solving": 2})
    as_bob.patch(held, {"kind": "behavioural"}, content_type="application/json")
    keys = [skill["key"] for skill in seen(as_bob, held)["skills"]]
    assert keys == [*SKILLS_OF_KIND[InterviewKind.BEHAVIOURAL], "problem_solving"]


def test_every_kind_has_its_skills_and_every_skill_its_anchors() -> None:
    assert set(SKILLS_OF_KIND) == set(InterviewKind)
    for skills in SKILLS_OF_KIND.values():
        assert len(set(skills)) == len(skills) >= 3
        assert set(skills) <= set(SKILLS)
    for _, anchors in SKILLS.values():
        assert len(set(anchors)) == 4


def test_what_did_not_take_place_is_not_scored(as_bob: Client, held: str) -> None:
    as_bob.post(f"{held}/cancel", {}, content_type="application/json")
    assert problem(save(as_bob, held)) == (409, "interview-ended")
