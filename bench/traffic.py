"""A publisher that plays a trace in real time and subscribers that note each packet's delay; both speak RTCP."""

import asyncio
import secrets
import time
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bench.descriptions import LEVEL_EXTENSION, MID_EXTENSION, OPUS, TIME_EXTENSION, TRANSPORT_EXTENSION, VP8, Source
from bench.media import AUDIO_FRAME_S, AUDIO_STEP, STAMP_SIZE, VIDEO_FPS, VIDEO_STEP, Trace, vp8_descriptor
from bench.webrtc_client import Client
from interview_stream.sfu.core.arrival_times import ArrivalTimes
from interview_stream.sfu.wire import rtcp, rtp

_RTCP_INTERVAL_S = 1.0
_ESTIMATE_BPS = 20_000_000
"""More than any subscriber is sent."""
_PACING_FACTOR, _PACING_INTERVAL_S, _BURST_S = 2.5, 0.005, 0.04
"""As libwebrtc's pacer: bursts of up to 40 ms of 2.5 times the bit rate, so most frames go out at once."""
_ONE_BYTE = b"\xbe\xde"
"""RFC 8285 section 4.2."""
_MID_PACKETS = 200
"""A browser repeats the MID until a receiver report confirms its SSRC; some packets will do here."""


class _Stream:
    """Numbers one SSRC's packets and puts the stamp into each."""

    def __init__(self, source: Source, payload_type: int, level: bytes | None) -> None:
        self.source = source
        self.timestamp = secrets.randbits(31)
        self.packets = self.octets = 0
        self._payload_type, self._level = payload_type, level
        self._sequence = secrets.randbits(15)

    def packet(self, payload: bytes, stamp: int, timestamp: int, *, marker: bool) -> bytes:
        values = {TIME_EXTENSION: (stamp * (1 << 18) // 1_000_000_000 & 0xFFFFFF).to_bytes(3, "big")}
        if self._level is not None:
            values[LEVEL_EXTENSION] = self._level
        if self.packets < _MID_PACKETS:
            values[MID_EXTENSION] = self.source.mid.encode()
        header = rtp.serialize_header(
            self._payload_type,
            self._sequence & 0xFFFF,
            timestamp & 0xFFFFFFFF,
            self.source.ssrc,
            marker=marker,
            extensions=rtp.serialize_extensions(values),
        )
        self._sequence += 1
        self.packets += 1
        self.octets += len(payload)
        return header + payload[:-STAMP_SIZE] + stamp.to_bytes(STAMP_SIZE, "big")

    def report(self) -> bytes:
        sent = rtcp.SenderReport(
            ssrc=self.source.ssrc,
            ntp_time=rtcp.ntp_from_unix(time.time_ns() / 1e9),
            rtp_timestamp=self.timestamp & 0xFFFFFFFF,
            packet_count=self.packets,
            octet_count=self.octets,
        )
        return rtcp.serialize_compound([sent, rtcp.source_description(self.source.ssrc, "bench")])


class Publisher:
    """Plays the trace in a loop; a key-frame request goes back to the key frame that the loop begins with."""

    def __init__(self, trace: Trace) -> None:
        self.client = Client(lambda packet, arrival_ns: None, self._rtcp_received)
        self.audio = Source("audio", "0", secrets.randbits(31) | 1, "microphone")
        self.video = Source("video", "1", secrets.randbits(31) | 1, "camera")
        self.sent = array("q")
        """The stamp of each packet sent: its time in nanoseconds, made unique."""
        self.keyframe_requests = 0
        self._trace = trace
        self._frame = self._picture = 0
        self._queue: deque[tuple[bytes, int, bool]] = deque()
        self._bytes_per_s = trace.video_bps / 8 * _PACING_FACTOR
        self._budget = self._bytes_per_s * _BURST_S
        self._audio_stream = _Stream(self.audio, OPUS, level=b"\x9e")
        self._video_stream = _Stream(self.video, VP8, level=None)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_every(1 / VIDEO_FPS, self._send_frame))
            group.create_task(_every(_PACING_INTERVAL_S, self._pace))
            group.create_task(_every(AUDIO_FRAME_S, self._send_audio))
            group.create_task(_every(_RTCP_INTERVAL_S, self._send_reports))

    def _send_frame(self) -> None:
        parts = self._trace.video[self._frame % len(self._trace.video)]
        self._video_stream.timestamp += VIDEO_STEP
        for index, part in enumerate(parts):
            descriptor = vp8_descriptor(is_first=index == 0, picture_id=self._picture, tl0_index=self._picture)
            self._queue.append((descriptor + part, self._video_stream.timestamp, index == len(parts) - 1))
        self._frame += 1
        self._picture += 1
        self._drain()

    def _pace(self) -> None:
        limit = self._bytes_per_s * _BURST_S
        self._budget = min(limit, self._budget + self._bytes_per_s * _PACING_INTERVAL_S)
        self._drain()

    def _drain(self) -> None:
        while self._queue and self._budget > 0:
            payload, timestamp, marker = self._queue.popleft()
            self._budget -= len(payload)
            self._send(self._video_stream, payload, timestamp, marker=marker)

    def _send_audio(self) -> None:
        self._audio_stream.timestamp += AUDIO_STEP
        stream, audio = self._audio_stream, self._trace.audio
        self._send(stream, audio[stream.packets % len(audio)], stream.timestamp, marker=False)

    def _send(self, stream: _Stream, payload: bytes, timestamp: int, *, marker: bool) -> None:
        stamp = time.time_ns()
        if self.sent and stamp <= self.sent[-1]:
            stamp = self.sent[-1] + 1
        self.sent.append(stamp)
        self.client.send_rtp(stream.packet(payload, stamp, timestamp, marker=marker))

    def _send_reports(self) -> None:
        for stream in (self._audio_stream, self._video_stream):
            if stream.packets:
                self.client.send_rtcp(stream.report())

    def _rtcp_received(self, packet: bytes, arrival_ns: int) -> None:
        for part in rtcp.parse_compound(packet):
            if isinstance(part, rtcp.Pli | rtcp.Fir):
                self.keyframe_requests += 1
                self._frame = 0


@dataclass(slots=True)
class _Reception:
    """What a receiver report says of one SSRC (RFC 3550 appendix A.3, jitter left out)."""

    base: int
    highest: int
    received: int = 0
    expected_before: int = 0
    received_before: int = 0
    sender_report: int = 0
    sender_report_ns: int = 0

    def block(self, ssrc: int, now_ns: int) -> rtcp.ReportBlock:
        expected = self.highest - self.base + 1
        interval, arrived = expected - self.expected_before, self.received - self.received_before
        self.expected_before, self.received_before = expected, self.received
        lost = max(0, interval - arrived)
        delay = (now_ns - self.sender_report_ns) * 65536 // 1_000_000_000 if self.sender_report else 0
        return rtcp.ReportBlock(
            ssrc=ssrc,
            fraction_lost=min(255, 256 * lost // interval) if interval else 0,
            packets_lost=expected - self.received,
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=0,
            last_sender_report=self.sender_report,
            delay_since_sender_report=delay & 0xFFFFFFFF,
        )


class Subscriber:
    """Notes the stamp and the arrival of each packet, and reports once a second as a browser does."""

    def __init__(self) -> None:
        self.stamps = array("q")
        self.arrivals = array("q")
        self.client = Client(self._rtp_received, self._rtcp_received)
        self.transport_extension = TRANSPORT_EXTENSION
        """The id of the extension that numbers the packets, where the server's description gave another than ours."""
        self._sources: dict[int, _Reception] = {}
        self._ssrc = secrets.randbits(31) | 1
        self._times = ArrivalTimes(0.0)

    async def run(self) -> None:
        await _every(_RTCP_INTERVAL_S, self._report)

    def _rtp_received(self, packet: bytes, arrival_ns: int) -> None:
        if packet[0] & 0x20:  # padding: a probe of the server's, not what was published
            return
        self.stamps.append(int.from_bytes(packet[-STAMP_SIZE:], "big", signed=True))
        self.arrivals.append(arrival_ns)
        ssrc, sequence = int.from_bytes(packet[8:12], "big"), int.from_bytes(packet[2:4], "big")
        source = self._sources.get(ssrc)
        if source is None:
            source = self._sources[ssrc] = _Reception(base=sequence, highest=sequence)
        source.highest = max(source.highest, rtp.extend(sequence, source.highest))
        source.received += 1
        # Where the server numbers its packets, it is told of them as a browser tells it.
        at = find_extension(packet, self.transport_extension)
        if at:
            at_s = arrival_ns / 1e9
            self._times.note(int.from_bytes(packet[at : at + 2], "big"), at_s)
            if self._times.is_due(at_s):
                self.client.send_rtcp(self._times.feedback(self._ssrc, ssrc, at_s).serialize())

    def _rtcp_received(self, packet: bytes, arrival_ns: int) -> None:
        for part in rtcp.parse_compound(packet):
            if isinstance(part, rtcp.SenderReport) and part.ssrc in self._sources:
                source = self._sources[part.ssrc]
                source.sender_report, source.sender_report_ns = rtcp.ntp_middle(part.ntp_time), arrival_ns

    def _report(self) -> None:
        if not self._sources:
            return
        now_ns = time.time_ns()
        blocks = tuple(source.block(ssrc, now_ns) for ssrc, source in self._sources.items())
        estimate = rtcp.Remb(self._ssrc, _ESTIMATE_BPS, tuple(self._sources))
        self.client.send_rtcp(rtcp.serialize_compound([rtcp.ReceiverReport(self._ssrc, blocks), estimate]))


def find_extension(packet: bytes, wanted: int) -> int:
    """Where the value of this header extension begins (RFC 8285 section 4.2), 0 without it."""
    if not packet[0] & 0x10 or packet[12:14] != _ONE_BYTE:
        return 0
    at, end = 16, 16 + 4 * int.from_bytes(packet[14:16], "big")
    while at < end:
        head = packet[at]
        if head >> 4 == wanted:
            return at + 1
        at += (head & 15) + 2 if head >> 4 else 1
    return 0


async def _every(interval_s: float, action: Callable[[], None]) -> None:
    """Calls at a steady pace; a late call does not delay the next ones."""
    due = time.monotonic()
    while True:
        action()
        due += interval_s
        await asyncio.sleep(max(0.0, due - time.monotonic()))
