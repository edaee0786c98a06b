"""What holds for the whole API: errors are problems, names are unique, other sites are kept out."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from interview_stream.server.api import api


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    paths: dict[str, dict[str, Any]] = api.get_openapi_schema(path_prefix="/api/")["paths"]
    return [(method, path, one) for path, methods in paths.items() for method, one in methods.items()]


def test_operation_names_are_unique_and_plain() -> None:
    names = [one["operationId"] for _, _, one in operations()]
    assert len(names) == len(set(names))
    assert {"get_me", "list_interviews", "join_call", "start_recording"} <= set(names)


@pytest.mark.parametrize("path", ["/api/nothing", "/api", "/_allauth/nothing", "/assets/missing.js", "/webhooks/x"])
def test_an_unknown_operation_is_a_problem_and_no_page(as_nobody: Client, path: str) -> None:
    answer = as_nobody.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_that_is_no_json_is_a_problem(as_alice: Client) -> None:
    answer = as_alice.post("/api/interviews", "{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_wrong_method_is_a_problem(as_alice: Client) -> None:
    answer = as_alice.delete("/api/me")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/", 405),
        ("DELETE", "/csp-report", 405),
        ("GET", "/webhooks/livekit", 405),
        ("PUT", "/_allauth/browser/v1/auth/login", 400),
        ("GET", "/_allauth/browser/v1/auth/login", 405),
        ("POST", "/_allauth/browser/v1/auth/email/verify", 404),
        ("POST", "/_allauth/browser/v1/account/email", 404),
        ("GET", "/_allauth/browser/v1/account/email", 404),
    ],
)
def test_what_is_not_answered_is_a_problem(as_nobody: Client, method: str, path: str, status: int) -> None:
    answer = as_nobody.generic(method, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_a_failure_tells_nothing(settings: Any, alice: Any) -> None:
    settings.ENVIRONMENT = None
    client = Client(raise_request_exception=False)
    answer = client.get("/api/me")
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-server-error"
    assert "Traceback" not in answer.content.decode()


FILL = {
    "sqlite": ["PRAGMA query_only = ON"],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger AS"
        " $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER refusing BEFORE INSERT ON interviews_interview FOR EACH ROW EXECUTE FUNCTION refuse()",
    ],
}
EMPTY = {"sqlite": "PRAGMA query_only = OFF", "postgresql": "DROP FUNCTION refuse CASCADE"}


@pytest.fixture
def full_disk(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        for statement in FILL[connection.vendor]:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        cursor.execute(EMPTY[connection.vendor])


def test_a_database_that_takes_nothing_in_is_no_bug(as_alice: Client, full_disk: None) -> None:
    """A full disk, a folder that became read-only, a lock that is never given back."""
    answer = as_alice.post("/api/interviews", {"title": "Front end"}, content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/storage-failed")
