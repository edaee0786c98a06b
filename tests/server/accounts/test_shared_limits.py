"""What was tried how often, kept for all web processes: in the database, and in a real Redis server when one is set."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis
from django.core.cache import caches
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.guarding import Scope
from interview_stream.server.accounts.models import CacheEntry
from tests.redis_server import RedisServer

pytestmark = pytest.mark.django_db

LOGIN = "/_allauth/browser/v1/auth/login"


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture(params=["database", "redis"])
def store(request: pytest.FixtureRequest, settings: Any) -> Iterator[str]:
    if request.param == "redis":
        url = request.getfixturevalue("redis_server").url
        shared = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
        settings.CACHES = settings.CACHES | {"default": shared | {"KEY_PREFIX": "interview-stream"}}
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, redis_url=url)
        caches["default"].clear()
    yield request.param
    if request.param == "redis":
        caches["default"].close()


def in_another_process() -> None:
    """It remembers nothing of this one's."""
    caches["process"].clear()


def guess(client: Client, email: str = "alice@example.org") -> Any:
    body = {"email": email, "password": "not the password"}
    return client.post(LOGIN, body, content_type="application/json")


def make_key(client: Client) -> Client:
    body = {"name": "CI", "scopes": [Scope.READ_INTERVIEWS], "expires_in_days": 1}
    token = client.post("/api/api-keys", body, content_type="application/json").json()["token"]
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_wrong_passwords_are_counted_together(alice: Member, store: str, settings: Any) -> None:
    for _ in range(5):
        assert guess(Client()).status_code == 400
        in_another_process()
    refused = guess(Client())
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-attempts")
    assert 1 <= refused.json()["retry_after_s"] <= 300
    assert guess(Client(), "bob@example.org").status_code == 400
    assert CacheEntry.objects.exists() == (store == "database")
    if store == "redis":
        with redis.Redis.from_url(settings.ENVIRONMENT.redis_url) as client:
            assert any(b"login_failed" in key for key in client.keys("interview-stream*"))


@pytest.mark.parametrize("limit", [6, 60])
def test_requests_of_a_key_are_counted_together(as_bob: Client, store: str, limit: int, settings: Any) -> None:
    """Each request in a process of its own takes a whole lot of the key's, so that there are never too many."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, api_key_per_minute=limit)
    program = make_key(as_bob)
    statuses = []
    for _ in range(25):
        in_another_process()
        statuses.append(program.get("/api/interviews").status_code)
    # The minute may end in between, and then the key begins anew.
    assert statuses[:6] == [200] * 6
    assert 429 in statuses[6:]


def test_one_process_alone_may_use_all_of_it(as_bob: Client, store: str, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, api_key_per_minute=40)
    program = make_key(as_bob)
    in_another_process()
    statuses = [program.get("/api/interviews").status_code for _ in range(90)]
    assert statuses[:40] == [200] * 40
    assert 429 in statuses
