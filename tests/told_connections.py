"""What the media engine tells of connections, in the shape and with the signature with which it does."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

from livekit import api

BEGAN = 1_800_000_000.0
SECONDS = 10.0


def layer(height: int = 720, **changes: Any) -> dict[str, Any]:
    return {
        "rid": "f", "height": height, "is_alive": True, "packets": 1000, "lost": 0, "repaired": 0, "octets": 1_000_000,
        "nacks": 0, "plis": 0, "jitter_ms": 2.0,
    } | changes  # fmt: skip


def sent(track: str = "TR_cam", *layers: dict[str, Any]) -> dict[str, Any]:
    return {
        "track": track, "kind": "video", "source": "camera", "codec": "vp8", "is_muted": False,
        "layers": list(layers) or [layer()],
    }  # fmt: skip


def received(track: str = "TR_bobs", **changes: Any) -> dict[str, Any]:
    return {
        "track": track, "kind": "video", "source": "camera", "codec": "vp8", "publisher": "member-1",
        "publisher_name": "Bob", "is_wanted": True, "is_paused": False, "is_limited": False, "height": 720,
        "packets": 1000, "lost": 0, "octets": 500_000, "resent": 0, "nacks": 0, "plis": 0, "pauses": 0,
        "jitter_ms": 3.0,
    } | changes  # fmt: skip


def sample(number: int = 1, identity: str = "guest-dana-1", **changes: Any) -> dict[str, Any]:
    """The number-th of ten seconds each."""
    return {
        "sid": "PA_1", "identity": identity, "name": "Dana", "at": BEGAN + number * SECONDS, "seconds": SECONDS,
        "is_connected": True, "transport": "udp", "candidate": "host", "rtt_ms": 40.0, "limit_bps": None,
        "quality": "excellent", "breaks": 0, "resumes": 0, "sent": [sent()], "received": [received()],
    } | changes  # fmt: skip


def signature(body: str, key: str, secret: str) -> str:
    """What stands in the header Authorization of a webhook."""
    digest = b64encode(sha256(body.encode()).digest()).decode()
    return api.AccessToken(key, secret).with_sha256(digest).to_jwt()
