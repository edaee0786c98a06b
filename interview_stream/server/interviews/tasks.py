"""What the worker does for interviews: sending the e-mails that a change has made necessary."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from interview_stream.server.accounts.models import User
from interview_stream.server.interviews import reminders
from interview_stream.server.interviews.models import Interview, Notice, Reminder
from interview_stream.server.interviews.states import OVER
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


def _named_organisation(user_id: int, organisation_id: str, interview_ids: list[str]) -> UUID:
    return UUID(organisation_id)


@job("Tell owners that nobody holds an interview", tries=8, organisation_of=_named_organisation)
def send_nobody_holds(user_id: int, organisation_id: str, interview_ids: list[str]) -> None:
    """To owners and admins; what somebody has taken over meanwhile is left out."""
    found = Interview.objects.filter(id__in=interview_ids, assignments=None).exclude(state__in=OVER)
    interviews = list(found.select_related("organisation").order_by("starts_at"))
    if not interviews:
        return
    from interview_stream.server.interviews.mails import nobody_holds_mail

    leaver = User.objects.get(pk=user_id).name
    organisation = interviews[0].organisation
    in_charge = organisation.memberships.in_charge().filter(user__is_active=True)
    for membership in in_charge.select_related("user"):
        nobody_holds_mail(membership.user, leaver, interviews).send()


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
