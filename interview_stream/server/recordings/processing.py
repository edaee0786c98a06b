"""From the captures of a stopped recording to files that play; repeatable, so a killed worker loses nothing."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import av

from interview_stream.capture.format import UnreadableCaptureError
from interview_stream.capture.mux import MuxedTrack, NothingRecordedError, mux
from interview_stream.server.recordings import capturing
from interview_stream.server.recordings.models import RecordedTrack, Recording
from interview_stream.server.recordings.schemas import RecordingState, TrackState

log = logging.getLogger(__name__)

SETTLE_S = 20.0
"""How long the engine may take to close the captures; after that they are read as they are."""
PROGRESS_STEP = 0.02
MIMES = {("webm", "video"): "video/webm", ("webm", "audio"): "audio/webm", ("mp4", "video"): "video/mp4"}

_DONE = [TrackState.READY, TrackState.FAILED]
_TO_DO = [RecordingState.PROCESSING, RecordingState.FAILED]
"""Also what failed for the last time, when somebody asks to try it again."""


def process(recording_id: UUID) -> None:
    recording = Recording.objects.filter(id=recording_id, state__in=_TO_DO).first()
    if recording is None:
        return
    if recording.state == RecordingState.FAILED:
        Recording.objects.filter(id=recording_id).update(state=RecordingState.PROCESSING, detail="", progress=0.0)
    _settle(recording)
    _make_files(recording)
    _conclude(recording)


def fail(recording_id: UUID, detail: str) -> None:
    Recording.objects.filter(id=recording_id).update(state=RecordingState.FAILED, detail=detail)


def _settle(recording: Recording) -> None:
    """Wait until nothing writes to the captures any more."""
    deadline = time.monotonic() + SETTLE_S
    while not capturing.stop_all(recording) and time.monotonic() < deadline:
        time.sleep(0.2)
    capturing.give_up_open(recording)


def _make_files(recording: Recording) -> None:
    tracks = list(recording.tracks.all())
    captures_of: dict[str, list[Path]] = defaultdict(list)
    for track in tracks:
        if track.capture_path.is_file():
            captures_of[track.participant_identity].append(track.capture_path)
    progress = _Progress(recording.id, tracks)
    for track in tracks:
        if track.state not in _DONE:
            RecordedTrack.objects.filter(id=track.id).update(state=TrackState.PROCESSING)
            _make_file(track, captures_of[track.participant_identity], progress.reporter(track))
        progress.finish(track)


def _make_file(track: RecordedTrack, siblings: Sequence[Path], report: Callable[[float], None]) -> None:
    try:
        made = mux(track.capture_path, track.recording.folder, siblings=siblings, progress=report)
    except NothingRecordedError:
        # A microphone that stayed muted, a camera that never sent: there is nothing to show, and nothing went wrong.
        RecordedTrack.objects.filter(id=track.id).delete()
    except FileNotFoundError:
        _fail_track(track, "The media engine left no capture of this track.")
    except UnreadableCaptureError as error:
        _fail_track(track, str(error))
    except av.FFmpegError as error:
        # What one participant sent must not cost the others their files.
        _fail_track(track, f"This track's media could not be read ({error.strerror}).")
    else:
        _keep(track, made)


def _keep(track: RecordedTrack, made: MuxedTrack) -> None:
    RecordedTrack.objects.filter(id=track.id).update(
        state=TrackState.READY,
        file=made.path.name,
        started_at=made.started_at,
        duration_s=made.duration_s,
        width=made.width,
        height=made.height,
        mime=MIMES[made.container, track.kind],
        size_bytes=made.size_bytes,
        packets=made.packets,
        lost_packets=made.lost_packets,
    )


def _fail_track(track: RecordedTrack, detail: str) -> None:
    log.warning("Track %s of recording %s: %s", track.track_sid, track.recording_id, detail)
    RecordedTrack.objects.filter(id=track.id).update(state=TrackState.FAILED, detail=detail[:300])


def _conclude(recording: Recording) -> None:
    ready = [track for track in recording.tracks.all() if track.state == TrackState.READY]
    failed = recording.tracks.filter(state=TrackState.FAILED).count()
    if not ready:
        problem = "No track could be made playable." if failed else "Nobody sent sound or picture while this ran."
        fail(recording.id, problem)
        return
    # A sender report can place the first sample a little before Record was pressed; no track starts before zero.
    zero = min(recording.started_at.timestamp(), *(_start(track) for track in ready))
    duration_s = max(_end(track) for track in ready) - zero
    Recording.objects.filter(id=recording.id).update(
        state=RecordingState.READY,
        started_at=datetime.fromtimestamp(zero, UTC),
        duration_s=duration_s,
        progress=1.0,
        gaps=interruptions([(_start(t) - zero, _end(t) - zero, t.is_interrupted) for t in ready], duration_s),
        detail=f"{failed} of {failed + len(ready)} tracks could not be made playable." if failed else "",
    )


def interruptions(tracks: Sequence[tuple[float, float, bool]], duration_s: float) -> list[tuple[float, float]]:
    """Where the recording itself failed, from (start, end, was interrupted) of each track.

    A stretch goes from the end of an interrupted track to the next beginning of any track; overlapping ones are one.
    """
    found: list[tuple[float, float]] = []
    for _, end, is_interrupted in sorted(tracks, key=lambda track: track[1]):
        if not is_interrupted:
            continue
        until = min((start for start, _, _ in tracks if start > end), default=duration_s)
        if found and end <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        elif until > end:
            found.append((end, until))
    return found


def _start(track: RecordedTrack) -> float:
    assert track.started_at is not None
    return track.started_at


def _end(track: RecordedTrack) -> float:
    assert track.duration_s is not None
    return _start(track) + track.duration_s


class _Progress:
    """The share of all captured bytes that is done, written to the row in steps that are worth a look."""

    def __init__(self, recording_id: UUID, tracks: Sequence[RecordedTrack]) -> None:
        self._recording_id = recording_id
        self._bytes = {track.id: _size(track.capture_path) for track in tracks}
        self._total = max(1, sum(self._bytes.values()))
        self._finished = 0
        self._written = 0.0

    def reporter(self, track: RecordedTrack) -> Callable[[float], None]:
        return lambda share: self._write((self._finished + share * self._bytes[track.id]) / self._total)

    def finish(self, track: RecordedTrack) -> None:
        self._finished += self._bytes[track.id]
        self._write(self._finished / self._total)

    def _write(self, progress: float) -> None:
        if progress - self._written >= PROGRESS_STEP:
            self._written = progress
            Recording.objects.filter(id=self._recording_id).update(progress=min(progress, 1.0))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
