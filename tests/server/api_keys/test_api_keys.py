"""What keys can do beyond whom they let in (tests/server/access): how they are made, limited, told of and ended."""

import re
import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

import pytest
from django.core.cache import caches
from django.core.wsgi import get_wsgi_application
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Membership, Role
from interview_stream.server.api_keys.models import ApiKey
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.interviews.models import Interview, Invitation
from tests.server.conftest import join, prove, signed_in

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[3] / "docs" / "developers" / "api.md"


def make(client: Client, **wanted: Any) -> Any:
    body = {"name": "CI", "scopes": ["interviews:write"], "expires_in_days": 30} | wanted
    return client.post("/api/api-keys", body, content_type="application/json")


def by_key(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"}, enforce_csrf_checks=True)


def test_a_key_is_shown_once_and_works_in_its_makers_name(as_bob: Client, bob: Member) -> None:
    made = make(as_bob).json()
    token = made["token"]
    assert re.fullmatch(r"isk_[\w-]{43}", token)
    assert token not in as_bob.get("/api/api-keys").content.decode()
    assert not ApiKey.objects.filter(token_hash__contains=token[4:]).exists()
    answer = by_key(token).post("/api/interviews", {"title": "By CI"}, content_type="application/json")
    assert answer.status_code == 201
    assert Interview.objects.get(title="By CI").created_by == bob.user
    (listed,) = as_bob.get("/api/api-keys").json()
    assert listed["last_used_at"] is not None
    assert (listed["beginning"], listed["role"]) == (token[:10], "interviewer")


def test_the_log_tells_a_program_from_the_person(as_alice: Client) -> None:
    token = make(as_alice, scopes=["organisation:write"], name="Sync").json()["token"]
    body = {"emails": ["nora@example.org"], "role": "interviewer"}
    assert by_key(token).post("/api/member-invitations", body, content_type="application/json").status_code == 201
    told = dict(AuditEvent.objects.values_list("action", "user_name"))
    assert told["api-key.made"] == "Alice"
    assert told["invitation.sent"] == "Alice (API key Sync)"


def test_a_key_loses_the_rights_that_its_maker_loses(as_alice: Client, alice: Member) -> None:
    adam = join(alice.organisation, "adam", Role.ADMIN)
    token = make(signed_in(adam.user), scopes=["organisation:read"]).json()["token"]
    assert by_key(token).get("/api/audit-events").json()["items"]
    Membership.objects.filter(user=adam.user).update(role=Role.INTERVIEWER)
    assert by_key(token).get("/api/audit-events").json()["items"] == []
    Membership.objects.filter(user=adam.user).delete()
    assert by_key(token).get("/api/members").json()["type"] == "/problems/key-unknown"
    assert as_alice.get("/api/api-keys").json() == []


@pytest.mark.parametrize("how", ["removed", "left"])
def test_who_is_invited_back_gets_no_old_keys_with_it(as_alice: Client, as_bob: Client, bob: Member, how: str) -> None:
    token = make(as_bob, scopes=["organisation:read"]).json()["token"]
    assert by_key(token).get("/api/members").status_code == 200
    membership = Membership.objects.get(user=bob.user)
    if how == "removed":
        assert as_alice.delete(f"/api/members/{membership.pk}").status_code == 200
    else:
        assert as_bob.post("/api/organisation/leave").status_code == 200
    Membership.objects.create(user=bob.user, organisation=bob.organisation, role=Role.OWNER)
    assert by_key(token).get("/api/members").json()["type"] == "/problems/key-unknown"


def test_a_key_that_only_reads_gets_no_link_that_lets_somebody_in(as_alice: Client, interview: Interview) -> None:
    """Each link is as good as being its holder, who may do more than read."""
    as_alice.post(f"/api/interviews/{interview.id}/observers", {"name": "Olga"}, content_type="application/json")
    body = {"emails": ["nora@example.org"], "role": "owner"}
    as_alice.post("/api/member-invitations", body, content_type="application/json")
    Invitation.objects.update(email="alice@example.org")
    paths = (
        *("/api/interviews", "/api/open-interviews", f"/api/interviews/{interview.id}", "/api/me/interviews"),
        *(f"/api/candidates/{candidate.pk}/interviews" for candidate in Candidate.objects.all()),
        "/api/member-invitations",
    )
    shown = {}
    for how in ("read", "write"):
        client = by_key(make(as_alice, scopes=[f"interviews:{how}", f"organisation:{how}"]).json()["token"])
        texts = {path: client.get(path).content.decode() for path in paths}
        shown[how] = [path for path, text in texts.items() if "/join/" in text or "/invitation/" in text]
        assert all('"link_url"' in text for text in texts.values())
    assert shown == {"read": [], "write": [path for path in paths if path != "/api/me/interviews"]}
    for path in paths:
        assert '"link_url": "http' in as_alice.get(path).content.decode(), path


def test_no_key_gets_the_address_of_a_calendar(as_alice: Client) -> None:
    client = by_key(make(as_alice).json()["token"])
    for answer in (client.get("/api/calendar-feed"), client.post("/api/calendar-feed/renew")):
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/key-not-allowed")


def test_a_promotion_does_not_reach_the_keys_made_before(as_bob: Client, bob: Member) -> None:
    token = make(as_bob, scopes=["organisation:write"]).json()["token"]
    Membership.objects.filter(user=bob.user).update(role=Role.OWNER)
    body = {"emails": ["nora@example.org"], "role": "interviewer"}
    assert by_key(token).post("/api/member-invitations", body, content_type="application/json").status_code == 403


def test_the_organisations_keys_are_the_admins(as_alice: Client, as_bob: Client, alice: Member) -> None:
    assert make(as_bob, is_shared=True).status_code == 403
    as_adam = signed_in(join(alice.organisation, "adam", Role.ADMIN).user)
    assert make(as_adam, is_shared=True, role="owner").status_code == 403
    shared = make(as_adam, is_shared=True, role="interviewer").json()["key"]
    of_bob = make(as_bob, name="Bob's").json()["key"]
    assert {key["name"] for key in as_alice.get("/api/api-keys").json()} == {"CI", "Bob's"}
    assert [key["name"] for key in as_bob.get("/api/api-keys").json()] == ["Bob's"]
    assert as_bob.delete(f"/api/api-keys/{shared['id']}").status_code == 404
    assert as_alice.delete(f"/api/api-keys/{of_bob['id']}").status_code == 200
    assert as_bob.get("/api/api-keys").json() == []


def test_making_one_asks_for_a_recent_sign_in(as_bob: Client, bob: Member) -> None:
    prove(as_bob, bob.user, ago_s=3600)
    assert make(as_bob).json()["type"] == "/problems/recent-sign-in-needed"


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"scopes": ["all"]}, {"expires_in_days": 367}, {"name": " "}])
def test_what_is_asked_for_is_checked(as_bob: Client, wrong: dict[str, Any]) -> None:
    assert make(as_bob, **wrong).status_code == 422


def test_a_key_that_asks_too_often_is_told_how_long_to_wait(as_bob: Client, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, api_key_per_minute=3)
    client = by_key(make(as_bob).json()["token"])
    caches["process"].clear()
    answers = [client.get("/api/interviews") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert answers[-1].json()["retry_after_s"] <= 60


@pytest.mark.django_db(transaction=True)
def test_the_example_in_the_docs_runs(as_bob: Client, interview: Interview) -> None:
    """With curl, as it is printed there; only the address and the key are others."""
    (example,) = re.findall(r"```sh\n(curl .*?)```", DOCS.read_text(), flags=re.DOTALL)
    token = make(as_bob, scopes=["interviews:read"]).json()["token"]
    with make_server("127.0.0.1", 0, get_wsgi_application()) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        command = example.replace("https://interviews.example.org", f"http://127.0.0.1:{server.server_port}")
        environment = {"INTERVIEW_STREAM_KEY": token, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=True)
    assert f'"title": "{interview.title}"' in done.stdout
