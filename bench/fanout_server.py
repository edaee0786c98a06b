"""The peers of bench.fanout that are written in Python: whoever sends a text makes all sockets hear the payload.

`python -m bench.fanout_server asgi|channels PORT PAYLOAD_FILE`, on the product's uvicorn with its settings.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn

Application = Callable[[Any, Any, Any], Awaitable[None]]


def plain(payload: str) -> Application:
    """As little as ASGI allows: one loop over the sockets."""
    everybody: set[Any] = set()

    async def application(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        everybody.add(send)
        while (await receive())["type"] == "websocket.receive":
            for each in everybody:
                await each({"type": "websocket.send", "text": payload})
        everybody.discard(send)

    return application


def channels(payload: str) -> Application:
    """As its documentation shows it: a consumer that joins a group, with the layer in memory."""
    import django
    from django.conf import settings

    settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})
    django.setup()
    from channels.generic.websocket import AsyncWebsocketConsumer  # type: ignore[import-untyped]

    class Page(AsyncWebsocketConsumer):  # type: ignore[misc]
        async def connect(self) -> None:
            await self.channel_layer.group_add("everybody", self.channel_name)
            await self.accept()

        async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
            await self.channel_layer.group_send("everybody", {"type": "change", "text": payload})

        async def change(self, event: dict[str, Any]) -> None:
            await self.send(text_data=event["text"])

        async def disconnect(self, code: int) -> None:
            await self.channel_layer.group_discard("everybody", self.channel_name)

    application: Application = Page.as_asgi()
    return application


def serve(kind: str, port: int, payload: str) -> None:
    make = {"asgi": plain, "channels": channels}[kind]
    uvicorn.run(
        make(payload),
        host="127.0.0.1",
        port=port,
        http="h11",
        ws="websockets-sansio",
        ws_ping_interval=10,
        ws_ping_timeout=20,
        ws_per_message_deflate=False,
        loop="uvloop",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).read_text())
