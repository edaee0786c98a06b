"""HTTP doors of recordings: start, stop, look up, and fetch the files."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Router, Status

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.lib.idempotency import without_keys
from interview_stream.server.lib.pages import PageOut
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.lib.ranges import file_response
from interview_stream.server.recordings import actions, queries
from interview_stream.server.recordings.schemas import RecordingOut

router = Router(tags=["recordings"])


@router.post("/interviews/{uuid:interview_id}/recordings", response={201: RecordingOut})
@without_keys
def start_recording(request: HttpRequest, interview_id: UUID) -> Status[RecordingOut]:
    actor = actor_of(request)
    recording = actions.start_recording(actor, interview_id=interview_id)
    return Status(201, queries.get_recording(actor, recording_id=recording.id))


@router.post("/recordings/{uuid:recording_id}/stop", response=RecordingOut)
def stop_recording(request: HttpRequest, recording_id: UUID) -> RecordingOut:
    """Stopping twice is no error."""
    actor = actor_of(request)
    actions.stop_recording(actor, recording_id=recording_id)
    return queries.get_recording(actor, recording_id=recording_id)


@router.get("/recordings", response=PageOut[RecordingOut])
def list_recordings(request: HttpRequest, text: str = "", after: str = "", upto: str = "") -> PageOut[RecordingOut]:
    return queries.list_recordings(actor_of(request), text=text, after=after, upto=upto)


@router.get("/recordings/{uuid:recording_id}", response=RecordingOut)
def get_recording(request: HttpRequest, recording_id: UUID) -> RecordingOut:
    return queries.get_recording(actor_of(request), recording_id=recording_id)


@router.api_operation(
    ["GET", "HEAD"], "/recordings/{uuid:recording_id}/tracks/{uuid:track_id}/media", response={200: None}
)
def get_track_media(
    request: HttpRequest, recording_id: UUID, track_id: UUID, download: bool = False
) -> HttpResponseBase:
    """The playable file, with HTTP ranges; `download=1` names it for saving."""
    file = queries.find_track_file(actor_of(request), recording_id=recording_id, track_id=track_id)
    name = file.download_name if download else None
    try:
        return file_response(request, file.path, content_type=file.mime, download_name=name)
    except FileNotFoundError:
        raise NotFound("The file of this track is missing from the data folder.", slug="file-missing") from None
