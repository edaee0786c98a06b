"""What is kept of connections, and who may read it: never the candidate."""

from typing import Self

from django.db import models

from interview_stream.server.accounts.actor import Actor, Member
from interview_stream.server.calls.models import Call
from interview_stream.server.connections.schemas import Direction
from interview_stream.server.interviews.models import Assignment, Interview


class SampleQuerySet(models.QuerySet["Sample"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(call__interview__in=interviews_visible_to(actor))


class TrackTotalQuerySet(models.QuerySet["TrackTotal"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(call__interview__in=interviews_visible_to(actor))


def interviews_visible_to(actor: Actor) -> models.QuerySet[Interview]:
    """Of which one may read how connections were: owners and admins all, others what they hold or planned.

    A member may be the candidate of one; it is not theirs to read.
    """
    if not isinstance(actor, Member):
        return Interview.objects.none()
    found = Interview.objects.editable_by(actor).exclude(invitation__email__iexact=actor.user.email)
    if actor.is_admin:
        return found
    held = Assignment.objects.filter(user=actor.user).values("interview")
    return found.filter(models.Q(pk__in=held) | models.Q(created_by=actor.user))


class Sample(models.Model):
    """One person's connection over a few seconds; of long calls, over more of them (sampling.py)."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="connection_samples")
    identity = models.CharField(max_length=150)
    """The media engine's name for the person."""
    session = models.CharField(max_length=150)
    """Another each time that they come in."""
    name = models.CharField(max_length=150)
    at = models.DateTimeField()
    """The end of the time that it tells of."""
    seconds = models.FloatField()
    is_connected = models.BooleanField()
    transport = models.CharField(max_length=8)
    candidate = models.CharField(max_length=8)
    quality = models.CharField(max_length=16)
    rtt_ms = models.FloatField(null=True)
    limit_bps = models.BigIntegerField(null=True)
    """What the line to them is believed to carry, while that is less than what is wanted."""
    breaks = models.PositiveIntegerField()
    """How often nothing came from them for ten seconds."""
    resumes = models.PositiveIntegerField()
    pauses = models.PositiveIntegerField()
    """How often a picture was left out for want of bandwidth."""
    is_limited = models.BooleanField()
    sent_packets = models.BigIntegerField()
    sent_lost = models.BigIntegerField()
    sent_octets = models.BigIntegerField()
    sent_jitter_ms = models.FloatField()
    sent_height = models.PositiveIntegerField(null=True)
    received_packets = models.BigIntegerField()
    received_lost = models.BigIntegerField()
    received_octets = models.BigIntegerField()
    received_jitter_ms = models.FloatField()
    received_height = models.PositiveIntegerField(null=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["call", "identity", "at"])]

    def __str__(self) -> str:
        return f"{self.identity} in {self.call_id} at {self.at}"


class TrackTotal(models.Model):
    """What became of one track on its way from or to one person, over the whole call."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="connection_tracks")
    identity = models.CharField(max_length=150)
    direction = models.CharField(max_length=8, choices=[(d.value, d.value) for d in Direction])
    track = models.CharField(max_length=150)
    kind = models.CharField(max_length=150)
    source = models.CharField(max_length=150)
    codec = models.CharField(max_length=150)
    publisher = models.CharField(max_length=150, blank=True)
    """The identity whose track it is; of received ones."""
    publisher_name = models.CharField(max_length=150, blank=True)
    packets = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)
    repaired = models.BigIntegerField(default=0)
    octets = models.BigIntegerField(default=0)
    nacks = models.BigIntegerField(default=0)
    plis = models.BigIntegerField(default=0)
    pauses = models.BigIntegerField(default=0)
    jitter_ms = models.FloatField(default=0)
    heights = models.JSONField(default=dict)
    """Seconds by height."""

    objects = TrackTotalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "identity", "direction", "track"], name="one_total_for_each_track_and_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.track} {self.direction} by {self.identity}"
