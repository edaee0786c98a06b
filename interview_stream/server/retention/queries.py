"""What owners and admins see of what will be erased; each read answers HTTP and can be watched."""

from datetime import timedelta

from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, admin_among
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.live import query
from interview_stream.server.retention import due
from interview_stream.server.retention.schemas import DueKind, DueOut, UpcomingOut

WARNING = timedelta(days=7)
MOST = 100
"""Of what is listed by name."""


@query("retention.upcoming")
def list_upcoming(actor: Actor) -> UpcomingOut:
    """What goes within a week unless the setting changes, or a candidate is interviewed again."""
    organisation = Organisation.objects.get(pk=admin_among(actor).organisation.pk)
    at = timezone.now() + WARNING
    recordings = due.recordings_due(organisation, at)
    candidates = due.candidates_due(organisation, at)
    items = []
    for each in recordings.select_related("interview")[:MOST]:
        assert each.stopped_at is not None
        assert organisation.recording_days is not None
        day = due.goes_on(organisation, each.stopped_at, organisation.recording_days)
        items.append(DueOut(kind=DueKind.RECORDING, id=each.id, name=each.interview.title, goes_on=day))
    for candidate, last in candidates[:MOST]:
        assert organisation.candidate_days is not None
        name = candidate.name or candidate.email or None
        day = due.goes_on(organisation, last, organisation.candidate_days)
        items.append(DueOut(kind=DueKind.CANDIDATE, id=candidate.id, name=name, goes_on=day))
    return UpcomingOut(
        recordings_count=recordings.count(),
        candidates_count=len(candidates),
        items=sorted(items, key=lambda item: item.goes_on)[:MOST],
    )
