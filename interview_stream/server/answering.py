"""Answers HTTP by Django, each request from its beginning to its end in one of the threads that stay.

Django's own ASGI handler makes a thread for every request, and with it a connection to the database: settings to make,
statements to prepare and triggers (live/triggers.py) to set up anew. Its middleware is entered and left by the event
loop, so one request goes back and forth between threads a dozen times. Nothing of ours is asynchronous below it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from interview_stream.server.lib.threads import ConnectedThreads

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class DjangoThreads(ASGIHandler):
    """The ASGI application."""

    def __init__(self, threads: int) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ConnectedThreads(threads, "http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        response = await asyncio.get_running_loop().run_in_executor(self._threads, self._respond, scope, body)
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)

    def close(self) -> None:
        """Wait for what is being answered, and give the connections back."""
        self._threads.close()

    def _respond(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: HttpResponseBase
        if request is None:
            assert refusal is not None, "either of them"
            response = refusal
            response._resource_closers.append(body.close)  # type: ignore[attr-defined]  # noqa: SLF001
        else:
            response = self.get_response(request)  # It closes the request, and that the body.
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's handlers do
        if not response.streaming:
            response.close()  # In this thread, whose connection is looked after when a request is over.
        return response

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Until it has all been sent or nobody listens any more; what is read meanwhile has a thread of its own."""

        def close() -> None:
            response.close()
            connections.close_all()

        async with ThreadSensitiveContext():
            sending = asyncio.ensure_future(self.send_response(response, send))
            leaving = asyncio.ensure_future(receive())
            try:
                await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sending, leaving):
                    task.cancel()
                result, _ = await asyncio.gather(sending, leaving, return_exceptions=True)
                await sync_to_async(close)()
        if isinstance(result, Exception):
            raise result
