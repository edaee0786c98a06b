"""The built front end's files, kept in memory with a compressed form and sent without passing through Django."""

import gzip
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview_stream.server.security import fixed_headers, header

# Below this, compressing saves less than the headers it needs.
WORTH_COMPRESSING = 1024
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")


@dataclass(frozen=True)
class Asset:
    body: bytes
    compressed: bytes | None
    content_type: str
    etag: str
    is_immutable: bool

    async def send(self, scope: dict[str, Any], send: Callable[[Any], Awaitable[None]]) -> None:
        headers = {
            "Content-Type": self.content_type,
            "ETag": self.etag,
            "Vary": "Accept-Encoding",
            # Names under /assets carry a hash of the content.
            "Cache-Control": "public, max-age=31536000, immutable" if self.is_immutable else "no-cache",
            **fixed_headers(),
        }
        body, status = self.body, 200
        if header(scope["headers"], b"if-none-match") == self.etag:
            body, status = b"", 304
        elif self.compressed is not None and "gzip" in (header(scope["headers"], b"accept-encoding") or ""):
            body = self.compressed
            headers["Content-Encoding"] = "gzip"
        if status == 200:
            headers["Content-Length"] = str(len(body))
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class Assets:
    """Every file of the build but the page itself, which is rendered per request (spa.py)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[int, Asset]] = {}

    def find(self, path: str) -> Asset | None:
        """The file at this path of the address. A build that changed on disk is noticed."""
        parts = path.removeprefix("/").split("/")
        if not all(parts) or any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            return None
        if parts == ["index.html"]:
            return None
        file = self._folder.joinpath(*parts)
        try:
            changed_at = file.stat().st_mtime_ns
            kept = self._kept.get(path)
            if kept is None or kept[0] != changed_at:
                kept = changed_at, _read(file, is_immutable=parts[0] == "assets", etag=f'"{changed_at:x}"')
                self._kept[path] = kept
        except OSError:
            return None
        return kept[1]


def _read(file: Path, *, is_immutable: bool, etag: str) -> Asset:
    content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    body = file.read_bytes()
    compressed = None
    if content_type.startswith(COMPRESSIBLE) and len(body) > WORTH_COMPRESSING:
        compressed = gzip.compress(body, 6, mtime=0)
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    return Asset(body, compressed, content_type, etag, is_immutable)
