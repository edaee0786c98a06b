"""Media on its way to one client; and that both forms of the module do the same, whatever is done with them."""

import importlib.util
import math
import sys
from collections import Counter
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_stream.sfu import compiled
from interview_stream.sfu.core import gcm, outgoing
from interview_stream.sfu.core.gcm import GcmReceiver, GcmSender
from interview_stream.sfu.core.outgoing import KEPT, TOLD, OutgoingStream, Outlet, SentLog
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.core.srtp import CounterModeSender, SessionKeys
from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.rtp import HEADER, RtpPacket, serialize_header
from interview_stream.sfu.wire.vp8 import Vp8Descriptor
from tests.sfu.rig import vp8

KEY, SALT = bytes(range(16)), bytes(range(12))
TARGET = ("192.0.2.1", 5000, 1)
SSRCS, FIRST = (11, 12), (100, 200)


class Line:
    """A client's end of an outlet."""

    def __init__(self) -> None:
        self.outbox: Outbox = []
        self.drops: Counter[str] = Counter()
        self.outlet = Outlet(self.outbox, self.drops)
        self.outlet.sender, self.outlet.target = GcmSender(KEY, SALT), TARGET
        self.log = SentLog()
        self.stream = OutgoingStream(self.outlet, self.log, 90000, SSRCS, FIRST)
        self.stream.payload_type, self.stream.rtx_payload_type = 96, 97
        self._receiver = GcmReceiver(KEY, SALT)

    def take(self) -> list[RtpPacket]:
        """What came since the last time."""
        came = [RtpPacket.parse_parts(*self._receiver.open(data)) for data, _ in self.outbox]
        self.outbox.clear()
        return came

    def send(self, number: int, payload: bytes = b"media", *, marker: bool = False) -> None:
        self.stream.send(number, number * 10, marker, None, payload, 1.0)


def test_a_packet_goes_out_sealed_under_the_streams_own_numbers() -> None:
    line = Line()
    line.stream.start(5000, 50000, None, b"", None, 1.0)
    line.send(5000)
    line.send(5001, marker=True)
    assert [target for _, target in line.outbox] == [TARGET, TARGET]
    first, second = line.take()
    assert (first.ssrc, first.payload_type, first.sequence_number, first.timestamp) == (11, 96, 100, 50000)
    assert (second.sequence_number, second.marker, second.payload) == (101, True, b"media")
    assert (line.stream.packets, line.stream.octets, line.stream.last) == (2, 10, 101)
    assert line.stream.map_time(50020) == 50020


def test_extensions_are_what_was_agreed_upon() -> None:
    line = Line()
    line.stream.start(1, 10, None, b"", None, 1.0)
    for transport, held in ((0, 0), (3 << 28 | 1 << 24, 0), (3 << 28 | 1 << 24, 6 << 28 | 2 << 24 | 5), (0, 6 << 28)):
        line.stream.transport, line.stream.held = transport, held
        line.send(line.stream.last - FIRST[0] + 2)
    plain, numbered, both, held_alone = line.take()
    assert plain.extension_block == b""
    assert numbered.extension(3) == b"\0\0"
    assert (both.extension(3), both.extension(6)) == (b"\0\1", b"\0\0\5")
    assert held_alone.extension_block == bytes((0x60, 0, 0, 0))
    assert (line.log.number, line.log.octets) == (2, 10)


def test_what_is_kept_goes_out_again_under_the_numbers_of_repetitions() -> None:
    line = Line()
    line.stream.start(1, 10, None, b"", None, 1.0)
    line.send(1, b"before")
    assert line.stream.kept(100) is None
    line.stream.keep()
    line.send(2, b"lost", marker=True)
    line.take()
    assert line.stream.kept(101) == 20
    assert [line.stream.repeat(number, 1.0) for number in (101, 100, 101)] == [4, 0, 4]
    again, once_more = line.take()
    assert (again.ssrc, again.payload_type, again.sequence_number, again.timestamp) == (12, 97, 201, 20)
    assert (again.payload, again.marker, once_more.sequence_number) == (b"\0\x65lost", True, 202)
    assert (line.stream.packets, line.stream.octets) == (2, 10)
    for number in range(3, KEPT + 3):
        line.send(number)
    assert line.stream.kept(101) is None
    assert line.stream.kept(102) is not None
    line.stream.keep()
    assert line.stream.kept(102) is None


