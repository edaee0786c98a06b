"""Where in a recording a moment is that a scorecard cites."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from interview_stream.server.evaluations.schemas import MomentOut


def moment_out(moment: Mapping[str, str], recordings: Iterable[Any]) -> MomentOut:
    """`recordings` are the interview's; the one that ran at the moment is where it can be looked at."""
    at = datetime.fromisoformat(moment["at"])
    for recording in recordings:
        if recording.started_at <= at <= _end_of(recording):
            offset = (at - recording.started_at).total_seconds()
            return MomentOut(at=at, text=moment["text"], recording_id=recording.id, offset_s=round(offset, 3))
    return MomentOut(at=at, text=moment["text"], recording_id=None, offset_s=None)


def _end_of(recording: Any) -> datetime:
    if recording.duration_s is not None:
        end: datetime = recording.started_at + timedelta(seconds=recording.duration_s)
        return end
    return recording.stopped_at or timezone.now()
