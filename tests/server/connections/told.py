"""What the media engine tells of connections, in the shape in which it does."""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

from django.test import Client
from google.protobuf.json_format import MessageToDict
from livekit import api

from interview_stream.server.calls import engine
from interview_stream.server.calls.models import Call
from interview_stream.server.connections.actions import note_samples
from interview_stream.server.interviews.models import Interview
from tests.server.stand_in_engine import event

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


def connect(call: Call, name: str) -> None:
    """Somebody of this name was in the call."""
    told = event("connections_sampled", call.interview_id, room_sid=call.room_sid)
    note_samples(call.interview, told, [sample(name=name)])


def tell(interview: Interview, *samples: dict[str, Any], number: int = 0, room_sid: str = "RM_1") -> Any:
    """As the engine does it, over HTTP."""
    told = event("connections_sampled", interview.id, room_sid=room_sid, event_id=f"EV_{room_sid}_{number}")
    body = json.dumps({**MessageToDict(told), "connections": list(samples)})
    key, secret = engine.credentials()
    digest = b64encode(sha256(body.encode()).digest()).decode()
    return Client().post(
        "/webhooks/livekit",
        data=body,
        content_type="application/webhook+json",
        headers={"Authorization": api.AccessToken(key, secret).with_sha256(digest).to_jwt()},
    )
