"""The calendar that a member subscribes to: all their interviews, at an address that is secret and can be renewed."""

from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.accounts.models import Membership, Role
from interview_stream.server.accounts.recent_sign_in import is_barred
from interview_stream.server.interviews.calendar import Entry, feed_file
from interview_stream.server.interviews.models import CalendarFeed, Interview
from interview_stream.server.interviews.schemas import CalendarFeedOut, InterviewState
from interview_stream.server.lib.problems import NotFound, problem_response

KEEP_PAST = timedelta(days=90)
_signer = signing.Signer(salt="interview-stream.calendar-feed", sep=".")


def get_calendar_feed(actor: Actor) -> CalendarFeedOut:
    """Nothing is kept until it is renewed: the first address is version 1 for everybody."""
    member = member_among(actor)
    token = _signer.sign(f"{member.organisation.id.hex}.{member.user.pk}.{_version(member)}")
    url = f"{settings.ENVIRONMENT.public_url}/calendar/{token}.ics"
    return CalendarFeedOut(url=url, webcal_url=f"webcal{url[url.index(':') :]}")


@transaction.atomic
def renew_calendar_feed(actor: Actor) -> None:
    """The old address stops working at once."""
    member = member_among(actor)
    feed = CalendarFeed.objects.select_for_update().get_or_create(user=member.user, organisation=member.organisation)[0]
    feed.version += 1
    feed.save(update_fields=["version"])


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """For calendar programs, which neither sign in nor keep cookies: who knows the address reads the calendar."""
    member = _owner_of(token)
    if member is None:
        return problem_response(NotFound("There is no such calendar."))
    content = feed_file(f"Interviews, {member.organisation.name}", _entries(member), now=timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = 'inline; filename="interviews.ics"'
    return response


def _owner_of(token: str) -> Member | None:
    """Whose calendar it is, as long as they are in the organisation and it lets them in."""
    try:
        organisation_id, user_id, version = _signer.unsign(token).split(".")
    except (signing.BadSignature, ValueError):
        return None
    membership = (
        Membership.objects.select_related("user", "organisation")
        .filter(organisation_id=UUID(organisation_id), user_id=int(user_id), user__is_active=True)
        .first()
    )
    if membership is None or is_barred(membership.user, membership.organisation):
        return None
    member = Member(user=membership.user, organisation=membership.organisation, role=Role(membership.role))
    return member if _version(member) == int(version) else None


def _version(member: Member) -> int:
    kept = CalendarFeed.objects.filter(user=member.user, organisation=member.organisation).first()
    return kept.version if kept else 1


def _entries(member: Member) -> list[Entry]:
    """What they hold or watch and what takes place, or has taken place lately."""
    theirs = Q(assignments__user=member.user) | Q(observers__user=member.user, observers__removed_at=None)
    found = (
        Interview.objects.visible_to(member)
        .filter(theirs, scheduled_for__gte=timezone.now() - KEEP_PAST)
        .exclude(state__in=[InterviewState.CANCELLED, InterviewState.NO_SHOW])
        .select_related("invitation", "organisation")
        .order_by("scheduled_for")
        .distinct()
    )
    return [_entry(interview) for interview in found]


def _entry(interview: Interview) -> Entry:
    assert interview.scheduled_for
    public_url = settings.ENVIRONMENT.public_url
    return Entry(
        interview_id=interview.id,
        host=urlsplit(public_url).hostname or "localhost",
        sequence=interview.calendar_sequence,
        start=interview.scheduled_for,
        minutes=interview.duration_minutes,
        summary=interview.title,
        description=f"Candidate: {interview.invitation.name or 'not named yet'}",
        url=f"{public_url}/interviews/{interview.id}",
        organiser_name=interview.organisation.name,
        organiser_address=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    )
