"""What changes interviews: planning, moving, calling off, ending, and handing out the candidate's link."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from interview_stream.server.accounts.actor import Actor, Guest, member_among
from interview_stream.server.interviews import states
from interview_stream.server.interviews.candidacy import candidate_for, follow_correction
from interview_stream.server.interviews.endings import announce_end, announce_link_end
from interview_stream.server.interviews.links import invitation_of
from interview_stream.server.interviews.models import Activity, Assignment, Interview, Invitation, link_expiry
from interview_stream.server.interviews.notices import tell
from interview_stream.server.interviews.observing import name_observer
from interview_stream.server.interviews.schemas import Act, InterviewIn, InterviewPatchIn, RescheduleIn
from interview_stream.server.kits.models import Kit, KitVersion
from interview_stream.server.lib.problems import Conflict, Invalid


def create_interview(actor: Actor, *, wanted: InterviewIn) -> Interview:
    member = member_among(actor)
    with transaction.atomic():
        interview = Interview.objects.create(
            organisation=member.organisation,
            created_by=member.user,
            title=wanted.title,
            scheduled_for=wanted.scheduled_for,
            duration_minutes=wanted.duration_minutes,
            kind=wanted.kind,
            description=wanted.description,
            time_zone=wanted.time_zone or member.organisation.time_zone or "UTC",
            kit_version=_kit_version(actor, wanted.kit_id) if wanted.kit_id else None,
            is_recording_planned=wanted.is_recording_planned,
            admits_automatically=wanted.admits_automatically,
        )
        assign(interview, wanted.interviewer_ids or [member.user.pk])
        candidate = candidate_for(actor, interview, wanted)
        Invitation.objects.create(
            interview=interview,
            candidate=candidate,
            name=wanted.candidate_name or (candidate.name if candidate else ""),
            email=wanted.candidate_email or (candidate.email if candidate else ""),
            time_zone=wanted.candidate_time_zone or "",
            link_expires_at=link_expiry(interview),
        )
        tell(interview)
    return interview


@transaction.atomic
def change_interview(actor: Actor, *, interview_id: UUID, wanted: InterviewPatchIn) -> None:
    interview = _found(actor, interview_id, Act.EDIT)
    given, before = wanted.model_fields_set, dict(vars(interview))
    interview.title = wanted.title or interview.title
    interview.duration_minutes = wanted.duration_minutes or interview.duration_minutes
    interview.kind = wanted.kind or interview.kind
    interview.time_zone = wanted.time_zone or interview.time_zone
    if wanted.description is not None:
        interview.description = wanted.description
    if wanted.is_recording_planned is not None:
        interview.is_recording_planned = wanted.is_recording_planned
    if wanted.admits_automatically is not None:
        interview.admits_automatically = wanted.admits_automatically
    if wanted.interviewer_ids is not None:
        assign(interview, wanted.interviewer_ids)
    if "kit_id" in given:
        _take_kit(actor, interview, wanted.kit_id)
    invitation = interview.invitation
    if "scheduled_for" in given and wanted.scheduled_for != interview.scheduled_for:
        states.after(interview.state, Act.RESCHEDULE)
        move_interview(actor, interview, wanted.scheduled_for)
    if "candidate_name" in given:
        invitation.name = wanted.candidate_name or ""
    if "candidate_email" in given:
        invitation.email = wanted.candidate_email or ""
    if "candidate_time_zone" in given:
        invitation.time_zone = wanted.candidate_time_zone or ""
    if given & {"candidate_name", "candidate_email"}:
        follow_correction(invitation)
    _save_changed(interview, before)
    if given & {"scheduled_for", "candidate_name", "candidate_email", "candidate_time_zone"}:
        invitation.save()
    tell(interview)


@transaction.atomic
def end_interview(actor: Actor, *, interview_id: UUID) -> None:
    member_among(actor)
    interview = Interview.objects.editable_by(actor).select_for_update().one(interview_id)
    if not interview.is_over:
        _close(actor, interview, Act.END)
    else:
        states.after(interview.state, Act.END)


@transaction.atomic
def reschedule_interview(actor: Actor, *, interview_id: UUID, wanted: RescheduleIn) -> None:
    """Another time, also for one that was called off or to which nobody came."""
    interview = _found(actor, interview_id, Act.RESCHEDULE)
    interview.state = states.after(interview.state, Act.RESCHEDULE)
    interview.ended_at = None
    interview.duration_minutes = wanted.duration_minutes or interview.duration_minutes
    move_interview(actor, interview, wanted.scheduled_for, reason=wanted.reason)
    interview.save()
    interview.invitation.save()
    tell(interview)


@transaction.atomic
def cancel_interview(actor: Actor, *, interview_id: UUID, reason: str) -> None:
    _close(actor, _found(actor, interview_id, Act.CANCEL), Act.CANCEL, reason=reason)


@transaction.atomic
def mark_no_show(actor: Actor, *, interview_id: UUID, reason: str) -> None:
    _close(actor, _found(actor, interview_id, Act.MARK_NO_SHOW), Act.MARK_NO_SHOW, reason=reason)


@transaction.atomic
def renew_candidate_link(actor: Actor, *, interview_id: UUID) -> None:
    """Links are signed, not stored: counting the version up is what kills the old one, and who holds it is put out."""
    invitation = _found(actor, interview_id, Act.RENEW_LINK).invitation
    invitation.link_version += 1
    invitation.link_expires_at = link_expiry(invitation.interview, not_before=timezone.now())
    invitation.save()
    tell(invitation.interview)
    announce_link_end(interview_id)


@transaction.atomic
def name_guest(actor: Actor, *, name: str) -> None:
    if isinstance(actor, Guest) and actor.is_observer:
        name_observer(actor, name=name)
        return
    invitation = invitation_of(actor)
    invitation.name = name
    invitation.save(update_fields=["name"])


@transaction.atomic
def place_guest(actor: Actor, *, time_zone: str) -> None:
    """The browser that opened the link knows the candidate's zone better than whoever planned."""
    invitation = invitation_of(actor)
    invitation.time_zone = time_zone
    invitation.save(update_fields=["time_zone"])


