"""What leaves the team after the decision: the summary as PDF, and feedback for the candidate."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent
from interview_stream.server.evaluations.models import Comment, Feedback
from interview_stream.server.interviews.actions import assign
from interview_stream.server.interviews.models import Interview, Invitation
from interview_stream.server.interviews.observing import add_observer
from interview_stream.server.interviews.schemas import ObserverIn
from interview_stream.server.recordings.models import Recording
from tests.server.conftest import run_worker
from tests.server.interviews.test_planning import problem

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


@pytest.fixture
def page(interview: Interview, alice: Member, bob: Member) -> str:
    """An interview that alice and bob have held."""
    assign(interview, [alice.user.pk, bob.user.pk])
    return f"/api/interviews/{interview.id}"


def send(client: Client, address: str, body: Any) -> Any:
    return client.post(address, body, content_type=JSON)


def submit(client: Client, page: str, **card: Any) -> Any:
    whole = {"ratings": {"communication": 3}, "overall": 3, "summary": ""} | card
    assert client.put(f"{page}/scorecard", whole, content_type=JSON).status_code == 200
    return client.post(f"{page}/scorecard/submit").json()


def state(client: Client, page: str) -> Any:
    return client.get(page).json()["state"]


def test_the_last_scorecard_makes_it_evaluated_whenever_it_comes(as_alice: Client, as_bob: Client, page: str) -> None:
    submit(as_alice, page)
    as_alice.post(f"{page}/end")
    assert state(as_alice, page) == "ended"
    submit(as_bob, page)
    assert state(as_alice, page) == "evaluated"
    send(as_alice, f"{page}/decision", {"outcome": "hold", "reason": "Budget"})
    send(as_alice, f"{page}/decision/reopen", {"reason": "Budget came"})
    assert state(as_alice, page) == "evaluated"
    acts = [each["act"] for each in as_alice.get(f"{page}/activities").json()]
    assert acts == ["evaluate", "reopen", "decide", "evaluate", "end"]
    assert AuditEvent.objects.filter(action="evaluation.decided", detail="hold").count() == 1
    assert AuditEvent.objects.filter(action="evaluation.reopened", detail="Budget came").count() == 1


def test_all_cards_before_the_end_make_it_evaluated_at_the_end(as_alice: Client, as_bob: Client, page: str) -> None:
    for client in (as_alice, as_bob):
        submit(client, page)
    assert state(as_alice, page) == "scheduled"
    as_alice.post(f"{page}/end")
    assert state(as_alice, page) == "evaluated"


def test_a_rating_cites_moments_and_they_are_found_in_the_recording(
    interview: Interview, as_alice: Client, page: str
) -> None:
    start = timezone.now() - timedelta(minutes=10)
    recording = Recording.objects.create(
        interview=interview, state="ready", started_at=start, stopped_at=start, duration_s=60.0
    )
    cited = [
        {"at": (start + timedelta(seconds=12.5)).isoformat(), "text": "Named the edge"},
        {"at": (start + timedelta(seconds=61)).isoformat()},
    ]
    inside, outside = submit(as_alice, page, moments={"communication": cited})["mine"]["moments"]["communication"]

    assert (inside["recording_id"], inside["offset_s"], inside["text"]) == (str(recording.id), 12.5, "Named the edge")
    assert (outside["recording_id"], outside["offset_s"]) == (None, None)


def test_a_moment_of_no_skill_is_refused(as_bob: Client, page: str) -> None:
    body = {"moments": {"juggling": [{"at": "2026-11-29T10:00:00Z"}]}}
    assert as_bob.put(f"{page}/scorecard", body, content_type=JSON).status_code == 422


def test_the_summary_is_for_who_may_read_all_of_it(
    interview: Interview, alice: Member, as_alice: Client, as_bob: Client, page: str
) -> None:
    Invitation.objects.filter(interview=interview).update(name="ليلى Łucja 李")
    submit(as_alice, page, summary="Calm.\nAnd clear: ≤ 3 hints → done.")
    assert problem(as_bob.get(f"{page}/summary.pdf")) == (403, "scorecard-missing")

    answer = as_alice.get(f"{page}/summary.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.rstrip().endswith(b"%%EOF")
    text = pdf_text(answer.content)
    assert "Calm." in text
    assert "No scorecard was submitted by Bob." in text
    assert AuditEvent.objects.filter(action="evaluation.downloaded").count() == 1
    assign(interview, [alice.user.pk])
    add_observer(alice, interview_id=interview.id, wanted=ObserverIn(user_id=as_bob_id(as_bob)))
    assert problem(as_bob.get(f"{page}/summary.pdf")) == (403, "evaluation-closed")


def pdf_text(content: bytes) -> str:
    """As another program reads it, on one line."""
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def as_bob_id(client: Client) -> int:
    found: int = client.get("/api/me").json()["user"]["id"]
    return found


def test_feedback_has_only_what_was_chosen_and_is_taken_back(
    interview: Interview, bob: Member, as_alice: Client, as_bob: Client, as_nobody: Client, page: str
) -> None:
    submit(as_alice, page, ratings={"communication": 2, "problem_solving": 4}, summary="SECRET")
    submit(as_bob, page, ratings={"communication": 3}, summary="SECRET")
    kind, _ = (
        Comment.objects.create(interview=interview, author=bob.user, stars=4, text=text)
        for text in ("Asked good questions", "SECRET")
    )
    wanted = {"message": "Thank you.", "skills": ["communication"], "comment_ids": [str(kind.pk)]}
    as_alice.post(f"{page}/end")
    assert problem(send(as_alice, f"{page}/feedback", wanted)) == (409, "not-decided")
    send(as_alice, f"{page}/decision", {"outcome": "fail"})
    assert problem(send(as_bob, f"{page}/feedback", wanted))[0] == 403
    assert send(as_alice, f"{page}/feedback", {}).status_code == 422
    assert not Feedback.objects.exists()

    preview = send(as_alice, f"{page}/feedback/preview", wanted).json()
    sent = send(as_alice, f"{page}/feedback", wanted).json()["feedback"]
    run_worker()
    token = sent["url"].rsplit("/", 1)[1]
    read = as_nobody.get(f"/api/feedback/{token}")

    assert read.json() == preview == sent["content"]
    assert [(skill["name"], skill["level"]) for skill in preview["skills"]] == [("Communication", 3)]
    assert (preview["comments"], preview["outcome"]) == (["Asked good questions"], None)
    assert b"SECRET" not in read.content
    assert b"Alice" not in read.content and b"Bob" not in read.content
    [message] = [each for each in mail.outbox if each.subject.startswith("Feedback")]
    assert message.to == ["dana@example.org"]
    assert sent["url"] in message.body

    # A colleague's later words do not reach what was sent; taking it back ends the link.
    Comment.objects.filter(pk=kind.pk).update(text="SECRET")
    assert b"SECRET" not in as_nobody.get(f"/api/feedback/{token}").content
    assert as_alice.post(f"{page}/feedback/revoke").json()["feedback"] is None
    assert problem(as_nobody.get(f"/api/feedback/{token}")) == (410, "link-revoked")
