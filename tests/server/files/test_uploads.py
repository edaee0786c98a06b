"""Uploads by the tus protocol: what arrives, what is refused, and what is left after cuts and kills."""

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import Membership
from interview_stream.server.files.models import StoredFile, Upload
from interview_stream.server.files.tasks import sweep_orphans, sweep_uploads
from interview_stream.server.interviews.models import Attachment, Interview
from tests.server.files.sending import ask, begin, offset_of, patch, upload

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = b"Ten years of Python, and a cat.\n" * 1000


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data=tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }


@pytest.fixture
def place(interview: Interview) -> dict[str, str]:
    return {"purpose": "attachment", "subject": str(interview.id), "filename": "cv.txt"}


def content_of(file: StoredFile) -> bytes:
    with default_storage.open(file.key) as opened:
        content: bytes = opened.read()
        return content


def test_it_arrives_whole_after_five_cuts(as_alice: Client, place: dict[str, str]) -> None:
    path = begin(as_alice, len(TEXT), place)["Location"]
    step = len(TEXT) // 6
    for number in range(5):
        offset = offset_of(path)
        assert offset == number * step
        half = offset + step // 2
        assert patch(path, offset, TEXT[offset:half], TEXT[half : offset + step], cut=True)[0] == 0
    offset = offset_of(path)
    assert patch(path, offset, TEXT[offset:])[0] == 204

    attachment = Attachment.objects.get()
    assert attachment.file is not None
    assert (attachment.name, attachment.file.mime) == ("cv.txt", "text/plain")
    assert content_of(attachment.file) == TEXT
    assert attachment.file.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert offset_of(path) == len(TEXT), "the answer may have been lost"
    assert patch(path, len(TEXT))[0] == 204
    assert Attachment.objects.count() == 1


def test_a_small_one_comes_along_with_its_beginning(as_alice: Client, place: dict[str, str]) -> None:
    answer = begin(as_alice, len(TEXT), place, content=TEXT)
    assert (answer.status_code, answer["Upload-Offset"]) == (201, str(len(TEXT)))
    assert Attachment.objects.count() == 1


def test_one_that_was_complete_when_the_server_died_is_finished(as_alice: Client, place: dict[str, str]) -> None:
    path = begin(as_alice, len(TEXT), place)["Location"]
    Upload.objects.get().path.write_bytes(TEXT)
    assert offset_of(path) == len(TEXT)
    assert Attachment.objects.count() == 1


def test_what_the_protocol_demands(as_alice: Client, place: dict[str, str]) -> None:
    path = begin(as_alice, 10, place)["Location"]
    assert ask("OPTIONS", "/api/uploads")[1]["tus-extension"].startswith("creation,")
    assert ask("HEAD", path, tus_resumable="0.2")[0] == 412
    assert patch(path, 3, b"abc")[0] == 409
    assert patch(path, 0, b"x" * 11)[0] == 400
    assert offset_of(path) == 0
    assert ask("PATCH", path, [b"abc"], upload_offset="0", content_type="text/plain")[0] == 400
    assert "upload-expires" in ask("HEAD", path)[1]
    assert ask("DELETE", path)[0] == 204
    assert ask("HEAD", path)[0] == 410
    assert ask("HEAD", path[:-1] + "!")[0] == 404


def test_a_checksum_keeps_broken_parts_out(as_alice: Client, place: dict[str, str]) -> None:
    path = begin(as_alice, len(TEXT), place)["Location"]
    right = f"sha1 {base64.b64encode(hashlib.sha1(TEXT).digest()).decode()}"  # noqa: S324 - the protocol's own
    assert patch(path, 0, TEXT[:-1] + b"!", upload_checksum=right)[0] == 460
    assert offset_of(path) == 0
    assert patch(path, 0, TEXT[:50], cut=True, upload_checksum=right)[0] == 0
    assert offset_of(path) == 0, "what cannot be checked is not kept"
    assert patch(path, 0, TEXT, upload_checksum="crc32 AAAA")[0] == 400
    assert patch(path, 0, TEXT, upload_checksum=right)[0] == 204


def test_a_file_that_changed_on_the_way_is_refused(as_alice: Client, place: dict[str, str]) -> None:
    status, told = upload(as_alice, TEXT, place | {"sha256": "0" * 64})
    assert (status, "checksum-mismatch" in told["body"]) == (422, True)
    assert not StoredFile.objects.exists()
    assert not Upload.objects.exists()


def test_kind_and_size_are_limited(as_alice: Client, place: dict[str, str], settings: Any) -> None:
    as_resume = place | {"purpose": "resume", "filename": "cv.pdf"}
    status, told = upload(as_alice, b"MZ\x90\x00" + bytes(1000), as_resume)
    assert (status, "file-kind" in told["body"]) == (422, True)
    assert upload(as_alice, b"%PDF-1.7\n" + bytes(1000), as_resume)[0] == 204
    assert Attachment.objects.get().is_resume
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, max_resume_mb=1)
    assert begin(as_alice, 1_048_577, as_resume).status_code == 413
    assert begin(as_alice, 0, as_resume).status_code == 422
    assert begin(as_alice, 5, as_resume | {"purpose": "evil"}).status_code == 404


def test_a_right_that_was_lost_meanwhile_counts(as_bob: Client, bob: Member, place: dict[str, str]) -> None:
    path = begin(as_bob, len(TEXT), place)["Location"]
    Membership.objects.filter(user=bob.user).delete()
    assert patch(path, 0, TEXT)[0] == 403
    assert not StoredFile.objects.exists()


def test_a_stranger_sends_nothing(as_charlie: Client, as_dana: Client, place: dict[str, str]) -> None:
    assert begin(as_charlie, 5, place).status_code == 404
    assert begin(as_dana, 5, place).status_code == 401


def test_what_nobody_goes_on_with_is_swept_up(as_alice: Client, place: dict[str, str], tmp_path: Path) -> None:
    path = begin(as_alice, len(TEXT), place)["Location"]
    patch(path, 0, TEXT[:100], cut=True)
    (tmp_path / "uploads" / "left-by-a-crash").write_bytes(b"?")
    sweep_uploads.call()
    assert offset_of(path) == 100
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask("HEAD", path)[0] == 410
    sweep_uploads.call()
    assert list((tmp_path / "uploads").iterdir()) == []


def test_files_that_belong_to_nothing_are_swept_up(
    as_alice: Client, place: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(as_alice, TEXT, place)
    stray = tmp_path / "files" / "attachment" / "stray"
    stray.write_bytes(b"?")
    sweep_orphans.call()
    assert stray.exists(), "its row may come a moment later"
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    sweep_orphans.call()
    assert [path.name for path in stray.parent.iterdir()] == [str(StoredFile.objects.get().pk)]
