"""What the worker does for recordings."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from interview_stream.server.lib.jobs import MEDIA, job
from interview_stream.server.recordings import actions, capturing
from interview_stream.server.recordings.models import Recording
from interview_stream.server.recordings.schemas import RecordingState

EMPTY_GRACE = timedelta(seconds=60)
"""How long a recording waits for people to come back: after a restart of the engine the room is empty at first."""


def _organisation(recording_id: str) -> UUID | None:
    related = Recording.objects.filter(id=UUID(recording_id))
    return related.values_list("interview__organisation_id", flat=True).first()


def _note_failure(recording_id: str) -> None:
    detail = "The files could not be made. The captures are kept; the server's log says more."
    Recording.objects.filter(id=UUID(recording_id), state=RecordingState.PROCESSING).update(
        state=RecordingState.FAILED, detail=detail
    )


@job(
    "Make the files of a recording",
    tries=3,
    queue=MEDIA,
    organisation_of=_organisation,
    given_up=_note_failure,
)
def process_recording(recording_id: str) -> None:
    # Here, because only the worker needs the media libraries that it brings along.
    from interview_stream.server.recordings import processing

    processing.process(UUID(recording_id))


def reconcile_recordings() -> None:
    for recording in Recording.objects.filter(state=RecordingState.RECORDING):
        view = capturing.reconcile(recording.id)
        if view is None:
            continue  # what cannot be looked into is not empty
        if view.people:
            if recording.empty_since is not None:
                Recording.objects.filter(id=recording.id).update(empty_since=None)
        elif recording.empty_since is None:
            Recording.objects.filter(id=recording.id).update(empty_since=timezone.now())
        elif timezone.now() - recording.empty_since > EMPTY_GRACE:
            actions.finish_recording(recording.id)
