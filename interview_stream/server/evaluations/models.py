"""Notes, scorecards, comments and decisions, and who may read which. Nothing here is ever for a guest."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member
from interview_stream.server.evaluations.schemas import Outcome
from interview_stream.server.interviews.models import Interview, Invitation, Observer


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, actor: Actor) -> Self:
        """Notes are their author's alone."""
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(author=actor.user, interview__in=Interview.objects.visible_to(actor))

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)


class Note(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    """The moment at which it was begun, which the recording's timeline can be held against."""
    text = models.TextField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["interview", "author"])]

    def __str__(self) -> str:
        return f"note {self.pk}"


def still_scored_by(actor: Member) -> models.QuerySet[Interview]:
    """Where this person's own verdict is due, so that another's would sway it: holders, and who has begun a card."""
    mine = Scorecard.objects.filter(author=actor.user)
    due = Q(assignments__user=actor.user) | Q(scorecards__in=mine.filter(submitted_at=None))
    return Interview.objects.filter(due).exclude(scorecards__in=mine.filter(submitted_at__isnull=False))


def judged_by(actor: Member) -> models.QuerySet[Interview]:
    """Where this person may read what is thought of the candidate: who only watches may not, nor who it is about."""
    watched = Observer.objects.present().filter(user=actor.user).values("interview_id")
    about_me = Invitation.objects.filter(email__iexact=actor.user.email).values("interview_id")
    return Interview.objects.visible_to(actor).exclude(pk__in=watched).exclude(pk__in=about_me)


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; others' once they are submitted, and only to those whose own is submitted, or not due."""
        if not isinstance(actor, Member):
            return self.none()
        of_interviews = self.filter(interview__in=judged_by(actor))
        others = Q(submitted_at__isnull=False) & ~Q(interview__in=still_scored_by(actor))
        return of_interviews.filter(Q(author=actor.user) | others)

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor).filter(author=actor.user) if isinstance(actor, Member) else self.none()


class Scorecard(models.Model):
    """One person's scores of one interview: saved while it is filled in, final once it is submitted."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="scorecards")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ratings = models.JSONField(default=dict)
    """Skill to level, as in skills.py."""
    moments = models.JSONField(default=dict)
    """Skill to moments that show it, as in schemas.MomentIn."""
    overall = models.PositiveSmallIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["interview", "author"], name="one_scorecard_each")]

    def __str__(self) -> str:
        return f"scorecard of {self.interview_id} by {self.author_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Stars sway as much as scores do, so others' comments open with the others' scorecards."""
        if not isinstance(actor, Member):
            return self.none()
        of_interviews = self.filter(interview__in=judged_by(actor))
        return of_interviews.filter(Q(author=actor.user) | ~Q(interview__in=still_scored_by(actor)))

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor).filter(author=actor.user) if isinstance(actor, Member) else self.none()


class Comment(models.Model):
    """What somebody of the team has to say of the candidate, with one to five stars."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    stars = models.PositiveSmallIntegerField()
    text = models.TextField()

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(name="one_to_five_stars", condition=Q(stars__gte=1, stars__lte=5))]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, actor: Actor) -> Self:
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(interview__in=judged_by(actor))


class Feedback(models.Model):
    """What a candidate is given to read after the decision, as it was sent: later edits of cards do not reach it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="feedbacks")
    content = models.JSONField()
    """As in schemas.FeedbackContent."""
    address = models.EmailField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["interview"], condition=Q(revoked_at=None), name="one_feedback_at_a_time")
        ]

    def __str__(self) -> str:
        return f"feedback on {self.interview_id}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, actor: Actor) -> Self:
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(interview__in=judged_by(actor))


class Decision(models.Model):
    """What came of an interview; a reopened one is kept, so that it can be seen what was decided before."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=8, choices=[(o.value, o.value) for o in Outcome])
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reopened_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview"], condition=Q(reopened_at__isnull=True), name="one_decision_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.interview_id}"
