"""Twirp, the HTTP dialect of the server API: hides encodings, tokens and the shape of errors from its methods."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast

from aiohttp import web
from google.protobuf.json_format import MessageToJson, ParseError
from google.protobuf.json_format import Parse as parse_json
from google.protobuf.message import DecodeError, Message

from interview_stream.sfu.auth import AuthError, Tokens
from interview_stream.sfu.core.engine import NoNewRoomsError, NotConsentedError, NotFoundError, WrongStateError
from interview_stream.sfu.core.grants import Grants

logger = logging.getLogger(__name__)

STATUS = {
    "invalid_argument": 400,
    "malformed": 400,
    "bad_route": 404,
    "unauthenticated": 401,
    "permission_denied": 403,
    "not_found": 404,
    "failed_precondition": 412,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
}

Request = TypeVar("Request", bound=Message)
Allowed = Callable[[Grants, Any], bool]
"""Whether grants allow what a request asks for."""


class Method:
    """One method: its request type, who may call it, and what it does."""

    def __init__(
        self,
        request: type[Request],
        allowed: Allowed,
        run: Callable[[Request], Message] | Callable[[Request], Awaitable[Message]],
    ) -> None:
        self.request: type[Message] = request
        self.allowed = allowed
        self.run = cast(Callable[[Any], "Message | Awaitable[Message]"], run)


class InvalidArgumentError(Exception):
    """A request is readable but makes no sense; the message says why."""


class UnimplementedError(Exception):
    """A request asks for what is not done here; the message says what is."""


class TwirpService:
    """Serves the methods of one service."""

    def __init__(self, tokens: Tokens, methods: Mapping[str, Method], flush: Callable[[], None]) -> None:
        """`flush` sends the media datagrams that a method queued."""
        self._flush = flush
        self._tokens = tokens
        self._methods = methods

    async def handle(self, request: web.Request) -> web.Response:
        """POST /twirp/<service>/<method>."""
        name = request.match_info["method"]
        method = self._methods.get(name)
        if method is None:
            return error("unimplemented", f"{name} is not implemented")
        is_json = request.content_type == "application/json"
        if not is_json and request.content_type != "application/protobuf":
            return error("bad_route", f"unexpected Content-Type: {request.content_type}")
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            who = self._tokens.verify(token.strip() if scheme.lower() == "bearer" else "")
            body = await request.read()
            message = parse_json(body, method.request()) if is_json else method.request.FromString(body)
        except AuthError as reason:
            return error("unauthenticated", str(reason))
        except (ParseError, DecodeError, UnicodeDecodeError):
            return error("malformed", "the request body could not be decoded")
        if not method.allowed(who.grants, message):
            return error("unauthenticated", "permissions denied")
        answer = await _run(name, method, message, is_json)
        self._flush()
        return answer


async def _run(name: str, method: Method, message: Message, is_json: bool) -> web.Response:
    try:
        answer = method.run(message)
        result = answer if isinstance(answer, Message) else await answer
    except NotFoundError as reason:
        return error("not_found", str(reason))
    except NotConsentedError as reason:
        return error("permission_denied", str(reason))
    except WrongStateError as reason:
        return error("failed_precondition", str(reason))
    except NoNewRoomsError as reason:
        return error("unavailable", str(reason))
    except InvalidArgumentError as reason:
        return error("invalid_argument", str(reason))
    except UnimplementedError as reason:
        return error("unimplemented", str(reason))
    except Exception:
        logger.exception("%s failed", name)
        return error("internal", "internal error")
    if is_json:
        return web.Response(text=MessageToJson(result), content_type="application/json")
    return web.Response(body=result.SerializeToString(), content_type="application/protobuf")


def error(code: str, message: str) -> web.Response:
    """An error answer."""
    body = json.dumps({"code": code, "msg": message, "meta": {}})
    return web.Response(status=STATUS[code], text=body, content_type="application/json")
