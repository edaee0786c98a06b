"""Messages, and who may read which: the candidate never what the interviewers write among themselves."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Member
from interview_stream.server.calls.door import is_admitted
from interview_stream.server.chat.schemas import Channel
from interview_stream.server.interviews.models import Interview, Invitation, Observer


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        """Interviewers everything; observers, and a candidate who was let in, what is for everyone."""
        match actor:
            case Member():
                watched = Observer.objects.present().filter(user=actor.user).values("interview_id")
                of_interviews = self.filter(interview__in=Interview.objects.visible_to(actor))
                return of_interviews.exclude(channel=Channel.TEAM, interview__in=watched)
            case Guest() if actor.is_observer or is_admitted(actor.guest_id):
                return self.filter(interview=actor.interview_id, channel=Channel.EVERYONE)
            case _:
                return self.none()


class Message(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=8, choices=[(c.value, c.value) for c in Channel])
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.SET_NULL, null=True, related_name="+")
    """The candidate, where no member wrote it."""
    author = models.CharField(max_length=150)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["interview", "at"])]

    def __str__(self) -> str:
        return f"{self.author} in {self.interview_id}"
