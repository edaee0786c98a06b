"""Recordings and their tracks, and who may see them."""

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.recordings.schemas import RecordingState, TrackState


class RecordingQuerySet(models.QuerySet["Recording"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members who may see the interview; guests see that they are recorded, never the recording."""
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(interview__in=Interview.objects.visible_to(actor))

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, recording_id: uuid.UUID) -> "Recording":
        """The recording if it is among these; to anybody else it does not exist."""
        found = self.filter(id=recording_id).first()
        if found is None:
            raise NotFound("There is no such recording.")
        return found


class Recording(models.Model):
    """All captures of one press of Record, on one timeline that starts at `started_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="recordings")
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in RecordingState], default=RecordingState.RECORDING.value
    )
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True, blank=True)
    empty_since = models.DateTimeField(null=True, blank=True)
    """When the room was first seen without anybody in it."""
    duration_s = models.FloatField(null=True, blank=True)
    progress = models.FloatField(default=0.0)
    detail = models.CharField(max_length=300, blank=True)
    gaps = models.JSONField(default=list)
    """Pairs of seconds from the start."""

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview"], condition=Q(state="recording"), name="one_recording_at_a_time"
            ),
            models.CheckConstraint(
                name="recording_stopped_has_its_time",
                condition=Q(state="recording", stopped_at__isnull=True)
                | (~Q(state="recording") & Q(stopped_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} at {self.started_at}"

    @property
    def folder(self) -> Path:
        """Where the playable files are."""
        return Path(settings.ENVIRONMENT.data, "recordings", str(self.id))


class RecordedTrack(models.Model):
    """One track captured in one piece."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="tracks")
    track_sid = models.CharField(max_length=64)
    participant_identity = models.CharField(max_length=256)
    participant_name = models.CharField(max_length=256)
    participant_role = models.CharField(max_length=16)
    kind = models.CharField(max_length=8)
    source = models.CharField(max_length=24)
    segment = models.PositiveIntegerField()
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in TrackState], default=TrackState.STARTING.value
    )
    created_at = models.DateTimeField(default=timezone.now)
    egress_id = models.CharField(max_length=64, blank=True, db_index=True)
    capture = models.CharField(max_length=200, unique=True)
    """Path of the capture below the data folder's captures/."""
    is_interrupted = models.BooleanField(default=False)
    """It ended without being asked to: the engine died, or its disk was full."""
    file = models.CharField(max_length=200, blank=True)
    """Name of the playable file in the recording's folder."""
    started_at = models.FloatField(null=True, blank=True)
    """Unix seconds of its first sample, on the clock that all tracks of the recording share."""
    duration_s = models.FloatField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    mime = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    packets = models.PositiveBigIntegerField(null=True, blank=True)
    lost_packets = models.PositiveBigIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["participant_identity", "source", "segment"]
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "participant_identity", "source", "segment"], name="one_track_per_segment"
            ),
            models.UniqueConstraint(
                fields=["recording", "track_sid"],
                condition=Q(state__in=["starting", "recording"]),
                name="one_capture_of_a_track_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.capture

    @property
    def capture_path(self) -> Path:
        return Path(settings.ENVIRONMENT.data, "captures", self.capture)

    @property
    def file_path(self) -> Path:
        return self.recording.folder / self.file
