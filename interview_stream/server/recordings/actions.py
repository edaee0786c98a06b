"""What starts and stops recordings."""

import shutil
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from livekit.protocol.webhook import WebhookEvent

from interview_stream.server.accounts.account_end import FORMER_NAME
from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.calls import engine
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.problems import Conflict
from interview_stream.server.recordings import capturing
from interview_stream.server.recordings.models import RecordedTrack, Recording, RecordingQuerySet
from interview_stream.server.recordings.schemas import RecordingState, TrackState


def start_recording(actor: Actor, *, interview_id: UUID) -> Recording:
    """Everything published in the room from now on is captured until somebody stops it, or everybody has left."""
    member = member_among(actor)
    interview = Interview.objects.editable_by(actor).one(interview_id)
    if interview.is_over:
        raise _ended()
    if interview.recordings.filter(state=RecordingState.RECORDING).exists():
        raise _already_running()
    if not engine.look_into(str(interview.id)).people:
        raise Conflict("Nobody is in the call, so there is nothing to record.", slug="nobody-in-call")
    try:
        with transaction.atomic():
            # It may have ended while the engine was asked, and nothing would stop a recording that begins afterwards.
            if Interview.objects.select_for_update().get(id=interview.id).is_over:
                raise _ended()
            recording = Recording.objects.create(interview=interview, started_by=member.user)
    except IntegrityError:
        raise _already_running() from None
    capturing.reconcile(recording.id)
    return recording


def stop_recording(actor: Actor, *, recording_id: UUID) -> None:
    member_among(actor)
    finish_recording(Recording.objects.editable_by(actor).one(recording_id).id)


def note_room_finished(interview: Interview, event: WebhookEvent) -> None:
    """The last person left. An engine that was killed sends no such event, so a recording outlives it."""
    if not interview.calls.filter(ended_at__isnull=True).exists():
        stop_recordings_of(interview.id)


def stop_recordings_of(interview_id: UUID) -> None:
    for recording in Recording.objects.filter(interview_id=interview_id, state=RecordingState.RECORDING):
        finish_recording(recording.id)


@transaction.atomic
def finish_recording(recording_id: UUID) -> None:
    """Stop if it still runs. The job waits in the same transaction, so the files get made whatever dies now."""
    from interview_stream.server.recordings.tasks import process_recording

    recording = Recording.objects.select_for_update().get(id=recording_id)
    if recording.state != RecordingState.RECORDING:
        return
    recording.state = RecordingState.PROCESSING
    recording.stopped_at = timezone.now()
    recording.save(update_fields=["state", "stopped_at"])
    process_recording.enqueue(str(recording.id))
    transaction.on_commit(lambda: _stop_captures(recording), robust=True)


def _stop_captures(recording: Recording) -> None:
    egress_ids = [track.egress_id for track in recording.tracks.filter(state=TrackState.RECORDING)]
    # If it fails, the job stops them before it reads the files.
    with suppress(engine.EngineUnavailable):
        engine.stop_captures(egress_ids)


def _ended() -> Conflict:
    return Conflict("This interview has ended.", slug="interview-ended")


def _already_running() -> Conflict:
    return Conflict("This interview is being recorded already.", slug="recording-running")


def unname_participant(user_id: int) -> None:
    """What somebody says in a recording who deletes their account stays in it, without their name (calls/seats.py)."""
    identity = f"member-{user_id}"
    theirs = Q(participant_identity=identity) | Q(participant_identity__startswith=f"{identity}-")
    RecordedTrack.objects.filter(theirs).update(participant_name=FORMER_NAME)


def erase_files_of(organisation_id: UUID) -> None:
    """Captures and playable files of an organisation that is being erased."""
    _remove_files_on_commit(Recording.objects.filter(interview__organisation_id=organisation_id))


def erase_recordings(found: RecordingQuerySet) -> None:
    """For good, with their captures and files; none of them may be running."""
    _remove_files_on_commit(found)
    found.delete()


def _remove_files_on_commit(found: RecordingQuerySet) -> None:
    captures = settings.ENVIRONMENT.data / "captures"
    folders = [folder for each in found for folder in (each.folder, captures / str(each.id))]
    transaction.on_commit(lambda: _remove(folders), robust=True)


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
