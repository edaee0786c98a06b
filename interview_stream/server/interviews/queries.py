"""What members and candidates see of interviews; each read answers HTTP and can be watched."""

from uuid import UUID

from interview_stream.server.accounts.actor import Actor, Guest, Member, member_among
from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.interviews import states
from interview_stream.server.interviews.calendar import Method
from interview_stream.server.interviews.links import invitation_of, link_url, observer_url
from interview_stream.server.interviews.models import Activity, Interview, InterviewQuerySet, Observer
from interview_stream.server.interviews.schemas import (
    Act,
    ActivityOut,
    CandidateOut,
    GuestInterviewOut,
    GuestOut,
    GuestViewOut,
    InterviewKind,
    InterviewOut,
    InterviewState,
    KitRefOut,
    MailOut,
    NoticeState,
    ObserverOut,
)
from interview_stream.server.interviews.slots import open_slots
from interview_stream.server.kits.models import KitVersion
from interview_stream.server.kits.queries import version_out
from interview_stream.server.kits.schemas import KitVersionOut
from interview_stream.server.live import query


@query("interviews.get")
def get_interview(actor: Actor, *, interview_id: UUID) -> InterviewOut:
    member = member_among(actor)
    return interview_out(member, with_relations(Interview.objects.visible_to(actor)).one(interview_id))


@query("interviews.activities")
def list_activities(actor: Actor, *, interview_id: UUID) -> list[ActivityOut]:
    """What was done with the interview, the newest first."""
    member_among(actor)
    interview = Interview.objects.visible_to(actor).one(interview_id)
    found = Activity.objects.visible_to(actor).filter(interview=interview).select_related("by")
    return [
        ActivityOut(
            id=activity.pk,
            act=Act(activity.act),
            at=activity.at,
            by=PersonOut(id=activity.by.pk, name=activity.by.name) if activity.by else None,
            reason=activity.reason,
            planned_before=activity.planned_before,
            planned_after=activity.planned_after,
        )
        for activity in found
    ]


@query("interviews.kit")
def get_interview_kit(actor: Actor, *, interview_id: UUID) -> KitVersionOut | None:
    """The problems and the scorecard of the interview; none if it has no kit."""
    member_among(actor)
    interview = Interview.objects.visible_to(actor).select_related("kit_version__by").one(interview_id)
    return version_out(interview.kit_version) if interview.kit_version else None


@query("interviewers.list")
def list_interviewers(actor: Actor) -> list[PersonOut]:
    """Who of the organisation can hold an interview, by name."""
    memberships = member_among(actor).organisation.memberships.select_related("user").order_by("user__name", "user_id")
    return [PersonOut(id=membership.user.pk, name=membership.user.name) for membership in memberships]


@query("guest.view")
def get_guest_view(actor: Actor) -> GuestViewOut:
    is_observer = isinstance(actor, Guest) and actor.is_observer
    if isinstance(actor, Guest) and is_observer:
        interview = with_relations(Interview.objects.visible_to(actor)).one(actor.interview_id)
        observer = next(each for each in interview.observers.all() if each.id == actor.guest_id)
        guest = GuestOut(id=observer.id, name=observer.name or None, time_zone=None)
    else:
        invitation = invitation_of(actor)
        interview = with_relations(Interview.objects.visible_to(actor)).one(invitation.interview_id)
        guest = GuestOut(id=invitation.id, name=invitation.name or None, time_zone=invitation.time_zone or None)
    return GuestViewOut(
        interview=GuestInterviewOut(
            id=interview.id,
            title=interview.title,
            state=states.as_candidates_see(interview.state),
            scheduled_for=interview.scheduled_for,
            duration_minutes=interview.duration_minutes,
            kind=InterviewKind(interview.kind),
            description=interview.description,
            organisation_name=interview.organisation.name,
            organisation_logo_url=interview.organisation.logo_url,
            interviewers=[assignment.user.name for assignment in interview.assignments.all()],
        ),
        guest=guest,
        is_observer=is_observer,
        is_resume_wanted=interview.invitation.is_resume_wanted and not is_observer,
        is_recording_planned=interview.is_recording_planned,
        is_recording=_is_recording(interview),
        slots=[] if is_observer else open_slots(interview),
    )


