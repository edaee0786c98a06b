"""Interviews and the personal links into them, and who may see or change which."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, Member
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.files.models import StoredFile
from interview_stream.server.interviews.schemas import InterviewKind, InterviewState
from interview_stream.server.interviews.states import OVER
from interview_stream.server.kits.models import KitVersion
from interview_stream.server.lib.prefetching import PrefetchingQuerySet
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.lib.searching import Searched

_OVER = sorted(state.value for state in OVER)


class InterviewQuerySet(PrefetchingQuerySet["Interview"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members see their organisation's interviews, guests the one that their link is for."""
        match actor:
            case Member():
                return self.filter(organisation=actor.organisation)
            case Guest():
                return self.filter(id=actor.interview_id)
            case _:
                return self.none()

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor) if isinstance(actor, Member) else self.none()

    def one(self, interview_id: uuid.UUID) -> "Interview":
        """The interview if it is among these; to anybody else it does not exist."""
        found = self.filter(id=interview_id).first()
        if found is None:
            raise NotFound("There is no such interview.")
        return found


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members who may see the interview; why it was moved or called off is not a guest's to read."""
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(interview__in=Interview.objects.visible_to(actor))


class Interview(Searched):
    SEARCHED = ("title",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="interviews")
    title = models.CharField(max_length=200)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in InterviewState], default=InterviewState.SCHEDULED.value
    )
    scheduled_for = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=16, default=InterviewKind.OTHER.value)
    description = models.TextField(blank=True)
    kit_version = models.ForeignKey(
        KitVersion, on_delete=models.RESTRICT, null=True, blank=True, related_name="interviews"
    )
    """The kit as it was when the interview took it; later edits of the kit do not reach it."""
    time_zone = models.CharField(max_length=64, default="UTC")
    duration_minutes = models.PositiveSmallIntegerField(default=60)
    is_recording_planned = models.BooleanField(default=True)
    """Whether the candidate is asked, before they come in, what of them may be recorded."""
    admits_automatically = models.BooleanField(default=False)
    """Whether the candidate comes in without waiting for an interviewer's answer."""
    calendar_sequence = models.PositiveIntegerField(default=0)
    """Counts the versions of its calendar entry (RFC 5545, section 3.8.7.4)."""
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_at = models.GeneratedField(
        expression=Coalesce("scheduled_for", "created_at"), output_field=models.DateTimeField(), db_persist=True
    )
    """By which lists are ordered: the planned start, or for a call that nobody planned when it was made."""
    search_text = models.TextField(editable=False, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    """Since when nobody can enter any more: it was held, called off, or nobody came."""

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["organisation", "-created_at"]),
            models.Index(fields=["organisation", "state", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="interview_over_has_its_time",
                condition=models.Q(state__in=_OVER, ended_at__isnull=False)
                | (~models.Q(state__in=_OVER) & models.Q(ended_at__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def ends_at(self) -> datetime | None:
        """When it is over by plan."""
        return self.scheduled_for and self.scheduled_for + timedelta(minutes=self.duration_minutes)


class Assignment(models.Model):
    """Somebody of the organisation who holds the interview."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["interview", "user"], name="assigned_once")]

    def __str__(self) -> str:
        return f"{self.user_id} holds {self.interview_id}"


class ObserverQuerySet(models.QuerySet["Observer"]):
    def present(self) -> Self:
        return self.filter(removed_at=None)


class Observer(models.Model):
    """Somebody who watches and listens: a member, or a guest with a personal link. The row outlives their removal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="observers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="observing")
    """None for a guest."""
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ObserverQuerySet.as_manager()

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "user"],
                condition=models.Q(removed_at=None, user__isnull=False),
                name="observes_once",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)


class Notice(models.Model):
    """An e-mail with a calendar entry that one address has to get, and whether it has gone out."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="notices")
    address = models.EmailField()
    name = models.CharField(max_length=100, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """None for a guest."""
    observer = models.ForeignKey(Observer, on_delete=models.CASCADE, null=True, related_name="+")
    """Of the guests the candidate is the one who is no observer."""
    method = models.CharField(max_length=8)
    sequence = models.PositiveIntegerField()
    start = models.DateTimeField()
    is_update = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    """Of everything that an invitation says, to know whether it is still true."""
    created_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.method} {self.sequence} to {self.address}"

    @property
    def is_overtaken(self) -> bool:
        return self.interview.notices.filter(address=self.address, pk__gt=self.pk).exists()


class Slot(models.Model):
    """A time that a candidate may choose; the rows go once one is chosen, or all are withdrawn."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="slots")
    start = models.DateTimeField()

    class Meta:
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["interview", "start"], name="slot_offered_once")]

    def __str__(self) -> str:
        return f"{self.start} for {self.interview_id}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members see what belongs to the interview, candidates what they sent themselves."""
        match actor:
            case Member():
                return self.filter(interview__in=Interview.objects.visible_to(actor))
            case Guest(is_observer=False):
                return self.filter(interview_id=actor.interview_id, is_by_candidate=True)
            case _:
                return self.none()

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, attachment_id: uuid.UUID) -> "Attachment":
        found = self.filter(pk=attachment_id).select_related("file", "interview__organisation").first()
        if found is None:
            raise NotFound("There is no such file.")
        return found


