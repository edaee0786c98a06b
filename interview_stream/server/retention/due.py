"""What is older than an organisation keeps it. Days begin and end on the organisation's clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from interview_stream.server.accounts.models import Organisation
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.interviews.models import Interview, InterviewQuerySet
from interview_stream.server.interviews.schemas import InterviewState
from interview_stream.server.recordings.models import Recording, RecordingQuerySet
from interview_stream.server.recordings.schemas import RecordingState

_GOING_ON = (InterviewState.WAITING, InterviewState.LIVE)
_ROUND = "invitations__interview"


def recordings_due(organisation: Organisation, at: datetime) -> RecordingQuerySet:
    """Those that were stopped so many whole days before `at`."""
    found = Recording.objects.filter(interview__organisation=organisation)
    before = _cutoff(organisation, organisation.recording_days, at)
    if before is None:
        return found.none()
    busy = [RecordingState.RECORDING, RecordingState.PROCESSING]
    return found.filter(stopped_at__lt=before).exclude(state__in=busy).order_by("stopped_at")


def interviews_due(organisation: Organisation, at: datetime) -> InterviewQuerySet:
    """Those that were over so many whole days before `at`, and after which the candidate had no other round.

    What was planned and never held or called off was over when it would have begun.
    """
    found = Interview.objects.filter(organisation=organisation)
    before = _cutoff(organisation, organisation.candidate_days, at)
    if before is None:
        return found.none()
    busy = organisation.candidates.filter(_has_rounds_since(before)).values("pk")
    over = Q(ended_at__lt=before) | Q(ended_at=None, starts_at__lt=before)
    old = found.filter(over).exclude(state__in=_GOING_ON)
    # A subquery compared with NULL is neither true nor false, and nobody may be known yet.
    return old.filter(Q(invitation__candidate=None) | ~Q(invitation__candidate__in=busy)).order_by("starts_at")


def candidates_due(organisation: Organisation, at: datetime) -> list[tuple[Candidate, datetime]]:
    """Whoever was added and last interviewed so many whole days before `at`, with when that was; the oldest first."""
    before = _cutoff(organisation, organisation.candidate_days, at)
    if before is None:
        return []
    old = organisation.candidates.filter(created_at__lt=before)
    busy = organisation.candidates.filter(_has_rounds_since(before)).values("pk")
    found = old.exclude(pk__in=busy)
    over_at = Max(Coalesce(f"{_ROUND}__ended_at", f"{_ROUND}__starts_at"))
    ends = dict(found.order_by().annotate(over_at=over_at).values_list("pk", "over_at"))
    return sorted(((each, ends.get(each.pk) or each.created_at) for each in found), key=lambda due: due[1])


def goes_on(organisation: Organisation, since: datetime, days: int) -> date:
    """The first day that begins when it has been kept for so many days."""
    return (since.astimezone(_zone(organisation)) + timedelta(days=days)).date() + timedelta(days=1)


def _has_rounds_since(before: datetime) -> Q:
    going_on = Q(**{f"{_ROUND}__state__in": _GOING_ON})
    planned = Q(**{f"{_ROUND}__ended_at": None, f"{_ROUND}__starts_at__gte": before})
    return going_on | planned | Q(**{f"{_ROUND}__ended_at__gte": before})


def _cutoff(organisation: Organisation, days: int | None, at: datetime) -> datetime | None:
    if days is None:
        return None
    zone = _zone(organisation)
    return datetime.combine(at.astimezone(zone).date() - timedelta(days=days), time(), zone)


def _zone(organisation: Organisation) -> ZoneInfo:
    return ZoneInfo(organisation.time_zone or "UTC")
