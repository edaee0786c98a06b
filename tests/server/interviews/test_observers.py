"""Observers: they come in by their own link, send nothing, and read nobody's verdict."""

from typing import Any

import jwt
import pytest
from django.core import mail
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.interviews.models import Interview
from tests.server.conftest import run_worker
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db(transaction=True)


def add(client: Client, interview: Interview, **who: Any) -> Any:
    return client.post(f"/api/interviews/{interview.id}/observers", who, content_type="application/json")


def grants(client: Client, interview: Interview) -> dict[str, Any]:
    """What the media engine reads of the token."""
    answer = client.generic("POST", f"/api/interviews/{interview.id}/join")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    return found


def browser_of(observer: dict[str, Any]) -> Client:
    return Client(headers={"Authorization": f"Guest {observer['link_url'].rsplit('/', 1)[1]}"})


def test_a_guest_watches_and_cannot_send(as_alice: Client, interview: Interview) -> None:
    (olga,) = add(as_alice, interview, name="Olga").json()["observers"]
    browser = browser_of(olga)

    view = browser.get("/api/guest").json()
    assert (view["is_observer"], view["guest"]["name"], view["interview"]["title"]) == (True, "Olga", interview.title)
    token = grants(browser, interview)
    assert (token["attributes"]["role"], token["video"]["canPublish"]) == ("observer", False)
    assert token["video"]["canPublishData"] is False
    assert browser.put("/api/guest", {"name": "Olga O"}, content_type="application/json").status_code == 200
    (olga,) = as_alice.get(f"/api/interviews/{interview.id}").json()["observers"]
    assert olga["name"] == "Olga O"


def test_a_removed_observers_link_ends(as_alice: Client, interview: Interview) -> None:
    (olga,) = add(as_alice, interview, name="Olga").json()["observers"]
    path = f"/api/interviews/{interview.id}/observers/{olga['id']}"
    assert as_alice.delete(path).json()["observers"] == []
    assert problem(browser_of(olga).get("/api/guest")) == (410, "link-revoked")
    assert problem(as_alice.delete(path)) == (404, "not-found")


def test_a_member_who_watches_reads_no_verdict(
    as_alice: Client, as_bob: Client, bob: Member, interview: Interview
) -> None:
    path = f"/api/interviews/{interview.id}"
    as_alice.put(f"{path}/scorecard", {"overall": 4}, content_type="application/json")
    as_alice.post(f"{path}/scorecard/submit")
    assert len(as_bob.get(f"{path}/evaluation").json()["others"]) == 1

    added = add(as_alice, interview, user_id=bob.user.pk).json()["observers"]
    assert [(o["name"], o["user_id"], o["link_url"]) for o in added] == [("Bob", bob.user.pk, None)]
    assert problem(add(as_alice, interview, user_id=bob.user.pk)) == (409, "is-observer")
    seen = as_bob.get(f"{path}/evaluation").json()
    assert (seen["others"], seen["comments"], seen["decision"]) == ([], [], None)
    refused = as_bob.put(f"{path}/scorecard", {"overall": 1}, content_type="application/json")
    assert problem(refused) == (403, "observers-only-watch")
    assert grants(as_bob, interview)["video"]["canPublish"] is False

    as_alice.patch(path, {"interviewer_ids": [bob.user.pk]}, content_type="application/json")
    assert as_bob.get(path).json()["observers"] == [], "who holds it does not only watch"
    assert grants(as_bob, interview)["video"]["canPublish"] is True


def test_who_holds_it_cannot_be_added(as_alice: Client, alice: Member, charlie: Member, interview: Interview) -> None:
    assert problem(add(as_alice, interview, user_id=alice.user.pk)) == (409, "is-interviewer")
    assert problem(add(as_alice, interview, user_id=charlie.user.pk)) == (422, "invalid")
    assert problem(add(as_alice, interview)) == (422, "invalid")


def test_an_observer_with_an_address_is_told(as_alice: Client, interview: Interview) -> None:
    as_alice.patch(
        f"/api/interviews/{interview.id}", {"scheduled_for": "2031-01-01T09:00:00Z"}, content_type="application/json"
    )
    run_worker()
    mail.outbox.clear()
    (olga,) = add(as_alice, interview, name="Olga", email="olga@example.org").json()["observers"]
    run_worker()
    (told,) = mail.outbox
    assert told.to == ["olga@example.org"]
    assert olga["link_url"] in told.body
    as_alice.delete(f"/api/interviews/{interview.id}/observers/{olga['id']}")
    run_worker()
    assert mail.outbox[-1].subject.startswith("Cancelled")
