"""`Idempotency-Key`: a client that lost an answer sends the same request again, and gets the answer that it missed.

The first request runs in one transaction with the row that keeps its answer, so both are there or neither. The same
key at the same time waits for it. What was refused (a status of 400 or more) changed nothing and is not kept. Keys
belong to whoever sent them and are kept for a day.
"""

import re
import secrets
import time
import zlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from interview_stream.server.accounts.actor import Nobody, actor_of, name_of
from interview_stream.server.idempotency.models import KeptAnswer
from interview_stream.server.lib.conflicts import PAUSES_S, is_conflict
from interview_stream.server.lib.idempotency import HEADER, takes_keys
from interview_stream.server.lib.problems import BadRequest, Conflict, Invalid, Problem, problem_response

REPLAYED = "Idempotent-Replayed"
MOST_BYTES = 1_000_000
"""A longer answer is not kept."""
_WILL_TRY_AGAIN = "_interview_stream_will_try_again"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")

Run = Callable[..., HttpResponseBase]


def once(run: Run) -> Run:
    """Ninja's decorator of views. What the operation's guards refuse, such as another site, gets no answer twice."""
    operation = run.__self__  # type: ignore[attr-defined]  # Ninja's Operation

    @wraps(run)
    def run_once(request: HttpRequest, **values: Any) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None or not takes_keys(operation.view_func, str(request.method)):
            return run(request, **values)
        try:
            for guard in operation.auth_callbacks:
                guard(request)
            actor = actor_of(request)
        except Problem:
            return run(request, **values)  # It says the same.
        if isinstance(actor, Nobody):
            return run(request, **values)
        try:
            return _tried_again(request, lambda: _once(request, name_of(actor), key, lambda: run(request, **values)))
        except Problem as problem:
            return problem_response(problem)
        except OperationalError as error:
            failed: HttpResponse = operation.api.on_exception(request, error)
            return failed

    return run_once


def passes_conflict_on(request: HttpRequest) -> bool:
    """Whether a conflict of transactions is not for the client yet, because the request is tried again."""
    return getattr(request, _WILL_TRY_AGAIN, False)


def _tried_again(request: HttpRequest, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """What a request with a key writes is one transaction: where it gets in another's way, it begins anew."""
    for pause_s in PAUSES_S:
        setattr(request, _WILL_TRY_AGAIN, True)
        try:
            return run()
        except OperationalError as error:
            if not is_conflict(error):
                raise
        finally:
            setattr(request, _WILL_TRY_AGAIN, False)
        time.sleep(pause_s * (0.5 + secrets.randbelow(512) / 1024))
    return run()


def _once(request: HttpRequest, owner: str, key: str, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    if not _KEY.fullmatch(key):
        raise BadRequest(f"{HEADER} has to be 1 to 128 visible characters.", slug="idempotency-key")
    fingerprint = _fingerprint(request)
    for _ in range(2):
        with transaction.atomic():
            known = KeptAnswer.objects.filter(owner=owner, key=key).first()
            if known is not None:
                return _repeated(known, fingerprint)
            try:
                with transaction.atomic():
                    # Of two at once the second waits here until the first is through.
                    kept = KeptAnswer.objects.create(owner=owner, key=key, fingerprint=fingerprint)
            except IntegrityError:
                continue
            return _keep(kept, run())
    raise Conflict("The same request is being answered just now. Try again in a moment.", slug="idempotency-key-busy")


def _keep(kept: KeptAnswer, response: HttpResponseBase) -> HttpResponseBase:
    if not isinstance(response, HttpResponse) or response.status_code >= 400 or len(response.content) > MOST_BYTES:
        kept.delete()
        return response
    KeptAnswer.objects.filter(pk=kept.pk).update(
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        body=zlib.compress(response.content),
    )
    return response


def _repeated(known: KeptAnswer, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        raise Invalid(
            f"This {HEADER} was used for another request. Make a new one for each.", slug="idempotency-key-reused"
        )
    response = HttpResponse(zlib.decompress(known.body), status=known.status, headers={REPLAYED: "true"})
    if known.content_type:
        response.headers["Content-Type"] = known.content_type
    else:
        del response.headers["Content-Type"]
    return response


def _fingerprint(request: HttpRequest) -> str:
    said = b"\n".join([str(request.method).encode(), request.get_full_path().encode(), request.body])
    return salted_hmac("interview-stream.idempotency", said, algorithm="sha256").hexdigest()
