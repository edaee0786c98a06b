"""Keeps the captures of a running recording in step with the tracks in its room, whatever was missed or has died.

There is one way to begin a capture: `reconcile` compares what is published with what is captured, and starts what is
missing. Pressing Record, a new track, a restarted engine and a lost event all end up there. A row is claimed before the
engine is asked, so two that reconcile at once start nothing twice; the engine is never asked inside a transaction.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from livekit.protocol.webhook import WebhookEvent

from interview_stream.server.calls import consents, engine
from interview_stream.server.interviews.models import Interview
from interview_stream.server.recordings.models import RecordedTrack, Recording
from interview_stream.server.recordings.schemas import RecordingState, TrackState

log = logging.getLogger(__name__)

CLAIM_AGE = timedelta(seconds=15)
"""A claim this old belongs to a process that died before it heard the engine's answer."""
RETRY_AFTER = timedelta(seconds=15)
"""A capture that broke while its track went on (a full disk) is not begun again at once, for ever."""

_OPEN = [TrackState.STARTING, TrackState.RECORDING]


def note_track_published(interview: Interview, event: WebhookEvent) -> None:
    running = Recording.objects.filter(interview=interview, state=RecordingState.RECORDING).first()
    if running is not None:
        recording_id = running.id
        transaction.on_commit(lambda: reconcile(recording_id), robust=True)


def note_consent(interview_id: UUID) -> None:
    for recording in Recording.objects.filter(interview_id=interview_id, state=RecordingState.RECORDING):
        reconcile(recording.id)


def note_egress_ended(interview: Interview, event: WebhookEvent) -> None:
    """The path names the row also when the answer that told its egress id is still under way."""
    egress = engine.read_egress(event.egress_info)
    for track in RecordedTrack.objects.filter(capture=egress.filepath, state__in=_OPEN):
        _end(track, egress)


def reconcile(recording_id: UUID) -> engine.RoomView | None:
    """Start what should be captured, note what is over; what is in the room, or None if that cannot be told."""
    recording = Recording.objects.filter(id=recording_id, state=RecordingState.RECORDING).first()
    if recording is None:
        return None
    # Rows before the engine: whatever a row says was begun before now, so the engine knows it unless it has died since.
    rows = list(recording.tracks.filter(state__in=_OPEN))
    room = str(recording.interview_id)
    try:
        view, egresses = engine.look_into(room), engine.list_captures(room)
        _note_what_is_over(rows, egresses)
        consents.enforce(room, view)
        _stop_forbidden(recording)
        _start_missing(recording, view.tracks)
    except engine.EngineUnavailable as error:
        log.info("Recording %s waits: %s", recording.id, error.detail)
        return None
    return view


def stop_all(recording: Recording) -> bool:
    """Stop whatever still captures for a recording that is over; whether nothing is left that could."""
    room = str(recording.interview_id)
    try:
        egresses = engine.list_captures(room)
        running = [e.id for e in egresses.values() if e.filepath.startswith(f"{recording.id}/") and not e.is_over]
        engine.stop_captures(running)
    except engine.EngineUnavailable:
        return False
    _note_what_is_over(list(recording.tracks.filter(state__in=_OPEN)), egresses)
    return not running and not recording.tracks.filter(state__in=_OPEN).exists()


def give_up_open(recording: Recording) -> None:
    """The engine did not say that these are over; nobody waits for it any longer."""
    recording.tracks.filter(state=TrackState.STARTING).delete()
    for row in recording.tracks.filter(state=TrackState.RECORDING):
        _end(row, None)


def _note_what_is_over(rows: Sequence[RecordedTrack], egresses: Mapping[str, engine.Egress]) -> None:
    by_path = {egress.filepath: egress for egress in egresses.values()}
    for row in rows:
        egress = egresses.get(row.egress_id) or by_path.get(row.capture)
        if row.state == TrackState.STARTING:
            if egress is not None:
                _mark_started(row.capture, egress.id)
            elif timezone.now() - row.created_at > CLAIM_AGE:
                RecordedTrack.objects.filter(id=row.id, state=TrackState.STARTING).delete()
        elif egress is None or egress.is_over:
            _end(row, egress)


def _end(row: RecordedTrack, egress: engine.Egress | None) -> None:
    """An egress that the engine does not know any more went down with it."""
    RecordedTrack.objects.filter(id=row.id, state__in=_OPEN).update(
        state=TrackState.CAPTURED,
        egress_id=egress.id if egress else row.egress_id,
        is_interrupted=egress is None or egress.is_broken,
        detail=(egress.error if egress else "The media engine stopped.")[:300],
    )


def _stop_forbidden(recording: Recording) -> None:
    """The engine stops by itself what is no longer consented to; a LiveKit cluster does not know of it."""
    running = recording.tracks.filter(state=TrackState.RECORDING)
    rows = [row for row in running if not consents.may_record(row.participant_identity, row.kind)]
    if rows:
        engine.stop_captures([row.egress_id for row in rows])
        RecordedTrack.objects.filter(id__in=[row.id for row in rows], state__in=_OPEN).update(state=TrackState.CAPTURED)


def _start_missing(recording: Recording, published: Sequence[engine.PublishedTrack]) -> None:
    allowed = [track for track in published if consents.may_record(track.identity, track.kind)]
    claims = [claim for track in allowed if (claim := _claim(recording.id, track))]
    if not claims:
        return
    captures = [engine.Capture(track_sid=claim.track_sid, filepath=claim.capture) for claim in claims]
    for capture, egress_id in engine.start_captures(str(recording.interview_id), captures).items():
        if egress_id is not None:
            _mark_started(capture, egress_id)
        else:
            RecordedTrack.objects.filter(capture=capture, state=TrackState.STARTING).delete()


def _claim(recording_id: UUID, track: engine.PublishedTrack) -> RecordedTrack | None:
    """A new row for this track's capture, unless it has one, or the recording was stopped meanwhile."""
    try:
        with transaction.atomic():
            recording = Recording.objects.select_for_update().get(id=recording_id)
            earlier = list(recording.tracks.filter(participant_identity=track.identity, source=track.source))
            if recording.state != RecordingState.RECORDING or not _may_start(track, earlier):
                return None
            segment = max((row.segment for row in earlier), default=0) + 1
            return RecordedTrack.objects.create(
                recording=recording,
                track_sid=track.sid,
                participant_identity=track.identity,
                participant_name=track.name,
                participant_role=track.role.value,
                kind=track.kind,
                source=track.source,
                segment=segment,
                capture=f"{recording.id}/{track.sid}-{segment}.rtp",
            )
    except IntegrityError:
        return None  # another process claimed it between our look and our write (PostgreSQL)


def _may_start(track: engine.PublishedTrack, earlier: Sequence[RecordedTrack]) -> bool:
    of_track = [row for row in earlier if row.track_sid == track.sid]
    if any(row.state in _OPEN for row in of_track):
        return False
    return all(not row.is_interrupted or timezone.now() - row.created_at > RETRY_AFTER for row in of_track)


def _mark_started(capture: str, egress_id: str) -> None:
    RecordedTrack.objects.filter(capture=capture, state=TrackState.STARTING).update(
        state=TrackState.RECORDING, egress_id=egress_id
    )