def assign(interview: Interview, user_ids: Collection[int]) -> None:
    """These people of the organisation, and no others, hold the interview from now on."""
    wanted = set(user_ids)
    colleagues = interview.organisation.memberships.filter(user_id__in=wanted).values_list("user_id", flat=True)
    if set(colleagues) != wanted:
        raise Invalid.value("interviewer_ids", "Somebody of these is not in your organisation.")
    interview.assignments.exclude(user_id__in=wanted).delete()
    interview.observers.present().filter(user_id__in=wanted).update(removed_at=timezone.now())
    known = set(interview.assignments.values_list("user_id", flat=True))
    Assignment.objects.bulk_create(
        Assignment(interview=interview, user_id=user_id) for user_id in dict.fromkeys(user_ids) if user_id not in known
    )


def _kit_version(actor: Actor, kit_id: UUID) -> KitVersion:
    kit = Kit.objects.visible_to(actor).one(kit_id)
    if kit.archived_at is not None:
        raise Conflict("This kit is archived. Choose another, or restore it.", slug="kit-archived")
    return kit.newest_version()


def _take_kit(actor: Actor, interview: Interview, kit_id: UUID | None) -> None:
    """Not saved yet. The same kit again changes nothing: the interview keeps the version that it took."""
    has = interview.kit_version
    if (has and has.kit_id) == kit_id:
        return
    if interview.scorecards.exists():
        raise Conflict("Scoring has begun, so what is scored stays as it is.", slug="scoring-has-begun")
    interview.kit_version = _kit_version(actor, kit_id) if kit_id else None


def _save_changed(interview: Interview, before: Mapping[str, Any]) -> None:
    """Only the columns that are other than before: most changes are of one, and a row has twenty."""
    columns = [field.attname for field in interview._meta.concrete_fields]  # noqa: SLF001 - documented by Django
    changed = [column for column in columns if getattr(interview, column) != before[column]]
    if changed:
        interview.save(update_fields=changed)


def _found(actor: Actor, interview_id: UUID, act: Act) -> Interview:
    """The interview, locked, if `act` can be done with it now."""
    member_among(actor)
    found = Interview.objects.editable_by(actor).select_for_update()
    interview = found.prefetch_related("invitation").one(interview_id)
    states.after(interview.state, act)
    return interview


def _close(actor: Actor, interview: Interview, act: Act, *, reason: str = "") -> None:
    was_over = interview.is_over
    interview.state = states.after(interview.state, act)
    interview.ended_at = interview.ended_at or timezone.now()
    interview.save()
    note_activity(actor, interview, act, reason=reason)
    tell(interview)
    if not was_over:
        announce_end(interview.id)


def move_interview(
    actor: Actor | None, interview: Interview, start: datetime | None, *, reason: str = "", act: Act = Act.RESCHEDULE
) -> None:
    """Not saved yet; no actor where the candidate chose it. The personal link lives on from the new time."""
    before, interview.scheduled_for = interview.scheduled_for, start
    interview.invitation.link_expires_at = link_expiry(interview, not_before=timezone.now())
    note_activity(actor, interview, act, reason=reason, planned_before=before, planned_after=start)


def note_activity(actor: Actor | None, interview: Interview, act: Act, **facts: Any) -> None:
    """No actor for what comes by itself."""
    by = member_among(actor).user if actor is not None else None
    Activity.objects.create(interview=interview, act=act, by=by, **facts)
