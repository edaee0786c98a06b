"""Every operation, asked by everybody."""

import json
import re
from collections import Counter
from uuid import uuid4

import pytest
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import OwnerLink
from interview_stream.server.api import api
from interview_stream.server.interviews.models import Interview
from tests.server.access.rules import ACTORS, KEYS, LOST_KEYS, OPERATIONS, OUTSIDERS, status_for
from tests.server.access.world import SECRET, World

pytestmark = pytest.mark.django_db

NAMING = [name for name, row in OPERATIONS.items() if re.search(r"{[a-z_]+}", row[1] + json.dumps(row[2]))]
"""The operations whose address or body names a thing."""


def ask(client: Client, operation: str, ids: dict[str, str]) -> tuple[int, bytes]:
    method, path, body, _ = OPERATIONS[operation]
    sent = "" if body is None else json.dumps(body).replace("{organisation}", ids["organisation"])
    sent = sent.replace('"{membership}"', ids["membership"]).replace("{candidate}", ids["candidate"])
    answer = client.generic(method, "/api" + path.format(**ids), sent, content_type="application/json")
    return answer.status_code, answer.getvalue()


def test_no_operation_is_forgotten() -> None:
    document = api.get_openapi_schema(path_prefix="/api")
    operations = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    assert operations == set(OPERATIONS)


@pytest.mark.parametrize("actor", (*ACTORS, *KEYS))
def test_operations(actor: str, world: World, tried: Counter[str]) -> None:
    wrong = []
    for operation in OPERATIONS:
        with world.undone(actor) as browser:
            status, content = ask(browser, operation, world.ids)
        tried["an operation"] += 1
        if status != (wanted := status_for(operation, actor)):
            wrong.append(f"{operation}: {status} instead of {wanted}: {content[:200]!r}")
        elif actor in (*OUTSIDERS, *LOST_KEYS) and (SECRET.encode() in content or _names(content, world)):
            wrong.append(f"{operation}: tells of what is not theirs: {content[:1000]!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("actor", OUTSIDERS)
def test_an_outsider_cannot_tell_what_exists(actor: str, world: World, tried: Counter[str]) -> None:
    invented = {name: "987654" if value.isdigit() else str(uuid4()) for name, value in world.ids.items()}
    telling = []
    for operation in NAMING:
        answers = []
        for ids in (world.ids, invented):
            with world.undone(actor) as browser:
                answers.append(ask(browser, operation, ids))
        tried["an invented thing"] += 1
        telling += [operation] if answers[0] != answers[1] else []
    assert not telling


def test_a_link_of_the_candidate_is_for_members_only(world: World) -> None:
    """A candidate who could read the link could not be replaced; one who could read another's could pose as them."""
    for operation in ("get_guest_view", "join_call"):
        assert b"link" not in ask(world.browsers["candidate"], operation, world.ids)[1]


def test_another_site_cannot_act_for_a_member(alice: Member, world: World, tried: Counter[str]) -> None:
    """A browser sends cookies along with a form of another site, but not the CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    for operation, (method, *_) in OPERATIONS.items():
        if method != "GET":
            status, content = ask(client, operation, world.ids)
            tried["another site's form"] += 1
            assert (status, json.loads(content)["type"]) == (403, "/problems/csrf"), operation
    assert Interview.objects.get(id=world.ids["interview"]).title == SECRET
    assert OwnerLink.objects.filter(used_at__isnull=False).count() == 0


def _names(content: bytes, world: World) -> bool:
    return any(each.encode() in content for each in world.ids.values() if len(each) > 30)
