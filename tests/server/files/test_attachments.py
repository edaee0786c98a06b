"""Files and links of an interview: fetched by short-lived addresses, and candidates know of nothing but their own."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Membership
from interview_stream.server.files import downloads
from interview_stream.server.files.models import StoredFile
from interview_stream.server.interviews.models import Interview
from tests.server.files.sending import begin, upload
from tests.server.files.test_uploads import TEXT, own_folder

pytestmark = pytest.mark.django_db(transaction=True)
assert own_folder  # an autouse fixture here too


def listed(client: Client, interview: Interview) -> Any:
    return client.get(f"/api/interviews/{interview.id}/attachments").json()


def want_resume(client: Client, interview: Interview, is_wanted: bool = True) -> None:
    path = f"/api/interviews/{interview.id}/resume-request"
    assert client.put(path, {"is_wanted": is_wanted}, content_type="application/json").status_code == 200


def send(client: Client, interview: Interview, purpose: str = "attachment", name: str = "cv.txt") -> int:
    return upload(client, TEXT, {"purpose": purpose, "subject": str(interview.id), "filename": name})[0]


def address(client: Client, attachment: Any) -> str:
    answer = client.post(f"/api/attachments/{attachment['id']}/address")
    assert answer.status_code == 200, answer.content
    return str(answer.json()["url"])


def test_a_member_sends_fetches_and_removes(as_alice: Client, as_bob: Client, interview: Interview) -> None:
    assert send(as_alice, interview, name='evil".html') == 204
    (file,) = listed(as_bob, interview)
    assert (file["kind"], file["added_by"], file["size_bytes"]) == ("file", "Alice", len(TEXT))
    answer = as_bob.get(address(as_bob, file))
    assert answer.getvalue() == TEXT
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    part = as_bob.get(address(as_bob, file), headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.getvalue()) == (206, TEXT[5:10])
    same = as_bob.get(address(as_bob, file), headers={"If-None-Match": answer["ETag"]})
    assert same.status_code == 304

    assert as_bob.delete(f"/api/attachments/{file['id']}").status_code == 204
    assert listed(as_alice, interview) == []
    assert not StoredFile.objects.exists()
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"file.added", "file.removed"}


def test_an_address_is_for_one_person_for_a_while(
    as_alice: Client, as_bob: Client, bob: Member, as_nobody: Client, interview: Interview, monkeypatch: Any
) -> None:
    send(as_alice, interview)
    (file,) = listed(as_alice, interview)
    of_bob = address(as_bob, file)
    assert as_nobody.get(of_bob).getvalue() == TEXT, "a download sends no session along"
    assert as_nobody.get(of_bob[:-1] + "!").status_code == 404
    Membership.objects.filter(user=bob.user).delete()
    assert as_nobody.get(of_bob).status_code == 404, "the right is asked for each time"
    later = signing.time.time() + timedelta(minutes=6).total_seconds()  # type: ignore[attr-defined]
    of_alice = address(as_alice, file)
    monkeypatch.setattr(signing.time, "time", lambda: later)  # type: ignore[attr-defined]
    assert as_nobody.get(of_alice).status_code == 410
    assert downloads.ADDRESS_S < 360


def test_the_candidate_sends_a_resume_when_asked(as_alice: Client, as_dana: Client, interview: Interview) -> None:
    send(as_alice, interview, name="questions.txt")
    place = {"purpose": "resume", "subject": str(interview.id), "filename": "cv.txt"}
    assert begin(as_dana, 10, place).status_code == 403
    want_resume(as_alice, interview)
    assert as_dana.get("/api/guest").json()["is_resume_wanted"]
    assert send(as_dana, interview, "resume") == 204

    (own,) = as_dana.get("/api/guest/attachments").json()
    assert (own["kind"], own["name"], own["added_by"]) == ("resume", "cv.txt", None)
    assert as_dana.get(address(as_dana, own)).getvalue() == TEXT
    resume, questions = listed(as_alice, interview)
    assert (resume["kind"], questions["name"]) == ("resume", "questions.txt")
    assert as_dana.post(f"/api/attachments/{questions['id']}/address").status_code == 404
    assert as_dana.delete(f"/api/attachments/{questions['id']}").status_code == 404

    want_resume(as_alice, interview, is_wanted=False)
    assert as_dana.delete(f"/api/attachments/{own['id']}").status_code == 403, "it is the interviewers' now"
    want_resume(as_alice, interview)
    assert as_dana.delete(f"/api/attachments/{own['id']}").status_code == 204
    assert as_dana.get("/api/guest/attachments").json() == []


def test_links_are_links(as_alice: Client, interview: Interview) -> None:
    path = f"/api/interviews/{interview.id}/links"

    def add(url: str) -> int:
        return as_alice.post(path, {"name": "Work", "url": url}, content_type="application/json").status_code

    assert add("javascript:alert(1)") == 422
    assert add("https://user@example.org/") == 422
    assert add("https://example.org/work?a=1") == 201
    (link,) = listed(as_alice, interview)
    assert (link["kind"], link["url"]) == ("link", "https://example.org/work?a=1")
    assert as_alice.post(f"/api/attachments/{link['id']}/address").status_code == 404
