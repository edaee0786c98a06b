"""What a file is, told by its content and not by what its sender says."""

from pathlib import Path

import puremagic

_HEAD_BYTES = 65_536
_OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
}


def kind_of(path: Path, name: str) -> str:
    """A media type; application/octet-stream for what nobody knows."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    suffix = Path(name).suffix.lower()
    if head.startswith(b"PK\x03\x04"):
        # Office documents are ZIP archives, and name themselves inside.
        is_document = b"word/" in head or b"mimetypeapplication/vnd.oasis.opendocument.text" in head
        return _OFFICE.get(suffix, "application/zip") if is_document else "application/zip"
    if _is_text(head):
        return "text/rtf" if head.startswith(b"{\\rtf") else "text/plain"
    try:
        return str(puremagic.from_string(head, mime=True)) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"


def _is_text(head: bytes) -> bool:
    if b"\0" in head or head.startswith(b"%PDF"):
        return False
    try:
        head[:-4].decode() if len(head) == _HEAD_BYTES else head.decode()
    except UnicodeDecodeError:
        return False
    return True
