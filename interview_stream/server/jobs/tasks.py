"""What the worker does for jobs themselves."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.lib.jobs import job

KEEP = timedelta(days=7)


@job("Forget jobs that are done")
def forget_done_jobs() -> None:
    DBTaskResult.objects.filter(status="SUCCESSFUL", finished_at__lt=timezone.now() - KEEP).delete()
