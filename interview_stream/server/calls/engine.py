"""The one place that talks to the media engine: signs tokens and calls LiveKit's RoomService and Egress."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import TypedDict, TypeVar

import aiohttp
from asgiref.sync import async_to_sync
from django.conf import settings
from livekit import api
from livekit.protocol import egress as egress_proto
from livekit.protocol import models as model_proto
from livekit.protocol import room as room_proto

from interview_stream.keys import load_keys
from interview_stream.server.calls.schemas import CallRole, RecordingScope
from interview_stream.server.lib.problems import Unavailable

log = logging.getLogger(__name__)

RECORDING = "recording"
"""The attribute by which the engine knows what may be recorded of a person, and refuses the rest."""
JOIN_TOKEN_TTL = timedelta(minutes=10)
TEST_TOKEN_TTL = timedelta(minutes=1)
_REQUEST_TIMEOUT_S = 10.0
_MOVE_TIMEOUT_S = 2.0
"""Who waits longer is sooner in the call by a connection of its own."""

_ENDED = {egress_proto.EGRESS_COMPLETE, egress_proto.EGRESS_LIMIT_REACHED}
_BROKEN = {egress_proto.EGRESS_FAILED, egress_proto.EGRESS_ABORTED}

T = TypeVar("T")


class EngineUnavailable(Unavailable):
    """The media engine gives no answer: it restarts, or a cluster cannot be reached."""

    slug = "media-unavailable"


@dataclass(frozen=True, kw_only=True)
class PublishedTrack:
    sid: str
    kind: str
    """audio or video."""
    source: str
    """camera, microphone, screen_share or screen_share_audio."""
    identity: str
    name: str
    role: CallRole


@dataclass(frozen=True, kw_only=True)
class RoomView:
    """Who and what is in a room now; a room that the engine does not know looks empty."""

    attributes: dict[str, dict[str, str]]
    """By identity: what the token said of each person, and what was told since."""
    tracks: list[PublishedTrack]

    @property
    def people(self) -> list[str]:
        """Their identities."""
        return list(self.attributes)


class Rights(TypedDict):
    can_publish: bool
    can_publish_data: bool
    can_subscribe: bool


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """Who comes into a room, and what the engine is told of them, whichever way they come."""

    identity: str
    name: str
    role: CallRole
    scope: RecordingScope | None
    """What may be recorded of somebody who has to be asked."""

    @property
    def attributes(self) -> dict[str, str]:
        return {"role": self.role.value} | ({RECORDING: self.scope.value} if self.scope else {})

    @property
    def rights(self) -> Rights:
        """Observers may not publish: the engine refuses their tracks, whatever their browser does."""
        sends = self.role is not CallRole.OBSERVER
        return {"can_publish": sends, "can_publish_data": sends, "can_subscribe": True}


@dataclass(frozen=True, kw_only=True)
class Egress:
    """One track being captured, or the end of it."""

    id: str
    filepath: str
    is_over: bool
    is_broken: bool
    """It ended without being asked to."""
    error: str


@dataclass(frozen=True, kw_only=True)
class Capture:
    track_sid: str
    filepath: str


def browser_url(origin: str) -> str:
    """Where browsers reach the engine's signalling: a cluster, or this server, which relays it."""
    return settings.ENVIRONMENT.livekit_url or origin.replace("http", "ws", 1)


@cache
def credentials() -> tuple[str, str]:
    keys = load_keys(settings.ENVIRONMENT.data)
    return keys.media_key, keys.media_secret


def sign_join_token(room: str, person: Entrant) -> str:
    """Enough to enter one room as one person. The engine hands out fresh tokens while the call lasts."""
    grants = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=False, **person.rights)
    token = api.AccessToken(*credentials()).with_identity(person.identity).with_name(person.name).with_grants(grants)
    return token.with_attributes(person.attributes).with_ttl(JOIN_TOKEN_TTL).to_jwt()


def sign_lobby_token(room: str, identity: str) -> str:
    """Enough to be connected, and to neither send nor get anything."""
    grants = api.VideoGrants(
        room_join=True,
        room=room,
        can_publish=False,
        can_subscribe=False,
        can_publish_data=False,
        can_update_own_metadata=False,
    )
    token = api.AccessToken(*credentials()).with_identity(identity).with_grants(grants)
    return token.with_ttl(JOIN_TOKEN_TTL).to_jwt()


