"""The tus protocol 1.0 on the wire: bytes go from the socket into the upload's file as they come, beside Django.

https://tus.io/protocols/resumable-upload: core, creation, creation-with-upload, termination, checksum, expiration. How
much has arrived is the length of the file, synced before it is told, so an upload goes on after any cut, crash or
restart. A request for an upload that another request still writes ends the other: its connection is dead, only nobody
noticed.
"""

import asyncio
import base64
import binascii
import fcntl
import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any, BinaryIO
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections

from interview_stream.server.files import uploading
from interview_stream.server.files.models import Upload
from interview_stream.server.lib.problems import BadRequest, Conflict, Problem, problem_dict
from interview_stream.server.security import fixed_headers, header

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

PREFIX = "/api/uploads/"
VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS = ("sha1", "sha256", "md5")
BODY_TYPE = "application/offset+octet-stream"
WRITE_BYTES = 1_048_576
"""Written at once; a request holds no more than this in memory."""
SYNC_BYTES = 16 * WRITE_BYTES
IDLE_S = 60.0


class ChecksumMismatch(Problem):
    status = 460
    slug = "checksum-mismatch"


class Locked(Problem):
    status = 423
    slug = "upload-locked"


def tus_headers(upload: Upload | None = None) -> dict[str, str]:
    found = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
    if upload is not None:
        found["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return found


def parse_metadata(text: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and a value in Base64, between commas."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, coded = pair.partition(" ")
        try:
            found[key] = base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadRequest("Upload-Metadata cannot be read.", slug="upload-metadata") from None
    return found


class _Checksum:
    def __init__(self, text: str) -> None:
        algorithm, _, coded = text.partition(" ")
        if algorithm not in ALGORITHMS:
            raise BadRequest("This kind of checksum is not known here.", slug="checksum-unknown")
        self._hash = hashlib.new(algorithm, usedforsecurity=False)
        try:
            self._wanted = base64.b64decode(coded, validate=True)
        except binascii.Error:
            raise BadRequest("Upload-Checksum cannot be read.", slug="checksum-unknown") from None

    def add(self, data: bytes) -> None:
        self._hash.update(data)

    @property
    def is_right(self) -> bool:
        return self._hash.digest() == self._wanted


@dataclass(frozen=True)
class _Writer:
    superseded: asyncio.Event
    ended: asyncio.Event


class Uploads:
    """Answers HEAD, PATCH, DELETE and OPTIONS of uploads; they are begun by POST, through Django (api.py)."""

    def __init__(self) -> None:
        self._writers: dict[UUID, _Writer] = {}

    @staticmethod
    def takes(path: str, method: str) -> bool:
        return path.startswith(PREFIX) or (path == PREFIX.rstrip("/") and method == "OPTIONS")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status, headers = await self._answer(scope, receive)
            body = b""
        except Problem as problem:
            status, headers, body = problem.status, tus_headers(), _document(problem)
            headers["Content-Type"] = "application/problem+json"
        except _Gone:
            return
        if status != 204:
            headers["Content-Length"] = str(len(body))
        pairs = [(k.lower().encode(), v.encode()) for k, v in {**headers, **fixed_headers()}.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, dict[str, str]]:
        method, token = scope["method"], scope["path"].removeprefix(PREFIX)
        if method == "OPTIONS":
            told = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}
            return 204, tus_headers() | told
        if header(scope["headers"], b"tus-resumable") != VERSION:
            return 412, tus_headers() | {"Tus-Version": VERSION}
        upload = await _in_thread(uploading.upload_behind, token)
        match method:
            case "HEAD":
                await self._supersede(upload)
                upload = await _in_thread(uploading.upload_behind, token)
                if upload.finished_at is None and upload.offset == upload.length:
                    # Everything had arrived when the server died.
                    await _in_thread(uploading.finish, upload)
                    upload = await _in_thread(uploading.upload_behind, token)
                offsets = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.length)}
                return 200, tus_headers(upload) | offsets
            case "DELETE":
                await self._supersede(upload)
                await _in_thread(uploading.give_up, upload)
                return 204, tus_headers()
            case "PATCH":
                offset = await self._patch(upload, scope, receive)
                return 204, tus_headers(upload) | {"Upload-Offset": str(offset)}
        raise BadRequest("Uploads know no such method.")

    async def _supersede(self, upload: Upload) -> None:
        writer = self._writers.get(upload.pk)
        if writer is not None:
            writer.superseded.set()
            await writer.ended.wait()

    async def _patch(self, upload: Upload, scope: Scope, receive: Receive) -> int:
        if header(scope["headers"], b"content-type") != BODY_TYPE:
            raise BadRequest(f"The content type has to be {BODY_TYPE}.", slug="upload-content-type")
        asked = header(scope["headers"], b"upload-offset") or ""
        checksum_text = header(scope["headers"], b"upload-checksum")
        checksum = None if checksum_text is None else _Checksum(checksum_text)
        while upload.pk in self._writers:
            await self._supersede(upload)
        writer = self._writers[upload.pk] = _Writer(asyncio.Event(), asyncio.Event())
        try:
            if not asked.isascii() or not asked.isdigit() or int(asked) != upload.offset:
                raise Conflict(f"The upload stands at {upload.offset}.", slug="upload-offset")
            if upload.finished_at is not None:
                return upload.length
            offset = await _receive_into(upload, int(asked), receive, writer.superseded, checksum)
            if offset == upload.length:
                await _in_thread(uploading.finish, upload)
            return offset
        finally:
            del self._writers[upload.pk]
            writer.ended.set()


