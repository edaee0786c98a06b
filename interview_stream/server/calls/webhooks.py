"""POST /webhooks/livekit: lets in only what the media engine signed, and hands it to the table of events."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

import jwt
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from google.protobuf.json_format import Parse, ParseError
from livekit.api import TokenVerifier
from livekit.protocol.webhook import WebhookEvent

from interview_stream.server.calls import engine, events
from interview_stream.server.lib.problems import BadRequest, Problem, Unauthenticated, problem_response


@csrf_exempt
@require_POST
def livekit_webhook(request: HttpRequest) -> HttpResponse:
    try:
        events.handle(*_verified(request.body, request.headers.get("Authorization", "")))
    except Problem as problem:
        return problem_response(problem)
    return HttpResponse(status=200)


def _verified(body: bytes, authorization: str) -> tuple[WebhookEvent, dict[str, Any]]:
    """The event, and all that the body says.

    The token is signed with our media secret and holds the SHA-256 of the body it came with.
    """
    key, secret = engine.credentials()
    try:
        claims = TokenVerifier(key, secret).verify(authorization.removeprefix("Bearer "))
        signed = base64.b64decode(claims.sha256 or "", validate=True)
    except (jwt.PyJWTError, binascii.Error, KeyError, TypeError, ValueError) as error:
        raise Unauthenticated("The webhook's token is missing or not valid.") from error
    if not hmac.compare_digest(signed, hashlib.sha256(body).digest()):
        raise Unauthenticated("The webhook's token was signed for another body.")
    try:
        event: WebhookEvent = Parse(body, WebhookEvent(), ignore_unknown_fields=True)
        return event, json.loads(body)
    except (ParseError, ValueError) as error:
        raise BadRequest("The body is not a webhook event.") from error