class Recording:
    """A sink in Python."""

    def __init__(self) -> None:
        self.packets: list[tuple[bytes, bytes]] = []

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        self.packets.append((header, payload))


class Watched:
    """A stream that keeps all, and what it sent by number: marker, timestamp and payload."""

    def __init__(self) -> None:
        self.sink = Recording()
        self.stream = OutgoingStream(self.sink, None, 90000, SSRCS, FIRST)
        self.stream.payload_type, self.stream.rtx_payload_type = 96, 97
        self.stream.keep()
        self.sent: dict[int, tuple[int, int, bytes]] = {}

    def start(self, number: int, payload: bytes) -> None:
        self.stream.start(number, number * 10, described(payload), payload, None, 1.0)

    def send(self, number: int, payload: bytes) -> bytes:
        """What comes out."""
        self.stream.send(number, number * 10, bool(number % 2), described(payload), payload, 1.0)
        header, out = self.sink.packets.pop()
        _, kind, sequence, timestamp, _ = HEADER.unpack(header)
        self.sent[sequence] = kind & 0x80, timestamp, out
        return out

    def repeat_all(self) -> dict[int, tuple[int, int, bytes]]:
        """What comes when everything is asked for again."""
        again = {}
        for number in self.sent:
            size = self.stream.repeat(number, 2.0)
            header, out = self.sink.packets.pop()
            _, kind, _, timestamp, _ = HEADER.unpack(header)
            assert (kind & 0x7F, size) == (97, len(out) - 2)
            again[int.from_bytes(out[:2], "big")] = kind & 0x80, timestamp, out[2:]
        return again


def described(payload: bytes) -> Vp8Descriptor | None:
    try:
        return Vp8Descriptor.parse(payload)
    except MalformedPacket:
        return None


def picture(flags: int, picture_id: int, tl0: int, key: int) -> bytes:
    """A payload with those numbers that the flags announce (RFC 7741 section 4.2); 0x100 among them stands for M."""
    wide = (0x8000 | picture_id & 0x7FFF).to_bytes(2, "big") if flags & 0x100 else bytes((picture_id & 0x7F,))
    layers = bytes((0xA0 | (key & 0x1F if flags & 0x10 else 0),))
    numbers = wide * bool(flags & 0x80) + bytes((tl0 & 0xFF,)) * bool(flags & 0x40) + layers * bool(flags & 0x30)
    return bytes((0x90, flags & 0xFF)) + numbers + b"picture"


@pytest.mark.parametrize("flags", [0x1F0, 0xF0, 0x1C0, 0x180, 0x80, 0x40, 0x10, 0xD0, 0x20, 0x00])
def test_a_picture_goes_out_again_as_it_went_out_though_the_layer_has_changed_since(flags: int) -> None:
    line = Watched()
    out = []
    for source, *first in ((10, 0x7FFE, 254, 30), (5000, 500, 7, 3), (90, 9, 1, 20), (70_000, 0x7FFF, 255, 31)):
        line.start(source, picture(flags, *first))
        out += [line.send(source + step, picture(flags, *(number + step for number in first))) for step in range(2)]
    assert out == [picture(flags, 0x7FFE + step, 254 + step, 30 + step) for step in range(8)]
    assert line.repeat_all() == line.sent


