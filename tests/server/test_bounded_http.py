"""HTTP as it comes from a socket, by a table: what is answered, what is refused, and that memory stays bounded."""

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from interview_stream import tls
from interview_stream.server.bounded_http import MAX_HEAD, MAX_REQUEST_LINE, MAX_WAITING, BoundedHttp
from interview_stream.server.live.push import PushSocket
from tests.product import wait_for

HOST = b"Host: localhost\r\n"
PATIENCE_S = 20


class Echo:
    """Answers with what it was asked; /held only when let go, /stream without a length, /early without the body."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop
        self.held = 0
        self.left = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": str(len(scope["query_string"]))})
            await send({"type": "websocket.close"})
            return
        body = b"" if scope["path"] == "/early" else await self._body(receive)
        if body is None:
            self.left += 1
            return
        if scope["path"] == "/held":
            self.loop = asyncio.get_running_loop()
            self.held += 1
            await self.let_go.wait()
        headers = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
        told = {one: scope[one] for one in ("method", "path", "http_version")} | {"body": body.decode()}
        answer = json.dumps({**told, "query": scope["query_string"].decode(), "headers": headers}).encode()
        length = [] if scope["path"] == "/stream" else [(b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": answer[:10], "more_body": True})
        await send({"type": "http.response.body", "body": answer[10:]})

    async def _body(self, receive: Any) -> bytes | None:
        body: bytes = b""
        while (event := await receive())["type"] == "http.request":
            body += bytes(event["body"])
            if not event["more_body"]:
                return body
        return None


class Running:
    def __init__(self, **settings: Any) -> None:
        self.echo = Echo()
        config = uvicorn.Config(
            self.echo, http=BoundedHttp, ws=PushSocket, loop="uvloop", lifespan="off", log_config=None, **settings
        )
        self.server = uvicorn.Server(config)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.server.run, args=([self.listener],))

    def connect(self) -> socket.socket:
        return socket.create_connection(self.listener.getsockname(), PATIENCE_S)

    def ask(self, *pieces: bytes) -> bytes:
        """All that comes back until the server closes, which we ask it to by closing our half afterwards."""
        with self.connect() as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                line.sendall(piece)
            return rest(line)


def rest(line: socket.socket) -> bytes:
    """All that comes until the server closes."""
    return b"".join(iter(lambda: line.recv(65_536), b""))


@contextlib.contextmanager
def running(**settings: Any) -> Iterator[Running]:
    one = Running(**settings)
    one.thread.start()
    wait_for(lambda: one.server.started, "the server")
    try:
        yield one
    finally:
        one.server.should_exit = True
        one.thread.join()
        one.listener.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running() as one:
        yield one


def request(method: bytes = b"GET", target: bytes = b"/", extra: bytes = b"Connection: close\r\n") -> bytes:
    return method + b" " + target + b" HTTP/1.1\r\n" + HOST + extra + b"\r\n"


def head_of(size: int, closing: bytes = b"Connection: close\r\n") -> bytes:
    """A request whose line and headers count as so many bytes: the address, and each header with colon and end."""
    length = size - len(b"/") - len(HOST + closing) + 2 - len(b"X-Long:\r\n")  # two spaces are not counted
    return request(extra=b"X-Long: " + b"x" * length + b"\r\n" + closing)


def told(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer[:200]
    found: dict[str, Any] = json.loads(body)
    return found


CHUNKED = b"Transfer-Encoding: chunked\r\nConnection: close\r\n"
SENT_IN_PARTS = b"3\r\nabc\r\n2;name=value\r\nde\r\n0\r\n"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (request(b"GET", b"/a%20b?c=d"), {"path": "/a b", "query": "c=d", "http_version": "1.1"}),
        (request(b"POST", extra=b"Content-Length: 5\r\nConnection: close\r\n") + b"hello", {"body": "hello"}),
        (request(b"POST", extra=CHUNKED) + SENT_IN_PARTS + b"\r\n", {"body": "abcde"}),
        (request(extra=b"X-Spaced: \t a b \t\r\nConnection: close\r\n"), {}),
        (head_of(MAX_HEAD), {}),
        (request(target=b"/?" + b"x" * MAX_REQUEST_LINE), {"path": "/", "query": "x" * MAX_REQUEST_LINE}),
        # To another protocol one may decline to change, and the body is not the next request.
        (
            request(
                b"POST",
                extra=b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
                b"Content-Length: 5\r\n",
            )
            + b"hello",
            {"body": "hello", "method": "POST"},
        ),
    ],
)
@pytest.mark.parametrize("by_byte", [False, True])
def test_what_is_good_is_answered(served: Running, sent: bytes, expected: dict[str, str], by_byte: bool) -> None:
    if by_byte and len(sent) > 10_000:
        pieces = [sent[at : at + 1000] for at in range(0, len(sent), 1000)]
    else:
        pieces = [bytes([one]) for one in sent] if by_byte else [sent]
    answer = told(served.ask(*pieces))
    assert {name: answer[name] for name in expected} == expected
    assert ["x-spaced", "a b"] in answer["headers"] or b"X-Spaced" not in sent


@pytest.mark.parametrize(
    "sent",
    [
        head_of(MAX_HEAD + 1),
        b"GET /" + b"x" * MAX_HEAD,
        b"GET / HTTP/1.1\r\n" + b"x" * MAX_HEAD,
        b"GET / HTTP/1.1\r\nX-Endless: " + b"x" * MAX_HEAD,
        b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * (MAX_HEAD // 5),
        b"\r\n" * (MAX_HEAD // 2 + 1),
    ],
)
@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_what_never_ends_is_refused_at_the_limit(served: Running, sent: bytes, size: int) -> None:
    answer = served.ask(*(sent[at : at + size] for at in range(0, len(sent), size)))
    assert answer.startswith(b"HTTP/1.1 431 "), answer[:200]
    assert b"connection: close" in answer
    assert answer.endswith(b"fewer headers.")


@pytest.mark.parametrize("endless", [b"1;" + b"x" * 20, b"1\r\na\r\n0\r\nX-Trailer: ", b"1\r\na\r\n0\r\nA: b\r\n"])
def test_extensions_and_trailers_that_never_end_are_refused(served: Running, endless: bytes) -> None:
    more = b"A: b\r\n" if endless.endswith(b"\r\n") else b"xxxxxx"
    answer = b""
    with served.connect() as line, contextlib.suppress(ConnectionError):  # It may break before the answer is read.
        line.sendall(request(b"POST", extra=CHUNKED) + endless)
        for _ in range(1000):
            line.sendall(more * 1000)
        answer = rest(line)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\1\2\3\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        request(extra=HOST),
        request(extra=b"X-Folded: a\r\n b\r\n"),
        request(extra=b"X-Nul: a\0b\r\n"),
        request(extra=b"X-Return: a\rb\r\n"),
        request(extra=b"X-Space : a\r\n"),
        request(extra=b"X(Y): a\r\n"),
        request(extra=b": a\r\n"),
        request(extra=b"no colon\r\n"),
        request(target=b"/\xff"),
        request(target=b"/?\xff"),
        request(target=b"/a b"),
        request(b"CONNECT", b"localhost:80"),
        request(b"POST", extra=b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        request(b"POST", extra=b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        request(b"POST", extra=b"Content-Length: 5\r\nContent-Length: 6\r\n"),
        request(b"POST", extra=b"Content-Length: -5\r\n"),
        request(b"POST", extra=b"Content-Length: 5, 5\r\n"),
        request(b"POST", extra=b"Transfer-Encoding: gzip, chunked\r\n"),
        request(b"POST", extra=b"Transfer-Encoding: identity\r\n"),
        request(b"POST", extra=b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        request(b"POST", extra=CHUNKED) + b"nonsense\r\n",
        request(b"POST", extra=CHUNKED) + b"3\r\nabcd\r\n",
        request(b"POST", extra=CHUNKED) + b"fffffffffffffffffffff\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(served: Running, sent: bytes) -> None:
    answer = served.ask(sent)
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1


def test_trailers_reach_neither_this_request_nor_the_next(served: Running) -> None:
    with_trailer = request(b"POST", extra=b"Transfer-Encoding: chunked\r\n") + SENT_IN_PARTS + b"Host: evil\r\n\r\n"
    answers = served.ask(with_trailer + request(target=b"/next")).split(b"HTTP/1.1 ")
    assert [one[:3] for one in answers[1:]] == [b"200", b"200"]
    assert all(b"evil" not in one for one in answers)


def test_requests_in_a_row_are_answered_in_their_order(served: Running) -> None:
    targets = [b"/%d" % number for number in range(MAX_WAITING)]
    sent = b"".join(request(target=one, extra=b"") for one in targets) + request(target=b"/last")
    answers = served.ask(sent).split(b"HTTP/1.1 ")[1:]
    assert [told(b"HTTP/1.1 " + one)["path"].encode() for one in answers] == [*targets, b"/last"]


@pytest.mark.parametrize("junk", [b"\0junk\r\n\r\n", request(b"POST", extra=CHUNKED) + b"nonsense\r\n"])
def test_garbage_behind_good_requests_does_not_take_their_answers(served: Running, junk: bytes) -> None:
    answers = served.ask(request(target=b"/1", extra=b"") + request(target=b"/2", extra=b"") + junk)
    assert [told(b"HTTP/1.1 " + one)["path"] for one in answers.split(b"HTTP/1.1 ")[1:]] == ["/1", "/2"]


def test_more_requests_than_may_wait_end_the_connection_after_those_that_may(served: Running) -> None:
    answers = served.ask(request(extra=b"") * 10_000)
    assert answers.count(b"HTTP/1.1 200") == MAX_WAITING + 1


def test_a_connection_is_kept(served: Running) -> None:
    with served.connect() as line:
        for number in range(3):
            line.sendall(request(target=b"/%d" % number, extra=b""))
            answer = b""
            while not answer.endswith(b"}"):
                answer += line.recv(65_536)
            assert told(answer)["path"] == f"/{number}"


def test_http_1_0_gets_no_chunks_and_an_end(served: Running) -> None:
    assert told(served.ask(b"GET /stream HTTP/1.0\r\n\r\n"))["http_version"] == "1.0"
    assert told(served.ask(b"GET /a HTTP/1.0\r\n\r\n"))["path"] == "/a"
    assert b"transfer-encoding: chunked" in served.ask(request(target=b"/stream"))


def test_head_has_no_body(served: Running) -> None:
    answer = served.ask(request(b"HEAD"))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")


def test_who_waits_for_100_is_told_to_go_on(served: Running) -> None:
    with served.connect() as line:
        line.sendall(request(b"POST", extra=b"Expect: 100-continue \r\nContent-Length: 5\r\nConnection: close\r\n"))
        assert line.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"hello")
        assert told(rest(line))["body"] == "hello"


def test_an_answer_before_the_end_of_the_body_leaves_the_connection_usable(served: Running) -> None:
    with served.connect() as line:
        line.sendall(request(b"POST", b"/early", extra=b"Content-Length: 500000\r\n"))
        assert line.recv(12) == b"HTTP/1.1 200"
        line.sendall(b"x" * 500_000 + request(target=b"/after"))
        assert rest(line).count(b'"path": "/after"') == 1


def test_a_client_that_leaves_amid_its_body_is_noticed(served: Running) -> None:
    before = served.echo.left
    with served.connect() as line:
        line.sendall(request(b"POST", extra=b"Content-Length: 500\r\n") + b"x")
    wait_for(lambda: served.echo.left == before + 1, "the end of the request")


@pytest.mark.parametrize("length", [0, MAX_REQUEST_LINE])
def test_a_socket_is_opened_with_a_long_address(served: Running, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("websockets.http11.MAX_LINE_LENGTH", MAX_REQUEST_LINE + 64)  # web.py sets it by a variable
    extra = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    extra += b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    sent = request(target=b"/?" + b"x" * length, extra=extra)
    with served.connect() as line:
        line.sendall(sent)
        answer = rest_of_socket(line)
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"\r\n\r\n\x81" + bytes([len(str(length))]) + str(length).encode() in answer


def rest_of_socket(line: socket.socket) -> bytes:
    """Until the close frame of the server, which has no words."""
    answer = b""
    while not answer.endswith(b"\x88\x02\x03\xe8"):
        piece = line.recv(65_536)
        assert piece, answer[-200:]
        answer += piece
    return answer


def test_tls_and_a_stop_that_waits_for_the_answer(tmp_path: Path) -> None:
    files = tls.self_signed(tmp_path, ["localhost"])
    trusting = ssl.create_default_context(cafile=str(files.certificate))
    with (
        running(ssl_certfile=str(files.certificate), ssl_keyfile=str(files.key)) as served,
        trusting.wrap_socket(served.connect(), server_hostname="localhost") as line,
    ):
        line.sendall(request(target=b"/held", extra=b""))
        wait_for(lambda: served.echo.held, "the request")
        served.server.should_exit = True
        wait_for(lambda: not served.server.servers[0].is_serving(), "the stop")
        served.echo.loop.call_soon_threadsafe(served.echo.let_go.set)
        assert told(rest(line))["path"] == "/held"
