"""Starting and stopping, and which tracks get captured meanwhile, whatever dies or is missed."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from livekit.protocol import egress as egress_proto

from interview_stream.server.interviews.models import Interview
from interview_stream.server.recordings import capturing, tasks
from interview_stream.server.recordings.models import RecordedTrack, Recording
from tests.server.interviews.test_planning import problem
from tests.server.stand_in_engine import Refusal, StandInEngine, event, send_event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(as_alice: Client, interview: Interview) -> Callable[[], Any]:
    def press_record() -> Any:
        return as_alice.post(f"/api/interviews/{interview.id}/recordings")

    return press_record


@pytest.fixture
def call(interview: Interview, media: StandInEngine) -> StandInEngine:
    """alice and dana talk; dana has no camera."""
    media.join(interview.id, "alice", sources="camera microphone")
    media.join(interview.id, "dana", role="candidate", sources="microphone")
    return media


def states() -> dict[str, str]:
    rows = RecordedTrack.objects.all()
    return {f"{row.participant_identity} {row.source} {row.segment}": row.state for row in rows}


def test_everything_published_is_captured(start: Any, call: StandInEngine, interview: Interview) -> None:
    answer = start()

    assert answer.status_code == 201
    recording = answer.json()
    assert (recording["state"], recording["stopped_at"], recording["duration_s"]) == ("recording", None, None)
    assert recording["interview"] == {"id": str(interview.id), "title": interview.title}
    assert [(t["participant"], t["kind"], t["source"], t["segment"], t["state"]) for t in recording["tracks"]] == [
        ({"identity": "alice", "name": "Alice", "role": "interviewer"}, "video", "camera", 1, "recording"),
        ({"identity": "alice", "name": "Alice", "role": "interviewer"}, "audio", "microphone", 1, "recording"),
        ({"identity": "dana", "name": "Dana", "role": "candidate"}, "audio", "microphone", 1, "recording"),
    ]
    assert recording["tracks"][0]["media_url"] is None
    assert len(call.running()) == 3
    paths = {item.track.file.filepath for item in call.egresses.values()}
    assert paths == {f"{recording['id']}/{sid}-1.rtp" for sid in call.running()}


def test_everyone_sees_that_it_runs(
    start: Any, call: StandInEngine, as_bob: Client, as_dana: Client, interview: Interview
) -> None:
    start()
    assert as_bob.get(f"/api/interviews/{interview.id}").json()["is_recording"]
    assert as_dana.get("/api/guest").json()["is_recording"]

    recording = Recording.objects.get()
    as_bob.post(f"/api/recordings/{recording.id}/stop")
    assert not as_dana.get("/api/guest").json()["is_recording"]
    assert as_bob.get(f"/api/interviews/{interview.id}").json()["recordings_count"] == 1


def test_one_recording_at_a_time(start: Any, call: StandInEngine) -> None:
    start()
    assert problem(start()) == (409, "recording-running")
    assert Recording.objects.count() == 1


def test_an_empty_room_is_not_recorded(start: Any, media: StandInEngine, interview: Interview) -> None:
    assert problem(start()) == (409, "nobody-in-call")

    media.join(interview.id, "alice")
    media.leave(interview.id, "alice")
    assert problem(start()) == (409, "nobody-in-call")


def test_an_ended_interview_is_not_recorded(
    start: Any, call: StandInEngine, as_alice: Client, interview: Interview
) -> None:
    as_alice.post(f"/api/interviews/{interview.id}/end")

    assert problem(start()) == (409, "interview-ended")


def test_an_interview_that_ends_while_record_is_pressed_is_not_recorded(
    start: Any, call: StandInEngine, interview: Interview
) -> None:
    def end() -> None:
        Interview.objects.filter(id=interview.id).update(state="ended", ended_at=timezone.now())
        connection.close()

    call.meanwhile["ListParticipants"] = end
    assert problem(start()) == (409, "interview-ended")
    assert not Recording.objects.exists()


def test_one_refused_capture_costs_the_others_nothing(start: Any, call: StandInEngine, interview: Interview) -> None:
    """A cluster refuses what is over its limits."""
    refused = call.rooms[str(interview.id)].people["alice"].tracks[0].sid
    call.refusals[refused] = Refusal(429, "resource_exhausted")
    start()
    assert states() == {"alice microphone 1": "recording", "dana microphone 1": "recording"}

    del call.refusals[refused]
    tasks.reconcile_recordings()
    assert sorted(item.track.track_id for item in call.egresses.values()) == call.running()
    assert set(states().values()) == {"recording"}
    assert len(states()) == 3


def test_candidates_do_not_record(as_dana: Client, call: StandInEngine, interview: Interview) -> None:
    assert as_dana.post(f"/api/interviews/{interview.id}/recordings").status_code == 401
    assert not call.egresses


def test_the_engine_is_down(start: Any, no_media: None) -> None:
    assert problem(start()) == (503, "media-unavailable")
    assert not Recording.objects.exists()


def test_an_engine_that_fails_is_told_from_one_that_is_empty(start: Any, call: StandInEngine) -> None:
    call.refusals["ListParticipants"] = Refusal(500, "internal")

    assert problem(start()) == (503, "media-unavailable")


def test_a_track_that_is_gone_before_its_capture_begins_is_no_track(start: Any, call: StandInEngine) -> None:
    call.refusals["StartTrackEgress"] = Refusal(404, "not_found")

    assert start().status_code == 201
    assert not RecordedTrack.objects.exists()

    del call.refusals["StartTrackEgress"]
    tasks.reconcile_recordings()
    assert set(states().values()) == {"recording"}


@pytest.mark.parametrize("refusal", [Refusal(400, "invalid_argument"), Refusal(503, "unavailable")])
def test_a_refused_capture_is_tried_again(start: Any, call: StandInEngine, refusal: Refusal) -> None:
    call.refusals["StartTrackEgress"] = refusal
    assert start().status_code == 201

    del call.refusals["StartTrackEgress"]
    RecordedTrack.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    tasks.reconcile_recordings()
    tasks.reconcile_recordings()
    assert len(call.running()) == 3
    assert set(states().values()) == {"recording"}


def test_two_that_reconcile_at_once_begin_each_capture_once(start: Any, call: StandInEngine) -> None:
    recording_id = start().json()["id"]
    RecordedTrack.objects.all().delete()
    call.egresses.clear()
    threads = [Thread(target=reconcile_in_thread, args=(recording_id,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(call.egresses) == 3
    assert RecordedTrack.objects.count() == 3


def reconcile_in_thread(recording_id: str) -> None:
    try:
        capturing.reconcile(UUID(recording_id))
    finally:
        connection.close()


def test_a_track_published_later_is_captured_by_its_event(
    start: Any, call: StandInEngine, interview: Interview
) -> None:
    start()
    share = call.publish(interview.id, "dana", "screen_share")
    assert share not in call.running()

    send_event(event("track_published", interview.id))
    assert share in call.running()
    assert states()["dana screen_share 1"] == "recording"


def test_a_lost_event_is_made_up_for(start: Any, call: StandInEngine, interview: Interview) -> None:
    start()
    share = call.publish(interview.id, "dana", "screen_share")

    tasks.reconcile_recordings()
    assert share in call.running()


def test_reconciling_again_starts_nothing_twice(start: Any, call: StandInEngine) -> None:
    start()
    for _ in range(3):
        tasks.reconcile_recordings()

    assert len(call.egresses) == 3
    assert RecordedTrack.objects.count() == 3


def test_nothing_is_captured_without_a_recording(call: StandInEngine, interview: Interview) -> None:
    send_event(event("track_published", interview.id))
    tasks.reconcile_recordings()

    assert not call.egresses


def test_a_killed_engine_leaves_a_segment_and_begins_the_next(
    start: Any, call: StandInEngine, interview: Interview
) -> None:
    start()
    call.die()
    tasks.reconcile_recordings()
    assert set(states().values()) == {"captured"}

    call.join(interview.id, "alice", sources="camera")
    send_event(event("track_published", interview.id, room_sid="RM_2"))
    assert states()["alice camera 1"] == "captured"
    assert states()["alice camera 2"] == "recording"
    assert RecordedTrack.objects.get(source="camera", segment=1).is_interrupted
    assert Recording.objects.get().state == "recording"


def test_the_restarted_engine_tells_which_captures_it_lost(
    start: Any, call: StandInEngine, interview: Interview
) -> None:
    start()
    row = RecordedTrack.objects.get(source="camera")
    lost = call.egress_of(row.capture)
    lost.status = egress_proto.EGRESS_ABORTED

    send_event(event("egress_ended", interview.id, egress_info=lost))
    row.refresh_from_db()
    assert (row.state, row.is_interrupted) == ("captured", True)


def test_an_event_about_a_capture_may_overtake_the_answer_that_began_it(
    start: Any, call: StandInEngine, interview: Interview
) -> None:
    start()
    row = RecordedTrack.objects.get(source="camera")
    RecordedTrack.objects.filter(id=row.id).update(state="starting", egress_id="")
    over = call.egress_of(row.capture)
    over.status = egress_proto.EGRESS_COMPLETE

    send_event(event("egress_ended", interview.id, egress_info=over))
    row.refresh_from_db()
    assert (row.state, row.egress_id, row.is_interrupted) == ("captured", over.egress_id, False)


def test_a_track_that_is_unpublished_is_not_interrupted(start: Any, call: StandInEngine, interview: Interview) -> None:
    share = call.publish(interview.id, "dana", "screen_share")
    start()
    people = call.rooms[str(interview.id)].people
    people["dana"].tracks.pop()
    over = next(item for item in call.egresses.values() if item.track.track_id == share)
    over.status = egress_proto.EGRESS_COMPLETE

    tasks.reconcile_recordings()
    row = RecordedTrack.objects.get(source="screen_share")
    assert (row.state, row.is_interrupted) == ("captured", False)

    call.publish(interview.id, "dana", "screen_share")
    tasks.reconcile_recordings()
    assert states()["dana screen_share 2"] == "recording"


def test_a_capture_that_breaks_at_once_is_not_begun_again_for_ever(start: Any, call: StandInEngine) -> None:
    start()
    row = RecordedTrack.objects.get(source="camera")
    call.break_capture(row.capture)
    for _ in range(3):
        tasks.reconcile_recordings()
    assert RecordedTrack.objects.filter(source="camera").count() == 1
    row.refresh_from_db()
    assert (row.state, row.detail) == ("captured", "No space left on device")

    RecordedTrack.objects.update(created_at=timezone.now() - capturing.RETRY_AFTER)
    tasks.reconcile_recordings()
    assert states()["alice camera 2"] == "recording"


@pytest.mark.parametrize("began", [True, False])
def test_a_process_that_died_while_it_began_a_capture(start: Any, call: StandInEngine, began: bool) -> None:
    start()
    row = RecordedTrack.objects.get(source="camera")
    if not began:
        call.egresses.pop(row.egress_id)
    RecordedTrack.objects.filter(id=row.id).update(state="starting", egress_id="")

    tasks.reconcile_recordings()
    assert states()["alice camera 1"] == ("recording" if began else "starting")

    RecordedTrack.objects.update(created_at=timezone.now() - capturing.CLAIM_AGE)
    tasks.reconcile_recordings()
    assert states()["alice camera 1"] == "recording"
    assert len(call.running()) == 3


def test_stopping_stops_the_captures_and_asks_for_the_files(start: Any, call: StandInEngine, as_bob: Client) -> None:
    recording_id = start().json()["id"]

    stopped = as_bob.post(f"/api/recordings/{recording_id}/stop").json()
    assert stopped["state"] == "processing"
    assert stopped["duration_s"] >= 0
    assert call.running() == []
    assert DBTaskResult.objects.get().args_kwargs["args"] == [recording_id]

    assert as_bob.post(f"/api/recordings/{recording_id}/stop").status_code == 200
    assert DBTaskResult.objects.count() == 1


def test_stopping_while_the_engine_is_down(
    start: Any, call: StandInEngine, as_alice: Client, lose_media: Callable[[], None]
) -> None:
    recording_id = start().json()["id"]
    lose_media()

    assert as_alice.post(f"/api/recordings/{recording_id}/stop").json()["state"] == "processing"


def test_ending_the_interview_stops_the_recording(
    start: Any, call: StandInEngine, as_alice: Client, interview: Interview
) -> None:
    start()
    as_alice.post(f"/api/interviews/{interview.id}/end")

    assert Recording.objects.get().state == "processing"
    assert call.running() == []


def test_an_engine_that_refuses_to_close_the_room_holds_nothing_else_up(
    start: Any, call: StandInEngine, as_alice: Client, interview: Interview
) -> None:
    start()
    call.refusals["DeleteRoom"] = Refusal(401, "unauthenticated")
    assert as_alice.post(f"/api/interviews/{interview.id}/end").json()["state"] == "ended"

    assert Recording.objects.get().state == "processing"
    assert call.running() == []


def test_the_last_person_leaving_stops_the_recording(start: Any, call: StandInEngine, interview: Interview) -> None:
    start()
    send_event(event("room_finished", interview.id))

    assert Recording.objects.get().state == "processing"


def test_the_end_of_a_session_that_was_replaced_stops_nothing(
    start: Any, call: StandInEngine, interview: Interview
) -> None:
    start()
    send_event(event("participant_joined", interview.id, room_sid="RM_1"))
    send_event(event("participant_joined", interview.id, room_sid="RM_2"))
    send_event(event("room_finished", interview.id, room_sid="RM_1"))

    assert Recording.objects.get().state == "recording"


def test_a_room_that_stays_empty_stops_the_recording(start: Any, call: StandInEngine, interview: Interview) -> None:
    start()
    call.die()
    tasks.reconcile_recordings()
    assert Recording.objects.get().empty_since is not None

    call.join(interview.id, "alice")
    tasks.reconcile_recordings()
    assert Recording.objects.get().empty_since is None

    call.die()
    tasks.reconcile_recordings()
    Recording.objects.update(empty_since=timezone.now() - timedelta(seconds=61))
    tasks.reconcile_recordings()
    assert Recording.objects.get().state == "processing"
