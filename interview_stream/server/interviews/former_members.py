"""What becomes of interviews when somebody leaves the organisation, is removed, or deletes their account."""

from uuid import UUID

from django.utils import timezone

from interview_stream.server.accounts.account_end import FORMER_NAME
from interview_stream.server.accounts.models import Membership
from interview_stream.server.interviews.models import CalendarFeed, Interview, Notice, Observer, Reminder
from interview_stream.server.interviews.notices import tell
from interview_stream.server.interviews.schemas import InterviewState
from interview_stream.server.interviews.tasks import send_nobody_holds

_HELD = (InterviewState.ENDED, InterviewState.EVALUATED, InterviewState.DECIDED)


def follow_access(user_id: int, organisation_id: UUID) -> None:
    """Who does not belong any more holds and watches nothing that may still take place, and is reminded of nothing.

    The others learn who is left. Where nobody is, owners and admins are told: somebody has to hold it.
    """
    if Membership.objects.filter(user_id=user_id, organisation_id=organisation_id).exists():
        return
    to_come = Interview.objects.filter(organisation_id=organisation_id).exclude(state__in=_HELD)
    held = list(to_come.filter(assignments__user_id=user_id).select_for_update())
    Reminder.objects.filter(user_id=user_id, interview__organisation_id=organisation_id).delete()
    CalendarFeed.objects.filter(user_id=user_id, organisation_id=organisation_id).delete()
    watching = Observer.objects.present().filter(user_id=user_id, interview__in=to_come)
    watched = list(to_come.filter(pk__in=watching.values("interview")))
    watching.update(removed_at=timezone.now())
    for interview in held:
        interview.assignments.filter(user_id=user_id).delete()
    for interview in [*held, *watched]:
        tell(interview)
    orphaned = [str(each.id) for each in held if not each.is_over and not each.assignments.exists()]
    if orphaned:
        send_nobody_holds.enqueue(user_id, str(organisation_id), orphaned)


def let_go(user_id: int) -> None:
    """Of a person who deletes their account and has left: what was held keeps them, without name and address."""
    Notice.objects.filter(user_id=user_id).delete()
    watched = Observer.objects.filter(user_id=user_id)
    watched.exclude(interview__state__in=_HELD).delete()
    watched.update(name=FORMER_NAME, email="")
