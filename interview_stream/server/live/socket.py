"""The WebSocket of live queries, as a raw ASGI application: one task reads, one writes what cannot be pushed.

The client says `hello` first (with a guest's link, or none to use its session cookie), then `watch`, `unwatch` and
`ping`. It is told `update`: answers that all belong to one state of the database, so what a page shows of several
queries changes together. A client that comes back says which results it has (by etag), and is sent only others.

The client is never sent more than it takes: a subscription that changes while an update is being sent simply stays
due, and the newest result goes out next.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from django.http import parse_cookie
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from interview_stream.server.lib.problems import Problem, TooManyRequests
from interview_stream.server.live.hub import Hub
from interview_stream.server.live.limits import Limits
from interview_stream.server.live.outcomes import Answer
from interview_stream.server.live.pages import Page, Pages
from interview_stream.server.live.push import push_of
from interview_stream.server.live.registry import Credentials, query_named, who_asks
from interview_stream.server.live.updates import WHO_ASKS, update_message
from interview_stream.server.live.watchers import Watcher

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

# Close codes: internal error (RFC 6455, section 7.4.1), and our own (section 7.4.2: 4000-4999 are private).
FAILED = 1011
BAD_MESSAGE, SOMEBODY_ELSE, NO_HELLO, TOO_SLOW, TOO_MANY = 4400, 4401, 4408, 4409, 4429
_RATE_WINDOW_S = 10


class Hello(BaseModel):
    type: Literal["hello"]
    guest: str | None = Field(default=None, max_length=2000)
    patches: bool = False


class Watched(BaseModel):
    id: int = Field(ge=0, lt=2**53)
    query: str = Field(max_length=100)
    args: dict[str, Any] = Field(default_factory=dict)
    has: str | None = Field(default=None, max_length=100)


class Watch(BaseModel):
    type: Literal["watch"]
    queries: list[Watched]


class Unwatch(BaseModel):
    type: Literal["unwatch"]
    ids: list[int]


class Ping(BaseModel):
    type: Literal["ping"]


Message = Annotated[Hello | Watch | Unwatch | Ping, Field(discriminator="type")]
_message: TypeAdapter[Hello | Watch | Unwatch | Ping] = TypeAdapter(Message)


class Disconnected(Exception):
    """The client has gone."""


class Refused(Exception):
    """The client broke the protocol; `code` and the text go into the close frame."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class LiveSocket:
    """The ASGI application."""

    def __init__(self, hub: Hub, limits: Limits, session_cookie: str) -> None:
        self._hub = hub
        self._limits = limits
        self._session_cookie = session_cookie
        self._who_asks = who_asks()
        self._pages = Pages(hub, limits.threads, limits.result_bytes)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """The caller has checked Host and Origin."""
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})
        with contextlib.suppress(Disconnected, OSError):
            try:
                if len(self._pages) >= self._limits.connections:
                    raise Refused(TOO_MANY, f"The server keeps at most {self._limits.connections} pages up to date.")
                await self._talk(scope, receive, send)
            except Refused as refusal:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.send_s):
                        await send({"type": "websocket.close", "code": refusal.code, "reason": str(refusal)})

    @property
    def connections(self) -> int:
        """Pages that are open now."""
        return len(self._pages)

    def give_way(self) -> None:
        """From the thread of a transaction: wait, not for long, until pages were told of what is due."""
        self._pages.give_way()

    def open(self) -> None:
        self._pages.open()

    def close(self) -> None:
        self._pages.close()

    async def _talk(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        hello = await self._hello(receive)
        credentials = self._credentials(scope, hello)
        watcher = self._hub.add(credentials, self._limits.patch_bytes if hello.patches else None)
        page = self._pages.add(watcher, push_of(scope))
        watcher.watch(WHO_ASKS, self._who_asks, {})
        writer = asyncio.create_task(self._write(page, send))
        reader = asyncio.create_task(self._read(page, receive, send))
        try:
            await asyncio.wait((writer, reader), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pages.remove(page)
            for task in (writer, reader):
                task.cancel()
            results = await asyncio.gather(writer, reader, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _hello(self, receive: Receive) -> Hello:
        try:
            async with asyncio.timeout(self._limits.hello_s):
                hello = await self._next(receive)
        except TimeoutError:
            raise Refused(NO_HELLO, "No hello came.") from None
        if not isinstance(hello, Hello):
            raise Refused(BAD_MESSAGE, "The first message must be hello.")
        return hello

    def _credentials(self, scope: dict[str, Any], hello: Hello) -> Credentials:
        session_key = _cookie(scope, self._session_cookie) if has_origin(scope) else None
        return Credentials(session_key=None if hello.guest else session_key, guest_token=hello.guest)

    async def _read(self, page: Page, receive: Receive, send: Send) -> None:
        clock, window_began, count = asyncio.get_running_loop().time, 0.0, 0
        while True:
            message = await self._next(receive)
            if clock() - window_began > _RATE_WINDOW_S:
                window_began, count = clock(), 0
            count += 1
            if count > self._limits.messages_per_s * _RATE_WINDOW_S:
                raise Refused(TOO_MANY, f"At most {self._limits.messages_per_s} messages a second may come.")
            match message:
                case Ping():
                    await self._send(send, b'{"type":"pong"}')
                case Unwatch(ids=numbers):
                    async with self._pages.own_watcher(page) as watcher:
                        for number in numbers:
                            watcher.unwatch(number)
                case Watch(queries=queries):
                    async with self._pages.own_watcher(page) as watcher:
                        with watcher.together():
                            answers = [self._watch(watcher, query) for query in queries]
                    refused = [answer for answer in answers if answer is not None]
                    if refused:
                        await self._send(send, update_message(None, refused))
                case Hello():
                    raise Refused(BAD_MESSAGE, "hello comes once.")

    def _watch(self, watcher: Watcher, wanted: Watched) -> Answer | None:
        try:
            if len(watcher) > self._limits.subscriptions:
                raise TooManyRequests(f"One connection watches at most {self._limits.subscriptions} queries.")
            query = query_named(wanted.query)
            watcher.watch(wanted.id, query, query.parse(wanted.args), wanted.has)
        except Problem as problem:
            return Answer(wanted.id, problem=problem.as_dict())
        return None

    async def _send(self, send: Send, message: bytes) -> None:
        try:
            async with asyncio.timeout(self._limits.send_s):
                await send({"type": "websocket.send", "text": message.decode()})
        except TimeoutError:
            raise Refused(TOO_SLOW, "The client takes nothing in.") from None

    async def _next(self, receive: Receive) -> Hello | Watch | Unwatch | Ping:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            raise Disconnected
        text = event.get("text")
        if text is None:
            raise Refused(BAD_MESSAGE, "A message must be a text.")
        if len(text.encode()) > self._limits.message_bytes:
            raise Refused(BAD_MESSAGE, f"A message may have at most {self._limits.message_bytes} bytes.")
        try:
            return _message.validate_json(text)
        except ValidationError as error:
            raise Refused(BAD_MESSAGE, f"A message is not right: {error.errors()[0]['msg']}"[:120]) from None

    async def _write(self, page: Page, send: Send) -> None:
        is_known = False
        while True:
            update = await page.inbox.get()
            if update is None:
                raise Refused(FAILED, "Something went wrong on the server.")
            if update.message:
                await self._send(send, update.message)
            if update.is_about_asker:
                if is_known:
                    raise Refused(SOMEBODY_ELSE, "The session or its rights have changed.")
                is_known = True
            self._pages.release(page)


def has_origin(scope: dict[str, Any]) -> bool:
    """A browser always names its origin. Where nothing can be checked, a cookie counts for nothing."""
    return any(name == b"origin" for name, _ in scope["headers"])


def _cookie(scope: dict[str, Any], wanted: str) -> str | None:
    """Read as Django does: the standard library's parser drops every cookie when one of them is odd."""
    cookies = b";".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(cookies.decode("latin-1")).get(wanted)
