"""The lists of interviews: what they are narrowed down to, in which order, in how many pages, for whose eyes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.evaluations.models import Decision, Scorecard
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.listing import PAGE, count_interviews
from interview_stream.server.interviews.models import Interview, Invitation, Observer
from interview_stream.server.interviews.schemas import InterviewIn, InterviewState, Show
from interview_stream.server.interviews.states import OVER

MAY = datetime(2030, 5, 6, 12, tzinfo=UTC)


def plan(member: Member, title: str, state: str = "scheduled", **facts: Any) -> Interview:
    made = create_interview(member, wanted=InterviewIn(title=title, **{"scheduled_for": MAY, **facts}))
    ended_at = timezone.now() if state in OVER else None
    Interview.objects.filter(pk=made.pk).update(state=state, ended_at=ended_at)
    return made


def titles(client: Client, **wanted: Any) -> list[str]:
    answer = client.get("/api/interviews", wanted)
    assert answer.status_code == 200, answer.content
    return [each["title"] for each in answer.json()["items"]]


def counts(client: Client, **wanted: Any) -> dict[str, int]:
    found: dict[str, int] = client.get("/api/interview-counts", wanted).json()
    return found


@pytest.fixture
def of_all_states(alice: Member) -> None:
    for days, state in enumerate(InterviewState):
        plan(alice, state, state, scheduled_for=MAY + timedelta(days=days))


@pytest.mark.usefixtures("of_all_states")
def test_each_list_has_its_states_and_is_as_long_as_counted(as_alice: Client, as_charlie: Client) -> None:
    counted = counts(as_alice)
    for show in Show:
        found = titles(as_alice, show=show.value)
        assert len(found) == counted[show.value], show
    assert titles(as_alice, show="to_evaluate") == ["evaluated", "ended"]
    assert titles(as_alice, show="completed") == ["decided", "evaluated", "ended"]
    assert titles(as_alice, show="closed") == ["no_show", "cancelled", "decided"]
    assert titles(as_alice, show="off") == ["no_show", "cancelled"]
    assert titles(as_alice, show="my_scorecard") == ["ended"]
    assert counted["all"] == len(InterviewState)
    assert set(counts(as_charlie).values()) == {0}


@pytest.mark.usefixtures("of_all_states")
def test_what_is_to_come_begins_with_the_soonest(as_alice: Client) -> None:
    is_open = [each["title"] for each in as_alice.get("/api/open-interviews").json()]
    assert is_open == titles(as_alice, show="open")
    assert (is_open[0], is_open[-1]) == ("scheduled", "live")
    assert titles(as_alice) == [state.value for state in reversed(InterviewState)]


def test_filters_narrow_down_together(alice: Member, bob: Member, as_alice: Client) -> None:
    plan(alice, "Façade", kind="coding", interviewer_ids=[bob.user.pk], candidate_name="Zoë Müller")
    plan(alice, "Façade, second", scheduled_for=MAY + timedelta(days=1), candidate_email="ZOE@example.org")
    plan(bob, "Kernel", kind="coding")

    assert titles(as_alice, text="facade") == ["Façade, second", "Façade"]
    assert titles(as_alice, text="FAÇADE muller") == ["Façade"]
    assert titles(as_alice, text="zoe@") == ["Façade, second"]
    assert titles(as_alice, interviewer=bob.user.pk) == titles(as_alice, kind="coding")
    assert titles(as_alice, interviewer=bob.user.pk, text="facade") == ["Façade"]
    assert titles(as_alice, since=(MAY + timedelta(hours=1)).isoformat()) == ["Façade, second"]
    assert titles(as_alice, until=(MAY + timedelta(hours=1)).isoformat(), text="facade") == ["Façade"]
    assert counts(as_alice, text="facade", kind="coding") == counts(as_alice, kind="coding", text="muller")
    assert as_alice.get("/api/interviews", {"kind": "chess"}).status_code == 422
    assert as_alice.get("/api/interviews", {"show": "everything"}).status_code == 422


def test_a_search_follows_a_corrected_name_and_title(alice: Member, as_alice: Client) -> None:
    made = plan(alice, "Front end", candidate_name="Dana")
    change = {"title": "Ångström", "candidate_name": "Žofie"}
    assert as_alice.patch(f"/api/interviews/{made.id}", change, content_type="application/json").status_code == 200
    assert titles(as_alice, text="angstrom zofie") == titles(as_alice, text="ÅNGSTRÖM žofie") == ["Ångström"]
    assert titles(as_alice, text="dana") == []


def test_pages_take_up_where_the_one_before_ended(alice: Member, as_alice: Client) -> None:
    for number in range(PAGE + 2):
        plan(alice, f"{number:02}", scheduled_for=MAY if number < 20 else None)
    for show in ("all", "upcoming"):
        first = as_alice.get("/api/interviews", {"show": show}).json()
        rest = as_alice.get("/api/interviews", {"show": show, "after": first["next"]}).json()
        found = [each["id"] for each in first["items"] + rest["items"]]
        assert (len(first["items"]), rest["next"]) == (PAGE, None)
        assert len(found) == len(set(found)) == PAGE + 2


def test_who_may_not_read_an_outcome_does_not_read_it_off_a_list(
    alice: Member, bob: Member, as_alice: Client, as_bob: Client
) -> None:
    passed, reopened, own = (plan(alice, title, "decided") for title in ("Passed", "Was passed", "Bob's own"))
    for each in (passed, reopened, own):
        Decision.objects.create(interview=each, outcome="pass", by=alice.user)
    reopened.decisions.update(reopened_at=timezone.now())
    Decision.objects.create(interview=reopened, outcome="fail", by=alice.user)
    Invitation.objects.filter(interview=own).update(email=bob.user.email.upper())
    watching = Observer.objects.create(interview=passed, user=bob.user)

    assert sorted(titles(as_alice, show="succeeded")) == ["Bob's own", "Passed"]
    assert titles(as_alice, show="failed") == ["Was passed"]
    assert titles(as_bob, show="succeeded") == []
    assert count_interviews(bob).succeeded == 0
    watching.removed_at = timezone.now()
    watching.save()
    assert titles(as_bob, show="succeeded") == ["Passed"]


def test_a_scorecard_is_missing_until_it_is_submitted(alice: Member, bob: Member, as_alice: Client) -> None:
    made = plan(alice, "Ended", "ended", interviewer_ids=[alice.user.pk, bob.user.pk])
    Scorecard.objects.create(interview=made, author=bob.user, submitted_at=timezone.now())
    mine = Scorecard.objects.create(interview=made, author=alice.user)
    assert titles(as_alice, show="my_scorecard") == ["Ended"]
    mine.submitted_at = timezone.now()
    mine.save()
    assert titles(as_alice, show="my_scorecard") == []