def test_what_is_kept_is_the_publishers_own_payload_for_all_subscribers() -> None:
    lines = [Watched() for _ in range(5)]
    first, payload, later = (picture(0x1F0, number, number, 1) for number in (100, 7, 8))
    before = sys.getrefcount(payload)
    for line in lines:
        line.send(10, first)
        line.start(500, payload)
        assert line.send(500, payload) == picture(0x1F0, 101, 101, 2)
        line.send(501, later)
    assert sys.getrefcount(payload) == before + len(lines)
    for line in lines:
        assert line.repeat_all() == line.sent
        line.stream.keep()
    assert sys.getrefcount(payload) == before


def test_who_takes_a_repetition_may_have_everything_forgotten() -> None:
    class Forgetful(Recording):
        def send_rtp(self, header: bytes, payload: bytes) -> None:
            if self.packets:
                stream.keep()
            super().send_rtp(header, payload)

    sink = Forgetful()
    stream = OutgoingStream(sink, None, 90000, SSRCS, FIRST)
    stream.keep()
    stream.send(1, 10, False, None, bytes(1000), 1.0)
    assert [stream.repeat(1, 1.0) for _ in range(2)] == [1000, 0]
    assert [payload for _, payload in sink.packets] == [bytes(1000), b"\0\1" + bytes(1000)]


def test_what_cannot_go_out_is_counted() -> None:
    line = Line()
    line.outlet.target = None
    line.send(1)
    line.outlet.target, line.outlet.sender = TARGET, None
    line.outlet.send_rtp(serialize_header(96, 1, 2, 3), b"x")
    line.outlet.sender = GcmSender(KEY, SALT)
    for _ in range(2):
        line.outlet.send_rtp(serialize_header(96, 1, 2, 3), b"x")
    line.stream.start(2, 10, None, b"", None, 1.0)
    line.send(2)
    line.send(2)
    line.outlet.sender = CounterModeSender(SessionKeys(KEY, bytes(20), bytes(14)))
    line.send(3)
    line.send(3)
    assert len(line.outbox) == 3
    assert line.drops == {"not connected": 2, "number used twice": 3}


def test_a_late_packet_of_a_source_that_is_over_and_padding_are_left_out() -> None:
    line = Line()
    line.stream.start(5000, 50000, None, b"", None, 1.0)
    line.send(5000)
    line.stream.skip(5001)
    line.send(5002)
    line.stream.start(90, 900, None, b"", None, 1.5)
    line.send(89)
    line.send(90)
    assert [packet.sequence_number for packet in line.take()] == [100, 101, 102]


def test_the_log_knows_what_arrived_and_how_late() -> None:
    log = SentLog()
    assert log.settle(0, [0], [1.0]) == (0, math.inf)
    assert [log.send(100 + number, number / 10) for number in range(3)] == [0, 1, 2]
    octets, shortest = log.settle(0, [0, 2, 7], [5.0, 5.15, 9.0])
    assert octets == 202
    assert shortest == pytest.approx(4.95)
    assert log.settle(0, [0, 1], [5.0, 5.2])[0] == 101
    for _ in range(TOLD):
        log.send(1, 1.0)
    assert log.settle(0, [0, 1, 2, 3], [5.0] * 4) == (1, 4.0)
    assert (log.number, log.octets) == (TOLD + 3, TOLD + 303)
    with pytest.raises(ValueError, match=r"length|shorter|longer"):
        log.settle(0, [0], [])


