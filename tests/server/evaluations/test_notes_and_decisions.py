"""Private notes, comments, and deciding by those entitled."""

from typing import Any

import pytest
from django.test import Client

from interview_stream.server.evaluations.models import Decision
from interview_stream.server.interviews.models import Interview
from tests.server.interviews.test_planning import create, problem

pytestmark = pytest.mark.django_db(transaction=True)


def send(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def test_notes_are_their_authors_alone(as_alice: Client, as_bob: Client, interview: Interview) -> None:
    address = f"/api/interviews/{interview.id}/notes"
    (note,) = send(as_alice, address, text=" Asks good\r\nquestions. ").json()
    assert note["text"] == "Asks good\nquestions."
    assert as_bob.get(address).json() == []

    one = f"/api/notes/{note['id']}"
    assert problem(as_bob.patch(one, {"text": "x"}, content_type="application/json")) == (404, "not-found")
    assert problem(as_bob.delete(one)) == (404, "not-found")
    assert as_alice.patch(one, {"text": "Better"}, content_type="application/json").status_code == 204
    assert as_alice.get(address).json() == [note | {"text": "Better"}]
    assert as_alice.delete(one).status_code == 204
    assert as_alice.get(address).json() == []
    assert problem(send(as_alice, address, text=" \n ")) == (422, "invalid")


def test_notes_can_be_written_during_and_after_the_call(as_alice: Client, interview: Interview) -> None:
    address = f"/api/interviews/{interview.id}"
    for state in ("live", "scheduled"):
        Interview.objects.update(state=state)
        assert send(as_alice, f"{address}/notes", text=state).status_code == 200
    as_alice.post(f"{address}/end")
    assert send(as_alice, f"{address}/notes", text="after").status_code == 200


def test_a_comment_has_one_to_five_stars_and_only_its_author_takes_it_back(
    as_alice: Client, as_bob: Client, interview: Interview
) -> None:
    address = f"/api/interviews/{interview.id}/comments"
    for stars in (0, 6):
        assert problem(send(as_bob, address, stars=stars, text="x")) == (422, "invalid")
    (comment,) = send(as_bob, address, stars=4, text="Would hire.").json()["comments"]
    assert (comment["author"]["name"], comment["stars"], comment["is_mine"]) == ("Bob", 4, True)

    assert problem(as_alice.delete(f"/api/comments/{comment['id']}")) == (404, "not-found")
    assert as_bob.delete(f"/api/comments/{comment['id']}").status_code == 204


def test_a_decision_is_made_once_and_can_be_reopened(as_alice: Client, interview: Interview) -> None:
    address = f"/api/interviews/{interview.id}"
    assert problem(send(as_alice, f"{address}/decision", outcome="pass")) == (409, "interview-not-over")
    as_alice.post(f"{address}/end")
    decided = send(as_alice, f"{address}/decision", outcome="pass", reason="Strong all round.").json()
    assert (decided["decision"]["outcome"], decided["decision"]["by"]["name"]) == ("pass", "Alice")
    now = as_alice.get(address).json()
    assert (now["state"], now["outcome"], now["allowed"]) == ("decided", "pass", ["reopen"])
    assert problem(send(as_alice, f"{address}/decision", outcome="fail")) == (409, "interview-ended")

    assert send(as_alice, f"{address}/decision/reopen", reason="New facts.").json()["decision"] is None
    assert send(as_alice, f"{address}/decision", outcome="hold").json()["decision"]["outcome"] == "hold"
    assert Decision.objects.count() == 2
    acts = [(a["act"], a["reason"]) for a in as_alice.get(f"{address}/activities").json()]
    assert acts == [("decide", ""), ("reopen", "New facts."), ("decide", "Strong all round."), ("end", "")]


def test_only_those_entitled_decide(as_alice: Client, as_bob: Client, interview: Interview) -> None:
    """bob is an interviewer: he decides what he planned himself, and nothing else."""
    as_bob.post(f"/api/interviews/{interview.id}/end")
    assert problem(send(as_bob, f"/api/interviews/{interview.id}/decision", outcome="pass")) == (403, "forbidden")
    assert not as_bob.get(f"/api/interviews/{interview.id}/evaluation").json()["may_decide"]

    own = create(as_bob)["id"]
    as_bob.post(f"/api/interviews/{own}/end")
    assert send(as_bob, f"/api/interviews/{own}/decision", outcome="fail").status_code == 200
    assert send(as_alice, f"/api/interviews/{own}/decision/reopen").status_code == 200


def test_the_candidate_never_learns_of_any_of_it(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    address = f"/api/interviews/{interview.id}"
    before = as_dana.get("/api/guest").json()
    send(as_alice, f"{address}/notes", text="TOPSECRET")
    send(as_alice, f"{address}/comments", stars=1, text="TOPSECRET")
    as_alice.put(f"{address}/scorecard", {"overall": 1, "summary": "TOPSECRET"}, content_type="application/json")
    assert as_dana.get("/api/guest").json() == before
    as_alice.post(f"{address}/end")
    ended = as_dana.get("/api/guest")
    send(as_alice, f"{address}/decision", outcome="fail", reason="TOPSECRET")

    assert b"TOPSECRET" not in ended.content
    decided = as_dana.get("/api/guest").json()
    assert decided == ended.json(), "whether it was decided is not to be read off the link"
