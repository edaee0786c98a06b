"""Capture files: what is written when, and what happens when the disk does not play along."""

import fcntl
import os
from pathlib import Path

import pytest

from interview_stream.capture.format import EventKind, encode_header, is_ended, read_capture
from interview_stream.sfu.io import recorder
from interview_stream.sfu.io.recorder import CaptureFile, CaptureFolder
from interview_stream.sfu.wire.rtp import serialize_header
from tests.capture.test_format import HEADER

PACKET = serialize_header(111, 1, 0, 1) + b"opus"


@pytest.fixture
def file(tmp_path: Path) -> CaptureFile:
    path = tmp_path / "a.rtp"
    made = CaptureFile(path, os.open(path, os.O_WRONLY | os.O_CREAT), lambda: HEADER.started_at_ns + 1)
    made.header(HEADER)
    return made


def test_records_are_written_in_order_and_closed_by_the_end(file: CaptureFile) -> None:
    file.packet(PACKET)
    file.clock(5 << 32, 960)
    file.muted(True)
    file.muted(False)
    file.connected(False)
    file.connected(True)
    assert file.write(1.0)
    file.end("stopped")
    file.packet(PACKET)  # too late
    assert not file.write(1.2)
    assert file.closed.is_set()
    capture = read_capture(file.path)
    assert list(capture.packets()) == [PACKET]
    assert capture.sender_reports[0].rtp_timestamp == 960
    assert [event.kind for event in capture.events] == [
        EventKind.MUTED,
        EventKind.UNMUTED,
        EventKind.DISCONNECTED,
        EventKind.RECONNECTED,
    ]
    assert capture.end is not None
    assert capture.end.reason == "stopped"
    assert file.path.stat().st_size == file.size


def test_a_disk_that_is_too_slow_costs_packets_and_the_file_says_how_many(
    file: CaptureFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_WAITING_BYTES", 1000)
    for _ in range(100):
        file.packet(PACKET)
    file.write(1.0)
    file.packet(PACKET)
    file.end("stopped")
    file.write(2.0)
    capture = read_capture(file.path)
    (event,) = capture.events
    assert event.kind == EventKind.OVERRUN
    assert len(list(capture.packets())) + int(event.detail) == 101


def test_a_disk_that_fails_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.rtp"
    path.touch()
    file = CaptureFile(path, os.open(path, os.O_RDONLY), lambda: 1)
    file.header(HEADER)
    assert file.write(1.0)
    assert "a.rtp" in file.failure
    file.end("failed")
    assert not file.write(2.0)


async def test_what_is_no_capture_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "garbage.rtp").write_bytes(b"garbage")
    folder = CaptureFolder(tmp_path, lambda: 1)
    folder.start()
    assert list(folder.close_abandoned(folder.files())) == []
    await folder.closed("EG_unknown")
    await folder.stop()
    assert (tmp_path / "garbage.rtp").read_bytes() == b"garbage"


def test_a_file_that_cannot_even_be_closed_does_not_end_the_writing_of_others(tmp_path: Path) -> None:
    path = tmp_path / "a.rtp"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    file = CaptureFile(path, descriptor, lambda: 1)
    file.header(HEADER)
    file.end("stopped")
    os.close(descriptor)
    assert not file.write(1.0)
    assert "a.rtp" in file.failure
    assert file.closed.is_set()


async def test_only_files_that_were_there_at_the_start_are_closed(tmp_path: Path) -> None:
    """Closing takes its time after a long call; recordings go on meanwhile."""
    for name in ("old.rtp", "new.rtp"):
        (tmp_path / name).write_bytes(encode_header(HEADER))
    folder = CaptureFolder(tmp_path, lambda: 1)
    (info,) = folder.close_abandoned([tmp_path / "old.rtp"])
    assert info.track.file.filepath == "old.rtp"
    assert is_ended(tmp_path / "old.rtp")
    assert not is_ended(tmp_path / "new.rtp")
    assert set(folder.files()) == {tmp_path / "old.rtp", tmp_path / "new.rtp"}


def test_what_another_process_is_writing_is_left_alone_and_what_it_left_is_closed(tmp_path: Path) -> None:
    left, written = tmp_path / "left.rtp", tmp_path / "written.rtp"
    for path in (left, written):
        path.write_bytes(encode_header(HEADER))
    folder = CaptureFolder(tmp_path, lambda: 0)
    with written.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (info,) = folder.close_abandoned([left, written])
    assert info.file_results[0].filename == "left.rtp"
    assert (is_ended(left), is_ended(written)) == (True, False)
    assert [one.file_results[0].filename for one in folder.close_abandoned([left, written])] == ["written.rtp"]
