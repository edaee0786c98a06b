"""The one error format (RFC 9457 problem details), raised as exceptions by actions and queries."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Something the caller should be told. `slug` is stable and names the kind; `detail` is a sentence for people."""

    status: ClassVar[int] = 400
    slug: str = "bad-request"

    def __init__(self, detail: str = "", *, slug: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        if slug is not None:
            self.slug = slug
        self.detail = detail
        self.extra = extra

    @property
    def title(self) -> str:
        return self.slug.replace("-", " ").capitalize()

    def as_dict(self) -> dict[str, Any]:
        return problem_dict(self.status, self.slug, self.detail, self.extra)


class BadRequest(Problem):
    """The request cannot be understood."""


class Unauthenticated(Problem):
    """The operation needs a signed-in member, and there is none."""

    status = 401
    slug = "not-signed-in"


class Forbidden(Problem):
    """The actor may know that the thing exists, but not do this with it."""

    status = 403
    slug = "forbidden"


class NotFound(Problem):
    """Nothing here that this actor may know of."""

    status = 404
    slug = "not-found"


class Conflict(Problem):
    """The thing is not in a state in which this can be done."""

    status = 409
    slug = "conflict"


class Gone(Problem):
    """It was here once and will not come back."""

    status = 410
    slug = "gone"


class TooLarge(Problem):
    """The request is larger than this installation accepts."""

    status = 413
    slug = "too-large"


class Invalid(Problem):
    """The request can be read, but a value is wrong; `errors` lists where and why."""

    status = 422
    slug = "invalid"

    @classmethod
    def value(cls, field: str, message: str) -> "Invalid":
        """Of the body, and wrong in a way that only looking it up tells."""
        return cls(message, errors=[{"loc": ["body", field], "msg": message}])


class TooManyRequests(Problem):
    """The caller asks too often."""

    status = 429
    slug = "too-many-requests"


class Unavailable(Problem):
    """A part that this needs is down; trying again later may help."""

    status = 503
    slug = "unavailable"


def problem_dict(status: int, slug: str, detail: str = "", extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The members of RFC 9457, section 3; `type` is a relative reference, so that it needs no address of ours."""
    found = {"type": f"/problems/{slug}", "title": slug.replace("-", " ").capitalize(), "status": status}
    if detail:
        found["detail"] = detail
    return {**found, **(extra or {})}


def problem_response(problem: Problem) -> JsonResponse:
    response = JsonResponse(problem.as_dict(), status=problem.status, content_type=CONTENT_TYPE)
    if "retry_after_s" in problem.extra:
        response.headers["Retry-After"] = str(problem.extra["retry_after_s"])
    return response


def status_response(status: int, detail: str = "") -> JsonResponse:
    """A problem for a plain HTTP status that no class above stands for."""
    return JsonResponse(problem_of_status(status, detail), status=status, content_type=CONTENT_TYPE)


def problem_of_status(status: int, detail: str = "", extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return problem_dict(status, HTTPStatus(status).phrase.lower().replace(" ", "-"), detail, extra)


def instead_of_pages(get_response: Answer) -> Answer:
    """Django middleware: an error that a library answers in a form of its own becomes a problem.

    Its headers stay, and so do the members of an answer of allauth's.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not 400 <= response.status_code < 500 or not isinstance(response, HttpResponse):
            return response
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/"):
            _turn_into(response, problem_of_status(response.status_code))
        elif kind == "application/json" and request.path.startswith("/_allauth/"):
            given = json.loads(response.content)
            detail = " ".join(error["message"] for error in given.get("errors", ()))
            _turn_into(response, problem_of_status(response.status_code, detail, given))
        return response

    return middleware


def _turn_into(response: HttpResponse, problem: Mapping[str, Any]) -> None:
    response.content = json.dumps(problem)
    response.headers["Content-Type"] = CONTENT_TYPE


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's handler404, and the answer under /api where no operation is."""
    return status_response(404)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's handler400."""
    return status_response(400)


def internal_error(request: HttpRequest) -> JsonResponse:
    """Django's handler500; the log has the reason, the answer must not."""
    return status_response(500, "Something went wrong on the server. The operator finds the reason in the log.")
