"""The capture file: what was written is read, whatever was cut or damaged after it is not."""

from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.capture.format import (
    CaptureHeader,
    EndRecord,
    EventKind,
    EventRecord,
    SenderReportRecord,
    UnreadableCaptureError,
    encode_end,
    encode_event,
    encode_header,
    encode_rtp,
    encode_sender_report,
    is_ended,
    last_moment_ns,
    read_capture,
    seal_capture,
)

HEADER = CaptureHeader(
    egress_id="EG_1",
    room="room",
    participant_identity="guest-1",
    participant_name="Dana Nováková",
    track_sid="TR_1",
    kind="video",
    source="camera",
    codec="vp8",
    clock_rate=90_000,
    payload_type=96,
    started_at_ns=1_750_000_000_000_000_000,
)
NOW = HEADER.started_at_ns
RECORDS = [
    encode_header(HEADER),
    encode_rtp(b"first packet", NOW + 10),
    encode_sender_report(0xE000_0000_8000_0000, 4_000_000_000, NOW + 20),
    encode_event(EventKind.MUTED, NOW + 30, "by themselves"),
    encode_rtp(b"second packet", NOW + 40),
    encode_end("stopped", NOW + 50),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "track.rtp"
    file.write_bytes(b"".join(RECORDS))
    return file


def record(record_type: int, body: bytes) -> bytes:
    beginning = len(body).to_bytes(4, "big") + bytes([record_type])
    return crc32(beginning + body).to_bytes(4, "big") + beginning + body


def test_everything_written_is_read_again(path: Path) -> None:
    capture = read_capture(path)
    assert capture.header == HEADER
    assert list(capture.packets()) == [b"first packet", b"second packet"]
    assert list(capture.arrivals_ns) == [NOW + 10, NOW + 40]
    assert capture.sender_reports == (SenderReportRecord(0xE000_0000_8000_0000, 4_000_000_000, NOW + 20),)
    assert capture.events == (EventRecord(EventKind.MUTED, NOW + 30, "by themselves"),)
    assert capture.end == EndRecord("stopped", NOW + 50)
    assert (capture.valid_bytes, capture.lost_bytes) == (path.stat().st_size, 0)


def test_a_file_cut_at_any_byte_keeps_its_whole_records(path: Path) -> None:
    content = path.read_bytes()
    ends = [sum(map(len, RECORDS[: count + 1])) for count in range(len(RECORDS))]
    for size in range(len(content)):
        path.write_bytes(content[:size])
        assert not is_ended(path)
        if size < ends[0]:
            with pytest.raises(UnreadableCaptureError):
                read_capture(path)
            continue
        capture = read_capture(path)
        assert capture.valid_bytes == max(end for end in ends if end <= size)
        assert capture.valid_bytes + capture.lost_bytes == size
        assert len(capture.arrivals_ns) == (size >= ends[1]) + (size >= ends[4])
        assert capture.end is None


def test_a_damaged_byte_ends_what_can_be_trusted(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[sum(map(len, RECORDS[:4])) + 20] ^= 1
    path.write_bytes(content)
    capture = read_capture(path)
    assert list(capture.packets()) == [b"first packet"]
    assert capture.lost_bytes == len(RECORDS[4]) + len(RECORDS[5])


@pytest.mark.parametrize("garbage", [b"\0" * 5000, b"\xff" * 13, b"GET / HTTP/1.1\r\n\r\n"])
def test_garbage_at_the_end_is_counted_and_left_out(path: Path, garbage: bytes) -> None:
    path.write_bytes(b"".join(RECORDS[:3]) + garbage)
    capture = read_capture(path)
    assert list(capture.packets()) == [b"first packet"]
    assert capture.lost_bytes == len(garbage)


def test_nothing_counts_after_the_end_mark(path: Path) -> None:
    with path.open("ab") as file:
        file.write(encode_rtp(b"too late", NOW + 60))
    capture = read_capture(path)
    assert len(capture.arrivals_ns) == 2
    assert capture.lost_bytes == len(encode_rtp(b"too late", 0))


def test_records_and_events_of_later_versions_are_skipped(path: Path) -> None:
    unknown_event = record(4, bytes(8) + b"\xc8of the future")
    path.write_bytes(b"".join([*RECORDS[:1], record(77, b"of the future"), unknown_event, *RECORDS[1:]]))
    capture = read_capture(path)
    assert len(capture.arrivals_ns) == 2
    assert capture.events == (EventRecord(EventKind.MUTED, NOW + 30, "by themselves"),)
    assert capture.end is not None


@pytest.mark.parametrize(("record_type", "body"), [(2, b"short"), (3, b"short"), (4, b""), (5, b"x"), (1, b"{}")])
def test_a_record_that_cannot_be_what_it_says_ends_the_capture(path: Path, record_type: int, body: bytes) -> None:
    path.write_bytes(RECORDS[0] + record(record_type, body) + RECORDS[1])
    capture = read_capture(path)
    assert len(capture.arrivals_ns) == 0
    assert capture.valid_bytes == len(RECORDS[0])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF....WAVE",
        RECORDS[0][:8] + RECORDS[1],
        RECORDS[0][:8] + record(1, b"{}"),
        RECORDS[0][:8] + record(1, b"no json"),
        RECORDS[0][:8] + record(1, b"[]"),
    ],
)
def test_what_does_not_begin_as_a_capture_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.rtp"
    file.write_bytes(content)
    assert not is_ended(file)
    with pytest.raises(UnreadableCaptureError):
        read_capture(file)


def test_the_end_mark_is_found_without_reading_the_file(path: Path) -> None:
    assert is_ended(path)


def test_sealing_closes_a_killed_capture_once(path: Path) -> None:
    path.write_bytes(b"".join(RECORDS[:5])[:-3])
    sealed = seal_capture(path, "aborted")
    assert sealed.end == EndRecord("aborted", NOW + 30)
    assert sealed.lost_bytes == 0
    assert is_ended(path)
    content = path.read_bytes()
    assert seal_capture(path, "again") == read_capture(path)
    assert path.read_bytes() == content


def test_an_empty_capture_ends_when_it_started(path: Path) -> None:
    path.write_bytes(RECORDS[0])
    assert last_moment_ns(read_capture(path)) == NOW


def test_long_words_are_cut(path: Path) -> None:
    path.write_bytes(RECORDS[0] + encode_event(EventKind.OVERRUN, NOW, "x" * 100_000) + encode_end("y" * 99, NOW))
    capture = read_capture(path)
    assert capture.end == EndRecord("y" * 32, NOW)
    assert len(capture.events[0].detail) == 1000


@given(tail=st.binary(max_size=200), packet=st.binary(max_size=2000))
def test_any_bytes_may_follow(tmp_path_factory: pytest.TempPathFactory, tail: bytes, packet: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "track.rtp"
    file.write_bytes(RECORDS[0] + encode_rtp(packet, NOW) + tail)
    capture = read_capture(file)
    assert next(capture.packets()) == packet
    assert capture.valid_bytes + capture.lost_bytes == file.stat().st_size
    is_ended(file)
