"""A WebSocket of uvicorn's that also takes whole frames, so that a change is encoded once for all who are told of it.

ASGI's `send` encodes every message anew for each socket, and each has to be awaited. What a server sends is not masked
(RFC 6455, section 5.1), so the same bytes do for everybody, and a line that is free takes them at once.
"""

from collections.abc import Callable, Mapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

_EXTENSION = "interview_stream.push"
_OPEN = State.OPEN

Push = Callable[[bytes], bool]
"""Sends a frame; false if it would have to wait or the line is down, and then nothing was sent."""


class PushSocket(WebSocketsSansIOProtocol):
    """Offers `push` in the scope's extensions. To be called from the event loop."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # Otherwise it was refused, and there is no scope. What is in it starts a moment later.
            extensions: Any = self.scope["extensions"]
            extensions[_EXTENSION] = self.push

    def push(self, frame: bytes) -> bool:
        if (
            self.conn.state is _OPEN
            and not self.close_sent
            and self.writable.is_set()
            and not (transport := self.transport).is_closing()
        ):
            transport.write(frame)
            return True
        return False


def push_of(scope: Mapping[str, Any]) -> Push:
    """For a server without this extension, one that never takes anything."""
    push: Push = scope.get("extensions", {}).get(_EXTENSION, lambda _: False)
    return push


def text_frame(message: bytes) -> bytes:
    return Frame(Opcode.TEXT, message).serialize(mask=False)
