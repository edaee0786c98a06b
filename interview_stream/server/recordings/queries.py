"""What members see of recordings; each read answers HTTP and can be watched."""

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.calls.schemas import CallRole
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.pages import PageOut, page_of
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.live import query
from interview_stream.server.recordings.models import RecordedTrack, Recording, RecordingQuerySet
from interview_stream.server.recordings.schemas import (
    GapOut,
    RecordedInterviewOut,
    RecordingOut,
    RecordingState,
    TrackKind,
    TrackOut,
    TrackParticipantOut,
    TrackSource,
    TrackState,
)

PAGE = 30


@dataclass(frozen=True, kw_only=True)
class TrackFile:
    path: Path
    mime: str
    download_name: str


@query("recordings.list")
def list_recordings(actor: Actor, *, text: str = "", after: str = "", upto: str = "") -> PageOut[RecordingOut]:
    """The newest first, in pages (lib/pages.py); `text` are words in the interview's title or in people's names."""
    member_among(actor)
    found = Recording.objects.visible_to(actor)
    for word in text.split():
        of_people = RecordedTrack.objects.filter(participant_name__icontains=word).values("recording")
        found = found.filter(Q(interview__title__icontains=word) | Q(pk__in=of_people))
    return page_of(_with_tracks(found), ["-started_at", "id"], _recording_out, after=after, upto=upto, size=PAGE)


@query("recordings.of_interview")
def list_recordings_of_interview(actor: Actor, *, interview_id: UUID) -> list[RecordingOut]:
    member_among(actor)
    interview = Interview.objects.visible_to(actor).one(interview_id)
    return [_recording_out(r) for r in _with_tracks(Recording.objects.visible_to(actor)).filter(interview=interview)]


@query("recordings.get")
def get_recording(actor: Actor, *, recording_id: UUID) -> RecordingOut:
    member_among(actor)
    return _recording_out(_with_tracks(Recording.objects.visible_to(actor)).one(recording_id))


def find_track_file(actor: Actor, *, recording_id: UUID, track_id: UUID) -> TrackFile:
    member_among(actor)
    recording = Recording.objects.visible_to(actor).one(recording_id)
    track = recording.tracks.filter(id=track_id, state=TrackState.READY).first()
    if track is None:
        raise NotFound("There is no such file.")
    return TrackFile(path=track.file_path, mime=track.mime, download_name=_download_name(recording, track))


def _with_tracks(recordings: RecordingQuerySet) -> RecordingQuerySet:
    return recordings.select_related("interview").prefetch_related("tracks")


def _recording_out(recording: Recording) -> RecordingOut:
    return RecordingOut(
        id=recording.id,
        interview=RecordedInterviewOut(id=recording.interview.id, title=recording.interview.title),
        state=RecordingState(recording.state),
        started_at=recording.started_at,
        stopped_at=recording.stopped_at,
        duration_s=_duration_s(recording),
        progress=round(recording.progress, 3),
        detail=recording.detail,
        tracks=[_track_out(recording, track) for track in recording.tracks.all()],
        gaps=[GapOut(start_s=round(start, 3), end_s=round(end, 3)) for start, end in recording.gaps],
    )


def _duration_s(recording: Recording) -> float | None:
    """Before the files are made it is the time from start to stop."""
    if recording.duration_s is not None:
        return round(recording.duration_s, 3)
    if recording.stopped_at is None:
        return None
    return round((recording.stopped_at - recording.started_at).total_seconds(), 3)


def _track_out(recording: Recording, track: RecordedTrack) -> TrackOut:
    is_ready = track.state == TrackState.READY
    url = f"/api/recordings/{recording.id}/tracks/{track.id}/media"
    offset_s = None if track.started_at is None else round(track.started_at - recording.started_at.timestamp(), 3)
    return TrackOut(
        id=track.id,
        participant=TrackParticipantOut(
            identity=track.participant_identity,
            name=track.participant_name,
            role=CallRole(track.participant_role),
        ),
        kind=TrackKind(track.kind),
        source=TrackSource(track.source),
        segment=track.segment,
        state=TrackState(track.state),
        offset_s=offset_s,
        duration_s=None if track.duration_s is None else round(track.duration_s, 3),
        width=track.width,
        height=track.height,
        mime=track.mime or None,
        size_bytes=track.size_bytes,
        media_url=url if is_ready else None,
        download_url=f"{url}?download=1" if is_ready else None,
    )


def _download_name(recording: Recording, track: RecordedTrack) -> str:
    """A name that every file system takes, still telling whose track it is."""
    words = [recording.interview.title, track.participant_name, track.source.replace("_", " ")]
    if track.segment > 1:
        words.append(str(track.segment))
    name = " - ".join(re.sub(r"[^\w .()-]+", "_", word).strip(" .") for word in words)
    return name[:150] + Path(track.file).suffix
