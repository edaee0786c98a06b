"""What may be asked of an egress: which tracks are wanted and where the file goes; refuses the rest plainly."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from livekit.protocol.egress import (
    EncodedFileOutput,
    EncodedFileType,
    EncodingOptionsPreset,
    ParticipantEgressRequest,
    RoomCompositeEgressRequest,
    TrackCompositeEgressRequest,
    TrackEgressRequest,
)
from livekit.protocol.models import TrackSource

from interview_stream.sfu.core.engine import NotFoundError, refusal_to_record
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.room import Room
from interview_stream.sfu.core.track import Track
from interview_stream.sfu.io.twirp import InvalidArgumentError, UnimplementedError

ENDINGS = (".mp4", ".webm", ".mkv", ".ogg", ".mp3", ".ivf", ".m3u8", ".ts")
"""What is taken off a path: what was recorded decides how the file ends."""
SCREEN = (TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO)

CompositeRequest = RoomCompositeEgressRequest | TrackCompositeEgressRequest | ParticipantEgressRequest


@dataclass(frozen=True)
class Wanted:
    """What a composite is made of."""

    includes: Callable[[Participant, Track], bool]
    is_over: Callable[[Room], bool]
    """Whether nothing more can come, though the room goes on."""


def check_track(request: TrackEgressRequest) -> None:
    """Raises what is to be answered to a request that cannot be fulfilled."""
    if request.WhichOneof("output") == "websocket_url":
        raise UnimplementedError("tracks are not sent to a WebSocket: give file.filepath")
    if not request.file.filepath:
        raise InvalidArgumentError("only egress to a file is supported, and the file needs a path")
    _check_storage(request.file.WhichOneof("output"))
    _check_webhooks(request.webhooks)


def read_room(request: RoomCompositeEgressRequest) -> Wanted:
    """Everything in the room, now and later."""
    if request.custom_base_url:
        raise UnimplementedError(
            "no page is recorded: leave custom_base_url out, and each picture is a track of the file"
        )
    if request.layout:
        raise UnimplementedError(
            "pictures are not laid out in one: leave layout empty, and each picture is a track of the file"
        )
    if request.audio_mixing:
        raise UnimplementedError("audio_mixing can only be DEFAULT_MIXING: everybody's sound in one track")
    if request.audio_only and request.video_only:
        raise InvalidArgumentError("audio_only and video_only leave nothing to record: set one of them at most")
    _check_outputs(request)
    if file_of(request).file_type == EncodedFileType.OGG and not request.audio_only:
        raise InvalidArgumentError("an OGG file holds sound only: set audio_only, or use DEFAULT_FILETYPE")
    allowed = {False} if request.audio_only else {True} if request.video_only else {False, True}
    return Wanted(lambda _, track: track.is_video in allowed, lambda room: False)


def read_participant(request: ParticipantEgressRequest, room: Room) -> Wanted:
    """Camera and microphone of one person, or their screen with its sound."""
    if request.identity not in room.participants:
        raise NotFoundError("participant does not exist")
    _check_outputs(request)
    return Wanted(
        lambda publisher, track: (
            publisher.identity == request.identity and (track.info.source in SCREEN) == request.screen_share
        ),
        lambda room: request.identity not in room.participants,
    )


def read_tracks(request: TrackCompositeEgressRequest, room: Room) -> Wanted:
    """The tracks that are named, as long as there are any of them."""
    named = {sid: is_video for sid, is_video in _named(request) if sid}
    if not named:
        raise InvalidArgumentError("name an audio track, a video track, or one of each")
    _check_outputs(request)
    found = {track.sid: (publisher, track) for publisher, track in room.tracks()}
    for sid, is_video in named.items():
        if sid not in found:
            raise NotFoundError(f"track {sid} does not exist")
        publisher, track = found[sid]
        if track.is_video != is_video:
            raise InvalidArgumentError(f"track {sid} is {'video' if track.is_video else 'audio'}")
        if refusal := refusal_to_record(publisher, track):
            raise refusal
    return Wanted(
        lambda _, track: track.sid in named,
        lambda room: not any(track.sid in named for _, track in room.tracks()),
    )


def file_of(request: CompositeRequest) -> EncodedFileOutput:
    """The one file that is asked for; raises InvalidArgumentError if there is none, or more."""
    files = list(request.file_outputs)
    if not isinstance(request, ParticipantEgressRequest) and request.WhichOneof("output") == "file":
        files.append(request.file)
    if len(files) != 1:
        raise InvalidArgumentError("ask for one file: file_outputs with one EncodedFileOutput")
    return files[0]


def target_of(request: CompositeRequest, room: Room, now: datetime) -> str:
    """Where the file goes, below the captures, without its ending; words in braces are filled in as LiveKit does."""
    tracks = {track.sid: (publisher, track) for publisher, track in room.tracks()}
    words = {
        "room_name": room.name,
        "room_id": room.sid,
        "time": now.strftime("%Y-%m-%dT%H%M%S"),
        "utc": now.strftime("%Y%m%d%H%M%S") + f"{now.microsecond // 1000:03d}",
    }
    if isinstance(request, ParticipantEgressRequest):
        words["publisher_identity"] = request.identity
    if isinstance(request, TrackCompositeEgressRequest):
        sid = request.video_track_id or request.audio_track_id
        if sid in tracks:
            words |= {"track_id": sid, "publisher_identity": tracks[sid][0].identity}
    path = file_of(request).filepath
    for word, value in words.items():
        path = path.replace(f"{{{word}}}", value.replace("/", "-"))
    if not path or path.endswith("/"):
        path = f"{path}{words['room_name'].replace('/', '-')}-{words['time']}"
    ending = next((each for each in ENDINGS if path.lower().endswith(each)), "")
    return path[: len(path) - len(ending)] if ending else path


def check_form(request: CompositeRequest, wanted: Wanted, room: Room) -> None:
    """A kind of file that was asked for outright must be able to hold the tracks that are there."""
    tracks = [track for publisher, track in room.tracks() if wanted.includes(publisher, track)]
    form = file_of(request).file_type
    names = {track.codec_name.lower() for track in tracks if track.is_video}
    if form == EncodedFileType.MP4 and "vp8" in names:
        raise UnimplementedError("an MP4 file cannot hold VP8: use DEFAULT_FILETYPE, which makes a WebM file of it")
    if form == EncodedFileType.OGG and names:
        raise InvalidArgumentError("an OGG file holds sound only: use DEFAULT_FILETYPE, or leave the video track out")


def _named(request: TrackCompositeEgressRequest) -> Iterable[tuple[str, bool]]:
    return ((request.audio_track_id, False), (request.video_track_id, True))


def _check_outputs(request: CompositeRequest) -> None:
    old = None if isinstance(request, ParticipantEgressRequest) else request.WhichOneof("output")
    if request.stream_outputs or old == "stream":
        raise UnimplementedError("nothing is streamed to RTMP or SRT: ask for a file")
    if request.segment_outputs or request.image_outputs or old == "segments":
        raise UnimplementedError("neither segments nor images are written: ask for a file")
    if request.HasField("advanced") or (
        request.HasField("preset") and request.preset != EncodingOptionsPreset.PASSTHROUGH
    ):
        raise UnimplementedError(
            "pictures are recorded as they were sent: leave preset and advanced out, or set preset to PASSTHROUGH"
        )
    file = file_of(request)
    _check_storage(file.WhichOneof("output"))
    _check_webhooks(request.webhooks)
    if file.file_type == EncodedFileType.MP3:
        raise UnimplementedError("MP3 is not written: use DEFAULT_FILETYPE, or OGG for sound alone")


def _check_storage(kind: str | None) -> None:
    if kind is not None:
        raise UnimplementedError(
            f"files are written below this server's own captures folder, not to {kind}: give a filepath alone"
        )


def _check_webhooks(webhooks: object) -> None:
    if webhooks:
        raise UnimplementedError("events go to the webhook of the installation only: leave webhooks out")