def plain(module: ModuleType) -> ModuleType:
    """The form in Python of a module that is written twice."""
    name = module.__name__.rpartition(".")[2]
    spec = importlib.util.spec_from_file_location(f"plain_{name}", compiled.HERE / "core" / f"{name}.py")
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Form:
    """One form of the module, driven by text; what it does is written down."""

    def __init__(self, streams: ModuleType, ciphers: ModuleType, sink: str) -> None:
        self.outbox: Outbox = []
        self.drops: Counter[str] = Counter()
        self.recording = Recording()
        self.outlet = streams.Outlet(self.outbox, self.drops)
        self.log = streams.SentLog()
        self.new_sender: Callable[[], object] = lambda: ciphers.GcmSender(KEY, SALT)
        if sink == "counter mode":
            self.new_sender = lambda: CounterModeSender(SessionKeys(KEY, bytes(20), bytes(14)))
        self.outlet.sender, self.outlet.target = self.new_sender(), TARGET
        into = self.recording if sink == "recording" else self.outlet
        self.stream = streams.OutgoingStream(into, None if sink == "recording" else self.log, 90000, SSRCS, FIRST)

    def do(self, step: str, number: int, payload: bytes, now: float) -> object:
        stream, timestamp, descriptor = self.stream, number * 3000 & 0xFFFFFFFF, described(payload)
        match step:
            case "start":
                return stream.start(
                    number, timestamp, descriptor, payload, timestamp ^ 0x55 if number % 2 else None, now
                )
            case "skip":
                return stream.skip(number)
            case "keep":
                return stream.keep()
            case "repeat":
                wanted = stream.last - number % 8
                return stream.kept(wanted), stream.repeat(wanted, now)
            case "agree":
                stream.payload_type, stream.rtx_payload_type = number % 128, payload[0] % 128 if payload else 0
                stream.transport = (number % 3) << 28
                stream.held = (len(payload) % 2) << 28
                return (stream.payload_type, stream.rtx_payload_type, stream.transport, stream.held)
            case "connect":
                self.outlet.target = None if number % 2 else TARGET
                return self.outlet.target
            case "rekey":
                self.outlet.sender = self.new_sender() if number % 4 else None
                return None
            case "settle":
                return self.log.settle(number & 0xFFFF, list(range(len(payload))), [now + byte for byte in payload])
        return stream.send(number, timestamp, bool(number % 2), descriptor, payload, now)

    def state(self) -> object:
        stream = self.stream
        counts = (stream.packets, stream.octets, stream.last, stream.map_time(7), self.log.number, self.log.octets)
        return counts, self.outbox, self.drops, self.recording.packets


STEPS = ["send"] * 8 + ["start", "skip", "keep", "repeat", "repeat", "agree", "connect", "rekey", "settle"]
payloads = st.one_of(
    st.binary(max_size=12),
    st.builds(
        lambda key, picture, tl0: vp8(key=key, picture=picture, tl0=tl0),
        st.booleans(),
        st.integers(0, 0x7FFF),
        st.integers(0, 255),
    ),
    # Every combination of fields, with a picture of 7 or of 15 bits.
    st.builds(lambda flags, rest: bytes((0x90, flags)) + rest, st.integers(0, 255), st.binary(max_size=8)),
)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3), payloads), max_size=60))
def test_what_goes_out_again_is_what_went_out(steps: list[tuple[bool, int, bytes]]) -> None:
    line, number = Watched(), 1000
    for is_switch, distance, payload in steps:
        number += distance
        if is_switch:
            line.start(number, payload)
        line.send(number, payload)
    assert line.repeat_all() == line.sent


@pytest.mark.skipif(not compiled.is_in_use(), reason="compares the form in C with the one in Python")
@pytest.mark.parametrize("sink", ["outlet", "counter mode", "recording"])
@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(STEPS),
            st.one_of(st.integers(-3, 6), st.integers(-1500, 1500), st.integers(0, 1 << 20)),
            payloads,
            st.floats(0, 1.0),
        ),
        max_size=60,
    )
)
def test_both_forms_do_the_same(sink: str, steps: list[tuple[str, int, bytes, float]]) -> None:
    forms = Form(outgoing, gcm, sink), Form(plain(outgoing), plain(gcm), sink)
    number, now = 1000, 10.0
    for step, distance, payload, passed in steps:
        number, now = max(0, number + distance), now + passed
        done, expected = (form.do(step, number, payload, now) for form in forms)
        assert done == expected
        assert forms[0].state() == forms[1].state()
