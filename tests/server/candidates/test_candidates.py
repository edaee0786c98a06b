"""Candidates: found again by address, corrected, merged, searched, and seen by themselves."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Role
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.candidates.queries import PAGE
from interview_stream.server.evaluations.models import Scorecard
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.interviews.schemas import InterviewIn
from tests.server.conftest import join, signed_in

pytestmark = pytest.mark.django_db
JSON = "application/json"


def plan(member: Member, title: str = "A round", **candidate: Any) -> Interview:
    return create_interview(member, wanted=InterviewIn(title=title, **candidate))


def listed(client: Client, **query: str) -> Any:
    return client.get("/api/candidates", query).json()


def of(interview: Interview) -> Candidate:
    candidate = Invitation.objects.get(interview=interview).candidate
    assert candidate
    return candidate


def test_a_second_round_is_with_the_same_candidate(alice: Member, bob: Member, as_alice: Client) -> None:
    first = plan(alice, candidate_name="Dana", candidate_email="dana@example.org")
    again = plan(bob, title="Second", candidate_name="Dana B.", candidate_email="Dana@Example.org")
    by_id = plan(bob, title="Third", candidate_id=of(first).id)

    assert of(first) == of(again) == of(by_id)
    assert (by_id.invitation.name, by_id.invitation.email) == ("Dana", "dana@example.org")
    [row] = listed(as_alice)["items"]
    assert (row["name"], row["interviews_count"]) == ("Dana", 3)
    rounds = as_alice.get(f"/api/candidates/{row['id']}/interviews").json()
    assert [each["title"] for each in rounds] == ["Third", "Second", "A round"]


def test_nobody_is_made_of_nothing(alice: Member) -> None:
    plan(alice)
    assert not Candidate.objects.exists()


def test_another_organisations_candidate_is_another_row(alice: Member, charlie: Member) -> None:
    mine, theirs = (plan(each, candidate_email="dana@example.org") for each in (alice, charlie))
    assert of(mine) != of(theirs)


def test_a_stranger_can_not_be_picked(charlie: Member, interview: Interview, as_charlie: Client) -> None:
    body = {"title": "Mine", "candidate_id": str(of(interview).id)}
    assert as_charlie.post("/api/interviews", body, content_type=JSON).status_code == 404
    assert not Interview.objects.filter(title="Mine").exists()


@pytest.mark.parametrize(
    ("others", "patch", "same", "names"),
    [
        # A correction while there is one round; somebody else once the candidate has had others.
        (0, {"candidate_name": "Dana Berg"}, True, ["Dana Berg"]),
        (0, {"candidate_email": "d@example.org"}, True, ["Dana"]),
        (1, {"candidate_email": "d@example.org"}, True, ["Dana"]),
        (1, {"candidate_name": "Erin", "candidate_email": "e@example.org"}, False, ["Dana", "Erin"]),
    ],
)
def test_correcting_the_plan(
    alice: Member, as_alice: Client, others: int, patch: dict[str, str], same: bool, names: list[str]
) -> None:
    interview = plan(alice, candidate_name="Dana", candidate_email="dana@example.org")
    before = of(interview)
    for _ in range(others):
        plan(alice, candidate_email="dana@example.org")

    assert as_alice.patch(f"/api/interviews/{interview.id}", patch, content_type=JSON).status_code == 200

    assert (of(interview) == before) == same
    assert sorted(Candidate.objects.values_list("name", flat=True)) == names


def test_an_address_that_another_has_is_theirs(alice: Member, as_alice: Client) -> None:
    erin = of(plan(alice, candidate_name="Erin", candidate_email="erin@example.org"))
    mistyped = plan(alice, candidate_name="Erin", candidate_email="erni@example.org")

    as_alice.patch(f"/api/interviews/{mistyped.id}", {"candidate_email": "erin@example.org"}, content_type=JSON)

    assert of(mistyped) == erin
    assert Candidate.objects.get() == erin


def test_a_corrected_candidate_is_corrected_where_it_matters_and_told(alice: Member, as_alice: Client) -> None:
    coming = plan(alice, scheduled_for=timezone.now() + timedelta(days=1), candidate_email="dana@example.org")
    over = plan(alice, candidate_email="dana@example.org")
    as_alice.post(f"/api/interviews/{over.id}/end")
    links = [{"name": "Code", "url": "https://example.org/dana"}]
    wanted = {"name": "Dana Berg", "email": "berg@example.org", "links": links}

    answer = as_alice.put(f"/api/candidates/{of(coming).id}", wanted, content_type=JSON)

    assert answer.json()["links"] == links
    assert Invitation.objects.get(interview=coming).email == "berg@example.org"
    assert Invitation.objects.get(interview=over).email == "dana@example.org"
    told = {(notice.address, notice.method) for notice in coming.notices.all()}
    assert {("berg@example.org", "REQUEST"), ("dana@example.org", "CANCEL")} <= told
    assert AuditEvent.objects.filter(action="candidate.changed").count() == 1


def test_two_rows_of_one_person_become_one(alice: Member, as_alice: Client) -> None:
    known = plan(alice, candidate_name="Dana", candidate_email="dana@example.org")
    again = plan(alice, candidate_name="Dana from the fair")
    wanted = {"name": "Dana", "email": "DANA@example.org"}
    refused = as_alice.put(f"/api/candidates/{of(again).id}", wanted, content_type=JSON)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/candidate-exists")
    assert refused.json()["candidate_id"] == str(of(known).id)

    merge = f"/api/candidates/{of(known).id}/merge"
    assert as_alice.post(merge, {"candidate_id": str(of(known).id)}, content_type=JSON).status_code == 409
    assert as_alice.post(merge, {"candidate_id": str(of(again).id)}, content_type=JSON).status_code == 200
    assert of(again) == of(known) == Candidate.objects.get()
    assert AuditEvent.objects.filter(action="candidate.merged").count() == 1


def test_pages_and_search_whatever_the_accents(acme: Any, alice: Member, as_alice: Client) -> None:
    for number in range(PAGE + 1):
        Candidate.objects.create(organisation=acme, name=f"Łukasz Ångström {number:02}", email=f"l{number}@example.org")
    first = listed(as_alice)
    rest = listed(as_alice, after=first["next"])

    assert len(first["items"]) == PAGE
    assert [each["name"] for each in rest["items"]] == ["Łukasz Ångström 00"]
    assert rest["next"] is None
    assert [each["name"] for each in listed(as_alice, text="angstrom l7@")["items"]] == ["Łukasz Ångström 07"]
    assert as_alice.get("/api/candidates", {"after": "nonsense"}).status_code == 422


def test_one_s_own_interviews_without_what_is_thought_of_them(
    alice: Member, charlie: Member, interview: Interview, as_charlie: Client
) -> None:
    """charlie works elsewhere and is interviewed by Acme."""
    Invitation.objects.filter(interview=interview).update(email="Charlie@example.org")
    Interview.objects.filter(id=interview.id).update(state="decided", ended_at=timezone.now())

    [own] = as_charlie.get("/api/me/interviews").json()

    assert (own["title"], own["organisation_name"], own["state"]) == (interview.title, "Acme", "ended")
    assert own["link_url"] is None
    assert as_charlie.get(f"/api/interviews/{interview.id}").status_code == 404
    EmailAddress.objects.filter(user=charlie.user).update(verified=False)
    assert as_charlie.get("/api/me/interviews").json() == []


def test_a_colleague_who_is_the_candidate_reads_and_writes_no_judgement(alice: Member, interview: Interview) -> None:
    carol = join(alice.organisation, "carol", Role.OWNER)
    as_carol = signed_in(carol.user)
    Invitation.objects.filter(interview=interview).update(email="carol@example.org")
    Scorecard.objects.create(interview=interview, author=alice.user, overall=4, submitted_at=timezone.now())
    Interview.objects.filter(id=interview.id).update(state="ended", ended_at=timezone.now())
    page = f"/api/interviews/{interview.id}"

    assert as_carol.get(f"{page}/evaluation").json()["others"] == []
    assert as_carol.get(f"/api/candidates/{of(interview).id}/evaluations").json() == []
    assert as_carol.post(f"{page}/comments", {"stars": 5, "text": "Great"}, content_type=JSON).status_code == 403
    assert as_carol.put(f"{page}/scorecard", {"overall": 4}, content_type=JSON).status_code == 403
    assert as_carol.post(f"{page}/decision", {"outcome": "pass"}, content_type=JSON).status_code == 403
    signed_in(alice.user).post(f"{page}/decision", {"outcome": "fail"}, content_type=JSON)
    assert as_carol.get(page).json()["outcome"] is None


def test_scorecards_of_all_rounds_are_read_by_who_may(alice: Member, bob: Member, as_alice: Client) -> None:
    held = plan(alice, title="Held", candidate_email="dana@example.org")
    blind = plan(alice, title="Still blind", candidate_email="dana@example.org", interviewer_ids=[alice.user.pk])
    Interview.objects.update(state="ended", ended_at=timezone.now())
    for each in (held, blind):
        Scorecard.objects.create(interview=each, author=bob.user, overall=3, submitted_at=timezone.now())
    Scorecard.objects.create(interview=held, author=alice.user, overall=2, submitted_at=timezone.now())

    [found] = as_alice.get(f"/api/candidates/{of(held).id}/evaluations").json()

    assert found["interview_id"] == str(held.id)
    assert sorted(card["overall"] for card in found["scorecards"]) == [2, 3]


def test_what_was_there_before_is_known_afterwards(alice: Member) -> None:
    """The migration, over interviews that were made before there were candidates."""
    for name, email in [("Dana", "dana@example.org"), ("", "DANA@example.org"), ("Sam", ""), ("Sam", ""), ("", "")]:
        plan(alice, candidate_name=name or None, candidate_email=email or None)
    Invitation.objects.update(candidate=None)
    Candidate.objects.all().delete()

    import_module("interview_stream.server.interviews.migrations.0012_known_candidates").know_candidates(apps, None)

    assert sorted(Candidate.objects.values_list("name", "email")) == [
        ("Dana", "DANA@example.org"), ("Sam", ""), ("Sam", ""),
    ]  # fmt: skip
    assert Invitation.objects.filter(candidate=None).count() == 1
    assert Candidate.objects.get(name="Dana").invitations.count() == 2
