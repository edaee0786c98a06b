"""The lists of interviews: narrowed down, in pages, counted, and what is still to come."""

from datetime import datetime

from django.db.models import Count, Q

from interview_stream.server.accounts.actor import Actor, Member, member_among
from interview_stream.server.interviews.models import Interview, InterviewQuerySet, Observer
from interview_stream.server.interviews.queries import interview_out, with_relations
from interview_stream.server.interviews.schemas import (
    InterviewCountsOut,
    InterviewFilter,
    InterviewKind,
    InterviewOut,
    Show,
)
from interview_stream.server.interviews.states import (
    CANCELLED,
    DECIDED,
    ENDED,
    EVALUATED,
    LIVE,
    NO_SHOW,
    SCHEDULED,
    WAITING,
)
from interview_stream.server.lib.pages import PageOut, page_of
from interview_stream.server.lib.wording import searchable
from interview_stream.server.live import query

PAGE = 30
MOST_OPEN = 500
"""Of the interviews that are not over: more are no plan that anybody follows."""

_STATES = {
    Show.OPEN: [SCHEDULED, WAITING, LIVE],
    Show.LIVE: [WAITING, LIVE],
    Show.UPCOMING: [SCHEDULED],
    Show.TO_EVALUATE: [ENDED, EVALUATED],
    Show.COMPLETED: [ENDED, EVALUATED, DECIDED],
    Show.CLOSED: [DECIDED, CANCELLED, NO_SHOW],
    Show.SUCCEEDED: [DECIDED],
    Show.FAILED: [DECIDED],
    Show.OFF: [CANCELLED, NO_SHOW],
    Show.MY_SCORECARD: [ENDED],
}
_OUTCOMES = {Show.SUCCEEDED: "pass", Show.FAILED: "fail"}
_AHEAD = (Show.OPEN, Show.LIVE, Show.UPCOMING)


@query("interviews.list")
def list_interviews(
    actor: Actor,
    *,
    text: str = "",
    show: Show = Show.ALL,
    interviewer: int | None = None,
    kind: InterviewKind | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: str = "",
    upto: str = "",
) -> PageOut[InterviewOut]:
    """In pages (lib/pages.py): what is to come begins with the soonest, everything else with the newest."""
    member = member_among(actor)
    wanted = InterviewFilter(text=text, interviewer=interviewer, kind=kind, since=since, until=until)
    found = _shown(member, _matching(actor, wanted), show)
    order = ["starts_at", "id"] if show in _AHEAD else ["-starts_at", "-id"]
    return page_of(
        with_relations(found), order, lambda each: interview_out(member, each), after=after, upto=upto, size=PAGE
    )


@query("interviews.counts")
def count_interviews(
    actor: Actor,
    *,
    text: str = "",
    interviewer: int | None = None,
    kind: InterviewKind | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> InterviewCountsOut:
    """How many a list of each kind would show."""
    member = member_among(actor)
    wanted = InterviewFilter(text=text, interviewer=interviewer, kind=kind, since=since, until=until)
    found = _matching(actor, wanted)
    by_state = dict(found.order_by().values_list("state").annotate(Count("pk")))
    counted = {show: sum(by_state.get(state, 0) for state in states) for show, states in _STATES.items()}
    for show in (*_OUTCOMES, Show.MY_SCORECARD):
        counted[show] = _shown(member, found, show).count()
    return InterviewCountsOut(all=sum(by_state.values()), **counted)


@query("interviews.open")
def list_open_interviews(actor: Actor) -> list[InterviewOut]:
    """All that are not over, the soonest first."""
    member = member_among(actor)
    found = _shown(member, Interview.objects.visible_to(actor), Show.OPEN).order_by("starts_at", "id")
    return [interview_out(member, each) for each in with_relations(found)[:MOST_OPEN]]


def _matching(actor: Actor, wanted: InterviewFilter) -> InterviewQuerySet:
    found = Interview.objects.visible_to(actor)
    for word in searchable(wanted.text).split():
        found = found.filter(Q(search_text__contains=word) | Q(invitation__search_text__contains=word))
    if wanted.interviewer is not None:
        # Nobody is assigned twice, so no interview comes twice.
        found = found.filter(assignments__user_id=wanted.interviewer)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.since:
        found = found.filter(starts_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(starts_at__lt=wanted.until)
    return found


def _shown(member: Member, interviews: InterviewQuerySet, show: Show) -> InterviewQuerySet:
    if show is Show.ALL:
        return interviews
    found = interviews.filter(state__in=_STATES[show])
    if show in _OUTCOMES:
        # Who may not read the outcome of one must not read it off a list either (queries.py, `_outcome`).
        found = found.filter(decisions__reopened_at=None, decisions__outcome=_OUTCOMES[show])
        watched = Observer.objects.present().filter(user=member.user).values("interview")
        found = found.exclude(pk__in=watched).exclude(invitation__email__iexact=member.user.email)
    if show is Show.MY_SCORECARD:
        given = Interview.objects.filter(scorecards__author=member.user, scorecards__submitted_at__isnull=False)
        found = found.filter(assignments__user=member.user).exclude(pk__in=given.values("pk"))
    return found
