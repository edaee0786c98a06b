"""HTTP doors of interviews: what members plan, and what a candidate's link shows."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.accounts.guarding import SessionGuard
from interview_stream.server.accounts.schemas import PersonOut
from interview_stream.server.interviews import actions, feed, listing, observing, queries, rounds, slots
from interview_stream.server.interviews.schemas import (
    ActivityOut,
    CalendarFeedOut,
    CandidateFileOut,
    FreeSlotsIn,
    GuestNameIn,
    GuestPlaceIn,
    GuestViewOut,
    InterviewCountsOut,
    InterviewFilter,
    InterviewIn,
    InterviewOut,
    InterviewPatchIn,
    ObserverIn,
    OfferIn,
    OwnInterviewOut,
    ReasonIn,
    RescheduleIn,
    Show,
    SlotIn,
)
from interview_stream.server.kits.schemas import KitVersionOut
from interview_stream.server.lib.idempotency import without_keys
from interview_stream.server.lib.pages import PageOut

router = Router(tags=["interviews"])


@router.get("/interviews", response=PageOut[InterviewOut])
def list_interviews(
    request: HttpRequest, wanted: Query[InterviewFilter], show: Show = Show.ALL, after: str = "", upto: str = ""
) -> PageOut[InterviewOut]:
    return listing.list_interviews(actor_of(request), show=show, after=after, upto=upto, **wanted.dict())


@router.get("/interview-counts", response=InterviewCountsOut)
def count_interviews(request: HttpRequest, wanted: Query[InterviewFilter]) -> InterviewCountsOut:
    """How many `/interviews` has for each value of `show`."""
    return listing.count_interviews(actor_of(request), **wanted.dict())


@router.get("/open-interviews", response=list[InterviewOut])
def list_open_interviews(request: HttpRequest) -> list[InterviewOut]:
    """All that are not over, the soonest first."""
    return listing.list_open_interviews(actor_of(request))


@router.post("/interviews", response={201: InterviewOut})
def create_interview(request: HttpRequest, body: InterviewIn) -> Status[InterviewOut]:
    actor = actor_of(request)
    interview = actions.create_interview(actor, wanted=body)
    return Status(201, queries.get_interview(actor, interview_id=interview.id))


@router.get("/interviews/{uuid:interview_id}", response=InterviewOut)
def get_interview(request: HttpRequest, interview_id: UUID) -> InterviewOut:
    return queries.get_interview(actor_of(request), interview_id=interview_id)


@router.patch("/interviews/{uuid:interview_id}", response=InterviewOut)
def change_interview(request: HttpRequest, interview_id: UUID, body: InterviewPatchIn) -> InterviewOut:
    actor = actor_of(request)
    actions.change_interview(actor, interview_id=interview_id, wanted=body)
    return queries.get_interview(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/end", response=InterviewOut)
def end_interview(request: HttpRequest, interview_id: UUID) -> InterviewOut:
    """Close the room for everyone and stop what is being recorded. Ending twice is no error."""
    actor = actor_of(request)
    actions.end_interview(actor, interview_id=interview_id)
    return queries.get_interview(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/reschedule", response=InterviewOut)
def reschedule_interview(request: HttpRequest, interview_id: UUID, body: RescheduleIn) -> InterviewOut:
    """A new time; one that was called off, or to which the candidate did not come, is planned again by it."""
    actor = actor_of(request)
    actions.reschedule_interview(actor, interview_id=interview_id, wanted=body)
    return queries.get_interview(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/cancel", response=InterviewOut)
def cancel_interview(request: HttpRequest, interview_id: UUID, body: ReasonIn) -> InterviewOut:
    actor = actor_of(request)
    actions.cancel_interview(actor, interview_id=interview_id, reason=body.reason)
    return queries.get_interview(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/no-show", response=InterviewOut)
def mark_no_show(request: HttpRequest, interview_id: UUID, body: ReasonIn) -> InterviewOut:
    actor = actor_of(request)
    actions.mark_no_show(actor, interview_id=interview_id, reason=body.reason)
    return queries.get_interview(actor, interview_id=interview_id)


@router.post("/free-slots", response=list[datetime])
def list_free_slots(request: HttpRequest, body: FreeSlotsIn) -> list[datetime]:
    """Times at which all of these people work and are free, in the next two weeks; nothing is changed."""
    return slots.list_free_slots(
        actor_of(request),
        interviewer_ids=body.interviewer_ids,
        minutes=body.minutes,
        interview_id=body.interview_id,
    )


@router.put("/interviews/{uuid:interview_id}/slots", response=InterviewOut)
def offer_slots(request: HttpRequest, interview_id: UUID, body: OfferIn) -> InterviewOut:
    """The candidate is mailed these times and chooses one; it replaces what was offered before."""
    actor = actor_of(request)
    slots.offer_slots(actor, interview_id=interview_id, starts=body.starts)
    return queries.get_interview(actor, interview_id=interview_id)


@router.delete("/interviews/{uuid:interview_id}/slots", response=InterviewOut)
def withdraw_slots(request: HttpRequest, interview_id: UUID) -> InterviewOut:
    actor = actor_of(request)
    slots.withdraw_slots(actor, interview_id=interview_id)
    return queries.get_interview(actor, interview_id=interview_id)


@router.post("/guest/slot", response=GuestViewOut)
def choose_slot(request: HttpRequest, body: SlotIn) -> GuestViewOut:
    """The candidate takes one of the offered times; the interview is then planned for it."""
    actor = actor_of(request)
    slots.choose_slot(actor, slot_id=body.slot_id)
    return queries.get_guest_view(actor)


@router.get("/interviews/{uuid:interview_id}/activities", response=list[ActivityOut])
def list_activities(request: HttpRequest, interview_id: UUID) -> list[ActivityOut]:
    return queries.list_activities(actor_of(request), interview_id=interview_id)


@router.get("/interviews/{uuid:interview_id}/kit", response=KitVersionOut | None)
def get_interview_kit(request: HttpRequest, interview_id: UUID) -> KitVersionOut | None:
    return queries.get_interview_kit(actor_of(request), interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/candidate-link", response=InterviewOut)
def renew_candidate_link(request: HttpRequest, interview_id: UUID) -> InterviewOut:
    """A new personal link for the candidate; the old one stops working."""
    actor = actor_of(request)
    actions.renew_candidate_link(actor, interview_id=interview_id)
    return queries.get_interview(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/observers", response=InterviewOut)
def add_observer(request: HttpRequest, interview_id: UUID, body: ObserverIn) -> InterviewOut:
    """Somebody who watches and listens, and is neither seen nor heard."""
    actor = actor_of(request)
    observing.add_observer(actor, interview_id=interview_id, wanted=body)
    return queries.get_interview(actor, interview_id=interview_id)


@router.delete("/interviews/{uuid:interview_id}/observers/{uuid:observer_id}", response=InterviewOut)
def remove_observer(request: HttpRequest, interview_id: UUID, observer_id: UUID) -> InterviewOut:
    actor = actor_of(request)
    observing.remove_observer(actor, interview_id=interview_id, observer_id=observer_id)
    return queries.get_interview(actor, interview_id=interview_id)


@router.get("/interviewers", response=list[PersonOut])
def list_interviewers(request: HttpRequest) -> list[PersonOut]:
    return queries.list_interviewers(actor_of(request))


@router.get("/candidates/{uuid:candidate_id}/interviews", response=list[InterviewOut])
def list_rounds(request: HttpRequest, candidate_id: UUID) -> list[InterviewOut]:
    return rounds.list_rounds(actor_of(request), candidate_id=candidate_id)


@router.get("/candidates/{uuid:candidate_id}/files", response=list[CandidateFileOut])
def list_candidate_files(request: HttpRequest, candidate_id: UUID) -> list[CandidateFileOut]:
    return rounds.list_candidate_files(actor_of(request), candidate_id=candidate_id)


@router.get("/me/interviews", response=list[OwnInterviewOut])
def list_own_interviews(request: HttpRequest) -> list[OwnInterviewOut]:
    """Where the signed-in person is the candidate, by an address of theirs that is proven."""
    return rounds.list_own_interviews(actor_of(request))


@router.get("/calendar-feed", auth=SessionGuard(), response=CalendarFeedOut)
def get_calendar_feed(request: HttpRequest) -> CalendarFeedOut:
    """No key gets the address, which would outlive it."""
    return feed.get_calendar_feed(actor_of(request))


@router.post("/calendar-feed/renew", auth=SessionGuard(), response=CalendarFeedOut)
@without_keys
def renew_calendar_feed(request: HttpRequest) -> CalendarFeedOut:
    actor = actor_of(request)
    feed.renew_calendar_feed(actor)
    return feed.get_calendar_feed(actor)


@router.get("/guest", response=GuestViewOut)
def get_guest_view(request: HttpRequest) -> GuestViewOut:
    """What the holder of a personal link sees (`Authorization: Guest <token>`)."""
    return queries.get_guest_view(actor_of(request))


@router.put("/guest", response=GuestViewOut)
def name_guest(request: HttpRequest, body: GuestNameIn) -> GuestViewOut:
    actor = actor_of(request)
    actions.name_guest(actor, name=body.name)
    return queries.get_guest_view(actor)


@router.put("/guest/time-zone", response=GuestViewOut)
def place_guest(request: HttpRequest, body: GuestPlaceIn) -> GuestViewOut:
    actor = actor_of(request)
    actions.place_guest(actor, time_zone=body.time_zone)
    return queries.get_guest_view(actor)
