"""The built files: found safely, compressed, cached for good where their names allow it."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from interview_stream.server.assets import Asset, Assets

SCRIPT = "console.log('interview');\n" * 200


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-abc123.js").write_text(SCRIPT)
    (tmp_path / "assets" / "font.woff2").write_bytes(b"\0" * 5000)
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "index.html").write_text("the page")
    (tmp_path / ".env").write_text("secret")
    return Assets(tmp_path)


async def fetch(asset: Asset | None, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    assert asset is not None
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await asset.send({"method": method, "headers": given}, send)
    start, body = sent
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


async def test_a_file_is_sent_with_its_type_and_kept_for_good(assets: Assets) -> None:
    status, headers, body = await fetch(assets.find("/assets/index-abc123.js"))
    assert (status, body.decode()) == (200, SCRIPT)
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert int(headers["content-length"]) == len(SCRIPT)


async def test_text_is_compressed_for_who_takes_it(assets: Assets) -> None:
    _, headers, body = await fetch(assets.find("/assets/index-abc123.js"), accept_encoding="gzip, br")
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(body).decode() == SCRIPT


async def test_what_would_not_shrink_is_sent_as_it_is(assets: Assets) -> None:
    for path in ("/assets/font.woff2", "/icon.svg"):
        _, headers, _ = await fetch(assets.find(path), accept_encoding="gzip")
        assert "content-encoding" not in headers


async def test_a_file_whose_name_says_nothing_is_asked_for_again(assets: Assets) -> None:
    _, headers, _ = await fetch(assets.find("/icon.svg"))
    assert headers["cache-control"] == "no-cache"
    status, _, body = await fetch(assets.find("/icon.svg"), if_none_match=headers["etag"])
    assert (status, body) == (304, b"")


async def test_head_sends_no_body(assets: Assets) -> None:
    _, headers, body = await fetch(assets.find("/icon.svg"), "HEAD")
    assert (headers["content-length"], body) == ("6", b"")


async def test_a_changed_file_is_noticed(assets: Assets, tmp_path: Path) -> None:
    assets.find("/icon.svg")
    (tmp_path / "icon.svg").unlink()
    (tmp_path / "icon.svg").write_text("<svg><g/></svg>")
    assert (await fetch(assets.find("/icon.svg")))[2] == b"<svg><g/></svg>"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/index.html",
        "/missing",
        "/assets",
        "/assets/",
        "/../secret",
        "/assets/../../etc/passwd",
        "//etc/passwd",
        "/.env",
        "/assets/\0",
        "/a\\b",
        "/sign-in",
    ],
)
def test_nothing_else_is_found(assets: Assets, path: str) -> None:
    assert assets.find(path) is None
