"""The outer application: looks at the path and hands on to the relay, the live socket, the files or Django.

What has to hold for everything is done here: the Host check, the cap on bodies, and the Origin check of sockets.
"""

import gc
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import django
from django.conf import settings

django.setup(set_prefix=False)

from interview_stream.environment import Environment  # noqa: E402
from interview_stream.server.answering import DjangoThreads  # noqa: E402
from interview_stream.server.assets import Assets  # noqa: E402
from interview_stream.server.files.tus import Uploads  # noqa: E402
from interview_stream.server.lib.problems import (  # noqa: E402
    CONTENT_TYPE,
    BadRequest,
    Forbidden,
    NotFound,
    Problem,
    TooLarge,
)
from interview_stream.server.live.hub import Hub  # noqa: E402
from interview_stream.server.live.socket import LiveSocket, has_origin  # noqa: E402
from interview_stream.server.live.wiring import Wiring  # noqa: E402
from interview_stream.server.relay import Relay  # noqa: E402
from interview_stream.server.security import Origins, fixed_headers, header  # noqa: E402

log = logging.getLogger(__name__)

_YOUNG_OBJECTS = 10_000

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Server:
    """The web process's application. Started and stopped by the ASGI lifespan."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._origins = Origins(environment)
        self._hub = Hub()
        self._live = LiveSocket(self._hub, settings.LIVE_LIMITS, settings.SESSION_COOKIE_NAME)
        self._relay = Relay(environment, self._origins)
        self._assets = Assets(settings.FRONT_END)
        self._uploads = Uploads()
        self._django = DjangoThreads(environment.http_threads)
        self._wiring = Wiring(self._hub, self._live.give_way, environment.redis_url, settings.LIVE_SOCKET)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "lifespan":
                await self._lifespan(receive, send)
            case "websocket":
                await self._socket(scope, receive, send)
            case _:
                await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()  # lifespan.startup
        await self._start()
        await send({"type": "lifespan.startup.complete"})
        await receive()  # lifespan.shutdown
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> None:
        await self._wiring.open()
        self._live.open()
        await self._relay.start()
        # What lives now lives for good: keep it out of every later collection.
        gc.collect()
        gc.freeze()
        # Telling hundreds of pages makes thousands of objects that soon end; by default each 700th has all looked at.
        gc.set_threshold(_YOUNG_OBJECTS)

    async def _stop(self) -> None:
        await self._wiring.close()
        await self._relay.stop()
        self._live.close()
        self._django.close()

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if Relay.takes(path):
            await self._relay.socket(scope, receive, send)
        elif path != "/live":
            await refuse_socket(send, NotFound("There is no socket here."))
        elif not self._origins.host_is_ours(scope["headers"]):
            await refuse_socket(send, _unknown_host())
        elif has_origin(scope) and not self._origins.origin_is_ours(scope):
            await refuse_socket(send, Forbidden("This origin may not open sockets here.", slug="foreign-origin"))
        else:
            await self._live(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        # The only bodies that may be of any size: they go to the disk as they come.
        if Uploads.takes(path, method) and self._origins.host_is_ours(scope["headers"]):
            await self._uploads(scope, receive, send)
            return
        limited = await within_limit(scope, receive, self._environment.max_body_bytes)
        if limited is None:
            problem = TooLarge(f"The request is larger than {self._environment.max_body_bytes} bytes.")
            await answer_problem(send, problem)
        elif Relay.takes(path):
            await self._relay.http(scope, limited, send)
        elif path not in ("/healthz", "/metrics") and not self._origins.host_is_ours(scope["headers"]):
            await answer_problem(send, _unknown_host())
        elif method in ("GET", "HEAD") and (asset := self._assets.find(path)) is not None:
            await asset.send(scope, send)
        else:
            await self._django({**scope, "live_connections": self._live.connections}, limited, send)


async def within_limit(scope: Scope, receive: Receive, limit: int) -> Receive | None:
    """The request's body, read up to the limit; None when there is more, which is then read and thrown away.

    Throwing away (up to a bound) lets clients that only listen once they have sent everything read the answer.
    """
    declared = header(scope["headers"], b"content-length")
    # RFC 9112, section 6.3: in chunks it may be of any size, whatever length it declares.
    is_chunked = header(scope["headers"], b"transfer-encoding") is not None
    if not is_chunked and (declared is None or (declared.isdigit() and int(declared) <= limit)):
        return receive
    chunks: list[Any] = []
    size = 0
    while size <= 64 * limit:
        event = await receive()
        size += len(event.get("body", b""))
        if size <= limit:
            chunks.append(event)
        if event["type"] != "http.request" or not event.get("more_body"):
            break
    if size > limit:
        return None
    waiting = iter(chunks)

    async def replay() -> Any:
        event = next(waiting, None)
        return await receive() if event is None else event

    return replay


def _unknown_host() -> Problem:
    return BadRequest(
        "This server does not answer to that name. Set INTERVIEW_STREAM_PUBLIC_URL to the address that people use.",
        slug="unknown-host",
    )


def _problem_parts(problem: Problem) -> tuple[list[tuple[bytes, bytes]], bytes]:
    body = json.dumps(problem.as_dict()).encode()
    names = {"Content-Type": CONTENT_TYPE, "Content-Length": str(len(body)), **fixed_headers()}
    return [(name.lower().encode(), value.encode()) for name, value in names.items()], body


async def answer_problem(send: Send, problem: Problem) -> None:
    headers, body = _problem_parts(problem)
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse_socket(send: Send, problem: Problem) -> None:
    """Refuse before the upgrade, with a status and a reason instead of a bare 403."""
    headers, body = _problem_parts(problem)
    await send({"type": "websocket.http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


application = Server(settings.ENVIRONMENT)
