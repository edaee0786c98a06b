"""HTTP doors of background work that failed."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.jobs import actions, queries
from interview_stream.server.jobs.schemas import FailedJobOut

router = Router(tags=["jobs"])


@router.get("/failed-jobs", response=list[FailedJobOut])
def list_failed_jobs(request: HttpRequest) -> list[FailedJobOut]:
    return queries.list_failed_jobs(actor_of(request))


@router.post("/failed-jobs/{uuid:job_id}/retry", response=list[FailedJobOut])
def retry_failed_job(request: HttpRequest, job_id: UUID) -> list[FailedJobOut]:
    actor = actor_of(request)
    actions.retry_failed_job(actor, job_id=job_id)
    return queries.list_failed_jobs(actor)


@router.delete("/failed-jobs/{uuid:job_id}", response=list[FailedJobOut])
def discard_failed_job(request: HttpRequest, job_id: UUID) -> list[FailedJobOut]:
    actor = actor_of(request)
    actions.discard_failed_job(actor, job_id=job_id)
    return queries.list_failed_jobs(actor)
