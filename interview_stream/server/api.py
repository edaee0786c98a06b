"""The HTTP API: every app's router, one way in, and one place where errors become problem details."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from interview_stream.server.accounts.api import router as accounts_router
from interview_stream.server.accounts.guarding import ApiKey, SessionGuard
from interview_stream.server.accounts.joining_api import router as joining_router
from interview_stream.server.accounts.security_api import router as security_router
from interview_stream.server.api_keys.api import router as api_keys_router
from interview_stream.server.calls.api import router as calls_router
from interview_stream.server.calls.room_api import router as room_router
from interview_stream.server.candidates.api import router as candidates_router
from interview_stream.server.chat.api import router as chat_router
from interview_stream.server.connections.api import router as connections_router
from interview_stream.server.evaluations.api import router as evaluations_router
from interview_stream.server.files.api import router as files_router
from interview_stream.server.idempotency.once import once, passes_conflict_on
from interview_stream.server.interviews.api import router as interviews_router
from interview_stream.server.interviews.attachments_api import router as attachments_router
from interview_stream.server.jobs.api import router as jobs_router
from interview_stream.server.kits.api import router as kits_router
from interview_stream.server.lib.conflicts import is_conflict
from interview_stream.server.lib.idempotency import HEADER, takes_keys
from interview_stream.server.lib.problems import (
    CONTENT_TYPE,
    Invalid,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
    problem_response,
    status_response,
)
from interview_stream.server.mailbox.api import router as mailbox_router
from interview_stream.server.pictures.api import router as pictures_router
from interview_stream.server.recordings.api import router as recordings_router
from interview_stream.server.retention.api import router as retention_router

log = logging.getLogger(__name__)

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Some types have members of their own, such as `errors` by field.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_problem_content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
KEY_PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Made anew for each act, and sent again with it: what was done already is answered, not done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"^[\x21-\x7e]+$"},
}
PROBLEM_RESPONSES = {
    "4XX": {"description": "The request cannot be answered; the problem says why.", "content": _problem_content},
    "503": {"description": "A part that this needs is down; trying again may help.", "content": _problem_content},
}


class Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Without HEAD: it says of a file what GET says, and would need a second name for one operation.

        With the problems that any operation may answer, in the one shape that they have.
        """
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        for methods in schema["paths"].values():
            methods.pop("head", None)
            for operation in methods.values():
                operation["responses"] |= PROBLEM_RESPONSES
                if operation["operationId"] in self._with_keys:
                    operation.setdefault("parameters", []).append({"$ref": f"#/components/parameters/{HEADER}"})
        schema["components"]["parameters"] = {HEADER: KEY_PARAMETER}
        return schema

    @property
    def _with_keys(self) -> set[str]:
        """Names of the operations to which a key can be sent."""
        found = set()
        for _, router in self._routers:
            for view in router.path_operations.values():
                for operation in view.operations:
                    if all(takes_keys(operation.view_func, method) for method in operation.methods):
                        found.add(operation.view_func.__name__)
        return found

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Function names are unique across apps (a test proves it) and read well in the generated client."""
        return operation.view_func.__name__


api = Api(
    title="Interview Stream",
    version="1",
    urls_namespace="api",
    auth=SessionGuard(),
    docs_url=None,
)
api.add_decorator(once, mode="view")
for router, area in (
    (accounts_router, None),
    (joining_router, None),
    (security_router, None),
    (api_keys_router, None),
    (kits_router, "kits"),
    (candidates_router, "candidates"),
    (jobs_router, None),
    (files_router, "interviews"),
    (pictures_router, None),
    (mailbox_router, None),
    (interviews_router, "interviews"),
    (attachments_router, "interviews"),
    (calls_router, None),
    (room_router, None),
    (connections_router, None),
    (chat_router, None),
    (recordings_router, "recordings"),
    (evaluations_router, "evaluations"),
    (retention_router, "organisation"),
):
    api.add_router("", router, auth=SessionGuard() if area is None else ApiKey(area))


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem_response(error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: list[dict[str, Any]] = [{"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in error.errors]
    return problem_response(Invalid("Some values are not right.", errors=errors))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(NotFound())


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem_response(TooLarge("The request is too large."))


@api.exception_handler(OperationalError)
def _storage_failed(request: HttpRequest, error: OperationalError) -> HttpResponse:
    if is_conflict(error):
        if passes_conflict_on(request):
            raise error
        log.warning("Transactions got in each other's way: %s", error)
        return problem_response(Unavailable("Others changed the same just now. Try again.", slug="conflicting-writes"))
    log.error("The database failed: %s", error)
    detail = "The server could not keep this. Its operator finds the reason in the log: its disk may be full."
    return problem_response(Unavailable(detail, slug="storage-failed"))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return status_response(error.status_code, str(error))
