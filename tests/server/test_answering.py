"""Django behind ASGI, in threads that stay."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from interview_stream.server.accounts.models import Organisation
from interview_stream.server.answering import DjangoThreads

PATIENCE_S = 20
closed: list[str] = []


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} {len(request.body)} {Organisation.objects.count()}")


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield str(await sync_to_async(Organisation.objects.count)()).encode()

    response = StreamingHttpResponse(parts())
    response._resource_closers.append(lambda: closed.append("streamed"))  # type: ignore[attr-defined]
    return response


def failing(request: HttpRequest) -> HttpResponse:
    raise ValueError("On purpose.")


urlpatterns = [path("plain", plain), path("streamed", streamed), path("failing", failing)]
handler500 = "interview_stream.server.lib.problems.internal_error"


class Exchange:
    """One request as a server hands it on; `leave` hangs up."""

    def __init__(self, address: str, body: bytes = b"", query: bytes = b"") -> None:
        self.scope = {
            "type": "http",
            "method": "POST" if body else "GET",
            "path": address,
            "query_string": query,
            "headers": [(b"host", b"localhost"), (b"content-length", str(len(body)).encode())],
        }
        self._coming: asyncio.Queue[Any] = asyncio.Queue()
        self._coming.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self.status = 0
        self.parts: list[bytes] = []
        self.heard = asyncio.Event()

    async def receive(self) -> Any:
        return await self._coming.get()

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        if message.get("body"):
            self.parts.append(message["body"])
            self.heard.set()

    def leave(self) -> None:
        self._coming.put_nowait({"type": "http.disconnect"})

    async def run(self, application: DjangoThreads) -> tuple[int, bytes]:
        async with asyncio.timeout(PATIENCE_S):
            await application(self.scope, self.receive, self.send)
        return self.status, b"".join(self.parts)


@contextmanager
def answering(threads: int) -> Iterator[DjangoThreads]:
    application = DjangoThreads(threads)
    yield application
    application.close()


@pytest.fixture
def one_thread(db: None, settings: Any) -> Iterator[DjangoThreads]:
    """The tests' middleware would look for a session; what is tested here lies before it."""
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    closed.clear()
    with answering(1) as application:
        yield application


@pytest.fixture
def opened() -> Iterator[list[str]]:
    found: list[str] = []

    def note(**_: Any) -> None:
        found.append("opened")

    connection_created.connect(note)
    yield found
    connection_created.disconnect(note)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="with PostgreSQL a pool keeps them")
async def test_requests_of_a_thread_share_a_connection(one_thread: DjangoThreads, opened: list[str]) -> None:
    assert await Exchange("/plain", b"12345").run(one_thread) == (200, b"POST 5 0")
    assert await Exchange("/plain").run(one_thread) == (200, b"GET 0 0")
    assert len(opened) == 1


@pytest.mark.django_db(transaction=True)
async def test_what_is_streamed_ends_when_nobody_listens(one_thread: DjangoThreads) -> None:
    endless = Exchange("/streamed")
    running = asyncio.create_task(endless.run(one_thread))
    await asyncio.wait_for(endless.heard.wait(), PATIENCE_S)
    assert (await Exchange("/plain").run(one_thread))[0] == 200, "the only thread is free meanwhile"
    endless.leave()
    status, _ = await running
    assert (status, endless.parts[0], closed) == (200, b"0", ["streamed"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("exchange", "status"),
    [(lambda: Exchange("/plain", query=b"\xff"), 400), (lambda: Exchange("/failing"), 500)],
    ids=["unreadable", "failing"],
)
async def test_what_goes_wrong_is_answered(
    one_thread: DjangoThreads, exchange: Callable[[], Exchange], status: int
) -> None:
    assert (await exchange().run(one_thread))[0] == status
    assert await Exchange("/plain").run(one_thread) == (200, b"GET 0 0")


@pytest.mark.django_db(transaction=True)
async def test_who_leaves_before_the_request_is_whole_is_not_answered(one_thread: DjangoThreads) -> None:
    gone = Exchange("/plain", b"12345")
    gone._coming.get_nowait()
    gone.leave()
    assert await gone.run(one_thread) == (0, b"")
