"""Problem details as RFC 9457 has them."""

import json

from interview_stream.server.lib.problems import Gone, Problem, problem_response, status_response


def test_a_problem_is_rendered_with_its_members() -> None:
    response = problem_response(Gone("This link has expired.", slug="link-expired", expired_at="2026-01-01"))
    assert response.status_code == 410
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "/problems/link-expired",
        "title": "Link expired",
        "status": 410,
        "detail": "This link has expired.",
        "expired_at": "2026-01-01",
    }


def test_a_problem_without_detail_has_none() -> None:
    assert "detail" not in Problem().as_dict()
    assert Gone().as_dict()["type"] == "/problems/gone"


def test_any_status_has_a_problem() -> None:
    assert json.loads(status_response(405).content)["type"] == "/problems/method-not-allowed"
