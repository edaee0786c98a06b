"""Serves a file in parts: hides byte ranges, validators and conditional requests (RFC 9110, sections 13 and 14)."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

CHUNK_BYTES = 256 * 1024

_BYTES_RANGE = re.compile(r"bytes\s*=\s*(\d*)-(\d*)\s*", re.ASCII | re.IGNORECASE)
_MOST_DIGITS = 18


class ByteRange(NamedTuple):
    """Bytes from `first` to `last`, both inside the file."""

    first: int
    last: int


class UnsatisfiableRangeError(Exception):
    """The range lies wholly outside the file (RFC 9110 section 15.5.17)."""


def parse_range(header: str, size: int) -> ByteRange | None:
    """The one range asked for; None for what a server may ignore: other units, malformed ones, several ranges.

    Raises UnsatisfiableRangeError.
    """
    match = _BYTES_RANGE.fullmatch(header.strip())
    if match is None or max(len(match[1]), len(match[2])) > _MOST_DIGITS:
        return None
    first, last = match.groups()
    if not first:
        return _suffix(last, size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise UnsatisfiableRangeError
    return ByteRange(int(first), min(int(last), size - 1) if last else size - 1)


def file_response(
    request: HttpRequest, path: Path, *, content_type: str, download_name: str | None = None
) -> HttpResponseBase:
    """Answer a GET or HEAD with the file or the part asked for; as a download if it is given a name.

    The caller has checked who asks. Raises OSError when there is no such file.
    """
    file = path.open("rb")
    try:
        status = path.stat()
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        modified = int(status.st_mtime)
        unwanted: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
        response = unwanted or _content(request, file, status.st_size, etag, modified, content_type)
    except BaseException:
        file.close()
        raise
    if not response.streaming:
        file.close()
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(status.st_mtime)
    response["Cache-Control"] = "private, no-cache"
    disposition = content_disposition_header(download_name is not None, download_name or "")
    if disposition is not None:
        response["Content-Disposition"] = disposition
    return response


def _suffix(length: str, size: int) -> ByteRange | None:
    if not length:
        return None
    if int(length) == 0 or size == 0:
        raise UnsatisfiableRangeError
    return ByteRange(max(0, size - int(length)), size - 1)


def _content(
    request: HttpRequest, file: BinaryIO, size: int, etag: str, modified: int, content_type: str
) -> HttpResponseBase:
    part = None
    header = request.headers.get("Range")
    if header is not None and request.method == "GET" and _is_range_current(request, etag, modified):
        try:
            part = parse_range(header, size)
        except UnsatisfiableRangeError:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = part or (0, size - 1)
    length = last - first + 1
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        kind = _AsyncFilePart if isinstance(request, ASGIRequest) else _FilePart
        response = StreamingHttpResponse(
            kind(file, first, length), status=206 if part else 200, content_type=content_type
        )
    if part:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(length)
    return response


def _is_range_current(request: HttpRequest, etag: str, modified: int) -> bool:
    """If-Range (RFC 9110 section 13.1.5): the part is wanted only if the file is still the same."""
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if '"' in condition:
        return condition.strip() == etag
    return parse_http_date_safe(condition) == modified


class _Part:
    """`length` bytes of an open file; closes it when the response is over."""

    def __init__(self, file: BinaryIO, first: int, length: int) -> None:
        self._file = file
        self._left = length
        file.seek(first)

    def _read(self) -> bytes:
        chunk = self._file.read(min(CHUNK_BYTES, self._left))
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()


class _FilePart(_Part):
    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._read():
            yield chunk


class _AsyncFilePart(_Part):
    """Reads in a thread, so that a slow disk does not hold up other requests."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self._read):
            yield chunk
