"""Whatever is done to an interview: what each calendar was told last is what is true."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview_stream.server.accounts.actor import Member
from interview_stream.server.interviews import actions
from interview_stream.server.interviews.mails import mail_of
from interview_stream.server.interviews.models import Interview, Notice
from interview_stream.server.interviews.schemas import InterviewIn, InterviewPatchIn, RescheduleIn
from interview_stream.server.lib.problems import Conflict

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2031, 3, 29, 12, tzinfo=UTC)
DANA, ERIN = "dana@example.org", "erin@example.org"
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-30, 30)),
        st.tuples(st.just("cancel"), st.none()),
        st.tuples(st.just("rename"), st.sampled_from(["Coding", "Design"])),
        st.tuples(st.just("address"), st.sampled_from([DANA, ERIN, None])),
        st.tuples(st.just("length"), st.sampled_from([30, 60])),
    ),
    min_size=1,
    max_size=8,
)


def perform(alice: Member, interview: Interview, act: str, value: Any) -> None:
    match act:
        case "move":
            wanted = RescheduleIn(scheduled_for=START + timedelta(hours=value))
            actions.reschedule_interview(alice, interview_id=interview.id, wanted=wanted)
        case "cancel":
            actions.cancel_interview(alice, interview_id=interview.id, reason="")
        case _:
            field = {"rename": "title", "address": "candidate_email", "length": "duration_minutes"}[act]
            patch = InterviewPatchIn.model_validate({field: value})
            actions.change_interview(alice, interview_id=interview.id, wanted=patch)


def told_last(interview: Interview) -> dict[str, Any]:
    """What a calendar shows that took in all messages to its address, in order: the entry, or nothing."""
    shown: dict[str, Any] = {}
    sequences: dict[str, int] = {}
    for notice in Notice.objects.filter(interview=interview).order_by("pk"):
        (content, _), *_ = mail_of(notice).alternatives
        calendar = vobject.readOne(str(content))
        event = calendar.vevent
        sequence = int(event.sequence.value)
        assert event.uid.value == f"{interview.id}@localhost"
        assert sequence > sequences.get(notice.address, -1), "a calendar drops what is not newer"
        sequences[notice.address] = sequence
        if calendar.method.value == "CANCEL":
            assert shown.pop(notice.address, None), "only what was there can be called off"
        else:
            shown[notice.address] = event.dtstart.value
    return shown


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_what_was_told_last_is_true(alice: Member, acts: list[tuple[str, Any]]) -> None:
    wanted = InterviewIn(title="Coding", scheduled_for=START, candidate_email=DANA)
    interview = actions.create_interview(alice, wanted=wanted)
    for act, value in acts:
        try:
            perform(alice, interview, act, value)
        except Conflict:
            continue
    interview.refresh_from_db()
    takes_place = interview.state == "scheduled"
    addresses = {alice.user.email, interview.invitation.email} - {""} if takes_place else set()
    assert told_last(interview) == dict.fromkeys(addresses, interview.scheduled_for)
