"""What the worker does for retention: erases at night what is due."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from interview_stream.server.accounts.audit import Act, forget_names, record
from interview_stream.server.accounts.models import Organisation
from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib.jobs import job
from interview_stream.server.lib.schedules import Target
from interview_stream.server.recordings.actions import erase_recordings
from interview_stream.server.recordings.models import Recording
from interview_stream.server.retention import due

BY = "Retention"
"""Whom the audit log names: nobody pressed a button."""


def organisations_that_erase() -> Iterable[Target]:
    found = Organisation.objects.filter(Q(recording_days__isnull=False) | Q(candidate_days__isnull=False))
    return [Target((str(each.pk),), each.time_zone or "UTC") for each in found]


def _itself(organisation_id: str) -> UUID:
    return UUID(organisation_id)


@job("Erase what an organisation keeps no longer", organisation_of=_itself)
def erase_what_is_due(organisation_id: str) -> None:
    """One after the other, so that whatever stops it leaves no half; the next night goes on."""
    organisation = Organisation.objects.filter(pk=UUID(organisation_id)).first()
    if organisation is None:
        return
    now = timezone.now()
    recordings = list(due.recordings_due(organisation, now).values_list("pk", flat=True))
    for recording_id in recordings:
        with transaction.atomic():
            erase_recordings(Recording.objects.filter(pk=recording_id))
    _tell(organisation, Act.RECORDINGS_ERASED, len(recordings), organisation.recording_days)
    candidates = {candidate.pk for candidate, _ in due.candidates_due(organisation, now)}
    for interview_id in list(due.interviews_due(organisation, now).values_list("pk", flat=True)):
        with transaction.atomic():
            _erase_interview(organisation, interview_id, now)
    # Only now, or the interviews would not be known to be theirs if it stops in between.
    with transaction.atomic():
        organisation.refresh_from_db(fields=["candidate_days"])
        candidates &= {candidate.pk for candidate, _ in due.candidates_due(organisation, now)}
        forget_names(candidates)
        organisation.candidates.filter(pk__in=candidates).delete()
    _tell(organisation, Act.CANDIDATES_ERASED, len(candidates), organisation.candidate_days)


def _erase_interview(organisation: Organisation, interview_id: UUID, now: datetime) -> None:
    """With all that was written, sent and recorded of it; unless somebody planned it anew, or changed the setting."""
    interview = Interview.objects.select_for_update().filter(pk=interview_id).first()
    organisation.refresh_from_db(fields=["candidate_days"])
    if interview is None or not due.interviews_due(organisation, now).filter(pk=interview_id).exists():
        return
    erase_recordings(Recording.objects.filter(interview=interview))
    for attachment in interview.attachments.select_related("file").exclude(file=None):
        if attachment.file is not None:
            attachment.file.remove()
    forget_names([interview_id])
    interview.delete()


def _tell(organisation: Organisation, act: Act, count: int, days: int | None) -> None:
    """Who they were is what must not be kept."""
    if count:
        record(organisation, None, act, by=BY, detail=f"{count}, after {days} {'day' if days == 1 else 'days'}")