def with_relations(interviews: InterviewQuerySet) -> InterviewQuerySet:
    """Recordings, decisions and scorecards are later apps', so they come through reverse relations, not imports."""
    rows = ("recordings", "assignments__user", "notices", "decisions", "scorecards", "observers", "slots")
    return interviews.prefetch_related("created_by", "organisation", "invitation", "kit_version", *rows)


def _mail_out(interview: Interview) -> MailOut | None:
    newest = max(
        (n for n in interview.notices.all() if n.user_id is None and n.observer_id is None),
        key=lambda n: n.pk,
        default=None,
    )
    if newest is None:
        return None
    state = NoticeState.SENT if newest.sent_at else NoticeState.FAILED if newest.tries else NoticeState.WAITING
    at = newest.sent_at or newest.tried_at or newest.created_at
    return MailOut(state=state, is_cancellation=newest.method == Method.CANCEL, at=at)


def _awaits_scorecard(member: Member, interview: Interview) -> bool:
    """It was held, by this person among others, who has not said yet what they think."""
    if interview.state != InterviewState.ENDED:
        return False
    is_held_by_me = any(each.user_id == member.user.pk for each in interview.assignments.all())
    cards = [card for card in interview.scorecards.all() if card.author_id == member.user.pk]
    return is_held_by_me and not any(card.submitted_at for card in cards)


def _observer_out(member: Member, observer: Observer) -> ObserverOut:
    return ObserverOut(
        id=observer.id,
        name=observer.name,
        email=observer.email or None,
        user_id=observer.user_id,
        link_url=observer_url(observer) if observer.user_id is None and member.may_hand_out("interviews") else None,
    )


def _outcome(member: Member, interview: Interview) -> str | None:
    """What was decided is not told to those who must not read why: who only watches, and the candidate themself."""
    outcome = next((each.outcome for each in interview.decisions.all() if each.reopened_at is None), None)
    if outcome is None:  # Nothing here depends on the person, so one live run does for all members.
        return None
    is_observer = any(each.user_id == member.user.pk for each in interview.observers.all() if each.removed_at is None)
    is_candidate = interview.invitation.email.casefold() == member.user.email.casefold()
    return None if is_observer or is_candidate else outcome


def _kit_ref(version: KitVersion | None) -> KitRefOut | None:
    return KitRefOut(id=version.kit_id, number=version.number, name=version.name) if version else None


def _is_recording(interview: Interview) -> bool:
    return any(recording.state == "recording" for recording in interview.recordings.all())


def interview_out(member: Member, interview: Interview) -> InterviewOut:
    invitation = interview.invitation
    return InterviewOut(
        id=interview.id,
        title=interview.title,
        state=InterviewState(interview.state),
        scheduled_for=interview.scheduled_for,
        duration_minutes=interview.duration_minutes,
        created_at=interview.created_at,
        ended_at=interview.ended_at,
        created_by=PersonOut(id=interview.created_by.pk, name=interview.created_by.name),
        kind=InterviewKind(interview.kind),
        description=interview.description,
        time_zone=interview.time_zone,
        interviewers=[PersonOut(id=each.user.pk, name=each.user.name) for each in interview.assignments.all()],
        kit=_kit_ref(interview.kit_version),
        observers=[_observer_out(member, each) for each in interview.observers.all() if each.removed_at is None],
        candidate=CandidateOut(
            id=invitation.id,
            candidate_id=invitation.candidate_id,
            name=invitation.name or None,
            email=invitation.email or None,
            time_zone=invitation.time_zone or None,
            link_url=link_url(invitation) if member.may_hand_out("interviews") else None,
            link_expires_at=invitation.link_expires_at,
            is_resume_wanted=invitation.is_resume_wanted,
            mail=_mail_out(interview),
        ),
        allowed=[act for act in Act if states.can(interview.state, act) and act not in states.BY_ITSELF],
        outcome=_outcome(member, interview),
        offered=[slot.start for slot in interview.slots.all()],
        awaits_my_scorecard=_awaits_scorecard(member, interview),
        is_recording_planned=interview.is_recording_planned,
        admits_automatically=interview.admits_automatically,
        recordings_count=len(interview.recordings.all()),
        is_recording=_is_recording(interview),
    )