def sign_test_token(room: str, identity: str, *, sends: bool) -> str:
    """Enough for a few seconds in a room that was made for a test."""
    grants = api.VideoGrants(
        room_join=True, room=room, can_publish=sends, can_subscribe=not sends, can_publish_data=False
    )
    token = api.AccessToken(*credentials()).with_identity(identity).with_grants(grants)
    return token.with_ttl(TEST_TOKEN_TTL).to_jwt()


def open_test_room(room: str) -> None:
    """For two, and gone as soon as they are."""

    async def ask(client: api.LiveKitAPI) -> None:
        request = room_proto.CreateRoomRequest(name=room, max_participants=2, empty_timeout=60, departure_timeout=2)
        await client.room.create_room(request)

    _call(ask, None)


def look_into(room: str) -> RoomView:
    async def ask(client: api.LiveKitAPI) -> list[model_proto.ParticipantInfo]:
        answer = await client.room.list_participants(room_proto.ListParticipantsRequest(room=room))
        return [p for p in answer.participants if p.state != model_proto.ParticipantInfo.DISCONNECTED]

    nobody: list[model_proto.ParticipantInfo] = []
    people = _call(ask, nobody)
    return RoomView(
        attributes={person.identity: dict(person.attributes) for person in people},
        tracks=[track for person in people for track in _tracks_of(person)],
    )


def list_rooms() -> dict[str, str]:
    """The rooms that are open now: name to session id."""

    async def ask(client: api.LiveKitAPI) -> dict[str, str]:
        answer = await client.room.list_rooms(room_proto.ListRoomsRequest())
        return {room.name: room.sid for room in answer.rooms}

    return _call(ask, {})


def close_room(room: str) -> None:
    """Everyone is sent out; a room that is not there is closed already."""

    async def ask(client: api.LiveKitAPI) -> None:
        await client.room.delete_room(room_proto.DeleteRoomRequest(room=room))

    _call(ask, None)


def put_out(room: str, identity: str, *, tokens_before: int = 0) -> None:
    """One who is not there is out already. Tokens made before that Unix time are refused from now on.

    LiveKit's own open-source server ignores the time; there a return is seen by its event and ended again.
    """

    async def ask(client: api.LiveKitAPI) -> None:
        request = room_proto.RoomParticipantIdentity(room=room, identity=identity, revoke_token_ts=tokens_before)
        await client.room.remove_participant(request)

    _call(ask, None)


def set_attributes(room: str, identity: str, attributes: Mapping[str, str]) -> None:
    """What everybody in the room, and the engine itself, knows of one person; one who is not there needs none."""

    async def ask(client: api.LiveKitAPI) -> None:
        request = room_proto.UpdateParticipantRequest(room=room, identity=identity, attributes=attributes)
        await client.room.update_participant(request)

    _call(ask, None)


def move_in(lobby: str, room: str, person: Entrant) -> bool:
    """From a room in which they are connected to another one, where they are whom a join token makes them.

    False when they are not there, or the engine does not do it: nobody needs it to come in.
    """

    async def ask(client: api.LiveKitAPI) -> bool:
        told = room_proto.UpdateParticipantRequest(
            room=lobby,
            identity=person.identity,
            name=person.name,
            attributes=person.attributes,
            permission=model_proto.ParticipantPermission(**person.rights),
        )
        await client.room.update_participant(told)
        await client.room.move_participant(
            room_proto.MoveParticipantRequest(room=lobby, identity=person.identity, destination_room=room)
        )
        return True

    try:
        return _call(ask, False, timeout_s=_MOVE_TIMEOUT_S)
    except (EngineUnavailable, api.ServerError) as error:
        log.warning("%s could not be moved from %s: %s", person.identity, lobby, error)
        return False


def mute(room: str, identity: str, sources: Collection[str]) -> int:
    """Stop what somebody sends from these sources, until they go on themselves; returns how many tracks that were."""

    async def ask(client: api.LiveKitAPI) -> int:
        who = room_proto.RoomParticipantIdentity(room=room, identity=identity)
        person = await client.room.get_participant(who)
        sids = [track.sid for track in person.tracks if _source_of(track) in sources and not track.muted]
        for sid in sids:
            request = room_proto.MuteRoomTrackRequest(room=room, identity=identity, track_sid=sid, muted=True)
            await client.room.mute_published_track(request)
        return len(sids)

    return _call(ask, 0)


