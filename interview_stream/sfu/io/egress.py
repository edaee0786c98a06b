"""`livekit.Egress`, as far as single tracks go: starts, stops and lists recordings."""

from collections.abc import Callable

from google.protobuf.message import Message
from livekit.protocol.egress import (
    EgressInfo,
    EgressStatus,
    ListEgressRequest,
    ListEgressResponse,
    StopEgressRequest,
    TrackEgressRequest,
)

from interview_stream.sfu.core.engine import Engine
from interview_stream.sfu.core.grants import Grants
from interview_stream.sfu.io.recorder import CaptureFolder, CapturePathError
from interview_stream.sfu.io.twirp import InvalidArgumentError, Method

OVER = {
    EgressStatus.EGRESS_COMPLETE,
    EgressStatus.EGRESS_FAILED,
    EgressStatus.EGRESS_ABORTED,
    EgressStatus.EGRESS_LIMIT_REACHED,
}


def _may_record(grants: Grants, room: str) -> bool:
    return grants.room_record


class EgressService:
    """The methods, each a direct call into the rooms."""

    def __init__(self, engine: Engine, folder: CaptureFolder, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._folder = folder
        self._clock = clock

    def methods(self) -> dict[str, Method]:
        """Name → method."""
        return {
            "StartTrackEgress": Method(TrackEgressRequest, _may_record, self.start_track_egress),
            "StopEgress": Method(StopEgressRequest, _may_record, self.stop_egress),
            "ListEgress": Method(ListEgressRequest, _may_record, self.list_egress),
        }

    def start_track_egress(self, request: TrackEgressRequest) -> Message:
        if not request.file.filepath:
            raise InvalidArgumentError("only egress to a file is supported, and the file needs a path")
        try:
            return self._engine.record_track(request, self._folder.open, self._clock())
        except CapturePathError as error:
            raise InvalidArgumentError(str(error)) from None

    async def stop_egress(self, request: StopEgressRequest) -> Message:
        """Answers when the file is complete on disk."""
        info = self._engine.stop_recording(request.egress_id, self._clock())
        await self._folder.closed(request.egress_id)
        return info

    def list_egress(self, request: ListEgressRequest) -> Message:
        items: list[EgressInfo] = [
            info
            for info in self._engine.recordings()
            if (not request.room_name or info.room_name == request.room_name)
            and (not request.egress_id or info.egress_id == request.egress_id)
            and (not request.active or info.status not in OVER)
        ]
        return ListEgressResponse(items=items)
