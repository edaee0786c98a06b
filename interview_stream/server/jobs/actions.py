"""Keeps what failed for the last time, and lets somebody try it again or let it be."""

from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks.base import Task

from interview_stream.server.accounts.actor import Actor, admin_among
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.jobs.models import FailedJob
from interview_stream.server.lib.jobs import GivenUp
from interview_stream.server.lib.problems import Conflict
from interview_stream.server.lib.schedules import is_scheduled


def keep(job: GivenUp) -> None:
    """In the transaction that takes the job away. The same job is kept once, with its newest failure."""
    first = Organisation.objects.order_by("created_at", "pk").first()
    owner = Organisation.objects.filter(pk=job.organisation_id).first() if job.organisation_id else first
    if owner is None:
        return
    arguments = {"args": job.args, "kwargs": job.kwargs}
    FailedJob.objects.update_or_create(
        organisation=owner,
        task_path=job.task_path,
        arguments=arguments,
        defaults={
            "title": job.title,
            "tries": job.tries,
            "failed_at": job.at,
            "reason": job.reason,
            "technical": job.technical,
        },
    )


@transaction.atomic
def retry_failed_job(actor: Actor, *, job_id: UUID) -> None:
    member = admin_among(actor)
    failed = FailedJob.objects.editable_by(actor).select_for_update().one(job_id)
    if not is_scheduled(failed.task_path):  # Its next run waits already.
        _task_of(failed).enqueue(*failed.arguments["args"], **failed.arguments["kwargs"])
    record(member.organisation, member.user, Act.JOB_RETRIED, subject=failed.title, detail=failed.reason)
    failed.delete()


@transaction.atomic
def discard_failed_job(actor: Actor, *, job_id: UUID) -> None:
    member = admin_among(actor)
    failed = FailedJob.objects.editable_by(actor).select_for_update().one(job_id)
    record(member.organisation, member.user, Act.JOB_DISCARDED, subject=failed.title, detail=failed.reason)
    failed.delete()


def _task_of(failed: FailedJob) -> Task[..., object]:
    try:
        found = import_string(failed.task_path)
    except ImportError:
        found = None
    if not isinstance(found, Task):
        raise Conflict("This version of the product does not know this job any more.", slug="job-unknown")
    return found
