"""What the worker does for evaluations: reminds those whose scorecard is missing."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.models import User
from interview_stream.server.evaluations import feedback
from interview_stream.server.evaluations.actions import holders_of
from interview_stream.server.evaluations.models import Feedback, Scorecard
from interview_stream.server.interviews import reminders
from interview_stream.server.interviews.models import Interview, Reminder
from interview_stream.server.interviews.schemas import InterviewState
from interview_stream.server.lib.jobs import job

AFTER = timedelta(days=1)
"""How long after the end of an interview those who held it are reminded of their scorecards."""
LATEST = timedelta(days=1)
"""How much later than that nobody is reminded any more."""
KIND = "scorecard"


@job("Look whose scorecards are missing")
def remind_of_scorecards() -> None:
    now = timezone.now()
    ended = Interview.objects.filter(
        state=InterviewState.ENDED, ended_at__lte=now - AFTER, ended_at__gt=now - AFTER - LATEST
    )
    for interview in ended:
        with transaction.atomic():
            for user in _who_owe_one(interview):
                assert interview.ended_at is not None
                reminder = reminders.remember(interview, user, kind=KIND, moment=interview.ended_at)
                if reminder is not None:
                    send_scorecard_reminder.enqueue(reminder.pk)


@job("Remind of a scorecard", organisation_of=reminders.organisation_of)
def send_scorecard_reminder(reminder_id: int) -> None:
    related = Reminder.objects.select_related("interview__organisation", "interview__invitation", "user")
    reminder = related.filter(pk=reminder_id, sent_at=None).first()
    if reminder is None or reminder.interview.state != InterviewState.ENDED:
        return
    interview, user = reminder.interview, reminder.user
    if user is None or not user.mail_scorecards or user not in _who_owe_one(interview):
        return
    candidate = interview.invitation.name or "the candidate"
    text = (
        f"Hello {user.name},\n\n"
        f"“{interview.title}” has ended, and your scorecard of {candidate} is not submitted yet. "
        "Others' ratings stay hidden from you until it is.\n\n"
        f"Write it here:\n{settings.ENVIRONMENT.public_url}/interviews/{interview.id}/evaluation"
    )
    reminders.reminder_mail(f"Your scorecard is missing: {interview.title}", text, user.email).send()
    Reminder.objects.filter(pk=reminder_id).update(sent_at=timezone.now())


@job("Send feedback to a candidate", tries=8, organisation_of=feedback.organisation_of)
def send_feedback_mail(feedback_id: str) -> None:
    found = Feedback.objects.filter(id=feedback_id, sent_at=None, revoked_at=None).first()
    if found is None:
        return
    feedback.mail_of(found).send()
    Feedback.objects.filter(id=feedback_id).update(sent_at=timezone.now())


def _who_owe_one(interview: Interview) -> list[User]:
    submitted = Scorecard.objects.filter(interview=interview, submitted_at__isnull=False).values("author_id")
    holders = holders_of(interview).exclude(user_id__in=submitted).select_related("user")
    return [assignment.user for assignment in holders]
