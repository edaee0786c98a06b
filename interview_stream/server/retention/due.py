"""What is older than an organisation keeps it. Days begin and end on the organisation's clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Q

from interview_stream.server.accounts.models import Organisation
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.interviews.models import Interview, InterviewQuerySet
from interview_stream.server.interviews.states import OVER
from interview_stream.server.recordings.models import Recording, RecordingQuerySet
from interview_stream.server.recordings.schemas import RecordingState


def recordings_due(organisation: Organisation, at: datetime) -> RecordingQuerySet:
    """Those that were stopped so many whole days before `at`."""
    found = Recording.objects.filter(interview__organisation=organisation)
    before = _cutoff(organisation, organisation.recording_days, at)
    if before is None:
        return found.none()
    busy = [RecordingState.RECORDING, RecordingState.PROCESSING]
    return found.filter(stopped_at__lt=before).exclude(state__in=busy).order_by("stopped_at")


def interviews_due(organisation: Organisation, at: datetime) -> InterviewQuerySet:
    """Those that ended so many whole days before `at`, and after which the candidate had no other round."""
    found = Interview.objects.filter(organisation=organisation)
    before = _cutoff(organisation, organisation.candidate_days, at)
    if before is None:
        return found.none()
    busy = organisation.candidates.filter(_has_rounds_since(before)).values("pk")
    old = found.filter(state__in=OVER, ended_at__lt=before)
    # A subquery compared with NULL is neither true nor false, and nobody may be known yet.
    return old.filter(Q(invitation__candidate=None) | ~Q(invitation__candidate__in=busy)).order_by("ended_at")


def candidates_due(organisation: Organisation, at: datetime) -> list[tuple[Candidate, datetime]]:
    """Whoever was added and last interviewed so many whole days before `at`, with when that was; the oldest first."""
    before = _cutoff(organisation, organisation.candidate_days, at)
    if before is None:
        return []
    old = organisation.candidates.filter(created_at__lt=before)
    busy = organisation.candidates.filter(_has_rounds_since(before)).values("pk")
    found = old.exclude(pk__in=busy)
    ends = dict(found.order_by().values_list("pk").annotate(Max("invitations__interview__ended_at")))
    return sorted(((each, ends.get(each.pk) or each.created_at) for each in found), key=lambda due: due[1])


def goes_on(organisation: Organisation, since: datetime, days: int) -> date:
    """The first day that begins when it has been kept for so many days."""
    return (since.astimezone(_zone(organisation)) + timedelta(days=days)).date() + timedelta(days=1)


def _has_rounds_since(before: datetime) -> Q:
    still_open = Q(invitations__interview__ended_at=None, invitations__interview__isnull=False)
    return still_open | Q(invitations__interview__ended_at__gte=before)


def _cutoff(organisation: Organisation, days: int | None, at: datetime) -> datetime | None:
    if days is None:
        return None
    zone = _zone(organisation)
    return datetime.combine(at.astimezone(zone).date() - timedelta(days=days), time(), zone)


def _zone(organisation: Organisation) -> ZoneInfo:
    return ZoneInfo(organisation.time_zone or "UTC")
