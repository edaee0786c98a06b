"""uvicorn's HTTP on httptools, with bounds that httptools does not set and checks that it leaves to others.

httptools keeps what it has of a request line or header for as long as it is not complete, takes any number of headers,
and reads on while requests wait. A stranger could fill the memory with each of these.
"""

from http import HTTPStatus
from typing import Any

import httptools
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

# A join request puts up to 64 KiB into the request line.
MAX_REQUEST_LINE = 65_536
MAX_HEAD = MAX_REQUEST_LINE + 16_384
"""Bytes of request line and headers. Also of what may come without bringing a request further: trailers, extensions."""
MAX_WAITING = 32
"""Requests of one connection that wait for the answer to one before them."""


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


_TOO_LARGE = (
    f"The request line and headers may take {MAX_HEAD} bytes together. Send a shorter address or fewer headers."
)


class BoundedHttp(HttpToolsProtocol):
    """Refuses with 431 what is too large, and with 400 what could be read in two ways."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._without_progress = 0  # bytes fed since the parser last finished a head, a piece of a body or a message
        self._head = 0  # bytes of the request line and headers so far
        self._in_head = True
        self._answered: RequestResponseCycle | None = None
        self._is_over = False  # Something was refused; nothing behind it is read.

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._is_over:
            return
        self._without_progress += len(data)
        try:
            self.parser.feed_data(data)
            if self._without_progress > MAX_HEAD:
                raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, _TOO_LARGE)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            cause = error.__context__
            unreadable = _Refused(HTTPStatus.BAD_REQUEST, "This is not a valid HTTP request.")
            self._refuse(cause if isinstance(cause, _Refused) else unreadable)
        except _Refused as refused:
            self._refuse(refused)

    def _upgrade(self, rest: bytes) -> None:
        if self._should_upgrade():
            self.handle_websocket_upgrade()
            return
        # To another protocol, such as h2c, which one may ignore. The parser would take the body for the next request.
        head = [self.scope["method"].encode(), b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in self.headers:
            if name != b"upgrade":
                head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"".join([*head, b"\r\n", rest]))

    def _refuse(self, refused: _Refused) -> None:
        self.logger.warning("Refused a request: %s", refused)
        self._is_over = True
        answered = self._answered
        if answered is not None and not (answered.response_complete or answered.more_body):
            self._close_after_answers(answered)
            return
        if answered is None or answered.response_complete or not answered.response_started:
            reason = str(refused).encode()
            head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            self.transport.write(STATUS_LINE[refused.status] + head % len(reason) + reason)
        self._disconnect()
        self.transport.close()

    def _close_after_answers(self, answered: RequestResponseCycle) -> None:
        """What was refused came after good requests; a word about it would be taken for the answer to one of these."""
        if self.pipeline and self.pipeline[0][0].more_body:
            self.pipeline.popleft()
        last = self.pipeline[0][0] if self.pipeline else answered
        last.keep_alive = False

    def connection_lost(self, exc: Exception | None) -> None:
        self._disconnect()
        super().connection_lost(exc)

    def _disconnect(self) -> None:
        """Tell the request that is being answered; uvicorn tells only the newest."""
        if (answered := self._answered) is not None and not answered.response_complete:
            answered.disconnected = True
            answered.message_event.set()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # a trailer, which nobody reads
        self._count(len(name) + len(value) + len(b":\r\n"))
        super().on_header(name, value.rstrip(b" \t"))

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD:
            raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, _TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._without_progress = 0
        self._in_head = False
        self._check_head()
        if self.parser.should_upgrade():
            if self._answered is not None and not self._answered.response_complete:
                raise _Refused(HTTPStatus.BAD_REQUEST, "Wait for the answer before changing the protocol.")
            self.scope["method"] = self.parser.get_method().decode("ascii")
            return  # It goes on in _upgrade.
        if len(self.pipeline) == MAX_WAITING:
            raise _Refused(HTTPStatus.BAD_REQUEST, "Wait for answers before sending more requests.")
        # What takes addresses apart cannot count beyond 65,535; a question mark is easily found.
        self.url, _, query = self.url.partition(b"?")
        super().on_headers_complete()
        self.scope["query_string"] = query

    def _check_head(self) -> None:
        """What RFC 9112 has a server refuse (sections 3.2, 6.1 and 6.3) and the parser lets through."""
        names = [name for name, _ in self.headers]
        version = self.parser.get_http_version()
        if version not in ("1.0", "1.1"):
            raise _Refused(HTTPStatus.BAD_REQUEST, "Only HTTP 1.0 and 1.1 are spoken here.")
        if self.parser.get_method() == b"CONNECT" or not self.url.isascii():
            raise _Refused(HTTPStatus.BAD_REQUEST, "Only paths of this server can be asked for.")
        if names.count(b"host") != 1 and (version == "1.1" or b"host" in names):
            raise _Refused(HTTPStatus.BAD_REQUEST, "Send one Host header.")
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        if codings and (codings != [b"chunked"] or version == "1.0" or b"content-length" in names):
            raise _Refused(HTTPStatus.BAD_REQUEST, "Send Content-Length or, with HTTP/1.1, Transfer-Encoding: chunked.")

    def on_body(self, body: bytes) -> None:
        self._without_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._without_progress = 0
        if self.parser.should_upgrade():
            return
        super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app if cycle.scope["http_version"] == "1.1" else _until_it_closes(cycle, app))


def _until_it_closes(cycle: RequestResponseCycle, app: ASGI3Application) -> ASGI3Application:
    """HTTP/1.0 knows no chunks: an answer without a length ends where the connection does."""

    async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        has_length = True

        async def send_plainly(message: ASGISendEvent) -> None:
            nonlocal has_length
            if message["type"] == "http.response.start":
                has_length = any(name.lower() == b"content-length" for name, _ in message.get("headers", []))
                cycle.chunked_encoding = None if has_length else False
            elif message["type"] == "http.response.body" and not has_length:
                cycle.expected_content_length = len(message.get("body", b""))
            await send(message)

        await app(scope, receive, send_plainly)

    return answer
