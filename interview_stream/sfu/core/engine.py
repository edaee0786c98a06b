"""All rooms of the process: finds or makes them, drives their time, and starts and stops recordings."""

from collections.abc import Callable

from livekit.protocol.egress import EgressInfo, EgressStatus, TrackEgressRequest
from livekit.protocol.models import DisconnectReason, Encryption
from livekit.protocol.models import Room as RoomInfo
from livekit.protocol.rtc import JoinRequest, LeaveRequest

from interview_stream.sfu.core.grants import Identity
from interview_stream.sfu.core.housekeeping import Housekeeper
from interview_stream.sfu.core.names import egress_sid
from interview_stream.sfu.core.participant import Participant, SignalSink, leave
from interview_stream.sfu.core.recording import CaptureSink, Recording, may_record
from interview_stream.sfu.core.revocations import Revocations
from interview_stream.sfu.core.room import DISCONNECT, RECONNECT, Room
from interview_stream.sfu.core.services import Services
from interview_stream.sfu.core.track import Track

MAX_FINISHED = 1000


class NotFoundError(Exception):
    """The thing asked for is not there; the message names it."""


class WrongStateError(Exception):
    """The thing asked for is there, but not in a state in which that can be done."""


class NoNewRoomsError(Exception):
    """There is no such room, and none is opened here now; the message says why."""


class NotConsentedError(Exception):
    """A participant does not let this be recorded."""


def refusal_to_record(publisher: Participant, track: Track) -> WrongStateError | NotConsentedError | None:
    """Why a track cannot be recorded now, or None."""
    if track.info.encryption != Encryption.Type.NONE:
        return WrongStateError(
            f"track {track.sid} is end-to-end encrypted, so that only participants can play it: it cannot be recorded"
        )
    if not may_record(publisher.who.attributes, is_video=track.is_video):
        kind = "pictures" if track.is_video else "voice"
        return NotConsentedError(f"{publisher.identity} does not let their {kind} be recorded")
    return None


OpenCapture = Callable[[Room, Participant, Track, EgressInfo], CaptureSink]
"""Makes the file for a recording; raises OSError or ValueError if the path cannot be used."""


