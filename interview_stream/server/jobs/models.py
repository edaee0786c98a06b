"""Jobs that failed for the last time, and who may see and try them again."""

import uuid
from typing import Self

from django.db import models

from interview_stream.server.accounts.actor import Actor
from interview_stream.server.accounts.models import AdminsQuerySet, Organisation
from interview_stream.server.lib.problems import NotFound


class FailedJobQuerySet(AdminsQuerySet["FailedJob"]):
    def editable_by(self, actor: Actor) -> Self:
        return self.visible_to(actor)

    def one(self, job_id: uuid.UUID) -> "FailedJob":
        found = self.filter(pk=job_id).first()
        if found is None:
            raise NotFound("There is no such job. It may have been tried again just now.")
        return found


class FailedJob(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="failed_jobs")
    """Whose it was; what is nobody's is the first organisation's, whose owner set the installation up."""
    title = models.CharField(max_length=200)
    task_path = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    tries = models.PositiveIntegerField()
    failed_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    technical = models.CharField(max_length=300, blank=True)

    objects = FailedJobQuerySet.as_manager()

    class Meta:
        ordering = ["-failed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.title}: {self.reason}"
