"""Fetching a track's file."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interview_stream.server.interviews.models import Interview
from interview_stream.server.recordings.models import RecordedTrack, Recording
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import StandInEngine

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 10


@pytest.fixture
def track(interview: Interview, media: StandInEngine) -> RecordedTrack:
    interview.title = "Back end: second/last round…"
    interview.save()
    recording = Recording.objects.create(interview=interview, state="ready", stopped_at=timezone.now())
    made = RecordedTrack.objects.create(
        recording=recording,
        state="ready",
        file="TR_1-2.webm",
        mime="video/webm",
        capture="a",
        segment=2,
        kind="video",
        source="screen_share",
        participant_role="candidate",
        participant_name="Dana Dvořák",
    )
    recording.folder.mkdir(parents=True)
    made.file_path.write_bytes(CONTENT)
    return made


def urls(client: Client, track: RecordedTrack) -> tuple[Any, Any]:
    (shown,) = client.get(f"/api/recordings/{track.recording_id}").json()["tracks"]
    return shown["media_url"], shown["download_url"]


def test_a_player_gets_the_part_it_asks_for(as_bob: Client, track: RecordedTrack) -> None:
    media_url, _ = urls(as_bob, track)

    answer = as_bob.get(media_url, headers={"Range": "bytes=100-199"})
    assert (answer.status_code, answer.getvalue()) == (206, CONTENT[100:200])
    assert answer.headers["Content-Type"] == "video/webm"
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(CONTENT)}"
    refused = as_bob.get(media_url, headers={"Range": "bytes=9999-"})
    assert (refused.status_code, refused.headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


def test_a_head_tells_the_size(as_bob: Client, track: RecordedTrack) -> None:
    answer = as_bob.head(urls(as_bob, track)[0])

    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, str(len(CONTENT)), b"")


def test_a_download_has_a_telling_name(as_bob: Client, track: RecordedTrack) -> None:
    answer = as_bob.get(urls(as_bob, track)[1])

    assert answer.getvalue() == CONTENT
    name = "Back%20end_%20second_last%20round_%20-%20Dana%20Dvo%C5%99%C3%A1k%20-%20screen%20share%20-%202.webm"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


def test_a_track_that_is_not_ready_has_no_file(as_bob: Client, track: RecordedTrack) -> None:
    media_url, _ = urls(as_bob, track)
    RecordedTrack.objects.update(state="processing")

    assert urls(as_bob, track) == (None, None)
    assert problem(as_bob.get(media_url)) == (404, "not-found")


def test_a_file_that_was_removed_from_the_disk(as_bob: Client, track: RecordedTrack) -> None:
    track.file_path.unlink()

    assert problem(as_bob.get(urls(as_bob, track)[0])) == (404, "file-missing")


def test_a_track_belongs_to_its_recording(as_bob: Client, track: RecordedTrack, interview: Interview) -> None:
    other = Recording.objects.create(interview=interview, state="ready", stopped_at=timezone.now())

    assert problem(as_bob.get(f"/api/recordings/{other.id}/tracks/{track.id}/media")) == (404, "not-found")
