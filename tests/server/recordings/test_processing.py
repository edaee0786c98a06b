"""From captures to files that play, through the worker's own loop."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.interviews.models import Interview
from interview_stream.server.lib import jobs
from interview_stream.server.recordings import processing, tasks
from interview_stream.server.recordings.actions import finish_recording
from interview_stream.server.recordings.models import RecordedTrack, Recording
from tests.capture.publisher import START, Machine, Sender, record, sound, video
from tests.server.conftest import run_worker
from tests.server.stand_in_engine import StandInEngine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recording(interview: Interview, media: StandInEngine) -> Recording:
    return Recording.objects.create(interview=interview, started_at=datetime.fromtimestamp(START, UTC))


def add_track(recording: Recording, source: str, *, segment: int = 1, **fields: Any) -> RecordedTrack:
    track = RecordedTrack.objects.create(
        recording=recording,
        track_sid=f"TR_{source}{segment}",
        participant_identity="dana",
        participant_name="Dana Dvořák",
        participant_role="candidate",
        kind="audio" if source == "microphone" else "video",
        source=source,
        segment=segment,
        state="captured",
        capture=f"{recording.id}/TR_{source}{segment}-{segment}.rtp",
        **fields,
    )
    track.capture_path.parent.mkdir(parents=True, exist_ok=True)
    return track


def capture_camera(track: RecordedTrack, *, at: float = 0.0, seconds: float = 3.0) -> None:
    """What the engine leaves of a camera that sends from `at` on."""
    sender = Sender(Machine(), "vp8", source=track.source)
    coded = [one._replace(at=one.at + at) for one in video("vp8", seconds=seconds, rate=15)]
    times = [at + step for step in range(int(seconds) + 1)]
    record(track.capture_path, sender, sender.packets(coded), report_times=times, stopped_at=at + seconds)


def capture_microphone(track: RecordedTrack, *, at: float = 0.0, seconds: float = 3.0) -> None:
    sender = Sender(Machine(), "opus", source=track.source)
    coded = [one._replace(at=one.at + at) for one in sound(seconds=seconds)]
    times = [at + step for step in range(int(seconds) + 1)]
    record(track.capture_path, sender, sender.packets(coded), report_times=times, stopped_at=at + seconds)


def stop_and_work(recording: Recording) -> None:
    finish_recording(recording.id)
    run_worker()
    failed = DBTaskResult.objects.filter(status="FAILED")
    assert [task.traceback for task in failed] == []


def shown(client: Client, recording: Recording) -> Any:
    return client.get(f"/api/recordings/{recording.id}").json()


def decoded_frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(container.streams[0]))


def test_a_stopped_recording_becomes_files_that_play(as_alice: Client, recording: Recording) -> None:
    camera, microphone = add_track(recording, "camera"), add_track(recording, "microphone")
    capture_camera(camera, at=0.5)
    capture_microphone(microphone, at=1.0)

    stop_and_work(recording)

    out = shown(as_alice, recording)
    assert (out["state"], out["progress"], out["detail"], out["gaps"]) == ("ready", 1.0, "", [])
    assert out["duration_s"] == pytest.approx(4.0, abs=0.1)
    seen, heard = out["tracks"]
    assert (seen["state"], seen["mime"], seen["width"], seen["height"]) == ("ready", "video/webm", 320, 180)
    assert (heard["state"], heard["mime"], heard["width"]) == ("ready", "audio/webm", None)
    assert seen["offset_s"] == pytest.approx(0.5, abs=0.05)
    assert heard["offset_s"] == pytest.approx(1.0, abs=0.05)
    assert seen["duration_s"] == pytest.approx(3.0, abs=0.1)
    camera.refresh_from_db()
    assert decoded_frames(camera.file_path) == 45
    assert camera.file_path.stat().st_size == seen["size_bytes"]
    assert camera.packets


def test_a_gap_is_shown_where_the_engine_was_dead(as_alice: Client, recording: Recording) -> None:
    before = add_track(recording, "camera", is_interrupted=True)
    after = add_track(recording, "camera", segment=2)
    capture_camera(before, seconds=3)
    capture_camera(after, at=5, seconds=2)

    stop_and_work(recording)

    out = shown(as_alice, recording)
    assert [t["segment"] for t in out["tracks"]] == [1, 2]
    assert out["tracks"][1]["offset_s"] == pytest.approx(5.0, abs=0.05)
    (gap,) = out["gaps"]
    assert gap["start_s"] == pytest.approx(3.0, abs=0.2)
    assert gap["end_s"] == pytest.approx(5.0, abs=0.05)


def test_a_microphone_that_stayed_muted_is_no_track(as_alice: Client, recording: Recording) -> None:
    capture_camera(add_track(recording, "camera"))
    muted = add_track(recording, "microphone")
    sender = Sender(Machine(), "opus")
    record(muted.capture_path, sender, [], stopped_at=3.0)

    stop_and_work(recording)

    out = shown(as_alice, recording)
    assert (out["state"], out["detail"]) == ("ready", "")
    assert [t["source"] for t in out["tracks"]] == ["camera"]


def test_a_broken_capture_spoils_itself_only(as_alice: Client, recording: Recording) -> None:
    capture_camera(add_track(recording, "camera"))
    add_track(recording, "microphone").capture_path.write_bytes(b"no capture at all")
    add_track(recording, "screen_share")

    stop_and_work(recording)

    out = shown(as_alice, recording)
    assert out["state"] == "ready"
    assert out["detail"] == "2 of 3 tracks could not be made playable."
    assert {t["source"]: t["state"] for t in out["tracks"]} == {
        "camera": "ready",
        "microphone": "failed",
        "screen_share": "failed",
    }
    assert RecordedTrack.objects.get(source="screen_share").detail == "The media engine left no capture of this track."


def test_nothing_playable_is_a_failure_with_a_reason(as_alice: Client, recording: Recording) -> None:
    add_track(recording, "camera")
    stop_and_work(recording)

    out = shown(as_alice, recording)
    assert (out["state"], out["detail"]) == ("failed", "No track could be made playable.")


def test_silence_is_a_failure_with_another_reason(as_alice: Client, recording: Recording) -> None:
    stop_and_work(recording)

    assert shown(as_alice, recording)["detail"] == "Nobody sent sound or picture while this ran."


def test_an_error_of_ours_is_told_and_kept_for_the_log(as_alice: Client, recording: Recording) -> None:
    capture_camera(add_track(recording, "camera"))
    recording.folder.parent.mkdir(exist_ok=True)
    recording.folder.write_text("a file where the folder should be")
    finish_recording(recording.id)

    for _ in range(3):
        assert shown(as_alice, recording)["state"] == "processing"
        DBTaskResult.objects.update(run_after=timezone.now())
        run_worker()

    assert shown(as_alice, recording)["state"] == "failed"
    (failed,) = as_alice.get("/api/failed-jobs").json()
    assert (failed["title"], failed["tries"]) == ("Make the files of a recording", 3)

    recording.folder.unlink()
    as_alice.post(f"/api/failed-jobs/{failed['id']}/retry")
    run_worker()
    assert shown(as_alice, recording)["state"] == "ready"


def test_a_killed_worker_leaves_nothing_undone(as_alice: Client, recording: Recording) -> None:
    """It was in the middle of the second track."""
    first, second = add_track(recording, "camera"), add_track(recording, "microphone")
    capture_camera(first)
    capture_microphone(second)
    finish_recording(recording.id)
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["killed"])
    RecordedTrack.objects.update(state="processing")

    jobs.take_up_cut_off()
    run_worker()

    out = shown(as_alice, recording)
    assert (out["state"], [t["state"] for t in out["tracks"]]) == ("ready", ["ready", "ready"])


def test_the_job_waits_for_captures_that_are_still_written(
    recording: Recording, interview: Interview, media: StandInEngine
) -> None:
    """The engine could not be reached when Record was pressed again; the job stops what still runs."""
    media.join(interview.id, "dana", sources="camera")
    tasks.reconcile_recordings()
    track = RecordedTrack.objects.get()
    track.capture_path.parent.mkdir(parents=True)
    capture_camera(track)
    Recording.objects.update(state="processing", stopped_at=datetime.now(UTC))
    assert media.running()

    tasks.process_recording.enqueue(str(recording.id))
    run_worker()

    assert not media.running()
    track.refresh_from_db()
    assert (track.state, track.is_interrupted) == ("ready", False)


def test_captures_of_an_engine_that_never_comes_back_are_used(
    recording: Recording,
    interview: Interview,
    media: StandInEngine,
    lose_media: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processing, "SETTLE_S", 0.3)
    media.join(interview.id, "dana", sources="camera")
    tasks.reconcile_recordings()
    track = RecordedTrack.objects.get()
    track.capture_path.parent.mkdir(parents=True)
    capture_camera(track)
    lose_media()

    stop_and_work(recording)

    track.refresh_from_db()
    assert (track.state, track.is_interrupted) == ("ready", True)


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ([(0, 10, False)], []),
        ([(0, 3, True), (5, 10, False)], [(3, 5)]),
        ([(0, 3, True), (0, 3.2, True), (5, 10, False), (5.5, 10, False)], [(3, 5)]),
        ([(0, 3, True), (5, 7, True), (8, 10, False)], [(3, 5), (7, 8)]),
        ([(0, 3, True)], [(3, 10)]),
        ([(0, 10, True)], []),
        ([(0, 3, False), (5, 10, False)], []),
    ],
)
def test_interruptions(tracks: list[tuple[float, float, bool]], expected: list[tuple[float, float]]) -> None:
    assert processing.interruptions(tracks, duration_s=10) == expected
