"""The capture file: append-only records of one recorded track, readable after a kill at any byte.

docs/protocol/capture.md is the description; this module is the only place that knows the bytes. Encoders are pure: the
recorder writes what they return, in order, and nothing else. All times are Unix nanoseconds of one clock per
recording process (a wall clock read once, advanced by the monotonic clock), so that a step of the machine's clock
never bends a recording.
"""

import json
import mmap
import os
import struct
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from enum import IntEnum
from pathlib import Path
from typing import Literal, cast
from zlib import crc32

MAGIC = b"ISCAP\r\n\x01"
REASON_BYTES = 32

Kind = Literal["audio", "video"]
Codec = Literal["vp8", "h264", "opus"]

_PREFIX = struct.Struct("!IIB")  # CRC-32 of all that follows in the record, length of the body, record type
_CHECKSUM = struct.Struct("!I")
_BEGINNING = struct.Struct("!IB")
_TIME = struct.Struct("!q")
_SENDER_REPORT = struct.Struct("!qQI")
_EVENT = struct.Struct("!qB")
_END = struct.Struct(f"!q{REASON_BYTES}s")


class RecordType(IntEnum):
    HEADER = 1
    RTP = 2
    SENDER_REPORT = 3
    EVENT = 4
    END = 5


class EventKind(IntEnum):
    """What happened to the track beside its packets; unknown numbers are skipped by readers."""

    MUTED = 1
    UNMUTED = 2
    DISCONNECTED = 3
    """The publisher's transport was lost: nothing can arrive until RECONNECTED."""
    RECONNECTED = 4
    OVERRUN = 5
    """The recorder could not write fast enough and left packets out; the detail says how many."""


_EVENT_KINDS = {kind.value: kind for kind in EventKind}


class UnreadableCaptureError(ValueError):
    """The file does not start as a capture does, so nothing in it can be trusted."""


@dataclass(frozen=True, kw_only=True)
class CaptureHeader:
    """Whose track this is and how its packets are to be read. `payload_type` is the one inside the stored packets."""

    egress_id: str
    room: str
    participant_identity: str
    participant_name: str
    track_sid: str
    kind: Kind
    source: str
    """camera, microphone, screen_share or screen_share_audio."""
    codec: Codec
    clock_rate: int
    payload_type: int
    started_at_ns: int


@dataclass(frozen=True)
class SenderReportRecord:
    """The publisher's statement that what bears `rtp_timestamp` (as stored) was sampled at `ntp` (RFC 3550, 6.4.1)."""

    ntp: int
    rtp_timestamp: int
    arrival_ns: int


@dataclass(frozen=True)
class EventRecord:
    kind: EventKind
    at_ns: int
    detail: str


@dataclass(frozen=True)
class EndRecord:
    reason: str
    at_ns: int


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A scanned capture: everything but the packets, of which only the places are held."""

    path: Path
    header: CaptureHeader
    sender_reports: tuple[SenderReportRecord, ...]
    events: tuple[EventRecord, ...]
    end: EndRecord | None
    arrivals_ns: "array[int]"
    """Arrival time of each RTP packet, in the order of arrival."""
    offsets: "array[int]"
    """Place of each RTP packet in the file; the same order."""
    lengths: "array[int]"
    valid_bytes: int
    """How much of the file is whole records."""
    lost_bytes: int
    """What follows them: a record cut by a kill, or garbage."""

    def packets(self) -> Iterator[bytes]:
        """The stored RTP packets in the order of arrival, read from the file as they are asked for."""
        with self.path.open("rb") as file:
            for offset, length in zip(self.offsets, self.lengths, strict=True):
                file.seek(offset)
                yield file.read(length)


def encode_header(header: CaptureHeader) -> bytes:
    """The first bytes of the file."""
    return MAGIC + _record(RecordType.HEADER, json.dumps(asdict(header), separators=(",", ":")).encode())


def encode_rtp(packet: bytes, arrival_ns: int) -> bytes:
    """One decrypted RTP packet: header as the recorder's forwarder wrote it, payload untouched."""
    return _record(RecordType.RTP, _TIME.pack(arrival_ns) + packet)


def encode_sender_report(ntp: int, rtp_timestamp: int, arrival_ns: int) -> bytes:
    """`ntp` is the publisher's 64-bit time as received, `rtp_timestamp` mapped into the stored packets' timestamps."""
    return _record(RecordType.SENDER_REPORT, _SENDER_REPORT.pack(arrival_ns, ntp, rtp_timestamp))


def encode_event(kind: EventKind, at_ns: int, detail: str = "") -> bytes:
    return _record(RecordType.EVENT, _EVENT.pack(at_ns, kind) + detail.encode()[:1000])


def encode_end(reason: str, at_ns: int) -> bytes:
    """The last record, of fixed size. `reason` is a short word of our own: stopped, unpublished, left, aborted, ..."""
    return _record(RecordType.END, _END.pack(at_ns, reason.encode()[:REASON_BYTES]))


