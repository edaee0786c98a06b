"""Calls, candidates' choices about recording, and the media engine's events that were handled."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Member
from interview_stream.server.calls.schemas import (
    AskState,
    DeviceKind,
    HappeningKind,
    KnockState,
    ReactionKind,
    RecordingScope,
)
from interview_stream.server.interviews.models import Interview, Invitation


class Call(models.Model):
    """From the first join to the last leave; with its clock and lock it goes on in another room if the engine dies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="calls")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    is_locked = models.BooleanField(default=False)
    """Whether only the interview's own interviewers, and who was let in before, can come in."""
    is_clock_shown = models.BooleanField(default=False)
    """Whether the candidate sees the time that is left; a clock that runs out makes nervous, so only if an interviewer
    wants it."""
    missing_since = models.DateTimeField(null=True, blank=True)
    """When the engine was first seen without this call's room."""

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["interview"], condition=Q(ended_at__isnull=True), name="one_call_at_a_time")
        ]

    def __str__(self) -> str:
        return f"of {self.interview_id} at {self.started_at}"


def present_call(interview: Interview) -> Call | None:
    """The call that goes on; there is never more than one."""
    return interview.calls.filter(ended_at__isnull=True).first()


class Room(models.Model):
    """What the media engine holds a call in. The newest of a call counts: an engine that died left the others."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="rooms")
    sid = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()
    """When it was last known to be there, within half a minute."""

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.sid


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


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members who may see the interview, and whoever chose."""
        match actor:
            case Member():
                return self.filter(interview__in=Interview.objects.visible_to(actor))
            case Guest():
                return self.filter(invitation=actor.guest_id)
            case _:
                return self.none()


class Consent(models.Model):
    """What a candidate chose to let be recorded, in the words they read: rows are added, never changed."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="consents")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=8, choices=[(s.value, s.value) for s in RecordingScope])
    wording = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.scope} for {self.interview_id}"


class KnockQuerySet(models.QuerySet["Knock"]):
    def answerable_by(self, actor: Actor) -> Self:
        return self.filter(interview__in=Interview.objects.editable_by(actor))


class Knock(models.Model):
    """A candidate who asks to be let in, and what became of it. The newest of a candidate counts."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="knocks")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="knocks")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in KnockState])
    knocked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    """When the page that waits was last heard of."""
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = KnockQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"], condition=Q(state__in=["waiting", "admitted"]), name="at_the_door_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.state}"


class Hand(models.Model):
    """Somebody in the call who wants to say something."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="hands")
    identity = models.CharField(max_length=100)
    name = models.CharField(max_length=150)
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "identity"], name="one_hand_each")]

    def __str__(self) -> str:
        return f"{self.name} in {self.call_id}"


class Reaction(models.Model):
    """A sign that flies up for a moment; only the last ones are kept."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="reactions")
    identity = models.CharField(max_length=100)
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ReactionKind])
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} by {self.name}"


class Ask(models.Model):
    """A polite request to one person in the call: nobody's microphone, camera or screen is opened by another."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="asks")
    identity = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in DeviceKind])
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in AskState], default=AskState.OPEN.value)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.identity}"


class Focus(models.Model):
    """A stretch of a call in which the candidate works unwatched."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="focuses")
    began_at = models.DateTimeField(default=timezone.now)
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ends_at = models.DateTimeField()
    """Counted down by the pages; moved to the present when somebody ends it early."""

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.call_id} until {self.ends_at}"


class HappeningQuerySet(models.QuerySet["Happening"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members who may see the interview; candidates learn on the floor what concerns them."""
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(call__interview__in=Interview.objects.visible_to(actor))


class Happening(models.Model):
    """What somebody did in a call beside talking, kept for whoever looks back at it; no names, which may have to go."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="happenings")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in HappeningKind])
    device = models.CharField(max_length=16, blank=True, choices=[(k.value, k.value) for k in DeviceKind])
    identity = models.CharField(max_length=100)
    """Whom it concerns."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = HappeningQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.identity}"


class HandledEvent(models.Model):
    """The engine sends an event again when it saw no answer; its id tells that it was handled."""

    event_id = models.CharField(max_length=100, primary_key=True)
    handled_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.event_id
