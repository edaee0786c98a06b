"""What becomes of the links that this app gave out when an operator ends everybody's access."""

from django.db.models import F
from django.utils import timezone

from interview_stream.server.accounts.models import Membership
from interview_stream.server.interviews.models import CalendarFeed, Invitation, Observer


def end_all_links() -> None:
    """Candidates' links and calendars' addresses are signed, not stored: counting up is what kills them.

    An observer's link has no number, so they are removed and have to be added again.
    """
    Invitation.objects.update(link_version=F("link_version") + 1)
    Observer.objects.present().filter(user=None).update(removed_at=timezone.now())
    for user_id, organisation_id in Membership.objects.values_list("user_id", "organisation_id"):
        CalendarFeed.objects.get_or_create(user_id=user_id, organisation_id=organisation_id)
    CalendarFeed.objects.update(version=F("version") + 1)
