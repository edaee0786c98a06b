"""What failed for the last time."""

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.jobs.models import FailedJob
from interview_stream.server.jobs.schemas import FailedJobOut
from interview_stream.server.live import query

MOST = 200
"""As many as a page shows."""


@query("jobs.failed")
def list_failed_jobs(actor: Actor) -> list[FailedJobOut]:
    """The newest first, for owners and admins; others see none."""
    member_among(actor)
    return [FailedJobOut.from_orm(each) for each in FailedJob.objects.visible_to(actor)[:MOST]]
