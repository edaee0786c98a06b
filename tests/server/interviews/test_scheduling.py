"""What is said of an interview when it is planned: kind, description, zones, and who holds it."""

from typing import Any

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.interviews.models import Interview
from tests.server.interviews.test_planning import create, problem

pytestmark = pytest.mark.django_db(transaction=True)


def change(client: Client, interview: Interview, **body: Any) -> Any:
    answer = client.patch(f"/api/interviews/{interview.id}", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(interview: Any) -> list[str]:
    return [person["name"] for person in interview["interviewers"]]


def test_whoever_plans_it_holds_it_unless_others_are_named(as_alice: Client, alice: Member, bob: Member) -> None:
    assert names(create(as_alice)) == ["Alice"]
    assert names(create(as_alice, interviewer_ids=[bob.user.pk])) == ["Bob"]
    assert names(create(as_alice, interviewer_ids=[bob.user.pk, alice.user.pk, bob.user.pk])) == ["Bob", "Alice"]


def test_interviewers_come_and_go(as_alice: Client, alice: Member, bob: Member, interview: Interview) -> None:
    assert names(change(as_alice, interview, interviewer_ids=[alice.user.pk, bob.user.pk])) == ["Alice", "Bob"]
    assert names(change(as_alice, interview, interviewer_ids=[bob.user.pk])) == ["Bob"]
    assert names(change(as_alice, interview, title="B")) == ["Bob"]


def test_only_colleagues_can_hold_it(as_alice: Client, charlie: Member, interview: Interview) -> None:
    for wrong in ([charlie.user.pk], [10**6], []):
        answer = as_alice.patch(
            f"/api/interviews/{interview.id}", {"interviewer_ids": wrong}, content_type="application/json"
        )
        assert problem(answer) == (422, "invalid")
        assert answer.json()["errors"][0]["loc"][-1] == "interviewer_ids"
    assert as_alice.get("/api/interviewers").json() == [{"id": interview.created_by.pk, "name": "Alice"}]


def test_the_candidate_reads_what_to_expect_and_with_whom(
    as_alice: Client, as_dana: Client, alice: Member, bob: Member, interview: Interview
) -> None:
    change(
        as_alice, interview, kind="coding", description="  Two tasks.\r\nBring tea.\u202e ",
        interviewer_ids=[alice.user.pk, bob.user.pk],
    )  # fmt: skip

    seen = as_dana.get("/api/guest").json()["interview"]
    assert (seen["kind"], seen["description"]) == ("coding", "Two tasks.\nBring tea.")
    assert seen["interviewers"] == ["Alice", "Bob"]
    assert seen["organisation_name"] == "Acme"


def test_zones_are_checked_and_the_candidates_own_browser_knows_best(
    as_alice: Client, as_dana: Client, interview: Interview
) -> None:
    changed = change(as_alice, interview, time_zone="Europe/Berlin", candidate_time_zone="America/New_York")
    assert (changed["time_zone"], changed["candidate"]["time_zone"]) == ("Europe/Berlin", "America/New_York")
    for wrong in ("Atlantis", "../etc/passwd", "", "/etc/localtime"):
        answer = as_dana.put("/api/guest/time-zone", {"time_zone": wrong}, content_type="application/json")
        assert problem(answer) == (422, "invalid"), wrong

    answer = as_dana.put("/api/guest/time-zone", {"time_zone": "Asia/Kolkata"}, content_type="application/json")
    assert answer.json()["guest"]["time_zone"] == "Asia/Kolkata"
    assert as_alice.get(f"/api/interviews/{interview.id}").json()["candidate"]["time_zone"] == "Asia/Kolkata"
