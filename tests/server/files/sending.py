"""A client of the tus protocol that speaks to the application itself, and can hang up in the middle."""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any

from django.test import Client

from interview_stream.server.files.tus import BODY_TYPE, Uploads

Answer = tuple[int, dict[str, str]]


def metadata(pairs: Mapping[str, str]) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def begin(client: Client, length: int, pairs: Mapping[str, str], content: bytes = b"") -> Any:
    headers = {"Upload-Length": str(length), "Upload-Metadata": metadata(pairs), "Tus-Resumable": "1.0.0"}
    kind = BODY_TYPE if content else "application/json"
    return client.generic("POST", "/api/uploads", content, content_type=kind, headers=headers)


def ask(method: str, path: str, chunks: Sequence[bytes] = (), cut: bool = False, **headers: str) -> Answer:
    """Status and headers; a status of 0 when nothing was answered."""
    return asyncio.run(_ask(Uploads(), method, path, chunks, cut, headers))


async def _ask(
    app: Uploads, method: str, path: str, chunks: Sequence[bytes], cut: bool, headers: Mapping[str, str]
) -> Answer:
    events = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    events.append({"type": "http.disconnect"} if cut else {"type": "http.request", "body": b"", "more_body": False})
    waiting = iter(events)
    sent: list[Any] = []

    async def receive() -> Any:
        return next(waiting)

    async def send(event: Any) -> None:
        sent.append(event)

    named = {"tus-resumable": "1.0.0", **{name.replace("_", "-"): value for name, value in headers.items()}}
    pairs = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    await app({"type": "http", "method": method, "path": path, "headers": pairs}, receive, send)
    if not sent:
        return 0, {}
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told | {"body": sent[1]["body"].decode()}


def patch(path: str, offset: int, *chunks: bytes, cut: bool = False, **headers: str) -> Answer:
    return ask("PATCH", path, chunks, cut, upload_offset=str(offset), content_type=BODY_TYPE, **headers)


def offset_of(path: str) -> int:
    status, headers = ask("HEAD", path)
    assert status == 200, headers
    return int(headers["upload-offset"])


def upload(client: Client, content: bytes, pairs: Mapping[str, str]) -> Answer:
    """Send it whole; the last answer."""
    answer = begin(client, len(content), pairs)
    assert answer.status_code == 201, answer.content
    return patch(answer["Location"], 0, content)
