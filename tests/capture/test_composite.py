"""Several captures become one file: everything in step, in a container that holds what was sent."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import av
import pytest

from interview_stream.capture.composite import Composite, compose, container_for
from interview_stream.capture.format import Codec, UnreadableCaptureError
from interview_stream.capture.mux import NothingRecordedError
from tests.capture.publisher import Coded, Machine, Sender, record, sound, video
from tests.capture.test_mux import EXACT_S, SECONDS, capture_of
from tests.e2e.media_probe import probe

LATE_S = 2.5


def composed(tmp_path: Path, *captures: Path) -> Composite:
    made = compose(captures, tmp_path / "out" / "call", tmp_path / "EG_1")
    assert made.size_bytes == made.path.stat().st_size
    assert made.path == tmp_path / "out" / f"call.{made.container}"
    return made


def kinds(path: Path) -> list[tuple[str, str]]:
    """Kind and title of each track of a file."""
    with av.open(str(path)) as container:
        return [(stream.type, stream.metadata.get("title", "")) for stream in container.streams]


def later(coded: Iterable[Coded], by_s: float) -> tuple[Coded, ...]:
    return tuple(one._replace(at=one.at + by_s) for one in coded)


def late_capture(path: Path, sender: Sender, coded: tuple[Coded, ...], by_s: float) -> Path:
    moved = later(coded, by_s)
    times = [moved[0].at + second for second in range(1, 4)]
    return record(path, sender, sender.packets(moved), report_times=times, stopped_at=moved[-1].at + 0.03)


@pytest.mark.parametrize(("codec", "ending"), [("vp8", "webm"), ("h264", "mp4")])
def test_picture_and_voice_of_one_person_stay_together(tmp_path: Path, codec: Codec, ending: str) -> None:
    machine = Machine()
    camera = capture_of(tmp_path / "camera.rtp", codec, machine=machine)
    voice = capture_of(tmp_path / "voice.rtp", "opus", machine=machine)
    made = composed(tmp_path, camera, voice)
    assert made.container == ending
    assert [kind for kind, _ in kinds(made.path)] == ["video", "audio"]
    media = probe(made.path)
    assert media.frames == SECONDS * 30
    assert media.flashes == pytest.approx(range(6), abs=EXACT_S)
    assert media.beeps == pytest.approx(range(6), abs=EXACT_S)
    assert media.duration_s == pytest.approx(made.duration_s, abs=0.05)


def test_voices_of_several_are_one_and_late_ones_are_late(tmp_path: Path) -> None:
    first = capture_of(tmp_path / "dana.rtp", "opus")
    other = Sender(Machine(), "opus", identity="alice")
    second = late_capture(tmp_path / "alice.rtp", other, sound(seconds=3, channels=2), LATE_S)
    camera = capture_of(tmp_path / "camera.rtp", "vp8", sender=Sender(Machine(), "vp8", identity="alice"))
    made = composed(tmp_path, first, second, camera)
    assert made.container == "webm"
    assert kinds(made.path)[-1] == ("audio", "Everybody")
    media = probe(made.path)
    # Dana's at each full second, and Alice's from when she came.
    expected = sorted([*range(6), *(LATE_S + second for second in range(3))])
    assert media.beeps == pytest.approx(expected, abs=0.03)
    assert media.flashes == pytest.approx(range(6), abs=EXACT_S)
    assert made.duration_s == pytest.approx(SECONDS, abs=0.05)


def test_what_one_person_sends_again_goes_on_in_the_same_track(tmp_path: Path) -> None:
    machine = Machine()
    sound_sender, picture_sender = Sender(machine, "opus"), Sender(machine, "vp8")
    captures = [
        record(
            tmp_path / "first.rtp",
            picture_sender,
            picture_sender.packets(video("vp8", seconds=2)),
            report_times=[1],
            stopped_at=2,
        ),
        late_capture(tmp_path / "again.rtp", Sender(machine, "vp8"), video("vp8", seconds=3), 5),
        record(
            tmp_path / "voice.rtp",
            sound_sender,
            sound_sender.packets(sound(seconds=2)),
            report_times=[1],
            stopped_at=2,
        ),
        late_capture(tmp_path / "voice-again.rtp", Sender(machine, "opus"), sound(seconds=3), 5),
    ]
    made = composed(tmp_path, *captures)
    assert [kind for kind, _ in kinds(made.path)] == ["video", "audio"]
    media = probe(made.path)
    assert media.flashes == pytest.approx([0, 1, 5, 6, 7], abs=EXACT_S)
    assert media.beeps == pytest.approx([0, 1, 5, 6, 7], abs=0.03)


@pytest.mark.parametrize(
    ("codecs", "container"),
    [
        ({"opus"}, "ogg"),
        ({"vp8"}, "webm"),
        ({"h264", "opus"}, "mp4"),
        ({"h264", "vp8", "opus"}, "mkv"),
    ],
)
def test_the_container_holds_what_was_sent(codecs: set[Codec], container: str) -> None:
    assert container_for(codecs) == container


def test_sound_alone_and_pictures_of_two_kinds_are_files_too(tmp_path: Path) -> None:
    voice = capture_of(tmp_path / "voice.rtp", "opus")
    alone = composed(tmp_path, voice)
    assert alone.container == "ogg"
    assert probe(alone.path).beeps == pytest.approx(range(6), abs=EXACT_S)
    cameras = [
        capture_of(tmp_path / f"{codec}.rtp", codec, sender=Sender(Machine(), codec, identity=codec))
        for codec in ("vp8", "h264")
    ]
    both = composed(tmp_path, *cameras, voice)
    assert both.container == "mkv"
    assert sorted(kind for kind, _ in kinds(both.path)) == ["audio", "video", "video"]
    assert probe(both.path).flashes == pytest.approx(range(6), abs=EXACT_S)


def test_what_cannot_be_read_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "broken.rtp").write_bytes(b"no capture")
    silent = Sender(Machine(), "opus", identity="alice")
    nothing = record(tmp_path / "nothing.rtp", silent, [], stopped_at=1)
    voice = capture_of(tmp_path / "voice.rtp", "opus")
    made = composed(tmp_path, tmp_path / "broken.rtp", nothing, voice)
    assert len(made.left_out) == 2
    assert "alice sent nothing from their microphone." in made.left_out
    assert not made.is_whole
    assert compose([nothing, voice], tmp_path / "whole", tmp_path / "EG_2").is_whole
    with pytest.raises(UnreadableCaptureError):
        composed(tmp_path, tmp_path / "broken.rtp", nothing)
    with pytest.raises(NothingRecordedError, match="alice sent nothing"):
        composed(tmp_path, nothing)


def test_no_file_is_replaced_and_a_process_of_its_own_makes_it_too(tmp_path: Path) -> None:
    voice = capture_of(tmp_path / "voice.rtp", "opus")
    (tmp_path / "call.ogg").write_bytes(b"precious")
    job = {"captures": [str(voice)], "target": str(tmp_path / "call"), "workspace": str(tmp_path / "EG_2")}
    done = subprocess.run(
        [sys.executable, "-m", "interview_stream.capture"],
        input=json.dumps(job),
        text=True,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["path"] == str(tmp_path / "call-EG_2.ogg")
    assert (tmp_path / "call.ogg").read_bytes() == b"precious"
    assert probe(tmp_path / "call-EG_2.ogg").beeps
    assert (tmp_path / "call-EG_2.ogg").stat().st_mode & 0o777 == 0o600


def test_a_disk_without_hard_links_keeps_names_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    voice = capture_of(tmp_path / "voice.rtp", "opus")
    assert probe(composed(tmp_path, voice).path).beeps
    assert compose([voice], tmp_path / "out" / "call", tmp_path / "EG_1").path.name == "call-EG_1.ogg"
