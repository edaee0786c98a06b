"""Kits and their versions, and who may see or change which."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Member
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.lib.problems import NotFound


class KitQuerySet(models.QuerySet["Kit"]):
    def visible_to(self, actor: Actor) -> Self:
        """Members of the organisation: a kit holds the problems and what a good answer to them is."""
        return self.filter(organisation=actor.organisation) if isinstance(actor, Member) else self.none()

    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, kit_id: uuid.UUID) -> "Kit":
        found = self.filter(id=kit_id).first()
        if found is None:
            raise NotFound("There is no such kit.")
        return found


class Kit(models.Model):
    """What a kind of interview is held with, under one name through all its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="kits")
    created_at = models.DateTimeField(default=timezone.now)
    newest = models.PositiveIntegerField(default=0)
    """The number of its newest version."""
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = KitQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"kit {self.id}"

    def newest_version(self) -> "KitVersion":
        return self.versions.get(number=self.newest)


class KitVersionQuerySet(models.QuerySet["KitVersion"]):
    def visible_to(self, actor: Actor) -> Self:
        if not isinstance(actor, Member):
            return self.none()
        return self.filter(kit__organisation=actor.organisation)


class KitVersion(models.Model):
    """What the kit was from one edit to the next: rows are added, never changed, since interviews hold on to them."""

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    problems = models.JSONField(default=list)
    """As in schemas.KitProblem."""
    skills = models.JSONField(default=list)
    """As in schemas.SkillOut."""
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = KitVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["kit", "number"], name="kit_numbers_its_versions")]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A version of a kit stays as it is; make a new one.")
        super().save(*args, **kwargs)