class Engine:
    """The rooms by name, and the recordings by egress id."""

    def __init__(
        self, services: Services, revocations: Revocations | None = None, *, max_participants: int = 0
    ) -> None:
        """With `max_participants` people (0: never) no new room is opened; those that are open let people in."""
        self.services = services
        self.revocations = revocations or Revocations()
        self.drain_until: float | None = None
        """Until when rooms may end by themselves, in a process that takes no new ones."""
        self._max_participants = max_participants
        self.rooms: dict[str, Room] = {}
        self.finished: dict[str, EgressInfo] = {}
        self._keepers: dict[str, Housekeeper] = {}

    def room(self, name: str, now: float) -> Room:
        """The room of this name, made if it is not there; raises NoNewRoomsError."""
        room = self.rooms.get(name)
        if room is None:
            self.check_new(name)
            room = self._open(name, now)
            room.happened("room_started")
        return room

    def check_new(self, name: str) -> None:
        """Raises NoNewRoomsError if the room is not there and cannot be made."""
        if name in self.rooms:
            return
        if self.drain_until is not None:
            raise NoNewRoomsError("this media process is being emptied; try again in a moment")
        if 0 < self._max_participants <= self.participants:
            raise NoNewRoomsError("the media engine is full; try again later")

    @property
    def participants(self) -> int:
        """People in all rooms."""
        return sum(len(room.participants) for room in self.rooms.values())

    def release(self, name: str, now: float) -> RoomInfo:
        """Hand a room over to another process, which is given this description; raises NotFoundError."""
        room = self.find_room(name)
        self._forget(room)
        return room.hand_over(now)

    def take_over(self, info: RoomInfo, now: float) -> None:
        """Go on with a room of another process; raises WrongStateError if there is one of that name."""
        if info.name in self.rooms:
            raise WrongStateError("the room is here already")
        self._open(info.name, now).take_over(info, now)

    def _open(self, name: str, now: float) -> Room:
        room = self.rooms[name] = Room(name, self.services, now, self.remember)
        self._keepers[name] = Housekeeper(room, now)
        return room

    def find_room(self, name: str) -> Room:
        """The room of this name; raises NotFoundError."""
        room = self.rooms.get(name)
        if room is None:
            raise NotFoundError("requested room does not exist")
        return room

    def find_participant(self, room_name: str, identity: str) -> tuple[Room, Participant]:
        """A participant and its room; raises NotFoundError."""
        room = self.find_room(room_name)
        participant = room.participants.get(identity)
        if participant is None:
            raise NotFoundError("participant does not exist")
        return room, participant

    def enter(
        self, who: Identity, request: JoinRequest, sink: SignalSink, now: float
    ) -> tuple[Room, Participant] | None:
        """Join or resume; None if the client was told to go, or to join anew as there is no session to resume."""
        if self.revocations.refuses(who):
            sink.send(leave(DisconnectReason.PARTICIPANT_REMOVED, DISCONNECT))
            sink.close("the token was taken back")
            return None
        if not request.reconnect or not request.participant_sid:
            try:
                room = self.room(who.grants.room, now)
            except NoNewRoomsError as reason:
                sink.send(leave(DisconnectReason.SERVER_SHUTDOWN, RECONNECT))
                sink.close(str(reason))
                return None
            return room, room.join(who, request, sink, now)
        known = self.rooms.get(who.grants.room)
        participant = known.participants.get(who.identity) if known is not None else None
        if known is None or participant is None or participant.sid != request.participant_sid:
            sink.send(leave(DisconnectReason.STATE_MISMATCH, RECONNECT))
            sink.close("there is no such session")
            return None
        known.resume(participant, sink, now)
        return known, participant

    def move(self, room_name: str, identity: str, destination: str, now: float) -> None:
        """Have a participant go on in another room, made if it is not there, with the same session and transport.

        Raises NotFoundError, NoNewRoomsError, or WrongStateError if the room does not take them.
        """
        old, participant = self.find_participant(room_name, identity)
        if destination == room_name:
            raise WrongStateError("the participant is in that room already")
        new = self.room(destination, now)
        if new.is_full_for(identity):
            raise WrongStateError("the room is full")
        old.move_out(participant, now)
        new.move_in(participant, now)

    def room_of(self, participant: Participant) -> Room:
        """Where a participant is; raises NotFoundError when that is over."""
        return self.find_room(participant.who.grants.room)

    def delete_room(self, name: str, now: float) -> None:
        """Everybody leaves; raises NotFoundError."""
        self._end(self.find_room(name), DisconnectReason.ROOM_DELETED, LeaveRequest.Action.DISCONNECT, now)

    def shut_down(self, now: float) -> None:
        """The process ends: clients shall come back as soon as there is a new one."""
        for room in list(self.rooms.values()):
            self._end(room, DisconnectReason.SERVER_SHUTDOWN, RECONNECT, now)

    def tick(self, now: float) -> None:
        """Do what is due in all rooms; what failed in some of them is raised at the end."""
        failures = []
        for name, keeper in list(self._keepers.items()):
            try:
                keeper.tick(now)
                room = self.rooms[name]
                if room.is_over(now):
                    self._end(room, DisconnectReason.ROOM_CLOSED, LeaveRequest.Action.DISCONNECT, now)
            except Exception as failure:  # noqa: BLE001 - raised below; other rooms must not stand still for it
                failure.add_note(f"in room {name}")
                failures.append(failure)
        if failures:
            raise ExceptionGroup("some rooms failed", failures)

    def is_urgent(self, now: float) -> bool:
        """Whether somebody's picture or message waits for what the next tick may do."""
        return any(
            participant.uplink.is_urgent(now) or participant.downlink.is_urgent() or participant.data.is_urgent()
            for room in self.rooms.values()
            for participant in room.participants.values()
        )

    def record_track(self, request: TrackEgressRequest, open_capture: OpenCapture, now: float) -> EgressInfo:
        """Start to record a track; raises NotFoundError, a `refusal_to_record`, or what `open_capture` raises."""
        room = self.find_room(request.room_name)
        found = next(((p, t) for p, t in room.tracks() if t.sid == request.track_id), None)
        if found is None:
            raise NotFoundError("track does not exist")
        publisher, track = found
        if refusal := refusal_to_record(publisher, track):
            raise refusal
        services = self.services
        egress_id = egress_sid(services.random_text(12))
        unix_now = services.unix(now)
        draft = EgressInfo(egress_id=egress_id, started_at=int(unix_now * 1e9), track=request)
        sink = open_capture(room, publisher, track, draft)
        recording = Recording(egress_id, room.sid, request, track, sink, services.random, unix_now)
        room.record(recording)
        return recording.info

    def stop_recording(self, egress_id: str, now: float) -> EgressInfo:
        """Stop a recording; raises NotFoundError, or WrongStateError if it has ended already."""
        for room in self.rooms.values():
            recording = room.recordings.get(egress_id)
            if recording is not None:
                room.finish_recording(recording, EgressStatus.EGRESS_COMPLETE, "stopped", now)
                return recording.info
        if egress_id in self.finished:
            raise WrongStateError(f"egress with id {egress_id} has ended")
        raise NotFoundError(f"egress with id {egress_id} does not exist")

    def recordings(self) -> list[EgressInfo]:
        """Running ones and those that ended lately."""
        running = [recording.info for room in self.rooms.values() for recording in room.recordings.values()]
        return [*self.finished.values(), *running]

    def remember(self, info: EgressInfo) -> None:
        """Keep an ended recording for the lists, the oldest give way."""
        self.finished[info.egress_id] = info
        while len(self.finished) > MAX_FINISHED:
            del self.finished[next(iter(self.finished))]

    def _end(self, room: Room, reason: DisconnectReason, action: "LeaveRequest.Action", now: float) -> None:
        self._forget(room)
        room.close(reason, now, action)

    def _forget(self, room: Room) -> None:
        del self.rooms[room.name]
        del self._keepers[room.name]
