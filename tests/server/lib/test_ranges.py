"""Byte ranges, validators and conditions of served files, through Django's sync and async request paths."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.server.lib.ranges import (
    CHUNK_BYTES,
    ByteRange,
    UnsatisfiableRangeError,
    file_response,
    parse_range,
)

# Django looks after the connection to the database, where a test before this left one open, when an answer is closed.
pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 4
MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT"
LONG_AGO = "Wed, 01 Jan 2025 00:00:00 GMT"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "film.webm"
    file.write_bytes(CONTENT)
    os.utime(file, (1767225600, 1767225600))
    return file


class Door:
    """Asks for one file and closes every answer in the end, as a server does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.responses: list[HttpResponseBase] = []

    def __call__(self, method: str = "GET", download_name: str | None = None, **headers: str) -> HttpResponseBase:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = RequestFactory().generic(method, "/film", headers=named)
        response = file_response(request, self.path, content_type="video/webm", download_name=download_name)
        self.responses.append(response)
        return response


@pytest.fixture
def respond(path: Path) -> Iterator[Door]:
    door = Door(path)
    yield door
    for response in door.responses:
        response.close()


def body(response: HttpResponseBase) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        ("bytes=0-499", 1000, ByteRange(0, 499)),
        ("bytes=500-", 1000, ByteRange(500, 999)),
        ("bytes=-1", 1000, ByteRange(999, 999)),
        ("bytes=-5000", 1000, ByteRange(0, 999)),
        ("bytes=0-5000", 1000, ByteRange(0, 999)),
        ("BYTES = 1-1 ", 1000, ByteRange(1, 1)),
        ("bytes=999-999", 1000, ByteRange(999, 999)),
        ("bytes=5-4", 1000, None),
        ("bytes=-", 1000, None),
        ("bytes=a-b", 1000, None),
        ("bytes=0-1,5-6", 1000, None),
        ("lines=0-1", 1000, None),
        ("bytes=٣-٤", 1000, None),
        ("bytes=0-" + "9" * 5000, 1000, None),
        ("", 1000, None),
    ],
)
def test_ranges_are_read_as_the_standard_says(header: str, size: int, expected: ByteRange | None) -> None:
    assert parse_range(header, size) == expected


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=1000-", 1000), ("bytes=-0", 1000), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_ranges_outside_the_file_cannot_be_satisfied(header: str, size: int) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        parse_range(header, size)


@given(st.text() | st.from_regex(r"bytes=\d*-\d*", fullmatch=True), st.integers(0, 10_000))
def test_no_header_leads_outside_the_file(header: str, size: int) -> None:
    try:
        part = parse_range(header, size)
    except UnsatisfiableRangeError:
        return
    assert part is None or 0 <= part.first <= part.last < size


def test_a_plain_request_gets_the_whole_file(respond: Door) -> None:
    response = respond()
    assert response.status_code == 200
    assert response["Content-Length"] == "1024"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "video/webm"
    assert response["Last-Modified"] == MODIFIED
    assert "Content-Disposition" not in response
    assert body(response) == CONTENT


def test_a_range_gets_that_part(respond: Door) -> None:
    response = respond(Range="bytes=100-199")
    assert response.status_code == 206
    assert response["Content-Range"] == "bytes 100-199/1024"
    assert response["Content-Length"] == "100"
    assert body(response) == CONTENT[100:200]


def test_a_part_may_be_longer_than_one_read(respond: Door) -> None:
    content = os.urandom(3 * CHUNK_BYTES)
    respond.path.write_bytes(content)
    assert body(respond(Range="bytes=5-700000")) == content[5:700001]


def test_a_range_outside_tells_the_size(respond: Door) -> None:
    response = respond(Range="bytes=1024-")
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */1024"


def test_head_tells_the_size_of_the_whole_and_ignores_ranges(respond: Door) -> None:
    response = respond("HEAD", Range="bytes=0-1")
    assert response.status_code == 200
    assert response["Content-Length"] == "1024"
    assert not response.streaming


def test_a_client_that_has_the_file_gets_nothing(respond: Door) -> None:
    etag = respond()["ETag"]
    assert respond(If_None_Match=etag, Range="bytes=0-1").status_code == 304
    assert respond(If_Modified_Since=MODIFIED).status_code == 304
    assert respond(If_None_Match='"other"').status_code == 200
    assert respond(If_Match='"other"').status_code == 412


def test_a_part_of_another_version_is_never_served(respond: Door) -> None:
    etag = respond()["ETag"]
    for condition, status in [(etag, 206), (MODIFIED, 206), ('"other"', 200), (f"W/{etag}", 200), (LONG_AGO, 200)]:
        response = respond(Range="bytes=0-1", If_Range=condition)
        assert response.status_code == status


def test_a_changed_file_has_another_tag(respond: Door) -> None:
    etag = respond()["ETag"]
    respond.path.write_bytes(CONTENT + b"!")
    assert respond()["ETag"] != etag


def test_a_download_has_a_name(respond: Door) -> None:
    assert respond(download_name="Ana.webm")["Content-Disposition"] == 'attachment; filename="Ana.webm"'
    assert "filename*=utf-8''Ji%C5%99%C3%AD.webm" in respond(download_name="Jiří.webm")["Content-Disposition"]


def test_an_absent_file_is_an_error_of_the_caller(respond: Door) -> None:
    respond.path.unlink()
    with pytest.raises(FileNotFoundError):
        respond()


async def test_asgi_requests_are_answered_without_blocking(path: Path) -> None:
    request = AsyncRequestFactory().get("/film", headers={"Range": "bytes=10-19"})
    response = file_response(request, path, content_type="video/webm")
    assert isinstance(response, StreamingHttpResponse)
    assert response.is_async
    assert b"".join([chunk async for chunk in response]) == CONTENT[10:20]
    response.close()