class _Gone(Exception):
    """Nobody is there any more to be answered."""


async def _receive_into(
    upload: Upload, offset: int, receive: Receive, superseded: asyncio.Event, checksum: _Checksum | None
) -> int:
    file = await asyncio.to_thread(_open_locked, upload, offset)
    start, is_cut, is_dropped = offset, False, False
    try:
        pending, unsynced = bytearray(), 0
        is_last = False
        while not is_last:
            event = await _next(receive, superseded)
            is_dropped = event is None
            is_cut = is_dropped or event["type"] == "http.disconnect"
            is_last = is_cut or not event.get("more_body", False)
            data = b"" if is_cut else event.get("body", b"")
            if offset + len(pending) + len(data) > upload.length:
                raise BadRequest("More was sent than was announced.", slug="upload-too-long")
            pending += data
            if checksum is not None:
                checksum.add(data)
            if len(pending) >= WRITE_BYTES or is_last:
                unsynced += len(pending)
                is_due = is_last or unsynced >= SYNC_BYTES
                await asyncio.to_thread(_write, file, bytes(pending), is_due)
                offset += len(pending)
                pending.clear()
                unsynced = 0 if is_due else unsynced
        if checksum is not None and (is_cut or not checksum.is_right):
            # What cannot be checked is not kept.
            await asyncio.to_thread(file.truncate, start)
            if not is_cut:
                raise ChecksumMismatch("What arrived is not what was sent.")
    finally:
        await asyncio.to_thread(file.close)
    if is_dropped:
        raise Locked("Another connection goes on with this upload, or nothing came for long.")
    if is_cut:
        raise _Gone
    return offset


async def _next(receive: Receive, superseded: asyncio.Event) -> Any:
    """What comes next; None when another request goes on with the upload, or nothing comes for long."""
    coming = asyncio.ensure_future(receive())
    stop = asyncio.ensure_future(superseded.wait())
    done, pending = await asyncio.wait({coming, stop}, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
    for each in pending:
        each.cancel()
    return coming.result() if coming in done else None


def _open_locked(upload: Upload, offset: int) -> BinaryIO:
    file = upload.path.open("r+b", buffering=0)
    try:
        # Another web process may be writing.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Locked("Another connection is sending this file.") from None
    file.seek(offset)
    return file


def _write(file: BinaryIO, data: bytes, sync: bool) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
    if sync:
        os.fsync(file.fileno())


def _document(problem: Problem) -> bytes:
    return json.dumps(problem_dict(problem.status, problem.slug, problem.detail, problem.extra)).encode()


async def _in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Database work, with a connection of its own that is given back."""

    def run() -> Any:
        close_old_connections()
        try:
            return function(*arguments)
        finally:
            connections.close_all()

    return await sync_to_async(run, thread_sensitive=False)()
