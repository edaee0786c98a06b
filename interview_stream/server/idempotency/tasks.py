"""What the worker does for kept answers: forgets those that nobody will ask for again."""

from datetime import timedelta

from django.utils import timezone

from interview_stream.server.idempotency.models import KeptAnswer
from interview_stream.server.lib.jobs import job

KEEP = timedelta(hours=24)


@job("Forget answers that were kept for repeated requests")
def forget_kept_answers() -> None:
    KeptAnswer.objects.filter(kept_at__lt=timezone.now() - KEEP).delete()
