"""What the worker does for interviews: sending the e-mails that a change has made necessary."""

import logging
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django_tasks import task

from interview_stream.server.interviews.models import Notice

log = logging.getLogger(__name__)

MOST_TRIES = 5
TRY_AGAIN_AFTER = timedelta(minutes=2)


@task()
def send_notice(notice_id: int) -> None:
    """A job that waits twice finds its work done; what a newer notice has overtaken is not sent any more."""
    # Here, because only the worker writes mail.
    from interview_stream.server.interviews.mails import mail_of

    related = Notice.objects.select_related("interview__organisation", "interview__invitation", "user")
    notice = related.filter(pk=notice_id, sent_at=None).first()
    if notice is None or notice.is_overtaken:
        return
    Notice.objects.filter(pk=notice_id).update(tries=F("tries") + 1, tried_at=timezone.now())
    try:
        mail_of(notice).send()
    except OSError as error:  # includes what smtplib raises
        log.warning("The e-mail to %s could not be sent: %s", notice.address, error)
    else:
        Notice.objects.filter(pk=notice_id).update(sent_at=timezone.now())


def retry_notices() -> None:
    """A mail server that is away for some minutes loses nothing."""
    before = timezone.now() - TRY_AGAIN_AFTER
    failed = Notice.objects.filter(sent_at=None, tries__gt=0, tries__lt=MOST_TRIES, tried_at__lt=before)
    for notice_id in failed.values_list("pk", flat=True):
        send_notice.enqueue(notice_id)
