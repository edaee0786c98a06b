"""What a candidate's link shows, and when it stops."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from interview_stream.server.interviews.links import link_token
from interview_stream.server.interviews.models import Interview
from tests.server.conftest import with_link
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_link_shows_the_interview_to_somebody_without_an_account(as_dana: Client, interview: Interview) -> None:
    assert as_dana.get("/api/guest").json() == {
        "interview": {
            "id": str(interview.id),
            "title": "Back end, second round",
            "state": "scheduled",
            "scheduled_for": None,
            "duration_minutes": 60,
            "kind": "other",
            "description": "",
            "organisation_name": "Acme",
            "organisation_logo_url": None,
            "interviewers": ["Alice"],
        },
        "guest": {"id": str(interview.invitation.id), "name": "Dana", "time_zone": None},
        "is_observer": False,
        "is_recording_planned": True,
        "is_recording": False,
        "is_resume_wanted": False,
        "slots": [],
    }


def test_a_candidate_says_their_name_once(as_dana: Client, as_alice: Client, interview: Interview) -> None:
    answer = as_dana.put("/api/guest", {"name": " Dana Dvořák "}, content_type="application/json")

    assert answer.json()["guest"]["name"] == "Dana Dvořák"
    assert as_dana.get("/api/guest").json()["guest"]["name"] == "Dana Dvořák"
    assert as_alice.get(f"/api/interviews/{interview.id}").json()["candidate"]["name"] == "Dana Dvořák"
    assert problem(as_dana.put("/api/guest", {"name": " "}, content_type="application/json")) == (422, "invalid")


def test_the_link_in_the_api_is_the_one_that_works(as_alice: Client, interview: Interview) -> None:
    url = as_alice.get(f"/api/interviews/{interview.id}").json()["candidate"]["link_url"]

    assert Client(headers={"Authorization": f"Guest {url.rsplit('/', 1)[1]}"}).get("/api/guest").status_code == 200


def test_an_altered_link_is_unknown(interview: Interview) -> None:
    token = link_token(interview.invitation)
    invitation, version, signature = token.split(".")
    altered = [
        f"{invitation}.{int(version) + 1}.{signature}",
        f"{'0' * 32}.{version}.{signature}",
        token[:-1],
        token + "x",
        "nonsense",
        "",
    ]
    for wrong in altered:
        answer = Client(headers={"Authorization": f"Guest {wrong}"}).get("/api/guest")
        assert problem(answer) == (404, "link-unknown"), wrong


def test_an_expired_link_says_so(as_dana: Client, interview: Interview) -> None:
    invitation = interview.invitation
    invitation.link_expires_at = timezone.now() - timedelta(seconds=1)
    invitation.save()

    assert problem(as_dana.get("/api/guest")) == (410, "link-expired")


def test_a_new_link_kills_the_old_one(as_bob: Client, as_dana: Client, interview: Interview) -> None:
    renewed = as_bob.post(f"/api/interviews/{interview.id}/candidate-link")

    assert renewed.status_code == 200
    assert problem(as_dana.get("/api/guest")) == (410, "link-revoked")
    interview.invitation.refresh_from_db()
    assert with_link(interview).get("/api/guest").status_code == 200


def test_a_new_link_of_an_old_interview_lives_from_today(as_alice: Client, interview: Interview) -> None:
    Interview.objects.filter(id=interview.id).update(
        created_at=timezone.now() - timedelta(days=60), scheduled_for=timezone.now() - timedelta(days=50)
    )

    as_alice.post(f"/api/interviews/{interview.id}/candidate-link")

    interview.invitation.refresh_from_db()
    assert interview.invitation.link_expires_at > timezone.now() + timedelta(days=13)


def test_an_ended_interview_still_explains_itself(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    as_alice.post(f"/api/interviews/{interview.id}/end")

    assert as_dana.get("/api/guest").json()["interview"]["state"] == "ended"


def test_a_member_looking_at_a_link_sees_what_the_candidate_sees(as_alice: Client, interview: Interview) -> None:
    header = {"Authorization": f"Guest {link_token(interview.invitation)}"}

    assert as_alice.get("/api/guest", headers=header).json()["guest"]["name"] == "Dana"
    assert problem(as_alice.get("/api/guest")) == (403, "forbidden")


def test_a_new_time_never_ends_a_link(as_alice: Client, interview: Interview) -> None:
    """None means now, which may be long after the interview was made."""
    Interview.objects.update(created_at=timezone.now() - timedelta(days=60))
    as_alice.post(f"/api/interviews/{interview.id}/candidate-link")
    interview.invitation.refresh_from_db()
    guest = with_link(interview)
    assert guest.get("/api/guest").status_code == 200

    changed = as_alice.patch(
        f"/api/interviews/{interview.id}", {"scheduled_for": None}, content_type="application/json"
    )
    assert changed.status_code == 200
    assert guest.get("/api/guest").status_code == 200
