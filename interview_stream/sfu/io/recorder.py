"""Capture files: hides paths, the writing thread and durability from recordings."""

import asyncio
import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, cast

from livekit.protocol.egress import DirectFileOutput, EgressInfo, EgressStatus, FileInfo, TrackEgressRequest

from interview_stream.capture.format import (
    Capture,
    CaptureHeader,
    EventKind,
    UnreadableCaptureError,
    encode_end,
    encode_event,
    encode_header,
    encode_rtp,
    encode_sender_report,
    is_ended,
    last_moment_ns,
    seal_capture,
)
from interview_stream.sfu.core.grants import SOURCE_NAMES
from interview_stream.sfu.core.participant import Participant
from interview_stream.sfu.core.recording import PAYLOAD_TYPE
from interview_stream.sfu.core.room import Room
from interview_stream.sfu.core.track import Track

logger = logging.getLogger(__name__)

WRITE_S = 0.2
SYNC_S = 0.8
MAX_WAITING_BYTES = 64 * 1024 * 1024


class CapturePathError(Exception):
    """A file for a recording cannot be made there; the message says why."""


class CaptureFile:
    """A CaptureSink. Records are handed to the writing thread by appending to a list, which both sides may do."""

    def __init__(self, path: Path, descriptor: int, unix_ns: Callable[[], int]) -> None:
        self.path = path
        self.size = 0
        self.failure = ""
        self.closed = threading.Event()
        self._descriptor = descriptor
        self._unix_ns = unix_ns
        self._waiting: list[bytes] = []
        self._written = 0
        self._left_out = 0
        self._is_ended = False
        self._is_dirty = False
        self._synced_at = 0.0

    def packet(self, data: bytes) -> None:
        if self.size - self._written > MAX_WAITING_BYTES:
            self._left_out += 1
            return
        if self._left_out:
            self._append(encode_event(EventKind.OVERRUN, self._unix_ns(), str(self._left_out)))
            self._left_out = 0
        self._append(encode_rtp(data, self._unix_ns()))

    def clock(self, ntp: int, rtp_timestamp: int) -> None:
        self._append(encode_sender_report(ntp, rtp_timestamp, self._unix_ns()))

    def muted(self, muted: bool) -> None:
        self._append(encode_event(EventKind.MUTED if muted else EventKind.UNMUTED, self._unix_ns()))

    def connected(self, connected: bool) -> None:
        kind = EventKind.RECONNECTED if connected else EventKind.DISCONNECTED
        self._append(encode_event(kind, self._unix_ns()))

    def header(self, header: CaptureHeader) -> None:
        """The first record."""
        self._append(encode_header(header))

    def end(self, reason: str) -> None:
        self._append(encode_end(reason, self._unix_ns()))
        self._is_ended = True

    def write(self, now: float) -> bool:
        """In the writing thread: write what waits, make it durable when it is time; False once closed."""
        is_last = self._is_ended  # read before the list, so that nothing is appended after the last look
        count = len(self._waiting)
        batch = self._waiting[:count]
        del self._waiting[:count]
        try:
            if batch and not self.failure:
                data = b"".join(batch)
                _write_all(self._descriptor, data)
                self._written += len(data)
                self._is_dirty = True
            if self._is_dirty and (is_last or now - self._synced_at >= SYNC_S):
                os.fsync(self._descriptor)
                self._synced_at = now
                self._is_dirty = False
        except OSError as error:
            self._fail(error)
        if is_last:
            try:
                os.close(self._descriptor)
            except OSError as error:  # some file systems say only now that they could not write
                self._fail(error)
            self.closed.set()
        return not is_last

    def _fail(self, error: OSError) -> None:
        self.failure = f"{self.path.name}: {error.strerror}"
        logger.error("cannot write the capture %s: %s", self.path, error)

    def _append(self, record: bytes) -> None:
        if not self._is_ended:
            self.size += len(record)
            self._waiting.append(record)


