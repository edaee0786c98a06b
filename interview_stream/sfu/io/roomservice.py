"""`livekit.RoomService`: lets the server look into rooms and change them."""

from collections.abc import Callable
from typing import Protocol

from google.protobuf.message import Message
from livekit.protocol.models import DisconnectReason, ParticipantInfo, Room
from livekit.protocol.room import (
    CreateRoomRequest,
    DeleteRoomRequest,
    DeleteRoomResponse,
    ListParticipantsRequest,
    ListParticipantsResponse,
    ListRoomsRequest,
    ListRoomsResponse,
    MoveParticipantRequest,
    MoveParticipantResponse,
    MuteRoomTrackRequest,
    MuteRoomTrackResponse,
    RemoveParticipantResponse,
    RoomParticipantIdentity,
    SendDataRequest,
    SendDataResponse,
    UpdateParticipantRequest,
    UpdateRoomMetadataRequest,
    UpdateSubscriptionsRequest,
    UpdateSubscriptionsResponse,
)
from livekit.protocol.rtc import LeaveRequest, UpdateParticipantMetadata, UpdateSubscription

from interview_stream.sfu.core.engine import Engine, NotFoundError, WrongStateError
from interview_stream.sfu.core.grants import Grants
from interview_stream.sfu.core.requests import apply_metadata, update_subscription
from interview_stream.sfu.io.twirp import InvalidArgumentError, Method

MAX_DATA = 64_000
"""Bytes of one message; what clients hold themselves to."""


def _may_create(grants: Grants, request: Message) -> bool:
    return grants.room_create


def _may_list(grants: Grants, request: Message) -> bool:
    return grants.room_list


class NamesRoom(Protocol):
    """A request about one room."""

    room: str


def _may_administer(grants: Grants, request: NamesRoom) -> bool:
    return grants.room_admin and grants.room == request.room


def _may_move(grants: Grants, request: MoveParticipantRequest) -> bool:
    return _may_administer(grants, request) and grants.destination_room == request.destination_room


class RoomService:
    """The methods, each a direct call into the rooms."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    def methods(self) -> dict[str, Method]:
        """Name → method."""
        return {
            "CreateRoom": Method(CreateRoomRequest, _may_create, self.create_room),
            "ListRooms": Method(ListRoomsRequest, _may_list, self.list_rooms),
            "DeleteRoom": Method(DeleteRoomRequest, _may_create, self.delete_room),
            "ListParticipants": Method(ListParticipantsRequest, _may_administer, self.list_participants),
            "GetParticipant": Method(RoomParticipantIdentity, _may_administer, self.get_participant),
            "RemoveParticipant": Method(RoomParticipantIdentity, _may_administer, self.remove_participant),
            "MoveParticipant": Method(MoveParticipantRequest, _may_move, self.move_participant),
            "MutePublishedTrack": Method(MuteRoomTrackRequest, _may_administer, self.mute_published_track),
            "UpdateParticipant": Method(UpdateParticipantRequest, _may_administer, self.update_participant),
            "UpdateSubscriptions": Method(UpdateSubscriptionsRequest, _may_administer, self.update_subscriptions),
            "SendData": Method(SendDataRequest, _may_administer, self.send_data),
            "UpdateRoomMetadata": Method(UpdateRoomMetadataRequest, _may_administer, self.update_metadata),
        }

    def create_room(self, request: CreateRoomRequest) -> Message:
        if not request.name:
            raise InvalidArgumentError("the room needs a name")
        room = self._engine.room(request.name, self._clock())
        room.empty_timeout = request.empty_timeout or room.empty_timeout
        room.departure_timeout = request.departure_timeout or room.departure_timeout
        room.max_participants = request.max_participants or room.max_participants
        if request.metadata and request.metadata != room.metadata:
            room.metadata = request.metadata
            room.broadcast_room()
        return room.info()

    def list_rooms(self, request: ListRoomsRequest) -> Message:
        rooms: list[Room] = [
            room.info() for name, room in self._engine.rooms.items() if not request.names or name in request.names
        ]
        return ListRoomsResponse(rooms=rooms)

    def delete_room(self, request: DeleteRoomRequest) -> Message:
        self._engine.delete_room(request.room, self._clock())
        return DeleteRoomResponse()

    def list_participants(self, request: ListParticipantsRequest) -> Message:
        people: list[ParticipantInfo] = [
            participant.info() for participant in self._engine.find_room(request.room).participants.values()
        ]
        return ListParticipantsResponse(participants=people)

    def get_participant(self, request: RoomParticipantIdentity) -> Message:
        _, participant = self._engine.find_participant(request.room, request.identity)
        return participant.info()

    def remove_participant(self, request: RoomParticipantIdentity) -> Message:
        """With a time, tokens made before it are refused from now on, also of somebody who is not in the room."""
        if request.revoke_token_ts > 0:
            unix_now = self._engine.services.unix(self._clock())
            self._engine.revocations.revoke(request.room, request.identity, request.revoke_token_ts, unix_now)
        room, participant = self._engine.find_participant(request.room, request.identity)
        room.remove(
            participant, DisconnectReason.PARTICIPANT_REMOVED, self._clock(), action=LeaveRequest.Action.DISCONNECT
        )
        return RemoveParticipantResponse()

    def move_participant(self, request: MoveParticipantRequest) -> Message:
        if not request.destination_room:
            raise InvalidArgumentError("the room to move to needs a name")
        self._engine.move(request.room, request.identity, request.destination_room, self._clock())
        return MoveParticipantResponse()

    def mute_published_track(self, request: MuteRoomTrackRequest) -> Message:
        room, participant = self._engine.find_participant(request.room, request.identity)
        if not request.muted:
            raise WrongStateError("remote unmute is not enabled: only a person may open their own microphone")
        if not room.mute_by_server(participant, request.track_sid, self._clock()):
            raise NotFoundError("track does not exist")
        return MuteRoomTrackResponse(track=participant.tracks[request.track_sid].info)

    def update_participant(self, request: UpdateParticipantRequest) -> Message:
        room, participant = self._engine.find_participant(request.room, request.identity)
        update = UpdateParticipantMetadata(
            metadata=request.metadata, name=request.name, attributes=dict(request.attributes)
        )
        if not apply_metadata(participant, update):
            raise InvalidArgumentError("name, metadata or attributes are too long")
        if request.HasField("permission"):
            participant.permit(request.permission)
        room.grants_changed(participant, self._clock())
        return participant.info()

    def update_subscriptions(self, request: UpdateSubscriptionsRequest) -> Message:
        room, participant = self._engine.find_participant(request.room, request.identity)
        update = UpdateSubscription(
            track_sids=request.track_sids,
            subscribe=request.subscribe,
            participant_tracks=request.participant_tracks,
        )
        update_subscription(room, participant, update, self._clock())
        return UpdateSubscriptionsResponse()

    def send_data(self, request: SendDataRequest) -> Message:
        if len(request.data) > MAX_DATA:
            raise InvalidArgumentError(f"data is longer than {MAX_DATA} bytes")
        self._engine.find_room(request.room).send_data(request, self._clock())
        return SendDataResponse()

    def update_metadata(self, request: UpdateRoomMetadataRequest) -> Message:
        room = self._engine.find_room(request.room)
        room.metadata = request.metadata
        room.broadcast_room()
        return room.info()