class Attachment(models.Model):
    """A file or a link that belongs to an interview."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, null=True, related_name="attachment")
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=2000, blank=True)
    """Of a link."""
    is_resume = models.BooleanField(default=False)
    is_by_candidate = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["-is_resume", "-added_at"]
        constraints = [
            models.CheckConstraint(
                name="attachment_is_file_or_link",
                condition=models.Q(file__isnull=False, url="") | (models.Q(file=None) & ~models.Q(url="")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """That somebody was reminded, or is about to be: of a start that is near, or of a scorecard that is missing."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """None for the candidate."""
    kind = models.CharField(max_length=24)
    moment = models.DateTimeField()
    """The planned start, or the end, as it was then: another time is another reminder."""
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interview", "user", "kind", "moment"], name="member_reminded_once"),
            models.UniqueConstraint(
                fields=["interview", "kind", "moment"],
                condition=models.Q(user=None),
                name="candidate_reminded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.interview_id} to {self.user_id or 'the candidate'}"


class CalendarFeed(models.Model):
    """Which address of somebody's calendar is the good one; the addresses are signed, not stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="one_calendar_feed_each")]

    def __str__(self) -> str:
        return f"calendar {self.version} of {self.user_id}"


class Activity(models.Model):
    """What somebody did with an interview, and why: rows are added, never changed."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="activities")
    act = models.CharField(max_length=24)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    planned_before = models.DateTimeField(null=True, blank=True)
    planned_after = models.DateTimeField(null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.act} of {self.interview_id}"


class Invitation(Searched):
    """A person without an account who may enter one interview by a personal link: the candidate."""

    SEARCHED = ("name", "email")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.OneToOneField(Interview, on_delete=models.CASCADE, related_name="invitation")
    candidate = models.ForeignKey(Candidate, on_delete=models.SET_NULL, null=True, related_name="invitations")
    """Who this is, through all their interviews; none as long as nobody has said who it is."""
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    link_version = models.PositiveIntegerField(default=1)
    """Part of what the link signs; counting it up revokes the links handed out before."""
    link_expires_at = models.DateTimeField()
    is_resume_wanted = models.BooleanField(default=False)
    """Whether the candidate was asked for a résumé, and so may send one."""
    search_text = models.TextField(editable=False, default="")

    def __str__(self) -> str:
        return self.name or str(self.id)


def link_expiry(interview: Interview, *, not_before: datetime | None = None) -> datetime:
    """A link outlives the planned time by a fixed number of days, or the day it is made if that is later."""
    days = timedelta(days=settings.ENVIRONMENT.candidate_link_days)
    return max(interview.scheduled_for or interview.created_at, not_before or interview.created_at) + days
