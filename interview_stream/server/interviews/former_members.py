"""What becomes of interviews when somebody deletes their account."""

from interview_stream.server.accounts.account_end import FORMER_NAME
from interview_stream.server.interviews.models import CalendarFeed, Interview, Notice, Observer, Reminder
from interview_stream.server.interviews.notices import tell
from interview_stream.server.interviews.schemas import InterviewState

_HELD = (InterviewState.ENDED, InterviewState.EVALUATED, InterviewState.DECIDED)


def let_go(user_id: int) -> None:
    """They hold and watch nothing that may still take place; what was held keeps them, without name and address."""
    to_come = Interview.objects.exclude(state__in=_HELD)
    held = list(to_come.filter(assignments__user_id=user_id).select_for_update())
    watched = Observer.objects.filter(user_id=user_id)
    Notice.objects.filter(user_id=user_id).delete()
    Reminder.objects.filter(user_id=user_id).delete()
    CalendarFeed.objects.filter(user_id=user_id).delete()
    watched.filter(interview__in=to_come).delete()
    watched.update(name=FORMER_NAME, email="")
    for interview in held:
        interview.assignments.filter(user_id=user_id).delete()
        # The others learn who is left; where nobody is, it takes somebody to say how it goes on.
        if interview.assignments.exists():
            tell(interview)
