"""What is kept no longer than an organisation wants: warned of, erased with its files, told in the audit log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Organisation
from interview_stream.server.candidates.models import Candidate
from interview_stream.server.files.models import StoredFile
from interview_stream.server.interviews.actions import create_interview
from interview_stream.server.interviews.models import Attachment, Interview
from interview_stream.server.interviews.schemas import InterviewIn
from interview_stream.server.lib import schedules
from interview_stream.server.recordings.actions import erase_recordings
from interview_stream.server.recordings.models import Recording
from interview_stream.server.retention import tasks
from interview_stream.server.retention.tasks import erase_what_is_due
from tests.server.conftest import prove, run_worker

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2031, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def keep(client: Client, **wanted: int | str | None) -> None:
    answer = client.patch("/api/organisation", wanted, content_type="application/json")
    assert answer.status_code == 200, answer.content


def held(member: Member, name: str, ended_at: datetime | None, **facts: Any) -> Interview:
    made = create_interview(member, wanted=InterviewIn(title=f"With {name}", candidate_name=name, **facts))
    if ended_at:
        Interview.objects.filter(pk=made.pk).update(state="ended", ended_at=ended_at)
    Candidate.objects.update(created_at=NOON - 400 * DAY)
    return made


def recorded(interview: Interview, stopped_at: datetime) -> Recording:
    made = Recording.objects.create(
        interview=interview, state="ready", started_at=stopped_at - DAY / 24, stopped_at=stopped_at
    )
    made.folder.mkdir(parents=True)
    (made.folder / "a.webm").write_bytes(b"x")
    return made


def erase(organisation: Organisation) -> None:
    erase_what_is_due.call(str(organisation.pk))


def upcoming(client: Client) -> list[tuple[str, str, str]]:
    answer = client.get("/api/retention/upcoming")
    assert answer.status_code == 200, answer.content
    return [(each["kind"], each["name"], each["goes_on"]) for each in answer.json()["items"]]


def test_without_a_setting_nothing_goes(acme: Organisation, alice: Member, as_alice: Client) -> None:
    recorded(held(alice, "Dana", NOON - 3000 * DAY), NOON - 3000 * DAY)
    erase(acme)
    assert Recording.objects.count() == Candidate.objects.count() == 1
    assert upcoming(as_alice) == []


def test_recordings_go_with_their_files_and_the_interview_stays(
    acme: Organisation, alice: Member, as_alice: Client
) -> None:
    keep(as_alice, recording_days=30)
    interview = held(alice, "Dana", NOON - 40 * DAY)
    old, soon, new = (recorded(interview, NOON - days * DAY) for days in (32, 27, 3))
    assert upcoming(as_alice) == [
        ("recording", "With Dana", "2031-05-19"),
        ("recording", "With Dana", "2031-05-24"),
    ]
    erase(acme)

    assert set(Recording.objects.values_list("pk", flat=True)) == {soon.pk, new.pk}
    assert (old.folder.exists(), soon.folder.exists()) == (False, True)
    assert Interview.objects.filter(pk=interview.pk).exists()
    event = AuditEvent.objects.get(action="retention.recordings-erased")
    assert (event.user_name, event.detail, event.subject) == ("Retention", "1, after 30 days", "")
    erase(acme)
    assert AuditEvent.objects.filter(action="retention.recordings-erased").count() == 1


def test_days_begin_on_the_organisation_s_clock(acme: Organisation, alice: Member, as_alice: Client) -> None:
    keep(as_alice, recording_days=1)
    interview = held(alice, "Dana", NOON)
    recorded(interview, datetime(2031, 5, 19, 2, tzinfo=UTC))
    erase(acme)
    assert Recording.objects.exists()  # in UTC, it was yesterday
    keep(as_alice, time_zone="America/Los_Angeles")
    erase(acme)
    assert not Recording.objects.exists()  # there, the day before


def test_candidates_go_with_all_their_rounds_once_the_last_is_old(
    acme: Organisation, alice: Member, as_alice: Client, charlie: Member, settings: Any, tmp_path: Path
) -> None:
    keep(as_alice, candidate_days=90)
    gone = held(alice, "Gone", NOON - 200 * DAY)
    known = held(alice, "Back", NOON - 200 * DAY)
    held(alice, "Back", NOON - 2 * DAY, candidate_id=known.invitation.candidate_id)
    held(alice, "Coming", None, scheduled_for=NOON + DAY)
    held(alice, "X", NOON - 200 * DAY)
    Candidate.objects.get(name="X").delete()
    held(charlie, "Elsewhere", NOON - 200 * DAY)
    Candidate.objects.create(organisation=acme, name="Never met", created_at=NOON - 85 * DAY)
    file = StoredFile.objects.create(
        organisation=acme, purpose="attachment", name="cv.pdf", mime="application/pdf", size_bytes=1, sha256="0"
    )
    Attachment.objects.create(interview=gone, file=file, name="cv.pdf", is_resume=True)
    default_storage.save(file.key, ContentFile(b"x"))
    recording = recorded(gone, NOON - 200 * DAY)
    assert upcoming(as_alice) == [("candidate", "Gone", "2031-01-31"), ("candidate", "Never met", "2031-05-26")]
    erase(acme)

    names = set(Candidate.objects.values_list("name", flat=True))
    assert names == {"Back", "Coming", "Elsewhere", "Never met"}
    titles = sorted(Interview.objects.values_list("title", flat=True))
    assert titles == ["With Back", "With Back", "With Coming", "With Elsewhere"]
    assert not Recording.objects.exists()
    assert not StoredFile.objects.exists()
    assert not recording.folder.exists()
    assert not default_storage.exists(file.key)
    event = AuditEvent.objects.get(action="retention.candidates-erased")
    assert (event.detail, event.organisation) == ("1, after 90 days", acme)


def test_what_was_planned_and_never_closed_goes_too(acme: Organisation, alice: Member, as_alice: Client) -> None:
    keep(as_alice, candidate_days=90)
    forgotten, live, offered = (held(alice, name, None) for name in ("Forgotten", "Live", "Offered"))
    Interview.objects.filter(pk=forgotten.pk).update(scheduled_for=NOON - 100 * DAY)
    Interview.objects.filter(pk=live.pk).update(scheduled_for=NOON - 100 * DAY, state="live")
    Interview.objects.filter(pk=offered.pk).update(created_at=NOON - 80 * DAY)
    assert [name for _, name, _ in upcoming(as_alice)] == ["Forgotten"]
    erase(acme)
    assert set(Candidate.objects.values_list("name", flat=True)) == {"Live", "Offered"}
    assert set(Interview.objects.values_list("title", flat=True)) == {"With Live", "With Offered"}


def test_what_is_planned_anew_while_others_are_erased_stays(
    acme: Organisation, alice: Member, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(as_alice, candidate_days=90)
    first = held(alice, "First", NOON - 201 * DAY)
    second = held(alice, "Second", NOON - 200 * DAY)
    Interview.objects.filter(pk=second.pk).update(state="cancelled")
    recorded(first, NOON - 201 * DAY)

    def meanwhile(*given: Any) -> None:
        erase_recordings(*given)
        monkeypatch.setattr(tasks, "erase_recordings", erase_recordings)
        Interview.objects.filter(pk=second.pk).update(state="scheduled", ended_at=None, scheduled_for=NOON + DAY)

    monkeypatch.setattr(tasks, "erase_recordings", meanwhile)
    erase(acme)
    assert [each.title for each in Interview.objects.all()] == ["With Second"]
    assert [each.name for each in Candidate.objects.all()] == ["Second"]


def test_it_waits_for_the_night_of_each_organisation(acme: Organisation, as_alice: Client, as_charlie: Client) -> None:
    run_worker()
    keep(as_alice, recording_days=30, time_zone="Asia/Kolkata")
    keep(as_charlie, candidate_days=30, time_zone="America/New_York")
    schedules.plan()
    waiting = DBTaskResult.objects.filter(task_path=erase_what_is_due.module_path)
    assert {row.run_after for row in waiting} == {
        datetime(2031, 5, 20, 21, 30, tzinfo=UTC),  # 3:00 of the 21st in Kolkata
        datetime(2031, 5, 21, 7, 0, tzinfo=UTC),  # and in New York
    }
    keep(as_alice, recording_days=None)
    keep(as_charlie, candidate_days=None)
    schedules.plan()
    assert not waiting.all().exists()


def test_the_setting_is_told_in_the_log_and_only_admins_have_it(as_alice: Client, as_bob: Client) -> None:
    keep(as_alice, recording_days=30)
    event = AuditEvent.objects.get(action="organisation.changed")
    assert event.detail == "recording days: none → 30"
    assert as_alice.get("/api/me").json()["organisation"]["recording_days"] == 30
    assert as_bob.patch("/api/organisation", {"recording_days": 1}, content_type="application/json").status_code == 403
    assert as_bob.get("/api/retention/upcoming").status_code == 403
    refused = as_alice.patch("/api/organisation", {"candidate_days": 0}, content_type="application/json")
    assert refused.status_code == 422


@pytest.mark.parametrize(
    "wanted",
    [{"candidate_days": 30}, {"recording_days": 9}, {"time_zone": "Pacific/Kiritimati"}],
    ids=["set", "lowered", "another clock"],
)
def test_to_erase_more_asks_for_a_recent_sign_in(
    as_alice: Client, alice: Member, acme: Organisation, wanted: dict[str, Any]
) -> None:
    keep(as_alice, recording_days=10, time_zone="Europe/Berlin")
    prove(as_alice, alice.user, ago_s=3600)
    refused = as_alice.patch("/api/organisation", wanted, content_type="application/json")
    assert refused.json()["type"] == "/problems/recent-sign-in-needed"
    (name,) = wanted
    before = getattr(acme, name)
    acme.refresh_from_db()
    assert getattr(acme, name) == {"recording_days": 10, "time_zone": "Europe/Berlin"}.get(name, before)
    # To keep it longer, or as long, takes nothing from anybody.
    keep(as_alice, name="Acme", recording_days=11, time_zone="Europe/Berlin")
    keep(as_alice, recording_days=None)
    keep(as_alice, time_zone="Pacific/Kiritimati")


def test_who_is_erased_is_named_in_the_log_no_more(acme: Organisation, alice: Member, as_alice: Client) -> None:
    def put(path: str, method: str = "post", **body: Any) -> Any:
        answer = getattr(as_alice, method)(f"/api/{path}", body, content_type="application/json")
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    stays = put("candidates", name="Stays", links=[])
    first, second = (put("candidates", name=name, links=[]) for name in ("Secret Sandra", "Secret Sandy"))
    put(f"candidates/{first['id']}", "put", name="Secret Sandra Smith", email="sandra@example.org", links=[])
    put(f"candidates/{first['id']}/merge", candidate_id=second["id"])
    interview = held(alice, "Secret Sandra", None, candidate_id=first["id"])
    put(f"interviews/{interview.id}/links", name="Sandra's pages", url="https://example.org/sandra")
    Interview.objects.update(state="ended", ended_at=NOON - 200 * DAY)
    Candidate.objects.exclude(id=stays["id"]).update(created_at=NOON - 200 * DAY)
    Candidate.objects.filter(id=stays["id"]).update(created_at=NOON)
    assert AuditEvent.objects.filter(subject__contains="Sand").count() == 5
    keep(as_alice, candidate_days=90)
    erase(acme)

    told = [f"{each.user_name} {each} {each.detail}" for each in AuditEvent.objects.all()]
    assert not [line for line in told if "sand" in line.lower()]
    assert (
        AuditEvent.objects.filter(action__startswith="candidate.", subject="(erased)", user_name="Alice").count() == 4
    )
    assert AuditEvent.objects.filter(action="candidate.created", subject="Stays").exists()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_auditevent SET subject = 'forged'")
