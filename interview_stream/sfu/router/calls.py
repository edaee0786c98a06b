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
            return await self._ask(await self._node_for(request, method, body), request, body)
        except NoNodeError as reason:
            return error("unavailable", str(reason))

    async def _node_for(self, request: web.Request, method: str, body: bytes) -> str:
        """The process of the room that the body names; any for what names none, or cannot be read: it says so."""
        placement = self._nodes.placement
        room = _room_in(ROUTES.get(method), body, is_json=request.content_type == "application/json")
        if not room:
            return placement.any_up()
        await self._nodes.settled(room)
        found = placement.find(room, self._now())
        if found is None and method == OPENS_ROOM and self._is_signed(request):
            found = placement.place(room, self._now())
        return found or placement.any_up()

    def _is_signed(self, request: web.Request) -> bool:
        """Strangers place no rooms; the process refuses them in its own words."""
        try:
            return self._tokens.verify(
                request.headers.get("Authorization", "").partition(" ")[2].strip()
            ).grants.room_create
        except AuthError:
            return False

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


def _room_in(route: Route | None, body: bytes, *, is_json: bool) -> str:
    if route is None:
        return ""
    try:
        message = (
            parse_json(body, route.request(), ignore_unknown_fields=True) if is_json else route.request.FromString(body)
        )
    except (ParseError, DecodeError, UnicodeDecodeError):
        return ""
    return str(getattr(message, route.room_field))
