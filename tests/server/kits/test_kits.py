"""Kits: every edit is a version, and an interview keeps the one that it took."""

from typing import Any

import pytest
from django.test import Client

from interview_stream.server.accounts.models import AuditEvent
from interview_stream.server.kits.models import KitVersion
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db(transaction=True)

CARE = {"name": "Care", "anchors": ["None", "Little", "Some", "Much"]}
SKILLS = [CARE, {"name": "思考力", "anchors": ["a", "b", "c", "d"]}]
KIT = {
    "name": "Back end, coding",
    "description": "For the second round.",
    "problems": [{"title": "Rate limiter", "statement": "Build one.", "guidance": "Hint: a bucket.", "minutes": 40}],
    "skills": SKILLS,
}


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"/api{path}", body, content_type="application/json")


def put(client: Client, path: str, body: Any) -> Any:
    return client.put(f"/api{path}", body, content_type="application/json")


@pytest.fixture
def kit(as_alice: Client) -> dict[str, Any]:
    found: dict[str, Any] = post(as_alice, "/kits", KIT).json()
    return found


def test_an_edit_is_a_new_version_and_the_old_ones_stay(as_alice: Client, as_bob: Client, kit: dict[str, Any]) -> None:
    changed = put(as_bob, f"/kits/{kit['id']}", KIT | {"name": "Back end", "based_on": 1}).json()

    assert [(v["number"], v["name"], v["by"]["name"]) for v in changed["versions"]] == [
        (2, "Back end", "Bob"),
        (1, "Back end, coding", "Alice"),
    ]
    late = put(as_alice, f"/kits/{kit['id']}", KIT | {"based_on": 1})
    assert problem(late) == (409, "kit-changed"), "nobody overwrites what they have not seen"
    assert [(k["name"], k["number"]) for k in as_alice.get("/api/kits").json()] == [("Back end", 2)]
    with pytest.raises(TypeError):
        KitVersion.objects.all()[0].save()


def test_an_interview_keeps_the_version_that_it_took(as_alice: Client, kit: dict[str, Any]) -> None:
    made = post(as_alice, "/interviews", {"title": "Coding", "kit_id": kit["id"]}).json()
    put(as_alice, f"/kits/{kit['id']}", KIT | {"problems": [], "name": "Other", "based_on": 1})
    path = f"/interviews/{made['id']}"
    as_alice.patch(f"/api{path}", {"kit_id": kit["id"], "title": "New"}, content_type="application/json")

    assert as_alice.get(f"/api{path}").json()["kit"]["number"] == 1
    has = as_alice.get(f"/api{path}/kit").json()
    assert (has["name"], has["problems"][0]["guidance"]) == ("Back end, coding", "Hint: a bucket.")
    skills = as_alice.get(f"/api{path}/evaluation").json()["skills"]
    assert [(skill["key"], skill["name"]) for skill in skills] == [("care", "Care"), ("skill_2", "思考力")]
    assert put(as_alice, f"{path}/scorecard", {"ratings": {"care": 4}}).status_code == 200
    assert put(as_alice, f"{path}/scorecard", {"ratings": {"motivation": 4}}).status_code == 422

    dropped = as_alice.patch(f"/api{path}", {"kit_id": None}, content_type="application/json")
    assert problem(dropped) == (409, "scoring-has-begun")


def test_an_archived_kit_is_offered_no_more(as_alice: Client, kit: dict[str, Any]) -> None:
    assert put(as_alice, f"/kits/{kit['id']}/archived", {"is_archived": True}).json()["is_archived"]
    refused = post(as_alice, "/interviews", {"title": "Coding", "kit_id": kit["id"]})
    assert problem(refused) == (409, "kit-archived")
    put(as_alice, f"/kits/{kit['id']}/archived", {"is_archived": False})
    assert post(as_alice, "/interviews", {"title": "Coding", "kit_id": kit["id"]}).status_code == 201


def test_a_duplicate_is_a_kit_of_its_own(as_bob: Client, kit: dict[str, Any]) -> None:
    copy = post(as_bob, f"/kits/{kit['id']}/duplicate").json()
    assert copy["id"] != kit["id"]
    assert [v["name"] for v in copy["versions"]] == ["Back end, coding (copy)"]
    assert copy["versions"][0]["problems"] == kit["versions"][0]["problems"]
    acts = AuditEvent.objects.order_by("pk").values_list("action", "user_name", "subject")
    assert [act for act in acts if act[0].startswith("kit.")] == [
        ("kit.created", "Alice", "Back end, coding"),
        ("kit.created", "Bob", "Back end, coding (copy)"),
    ]


@pytest.mark.parametrize("wrong", [{"name": " "}, {"skills": []}, {"skills": [CARE, CARE | {"name": "care"}]}])
def test_what_is_no_kit(as_alice: Client, wrong: dict[str, Any]) -> None:
    assert problem(post(as_alice, "/kits", KIT | wrong)) == (422, "invalid")


def test_anothers_kit_cannot_be_taken(as_charlie: Client, kit: dict[str, Any]) -> None:
    assert post(as_charlie, "/interviews", {"title": "Mine", "kit_id": kit["id"]}).status_code == 404


def test_the_candidate_never_reads_it(as_alice: Client, as_nobody: Client, kit: dict[str, Any]) -> None:
    made = post(as_alice, "/interviews", {"title": "Coding", "kit_id": kit["id"]}).json()
    token = made["candidate"]["link_url"].rsplit("/", 1)[1]
    view = as_nobody.get("/api/guest", headers={"Authorization": f"Guest {token}"})
    assert view.status_code == 200
    assert b"bucket" not in view.content
    assert b"kit" not in view.content
