"""Calls of the server API by way of the router: to the room's process, or to all of them with one answer."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web
from google.protobuf.json_format import MessageToJson, ParseError
from google.protobuf.json_format import Parse as parse_json
from google.protobuf.message import DecodeError, Message
from livekit.protocol import egress as egress_proto
from livekit.protocol import room as room_proto

from interview_stream.sfu.auth import AuthError, Tokens
from interview_stream.sfu.core.grants import Grants
from interview_stream.sfu.io.twirp import error
from interview_stream.sfu.router.nodes import Nodes
from interview_stream.sfu.router.placement import NoNodeError, State

ROOM, EGRESS = "livekit.RoomService", "livekit.Egress"


@dataclass(frozen=True)
class Route:
    """How a method finds its process."""

    request: type[Message]
    room_field: str


ROUTES = {
    f"{ROOM}/CreateRoom": Route(room_proto.CreateRoomRequest, "name"),
    f"{ROOM}/DeleteRoom": Route(room_proto.DeleteRoomRequest, "room"),
    f"{ROOM}/ListParticipants": Route(room_proto.ListParticipantsRequest, "room"),
    f"{ROOM}/GetParticipant": Route(room_proto.RoomParticipantIdentity, "room"),
    f"{ROOM}/RemoveParticipant": Route(room_proto.RoomParticipantIdentity, "room"),
    f"{ROOM}/MoveParticipant": Route(room_proto.MoveParticipantRequest, "room"),
    f"{ROOM}/MutePublishedTrack": Route(room_proto.MuteRoomTrackRequest, "room"),
    f"{ROOM}/UpdateParticipant": Route(room_proto.UpdateParticipantRequest, "room"),
    f"{ROOM}/UpdateSubscriptions": Route(room_proto.UpdateSubscriptionsRequest, "room"),
    f"{ROOM}/SendData": Route(room_proto.SendDataRequest, "room"),
    f"{ROOM}/UpdateRoomMetadata": Route(room_proto.UpdateRoomMetadataRequest, "room"),
    f"{EGRESS}/StartTrackEgress": Route(egress_proto.TrackEgressRequest, "room_name"),
    f"{EGRESS}/StartTrackCompositeEgress": Route(egress_proto.TrackCompositeEgressRequest, "room_name"),
    f"{EGRESS}/StartParticipantEgress": Route(egress_proto.ParticipantEgressRequest, "room_name"),
    f"{EGRESS}/StartRoomCompositeEgress": Route(egress_proto.RoomCompositeEgressRequest, "room_name"),
}
OPENS_ROOM = f"{ROOM}/CreateRoom"
MOVES = f"{ROOM}/MoveParticipant"
JOINED: Mapping[str, type[Message]] = {
    f"{ROOM}/ListRooms": room_proto.ListRoomsResponse,
    f"{EGRESS}/ListEgress": egress_proto.ListEgressResponse,
}
"""Asked of every process; the lists are put together."""
SOUGHT = f"{EGRESS}/StopEgress"
"""Asked of every process; one of them knows."""


class Calls:
    """The HTTP handler of `/twirp/…`."""

    def __init__(self, nodes: Nodes, tokens: Tokens, now: Callable[[], float]) -> None:
        self._nodes = nodes
        self._tokens = tokens
        self._now = now

    async def handle(self, request: web.Request) -> web.Response:
        method = f"{request.match_info['service']}/{request.match_info['method']}"
        body = await request.read()
        try:
            if method in JOINED:
                return self._joined(await self._ask_all(request, body), JOINED[method])
            if method == SOUGHT:
                return _best(await self._ask_all(request, body))
            name = await self._node_for(request, method, body)
            if method == MOVES and not await self._can_move(request, body, name):
                return error("failed_precondition", "the rooms are in different media processes")
            return await self._ask(name, request, body)
        except NoNodeError as reason:
            return error("unavailable", str(reason))

    async def _node_for(self, request: web.Request, method: str, body: bytes) -> str:
        """The process of the room that the body names; any for what names none, or cannot be read: it says so."""
        placement = self._nodes.placement
        route = ROUTES.get(method)
        room = _named_in(route.request, route.room_field, request, body) if route else ""
        if not room:
            return placement.any_up()
        await self._nodes.settled(room)
        found = placement.find(room, self._now())
        if found is None and method == OPENS_ROOM and self._grants(request).room_create:
            found = placement.place(room, self._now())
        return found or placement.any_up()

    async def _can_move(self, request: web.Request, body: bytes, name: str) -> bool:
        """Whether the room that somebody is to go to is in the process where they are, or will be made there."""
        room = _named_in(room_proto.MoveParticipantRequest, "destination_room", request, body)
        await self._nodes.settled(room)
        placement = self._nodes.placement
        found = placement.find(room, self._now())
        if found is None and room and self._grants(request).destination_room == room:
            placement.put(room, name, self._now())
        return found is None or found == name

    def _grants(self, request: web.Request) -> Grants:
        """Strangers place no rooms; the process refuses them in its own words."""
        try:
            return self._tokens.verify(request.headers.get("Authorization", "").partition(" ")[2].strip()).grants
        except AuthError:
            return Grants()

    async def _ask(self, name: str, request: web.Request, body: bytes) -> web.Response:
        kept = ("Authorization", "Content-Type")
        headers = {header: request.headers[header] for header in kept if header in request.headers}
        status, kind, content = await self._nodes.pass_on(name, "POST", request.raw_path, body=body, headers=headers)
        return web.Response(status=status, body=content, headers={"Content-Type": kind})

    async def _ask_all(self, request: web.Request, body: bytes) -> list[web.Response]:
        """Of those that run. What one that hangs would say is not known, so neither is the answer."""
        nodes = self._nodes.placement.nodes.values()
        if any(node.state in (State.UNKNOWN, State.SILENT) for node in nodes):
            raise NoNodeError("a media process does not answer; try again in a moment")
        names = [node.name for node in nodes if node.state is State.UP] or [self._nodes.placement.any_up()]
        asked = await asyncio.gather(*(self._ask(name, request, body) for name in names), return_exceptions=True)
        answers = []
        for name, answer in zip(names, asked, strict=True):
            if isinstance(answer, web.Response):
                answers.append(answer)
            elif not isinstance(answer, NoNodeError) or self._nodes.placement.nodes[name].state is not State.DOWN:
                raise answer
        if not answers:
            raise NoNodeError("the media engine is not running; try again in a moment")
        return answers

    def _joined(self, answers: Iterable[web.Response], kind: type[Message]) -> web.Response:
        whole, is_json = kind(), False
        for answer in answers:
            if answer.status != 200:
                return answer
            is_json = answer.content_type == "application/json"
            assert isinstance(answer.body, bytes)
            whole.MergeFrom(parse_json(answer.body, kind()) if is_json else kind.FromString(answer.body))
        if is_json:
            return web.Response(text=MessageToJson(whole), content_type="application/json")
        return web.Response(body=whole.SerializeToString(), content_type="application/protobuf")


def _best(answers: Iterable[web.Response]) -> web.Response:
    """What the one process that knows says; the others have not found it."""
    ranks = {200: 0, 404: 2}
    return min(answers, key=lambda answer: ranks.get(answer.status, 1))


def _named_in(kind: type[Message], field: str, request: web.Request, body: bytes) -> str:
    """What a request says in a field; nothing when it cannot be read."""
    is_json = request.content_type == "application/json"
    try:
        message = parse_json(body, kind(), ignore_unknown_fields=True) if is_json else kind.FromString(body)
    except (ParseError, DecodeError, UnicodeDecodeError):
        return ""
    return str(getattr(message, field))
