"""Calls, one row for each session of an interview's room, and the media engine's events that were handled."""

import uuid

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


class HandledEvent(models.Model):
    """The engine sends an event again when it saw no answer; its id tells that it was handled."""

    event_id = models.CharField(max_length=100, primary_key=True)
    handled_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.event_id
