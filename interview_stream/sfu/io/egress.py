"""`livekit.Egress`: starts, stops and lists recordings of single tracks, and of several in one file."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

from google.protobuf.message import Message
from livekit.protocol.egress import (
    EgressInfo,
    EgressSourceType,
    EgressStatus,
    ListEgressRequest,
    ListEgressResponse,
    ParticipantEgressRequest,
    RoomCompositeEgressRequest,
    StartEgressRequest,
    StopEgressRequest,
    TrackCompositeEgressRequest,
    TrackEgressRequest,
    UpdateLayoutRequest,
    UpdateStreamRequest,
    WebEgressRequest,
)

from interview_stream.sfu.core.engine import Engine
from interview_stream.sfu.core.grants import Grants
from interview_stream.sfu.core.names import egress_sid
from interview_stream.sfu.core.room import Room
from interview_stream.sfu.io import egress_requests
from interview_stream.sfu.io.composites import PREFIX, Composites, is_part
from interview_stream.sfu.io.egress_requests import CompositeRequest, Wanted
from interview_stream.sfu.io.recorder import CaptureFolder, CapturePathError
from interview_stream.sfu.io.twirp import InvalidArgumentError, Method, UnimplementedError

OVER = {
    EgressStatus.EGRESS_COMPLETE,
    EgressStatus.EGRESS_FAILED,
    EgressStatus.EGRESS_ABORTED,
    EgressStatus.EGRESS_LIMIT_REACHED,
}


def _may_record(grants: Grants, request: Message) -> bool:
    return grants.room_record


class EgressService:
    """The methods, each a direct call into the rooms."""

    def __init__(
        self, engine: Engine, folder: CaptureFolder, composites: Composites, clock: Callable[[], float]
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._composites = composites
        self._clock = clock

    def methods(self) -> dict[str, Method]:
        """Name → method."""
        return {
            "StartTrackEgress": Method(TrackEgressRequest, _may_record, self.start_track_egress),
            "StartTrackCompositeEgress": Method(TrackCompositeEgressRequest, _may_record, self.start_track_composite),
            "StartParticipantEgress": Method(ParticipantEgressRequest, _may_record, self.start_participant),
            "StartRoomCompositeEgress": Method(RoomCompositeEgressRequest, _may_record, self.start_room_composite),
            "StopEgress": Method(StopEgressRequest, _may_record, self.stop_egress),
            "ListEgress": Method(ListEgressRequest, _may_record, self.list_egress),
            "StartWebEgress": Method(WebEgressRequest, _may_record, _refuse_web),
            "StartEgress": Method(StartEgressRequest, _may_record, _refuse_unified),
            "UpdateLayout": Method(UpdateLayoutRequest, _may_record, _refuse_layout),
            "UpdateStream": Method(UpdateStreamRequest, _may_record, _refuse_stream),
        }

    def start_track_egress(self, request: TrackEgressRequest) -> Message:
        egress_requests.check_track(request)
        if is_part(EgressInfo(track=request)):
            raise InvalidArgumentError(f"{PREFIX} is used by the media engine itself")
        try:
            return self._engine.record_track(request, self._folder.open, self._clock())
        except CapturePathError as error:
            raise InvalidArgumentError(str(error)) from None

    def start_track_composite(self, request: TrackCompositeEgressRequest) -> Message:
        """One file of an audio and a video track; over when both have ended."""
        room = self._engine.find_room(request.room_name)
        info = EgressInfo(track_composite=request)
        return self._start(info, request, egress_requests.read_tracks(request, room), room)

    def start_participant(self, request: ParticipantEgressRequest) -> Message:
        """One file of one person; over when they leave."""
        room = self._engine.find_room(request.room_name)
        return self._start(
            EgressInfo(participant=request), request, egress_requests.read_participant(request, room), room
        )

    def start_room_composite(self, request: RoomCompositeEgressRequest) -> Message:
        """One file of everybody; over with the room."""
        room = self._engine.find_room(request.room_name)
        return self._start(EgressInfo(room_composite=request), request, egress_requests.read_room(request), room)

    async def stop_egress(self, request: StopEgressRequest) -> Message:
        """Answers when the file of a track is complete on disk; that of several tracks is made afterwards."""
        ending = self._composites.stop(request.egress_id)
        if ending is not None:
            return ending
        info = self._engine.stop_recording(request.egress_id, self._clock())
        await self._folder.closed(request.egress_id)
        return info

    def list_egress(self, request: ListEgressRequest) -> Message:
        tracks = [info for info in self._engine.recordings() if not is_part(info)]
        items: list[EgressInfo] = [
            info
            for info in (*tracks, *self._composites.infos())
            if (not request.room_name or info.room_name == request.room_name)
            and (not request.egress_id or info.egress_id == request.egress_id)
            and (not request.active or info.status not in OVER)
        ]
        return ListEgressResponse(items=items)

    def _start(self, info: EgressInfo, request: CompositeRequest, wanted: Wanted, room: Room) -> EgressInfo:
        egress_requests.check_form(request, wanted, room)
        unix = self._engine.services.unix(self._clock())
        target = egress_requests.target_of(request, room, datetime.fromtimestamp(unix, UTC))
        info.egress_id = egress_sid(self._engine.services.random_text(12))
        info.room_id, info.room_name = room.sid, room.name
        info.source_type = EgressSourceType.EGRESS_SOURCE_TYPE_SDK
        info.started_at = info.updated_at = int(unix * 1e9)
        answer = EgressInfo()
        answer.CopyFrom(info)  # as it began, though it may go on before the answer is written
        try:
            self._composites.start(info, target, wanted)
        except CapturePathError as error:
            raise InvalidArgumentError(str(error)) from None
        return answer


def _refuse_web(request: WebEgressRequest) -> NoReturn:
    raise UnimplementedError("web pages are not recorded: use StartRoomCompositeEgress")


def _refuse_unified(request: StartEgressRequest) -> NoReturn:
    raise UnimplementedError(
        "StartEgress is not implemented: use StartRoomCompositeEgress, StartParticipantEgress, "
        "StartTrackCompositeEgress or StartTrackEgress"
    )


def _refuse_layout(request: UpdateLayoutRequest) -> NoReturn:
    raise UnimplementedError("pictures are not laid out in one, so there is no layout to change")


def _refuse_stream(request: UpdateStreamRequest) -> NoReturn:
    raise UnimplementedError("nothing is streamed to RTMP or SRT: egress writes files")