def start_captures(room: str, captures: Sequence[Capture]) -> dict[str, str | None]:
    """Begin to capture each track to its file; filepath to egress id, or to None where the track is gone or refused.

    A file of which the engine's answer was lost is left out: whether it was begun, `list_captures` will tell.
    """

    async def start(client: api.LiveKitAPI, capture: Capture) -> tuple[str, str | None] | None:
        request = egress_proto.TrackEgressRequest(
            room_name=room,
            track_id=capture.track_sid,
            file=egress_proto.DirectFileOutput(filepath=capture.filepath),
        )
        try:
            return capture.filepath, (await client.egress.start_track_egress(request)).egress_id
        except api.ServerError as error:
            if error.status >= 500:
                return None
            if not _is_missing(error):
                log.error("The media engine refused to capture to %s: %s", capture.filepath, error)
            return capture.filepath, None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def ask(client: api.LiveKitAPI) -> dict[str, str | None]:
        started = await asyncio.gather(*(start(client, capture) for capture in captures))
        return dict(pair for pair in started if pair)

    return _call(ask, {})


def stop_captures(egress_ids: Sequence[str]) -> None:
    """One that is not there, or over already, is stopped."""

    async def stop(client: api.LiveKitAPI, egress_id: str) -> None:
        try:
            await client.egress.stop_egress(egress_proto.StopEgressRequest(egress_id=egress_id))
        except api.ServerError as error:
            if not _is_missing(error):
                raise

    async def ask(client: api.LiveKitAPI) -> None:
        await asyncio.gather(*(stop(client, egress_id) for egress_id in egress_ids))

    _call(ask, None)


def list_captures(room: str) -> dict[str, Egress]:
    """By egress id: all that run, and those that ended lately."""

    async def ask(client: api.LiveKitAPI) -> dict[str, Egress]:
        answer = await client.egress.list_egress(egress_proto.ListEgressRequest(room_name=room))
        return {item.egress_id: read_egress(item) for item in answer.items}

    return _call(ask, {})


def read_egress(item: egress_proto.EgressInfo) -> Egress:
    return Egress(
        id=item.egress_id,
        filepath=item.track.file.filepath,
        is_over=item.status in _ENDED | _BROKEN,
        is_broken=item.status in _BROKEN,
        error=item.error,
    )


def _call(ask: Callable[[api.LiveKitAPI], Awaitable[T]], if_missing: T, *, timeout_s: float = _REQUEST_TIMEOUT_S) -> T:
    """Run one conversation with the engine from synchronous code; `if_missing` answers for what it does not know."""

    async def converse() -> T:
        url = settings.ENVIRONMENT.livekit_url or f"http://127.0.0.1:{settings.ENVIRONMENT.sfu_port}"
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        async with api.LiveKitAPI(url, *credentials(), timeout=timeout, failover=False) as client:
            return await ask(client)

    try:
        return async_to_sync(converse)()
    except api.ServerError as error:
        if _is_missing(error):
            return if_missing
        if "is full" in error.message and error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise EngineUnavailable(
                "The server is full: too many people are in calls on it. Try again in a few minutes."
            ) from error
        if error.status >= 500:
            raise EngineUnavailable("The media engine has a problem. Try again in a moment.") from error
        raise
    except (aiohttp.ClientError, TimeoutError) as error:
        raise EngineUnavailable("The media engine cannot be reached. Try again in a moment.") from error


def _is_missing(error: api.ServerError) -> bool:
    return error.code in (api.ServerErrorCode.NOT_FOUND, api.ServerErrorCode.FAILED_PRECONDITION)


def _tracks_of(person: model_proto.ParticipantInfo) -> list[PublishedTrack]:
    return [
        PublishedTrack(
            sid=track.sid,
            kind=model_proto.TrackType.Name(track.type).lower(),
            source=_source_of(track),
            identity=person.identity,
            name=person.name or person.identity,
            role=_role_of(person),
        )
        for track in person.tracks
        if track.type in (model_proto.AUDIO, model_proto.VIDEO)
    ]


def _source_of(track: model_proto.TrackInfo) -> str:
    if track.source == model_proto.UNKNOWN:
        return "microphone" if track.type == model_proto.AUDIO else "camera"
    return model_proto.TrackSource.Name(track.source).lower()


def _role_of(person: model_proto.ParticipantInfo) -> CallRole:
    """Tokens are signed here, so the attribute can be trusted; other programs' participants have none."""
    given = person.attributes.get("role", "")
    return CallRole(given) if given in list(CallRole) else CallRole.OTHER
