"""Lets the media engine tell of connections: straight, or over HTTP."""

import json
from typing import Any

from django.test import Client
from google.protobuf.json_format import MessageToDict

from interview_stream.server.calls import engine
from interview_stream.server.calls.models import Call
from interview_stream.server.connections.actions import note_samples
from interview_stream.server.interviews.models import Interview
from tests.server.stand_in_engine import event
from tests.told_connections import sample, signature


def connect(call: Call, name: str) -> None:
    """Somebody of this name was in the call."""
    told = event("connections_sampled", call.interview_id, room_sid=call.rooms.latest("pk").sid)
    note_samples(call.interview, told, [sample(name=name)])


def tell(interview: Interview, *samples: dict[str, Any], number: int = 0, room_sid: str = "RM_1") -> Any:
    """As the engine does it, over HTTP."""
    told = event("connections_sampled", interview.id, room_sid=room_sid, event_id=f"EV_{room_sid}_{number}")
    body = json.dumps({**MessageToDict(told), "connections": list(samples)})
    return Client().post(
        "/webhooks/livekit",
        data=body,
        content_type="application/webhook+json",
        headers={"Authorization": signature(body, *engine.credentials())},
    )