def read_capture(path: Path) -> Capture:
    """Scan a capture up to its first broken byte.

    Raises UnreadableCaptureError when not even the header is whole; OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise UnreadableCaptureError(f"{path.name} is not a capture of a version this program reads.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            return _Scan(path).run(view)


def is_ended(path: Path) -> bool:
    """Whether the capture was closed properly; reads the last record only. False for anything that is no capture."""
    length = _PREFIX.size + _END.size
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC or file.seek(0, os.SEEK_END) < len(MAGIC) + length:
            return False
        file.seek(-length, os.SEEK_END)
        data = file.read()
    checksum, body_length, record_type = _PREFIX.unpack_from(data)
    is_end_mark = body_length == _END.size and record_type == RecordType.END
    return is_end_mark and crc32(data[_CHECKSUM.size :]) == int(checksum)


def seal_capture(path: Path, reason: str) -> Capture:
    """Close a capture that a killed recorder left open: cut the broken tail, add the end mark, make both durable.

    The end mark carries the time of the last record. A capture that is ended already stays as it is.
    """
    capture = read_capture(path)
    if capture.end is not None:
        return capture
    at_ns = last_moment_ns(capture)
    mark = encode_end(reason, at_ns)
    with path.open("r+b") as file:
        file.truncate(capture.valid_bytes)
        file.seek(0, os.SEEK_END)
        file.write(mark)
        file.flush()
        os.fsync(file.fileno())
    valid = capture.valid_bytes + len(mark)
    return replace(capture, end=EndRecord(reason, at_ns), valid_bytes=valid, lost_bytes=0)


def last_moment_ns(capture: Capture) -> int:
    """The latest time the capture knows of: its end mark, or else its last record's."""
    if capture.end is not None:
        return capture.end.at_ns
    moments = [capture.header.started_at_ns]
    moments += [max(capture.arrivals_ns)] if capture.arrivals_ns else []
    moments += [report.arrival_ns for report in capture.sender_reports]
    moments += [event.at_ns for event in capture.events]
    return max(moments)


def _record(record_type: RecordType, body: bytes) -> bytes:
    """The checksum covers the whole record, so that the zeros a lost power supply leaves behind are no record."""
    beginning = _BEGINNING.pack(len(body), record_type)
    return _CHECKSUM.pack(crc32(body, crc32(beginning))) + beginning + body


class _Scan:
    """One walk over a file's records."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header: CaptureHeader | None = None
        self.sender_reports: list[SenderReportRecord] = []
        self.events: list[EventRecord] = []
        self.end: EndRecord | None = None
        self.arrivals_ns = array("q")
        self.offsets = array("q")
        self.lengths = array("l")

    def run(self, data: memoryview) -> Capture:
        """Take in records up to the end mark or the first that cannot be trusted; written for hours of packets."""
        position, size = len(MAGIC), len(data)
        while self.end is None and position + _PREFIX.size <= size:
            checksum, length, record_type = _PREFIX.unpack_from(data, position)
            body, end = position + _PREFIX.size, position + _PREFIX.size + length
            if end > size or crc32(data[position + _CHECKSUM.size : end]) != checksum:
                break
            if record_type == RecordType.RTP and length >= _TIME.size:
                self.arrivals_ns.append(_TIME.unpack_from(data, body)[0])
                self.offsets.append(body + _TIME.size)
                self.lengths.append(length - _TIME.size)
            elif not self._accept(record_type, bytes(data[body:end])):
                break
            position = end
        if self.header is None:
            raise UnreadableCaptureError(f"The header of {self.path.name} is cut or damaged.")
        return Capture(
            path=self.path,
            header=self.header,
            sender_reports=tuple(self.sender_reports),
            events=tuple(self.events),
            end=self.end,
            arrivals_ns=self.arrivals_ns,
            offsets=self.offsets,
            lengths=self.lengths,
            valid_bytes=position,
            lost_bytes=size - position,
        )

    def _accept(self, record_type: int, body: bytes) -> bool:
        """Take in any other record; False when its body cannot be what its type says. Unknown types are skipped."""
        try:
            if record_type == RecordType.SENDER_REPORT:
                arrival_ns, ntp, rtp_timestamp = _SENDER_REPORT.unpack(body)
                self.sender_reports.append(SenderReportRecord(ntp, rtp_timestamp, arrival_ns))
            elif record_type == RecordType.EVENT:
                at_ns, kind = _EVENT.unpack_from(body)
                if kind in _EVENT_KINDS:
                    detail = body[_EVENT.size :].decode(errors="replace")
                    self.events.append(EventRecord(_EVENT_KINDS[kind], at_ns, detail))
            elif record_type == RecordType.END:
                at_ns, reason = _END.unpack(body)
                self.end = EndRecord(reason.rstrip(b"\0").decode(errors="replace"), at_ns)
            elif record_type == RecordType.HEADER and self.header is None:
                self.header = _parse_header(self.path, body)
            elif record_type in (RecordType.RTP, RecordType.HEADER):
                return False
        except struct.error:
            return False
        return True


def _parse_header(path: Path, body: bytes) -> CaptureHeader:
    try:
        values = cast("dict[str, object]", json.loads(body))
        known = {field.name: values[field.name] for field in fields(CaptureHeader)}
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableCaptureError(f"The header of {path.name} lacks what a reader needs: {error}.") from error
    return CaptureHeader(**known)  # type: ignore[arg-type]