class CaptureFolder:
    """All capture files of this process, below one folder, and the thread that writes them."""

    def __init__(self, root: Path, unix_ns: Callable[[], int]) -> None:
        self.root = root
        self._unix_ns = unix_ns
        self._files: dict[str, CaptureFile] = {}
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    async def stop(self) -> None:
        """Write everything and end; all recordings must have ended."""
        self._is_stopping = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join)

    def open(self, room: Room, publisher: Participant, track: Track, info: EgressInfo) -> CaptureFile:
        """A new file for a recording; raises CapturePathError."""
        path = self.path(info.track.file.filepath)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise CapturePathError(f"cannot write {info.track.file.filepath}: {error.strerror}") from None
        # Until it is closed, by us or by our death: so other processes know that it was not left behind.
        _lock(descriptor)
        file = CaptureFile(path, descriptor, self._unix_ns)
        codec = cast(Literal["vp8", "h264", "opus"], track.codec_name.lower())
        names = {source: name for name, source in SOURCE_NAMES.items()}
        file.header(
            CaptureHeader(
                egress_id=info.egress_id,
                room=room.name,
                participant_identity=publisher.identity,
                participant_name=publisher.who.name,
                track_sid=track.sid,
                kind="video" if track.is_video else "audio",
                source=names.get(track.info.source, "unknown"),
                codec=codec,
                clock_rate=track.layers[0].clock_rate,
                payload_type=PAYLOAD_TYPE[codec],
                started_at_ns=info.started_at,
            )
        )
        self._files[info.egress_id] = file
        return file

    async def closed(self, egress_id: str) -> None:
        """Wait until the file of an ended recording is complete on disk."""
        file = self._files.get(egress_id)
        if file is None:
            return
        self._wake.set()
        await asyncio.to_thread(file.closed.wait)

    def files(self) -> list[Path]:
        """All captures, begun and ended."""
        return sorted(self.root.rglob("*.rtp"))

    def close_abandoned(self, files: Iterable[Path]) -> Iterator[EgressInfo]:
        """Close those of these files that a killed process left open, and describe them as aborted recordings.

        Reads them from end to end, so it is for another thread; none of the files may be in use here. Those that
        another process is writing are left alone.
        """
        for path in files:
            try:
                if is_ended(path):
                    continue
                with path.open("rb") as file:
                    # Another process may be writing it, or have just closed it as we do here.
                    if not _lock(file.fileno()) or is_ended(path):
                        continue
                    capture = seal_capture(path, "aborted")
            except (UnreadableCaptureError, OSError) as error:
                logger.warning("the capture %s cannot be read: %s", path, error)
                continue
            yield _aborted(capture, path.relative_to(self.root).as_posix())

    def path(self, text: str) -> Path:
        """Where a file of this name is; raises CapturePathError if that is not inside the folder."""
        path = Path(text)
        if path.is_absolute() or ".." in path.parts or not path.name or "\0" in text:
            raise CapturePathError(f"{text!r} is not a path inside the captures folder")
        full = self.root / path
        if not full.parent.resolve().is_relative_to(self.root.resolve()):
            raise CapturePathError(f"{text!r} leads out of the captures folder")
        return full

    def _run(self) -> None:
        while True:
            is_last = self._is_stopping
            now = time.monotonic()
            for egress_id, file in list(self._files.items()):
                if not file.write(now):
                    self._files.pop(egress_id, None)
            if is_last:
                return
            self._wake.wait(WRITE_S)
            self._wake.clear()


def _lock(descriptor: int) -> bool:
    """Whether no other process has this file; where the file system cannot tell, none."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _aborted(capture: Capture, name: str) -> EgressInfo:
    header, end = capture.header, last_moment_ns(capture)
    return EgressInfo(
        egress_id=header.egress_id,
        room_name=header.room,
        status=EgressStatus.EGRESS_ABORTED,
        started_at=header.started_at_ns,
        ended_at=end,
        updated_at=end,
        error="the media engine stopped unexpectedly",
        track=TrackEgressRequest(
            room_name=header.room, track_id=header.track_sid, file=DirectFileOutput(filepath=name)
        ),
        file_results=[
            FileInfo(
                filename=name,
                started_at=header.started_at_ns,
                ended_at=end,
                duration=end - header.started_at_ns,
                size=capture.path.stat().st_size,
                location=name,
            )
        ],
    )
