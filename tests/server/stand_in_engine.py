"""A stand-in for the media engine: LiveKit's server API over real HTTP, with rooms and captures made by a test.

It is a program of its own, as far as the server can tell: tests of the server decide what is published, what breaks and
when, which a real engine would not do on request. tests/integration runs the same paths against the real one.
"""

import hashlib
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from django.test import Client
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from livekit import api
from livekit.protocol import egress as egress_proto
from livekit.protocol import models as model_proto
from livekit.protocol import room as room_proto
from livekit.protocol.webhook import WebhookEvent

from interview_stream.server.calls import engine

BEGAN = datetime.fromtimestamp(1_800_000_000, UTC)
SOURCES = {
    "camera": (model_proto.VIDEO, model_proto.CAMERA),
    "microphone": (model_proto.AUDIO, model_proto.MICROPHONE),
    "screen_share": (model_proto.VIDEO, model_proto.SCREEN_SHARE),
}


class Refusal(Exception):
    """A Twirp error."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class Room:
    sid: str
    people: dict[str, model_proto.ParticipantInfo] = field(default_factory=dict)


class StandInEngine:
    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.egresses: dict[str, egress_proto.EgressInfo] = {}
        self.calls: list[str] = []
        """Method names, in the order in which they came in."""
        self.refusals: dict[str, Refusal] = {}
        """Method name, or the track whose capture is asked for, to how that is refused from now on."""
        self.revoked: set[tuple[str, str]] = set()
        """Room and identity whose tokens were taken back."""
        self.meanwhile: dict[str, Callable[[], None]] = {}
        """Method name to what happens elsewhere, once, before it is answered."""
        self._numbers = iter(range(1, 10_000))
        self._lock = threading.Lock()

    # What happens in the room.

    def join(self, interview_id: UUID | str, identity: str, *, role: str = "interviewer", sources: str = "") -> Room:
        """Somebody enters, publishing the sources named in one string ("camera microphone")."""
        room = self.rooms.setdefault(str(interview_id), Room(sid=f"RM_{next(self._numbers)}"))
        person = model_proto.ParticipantInfo(
            sid=f"PA_{next(self._numbers)}",
            identity=identity,
            name=identity.title(),
            state=model_proto.ParticipantInfo.ACTIVE,
            attributes={"role": role},
        )
        room.people[identity] = person
        for source in sources.split():
            self.publish(interview_id, identity, source)
        return room

    def publish(self, interview_id: UUID | str, identity: str, source: str) -> str:
        kind, number = SOURCES[source]
        sid = f"TR_{next(self._numbers)}"
        self.rooms[str(interview_id)].people[identity].tracks.append(
            model_proto.TrackInfo(sid=sid, type=kind, source=number)
        )
        return sid

    def leave(self, interview_id: UUID | str, identity: str) -> None:
        del self.rooms[str(interview_id)].people[identity]

    def die(self) -> None:
        """Killed and started again: it knows of nothing any more."""
        self.rooms.clear()
        self.egresses.clear()

    def break_capture(self, filepath: str, error: str = "No space left on device") -> egress_proto.EgressInfo:
        item = self.egress_of(filepath)
        item.status, item.error = egress_proto.EGRESS_FAILED, error
        return item

    def egress_of(self, filepath: str) -> egress_proto.EgressInfo:
        return next(item for item in self.egresses.values() if item.track.file.filepath == filepath)

    def running(self) -> list[str]:
        """The tracks that are being captured."""
        active = [item for item in self.egresses.values() if item.status == egress_proto.EGRESS_ACTIVE]
        return sorted(item.track.track_id for item in active)

    # The API.

    def answer(self, method: str, body: bytes, authorization: str) -> Message:
        key, secret = engine.credentials()
        grants = api.TokenVerifier(key, secret).verify(authorization.removeprefix("Bearer ")).video
        assert grants
        self.meanwhile.pop(method, lambda: None)()
        with self._lock:
            self.calls.append(method)
            if method in self.refusals:
                raise self.refusals[method]
            answer: Message = getattr(self, f"_{method}")(body, grants)
            return answer

    def _ListRooms(self, body: bytes, grants: api.VideoGrants) -> Message:
        assert grants.room_list
        rooms = [model_proto.Room(name=name, sid=room.sid) for name, room in self.rooms.items()]
        return room_proto.ListRoomsResponse(rooms=rooms)

    def _CreateRoom(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = room_proto.CreateRoomRequest.FromString(body)
        assert grants.room_create
        room = self.rooms.setdefault(request.name, Room(sid=f"RM_{next(self._numbers)}"))
        return model_proto.Room(name=request.name, sid=room.sid, max_participants=request.max_participants)

    def _ListParticipants(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = room_proto.ListParticipantsRequest.FromString(body)
        assert grants.room_admin
        assert grants.room == request.room
        room = self.rooms.get(request.room)
        if room is None:
            raise Refusal(404, "not_found")
        return room_proto.ListParticipantsResponse(participants=room.people.values())

    def _RemoveParticipant(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = room_proto.RoomParticipantIdentity.FromString(body)
        assert grants.room_admin
        assert grants.room == request.room
        if request.revoke_token_ts:
            self.revoked.add((request.room, request.identity))
        room = self.rooms.get(request.room)
        if room is None or room.people.pop(request.identity, None) is None:
            raise Refusal(404, "not_found")
        return room_proto.RemoveParticipantResponse()

    def _GetParticipant(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = room_proto.RoomParticipantIdentity.FromString(body)
        assert grants.room_admin
        assert grants.room == request.room
        room = self.rooms.get(request.room)
        if room is None or request.identity not in room.people:
            raise Refusal(404, "not_found")
        return room.people[request.identity]

    def _MutePublishedTrack(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = room_proto.MuteRoomTrackRequest.FromString(body)
        assert grants.room_admin
        assert grants.room == request.room
        tracks = self.rooms[request.room].people[request.identity].tracks
        track = next(track for track in tracks if track.sid == request.track_sid)
        track.muted = request.muted
        return room_proto.MuteRoomTrackResponse(track=track)

    def muted(self, interview_id: UUID | str, identity: str) -> set[str]:
        """The sources of somebody's tracks that send nothing."""
        tracks = self.rooms[str(interview_id)].people[identity].tracks
        return {model_proto.TrackSource.Name(track.source).lower() for track in tracks if track.muted}

    def _UpdateParticipant(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = room_proto.UpdateParticipantRequest.FromString(body)
        assert grants.room_admin
        assert grants.room == request.room
        room = self.rooms.get(request.room)
        if room is None or request.identity not in room.people:
            raise Refusal(404, "not_found")
        person = room.people[request.identity]
        person.attributes.update(request.attributes)
        person.name = request.name or person.name
        if request.HasField("permission"):
            person.permission.CopyFrom(request.permission)
        return person

    def _MoveParticipant(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = room_proto.MoveParticipantRequest.FromString(body)
        assert grants.room_admin
        assert (grants.room, grants.destination_room) == (request.room, request.destination_room)
        room = self.rooms.get(request.room)
        person = room.people.pop(request.identity, None) if room else None
        if person is None:
            raise Refusal(404, "not_found")
        target = self.rooms.setdefault(request.destination_room, Room(sid=f"RM_{next(self._numbers)}"))
        target.people[request.identity] = person
        return room_proto.MoveParticipantResponse()

    def _DeleteRoom(self, body: bytes, grants: api.VideoGrants) -> Message:
        assert grants.room_create
        name = room_proto.DeleteRoomRequest.FromString(body).room
        if self.rooms.pop(name, None) is None:
            raise Refusal(404, "not_found")
        for item in self.egresses.values():
            if item.room_name == name and item.status == egress_proto.EGRESS_ACTIVE:
                item.status = egress_proto.EGRESS_COMPLETE
        return room_proto.DeleteRoomResponse()

    def _StartTrackEgress(self, body: bytes, grants: api.VideoGrants) -> Message:
        request = egress_proto.TrackEgressRequest.FromString(body)
        assert grants.room_record
        if request.track_id in self.refusals:
            raise self.refusals[request.track_id]
        room = self.rooms.get(request.room_name)
        people = room.people.values() if room else ()
        if request.track_id not in [track.sid for person in people for track in person.tracks]:
            raise Refusal(404, "not_found")
        item = egress_proto.EgressInfo(
            egress_id=f"EG_{next(self._numbers)}",
            room_name=request.room_name,
            status=egress_proto.EGRESS_ACTIVE,
            track=request,
        )
        self.egresses[item.egress_id] = item
        return item

    def _StopEgress(self, body: bytes, grants: api.VideoGrants) -> Message:
        assert grants.room_record
        item = self.egresses.get(egress_proto.StopEgressRequest.FromString(body).egress_id)
        if item is None:
            raise Refusal(404, "not_found")
        if item.status != egress_proto.EGRESS_ACTIVE:
            raise Refusal(412, "failed_precondition")
        item.status = egress_proto.EGRESS_COMPLETE
        return item

    def _ListEgress(self, body: bytes, grants: api.VideoGrants) -> Message:
        assert grants.room_record
        name = egress_proto.ListEgressRequest.FromString(body).room_name
        return egress_proto.ListEgressResponse(items=[i for i in self.egresses.values() if i.room_name == name])


@contextmanager
def listening(stand_in: StandInEngine) -> Iterator[int]:
    """Serve the API on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            method = self.path.rsplit("/", 1)[1]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status, answer = 200, stand_in.answer(method, body, self.headers["Authorization"]).SerializeToString()
            except Refusal as refusal:
                status, answer = refusal.status, f'{{"code":"{refusal.code}","msg":""}}'.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/protobuf" if status == 200 else "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def event(
    name: str,
    interview_id: UUID | str,
    *,
    room_sid: str = "RM_1",
    event_id: str = "",
    at: datetime = BEGAN,
    **parts: Any,
) -> WebhookEvent:
    room = model_proto.Room(name=str(interview_id), sid=room_sid)
    return WebhookEvent(
        event=name, room=room, id=event_id or f"EV_{name}_{room_sid}", created_at=int(at.timestamp()), **parts
    )


def send_event(sent: WebhookEvent, *, secret: str = "", body: str = "") -> Any:
    """Post a webhook as LiveKit signs it; `secret` and `body` make it wrong."""
    key, real_secret = engine.credentials()
    signed = MessageToJson(sent)
    digest = b64encode(hashlib.sha256(signed.encode()).digest()).decode()
    token = api.AccessToken(key, secret or real_secret).with_sha256(digest).to_jwt()
    return Client().post(
        "/webhooks/livekit",
        data=body or signed,
        content_type="application/webhook+json",
        headers={"Authorization": token},
    )
