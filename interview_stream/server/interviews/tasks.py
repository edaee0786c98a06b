"""What the worker does for interviews: sending the e-mails that a change has made necessary."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from interview_stream.server.interviews import reminders
from interview_stream.server.interviews.models import Interview, Notice, Reminder
from interview_stream.server.lib.jobs import job


def _organisation(notice_id: int) -> UUID | None:
    return Notice.objects.filter(pk=notice_id).values_list("interview__organisation_id", flat=True).first()


def _organisation_of_interview(interview_id: str) -> UUID | None:
    return Interview.objects.filter(id=interview_id).values_list("organisation_id", flat=True).first()


@job(
    "Send an invitation to an interview, or news of it",
    tries=8,
    wait=timedelta(minutes=2),
    organisation_of=_organisation,
)
def send_notice(notice_id: int) -> None:
    """A job that waits twice finds its work done; what a newer notice has overtaken is not sent any more.

    Nor is what a member does not want. Their notices are kept, so that they are reminded of the times that are planned.
    """
    # Here, because only the worker writes mail.
    from interview_stream.server.interviews.mails import mail_of

    related = Notice.objects.select_related("interview__organisation", "interview__invitation", "user", "observer")
    notice = related.filter(pk=notice_id, sent_at=None).first()
    if notice is None or notice.is_overtaken or (notice.user is not None and not notice.user.mail_interviews):
        return
    Notice.objects.filter(pk=notice_id).update(tries=F("tries") + 1, tried_at=timezone.now())
    mail_of(notice).send()
    Notice.objects.filter(pk=notice_id).update(sent_at=timezone.now())


@job("Send times to choose from", tries=8, organisation_of=_organisation_of_interview)
def send_offer(interview_id: str) -> None:
    from interview_stream.server.interviews.slots import offer_mail

    interview = Interview.objects.select_related("organisation", "invitation").filter(id=interview_id).first()
    mail = offer_mail(interview) if interview else None
    if mail is not None:
        mail.send()


@job("Remind of an interview", tries=4, organisation_of=reminders.organisation_of)
def send_reminder(reminder_id: int) -> None:
    related = Reminder.objects.select_related("interview__organisation", "interview__invitation", "user")
    reminder = related.filter(pk=reminder_id, sent_at=None).first()
    if reminder is None:
        return
    mail = reminders.start_mail(reminder)
    if mail is not None:
        mail.send()
        Reminder.objects.filter(pk=reminder_id).update(sent_at=timezone.now())
