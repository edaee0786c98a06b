"""Calls, one row for each session of an interview's room, and the media engine's events that were handled."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from interview_stream.server.interviews.models import Interview


class Call(models.Model):
    """From the first join to the last leave. A restarted engine begins a new session, so it ends the call before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="calls")
    room_sid = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    """When the engine was first seen without this call's room."""

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["interview"], condition=Q(ended_at__isnull=True), name="one_call_at_a_time")
        ]

    def __str__(self) -> str:
        return self.room_sid


class Seat(models.Model):
    """A right to be in a room that was handed out as media tokens; what has to be taken back when its reason ends."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="seats")
    identity = models.CharField(max_length=100)
    """The media engine's name for whoever holds it: one for each session of a member, one for each link of a guest."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """None for a guest."""
    session_mark = models.CharField(max_length=16, blank=True, db_index=True)
    taken_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    """The row goes once the media engine has been told."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interview", "identity"], name="one_seat_for_each_identity")]

    def __str__(self) -> str:
        return f"{self.identity} in {self.interview_id}"


class HandledEvent(models.Model):
    """The engine sends an event again when it saw no answer; its id tells that it was handled."""

    event_id = models.CharField(max_length=100, primary_key=True)
    handled_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.event_id
