"""Recordings through the whole product: real clients, the real media engine, the real worker, and real deaths."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from livekit import api

from interview_stream.capture.format import read_capture
from tests.e2e.media_probe import Media, probe, sync_offsets
from tests.integration.caller import Caller
from tests.product import Client, Product, enter_as_guest, wait_for

pytestmark = pytest.mark.integration

_numbers = count(1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("recordings") / "data").start()
    yield product
    product.stop()


@pytest.fixture(scope="module")
def alice(product: Product) -> Client:
    return product.owner()


class Interview:
    """alice and dana in a call of their own."""

    def __init__(self, product: Product, alice: Client, tmp_path: Path, scope: str = "all") -> None:
        self.product, self.alice, self.tmp_path = product, alice, tmp_path
        made = alice.post("/api/interviews", {"title": f"Interview {next(_numbers)}", "candidate_name": "Dana"})
        self.path = f"/api/interviews/{made['id']}"
        self.dana = Client(product.url, guest=made["candidate"]["link_url"].rsplit("/", 1)[1])
        self.host = Caller(alice.post(f"{self.path}/join"))
        self.candidate = Caller(enter_as_guest(alice, self.dana, self.path, scope))
        self.recording_path = ""

    def leave(self) -> None:
        self.host.leave()
        self.candidate.leave()

    def record(self) -> None:
        self.recording_path = f"/api/recordings/{self.alice.post(f'{self.path}/recordings')['id']}"

    def choose(self, scope: str) -> None:
        """The candidate decides anew what may be recorded."""
        question = self.dana.get("/api/guest/recording-question")["question"]
        self.dana.post("/api/guest/consent", {"scope": scope, "question": question})

    def stop(self) -> None:
        self.alice.post(f"{self.recording_path}/stop")

    def recording(self) -> Any:
        return self.alice.get(self.recording_path)

    def tracks(self, state: str = "", **fields: Any) -> list[Any]:
        found = [track for track in self.recording()["tracks"] if not state or track["state"] == state]
        return [track for track in found if all(track[name] == value for name, value in fields.items())]

    def wait_for_files(self) -> Any:
        def done() -> Any:
            recording = self.recording()
            assert recording["state"] != "failed", recording["detail"]
            return recording if recording["state"] == "ready" else None

        return wait_for(done, "the files of the recording")

    def media(self, track: Any) -> Media:
        return download(self.alice, track, self.tmp_path)


def download(client: Client, track: Any, folder: Path) -> Media:
    """Through the API, and decoded."""
    file = folder / f"{track['id']}{Path(track['mime']).name}"
    file.write_bytes(client.fetch(track["media_url"], {}))
    return probe(file)


@pytest.fixture
def interview(product: Product, alice: Client, tmp_path: Path) -> Iterator[Interview]:
    interview = Interview(product, alice, tmp_path)
    yield interview
    interview.leave()


def captured_bytes(product: Product) -> int:
    return sum(file.stat().st_size for file in (product.data / "captures").rglob("*.rtp"))


def let_run(seconds: float) -> float:
    """Let the call go on; the recorded length is what is tested, so the time has to pass."""
    time.sleep(seconds)
    return seconds


def test_a_call_is_recorded_in_sync(interview: Interview) -> None:
    for caller in (interview.host, interview.candidate):
        caller.publish("camera")
        caller.publish("microphone")
    began = time.monotonic()
    interview.record()
    wait_for(lambda: len(interview.tracks("recording")) == 4, "four captures")
    wait_for(interview.candidate.is_recorded, "the candidate's recording badge")
    let_run(4)
    shared = time.monotonic()
    interview.candidate.publish("screen_share")
    wait_for(lambda: interview.tracks("recording", source="screen_share"), "the capture of the screen share")
    let_run(4)
    asked = time.monotonic() - began
    interview.stop()
    stopped = time.monotonic() - began
    wait_for(lambda: not interview.candidate.is_recorded(), "the badge to go")

    recording = interview.wait_for_files()

    late_s = max(interview.host.lateness_s, interview.candidate.lateness_s)
    from_s, until_s = asked - 0.5 - late_s, stopped + 0.5 + late_s
    assert recording["gaps"] == []
    assert len(recording["tracks"]) == 5
    assert from_s < recording["duration_s"] < until_s
    media = {(t["participant"]["role"], t["source"]): (t, interview.media(t)) for t in recording["tracks"]}
    for (_, source), (track, file) in media.items():
        starts = shared - began if source == "screen_share" else 0.0
        # A picture begins with the key frame that the recorder asked for, whenever a busy encoder makes it.
        assert starts - 0.1 <= track["offset_s"] < starts + 3.0, source
        assert from_s < track["offset_s"] + file.duration_s < until_s, source
    for role in ("interviewer", "candidate"):
        (camera, seen), (microphone, heard) = media[role, "camera"], media[role, "microphone"]
        offsets = sync_offsets(
            [camera["offset_s"] + at for at in seen.flashes], [microphone["offset_s"] + at for at in heard.beeps]
        )
        assert len(offsets) >= 4
        assert abs(median(offsets)) < 0.08 + late_s, offsets
    assert media["candidate", "screen_share"][1].size == (1280, 720)


def test_a_killed_media_engine_leaves_a_gap_and_two_segments(product: Product, interview: Interview) -> None:
    interview.host.publish("camera")
    interview.host.publish("microphone")
    interview.record()
    wait_for(lambda: len(interview.tracks("recording")) == 2, "two captures")
    let_run(6)
    killed = time.monotonic()
    product.kill("sfu")

    wait_for(lambda: len(interview.tracks("recording", segment=2)) == 2, "both captures to go on by themselves")
    let_run(4)
    interview.stop()
    recording = interview.wait_for_files()

    started = time.monotonic() - killed
    first, second = (
        next(t for t in recording["tracks"] if t["source"] == "camera" and t["segment"] == n) for n in (1, 2)
    )
    # What is lost is at most the last two seconds; a picture begins with a key frame, whenever a busy encoder makes it.
    assert interview.media(first).duration_s > 6.0 - 2.0 - interview.host.lateness_s - 1.0
    assert interview.media(second).duration_s > 1.0
    assert second["offset_s"] > first["offset_s"] + first["duration_s"]
    (gap,) = recording["gaps"]
    assert gap["start_s"] == pytest.approx(first["offset_s"] + first["duration_s"], abs=0.5)
    assert 0 < gap["end_s"] - gap["start_s"] < started


def test_a_killed_web_process_leaves_no_gap(product: Product, interview: Interview) -> None:
    """Signalling waits at the port until it is back and resumes; decoding and capture do not notice."""
    interview.host.publish("camera")
    interview.record()
    wait_for(lambda: len(interview.tracks("recording")) == 1, "the capture")
    wait_for(lambda: sum(interview.candidate.decoded("camera").values()), "the candidate to see the camera")
    camera_sid = interview.host.sids()["camera"]
    let_run(3)
    product.kill("web")
    captured = captured_bytes(product)
    ((stream, decoded),) = interview.candidate.decoded("camera").items()
    wait_for(lambda: captured_bytes(product) > captured, "the capture to go on without a web process")
    wait_for(lambda: interview.candidate.decoded("camera")[stream] > decoded, "the picture to go on as well")
    product.wait_until_healthy()
    interview.candidate.publish("microphone")
    wait_for(lambda: interview.tracks("recording", source="microphone"), "the capture of what was published since")
    let_run(3)
    assert list(interview.candidate.decoded("camera")) == [stream]
    interview.stop()

    recording = interview.wait_for_files()
    assert recording["gaps"] == []
    assert {(t["source"], t["segment"]) for t in recording["tracks"]} == {("camera", 1), ("microphone", 1)}
    assert interview.host.sids() == {"camera": camera_sid}
    camera = next(t for t in recording["tracks"] if t["source"] == "camera")
    assert interview.media(camera).longest_freeze_s < 1.0 + interview.host.lateness_s


def test_a_killed_worker_finishes_after_its_restart(product: Product, interview: Interview) -> None:
    interview.host.publish("camera")
    interview.record()
    wait_for(lambda: len(interview.tracks("recording")) == 1, "the capture")
    let_run(2)
    interview.stop()
    product.kill("worker")

    assert interview.wait_for_files()["tracks"][0]["state"] == "ready"


def test_everybody_leaving_ends_the_recording(product: Product, alice: Client, tmp_path: Path) -> None:
    interview = Interview(product, alice, tmp_path)
    interview.host.publish("microphone")
    interview.record()
    wait_for(lambda: len(interview.tracks("recording")) == 1, "the capture")
    let_run(1)
    interview.leave()

    recording = interview.wait_for_files()
    assert recording["stopped_at"]
    assert alice.get(interview.path)["state"] == "scheduled"


def test_ending_the_interview_sends_everybody_out(interview: Interview) -> None:
    interview.host.publish("microphone")
    interview.record()
    let_run(1)
    wait_for(lambda: interview.alice.get(interview.path)["state"] == "live", "the interview to be live")

    assert interview.alice.post(f"{interview.path}/end")["state"] == "ended"
    wait_for(lambda: not interview.candidate.room.isconnected(), "the candidate to be out")
    interview.wait_for_files()


def captured_kinds(product: Product, recording: str, identity: str) -> dict[str, int]:
    """What is on disk of one person: source to number of packets, read back from the capture files."""
    found: dict[str, int] = {}
    for file in (product.data / "captures" / recording).glob("*.rtp"):
        capture = read_capture(file)
        if capture.header.participant_identity == identity:
            found[capture.header.source] = found.get(capture.header.source, 0) + len(capture.offsets)
    return found


def test_of_who_agreed_to_voice_only_no_picture_is_ever_written(
    product: Product, alice: Client, tmp_path: Path
) -> None:
    interview = Interview(product, alice, tmp_path, scope="audio")
    try:
        for caller in (interview.host, interview.candidate):
            caller.publish("camera")
            caller.publish("microphone")
        interview.candidate.publish("screen_share")
        interview.record()
        wait_for(lambda: len(interview.tracks("recording")) == 3, "three captures")
        let_run(3)
        identity = interview.candidate.room.local_participant.identity
        folder = interview.recording()["id"]

        with pytest.raises(AssertionError, match="does not let their pictures be recorded"):
            record_past_the_server(product, interview.path, interview.candidate.sids()["camera"])

        interview.choose("none")
        wait_for(lambda: len(interview.tracks("recording")) == 2, "the host's captures alone")
        written = captured_kinds(product, folder, identity)
        assert set(written) == {"microphone"}
        assert written["microphone"] > 50
        let_run(2)
        assert captured_kinds(product, folder, identity) == written

        interview.choose("all")
        wait_for(lambda: len(interview.tracks("recording")) == 5, "captures of everything")
        interview.stop()
        assert interview.wait_for_files()["state"] == "ready"
    finally:
        interview.leave()


def test_a_backup_of_the_running_product_serves_elsewhere(
    product: Product, alice: Client, interview: Interview, tmp_path: Path
) -> None:
    """While one recording is ready and another still runs."""
    interview.host.publish("microphone")
    interview.record()
    wait_for(lambda: len(interview.tracks("recording")) == 1, "the capture")
    let_run(3)
    interview.stop()
    interview.wait_for_files()
    ready = interview.recording_path
    interview.record()
    wait_for(lambda: len(interview.tracks("recording")) == 1, "the capture of the second")
    let_run(2)
    archive = tmp_path / "backup.tar"
    interview_stream("backup", str(archive), "--data", str(product.data))
    interview_stream("restore", str(archive), "--data", str(tmp_path / "restored"))

    second = Product(tmp_path / "restored").start()
    try:
        session = {
            f"is_session_{second.port}": cookie.value or "" for cookie in alice.cookies if "session" in cookie.name
        }
        there = Client(second.url, cookies=session)
        assert download(there, there.get(ready)["tracks"][0], tmp_path).duration_s > 2
        # What was being recorded ends there, and is made playable to where the backup saw it.
        path = interview.recording_path
        there.post(f"{path}/stop")
        wait_for(lambda: there.get(path)["state"] == "ready", "the files of the second recording")
        assert download(there, there.get(path)["tracks"][0], tmp_path).duration_s > 1
    finally:
        second.stop()


def interview_stream(*arguments: str) -> None:
    command = [sys.executable, "-m", "interview_stream", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def record_past_the_server(product: Product, interview_path: str, track_sid: str) -> None:
    """Ask the media engine itself, with the key that the server has."""
    room = interview_path.rsplit("/", 1)[1]
    key, secret = product.media_key()
    token = api.AccessToken(key, secret).with_grants(api.VideoGrants(room_record=True)).to_jwt()
    body = {"roomName": room, "trackId": track_sid, "file": {"filepath": "past/the-server.rtp"}}
    request = urllib.request.Request(
        f"{product.url}/twirp/livekit.Egress/StartTrackEgress",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    try:
        urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        with error:
            assert error.code == 200, error.read().decode()
