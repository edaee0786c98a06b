"""The join request as clients encode it, and a client that reads nothing."""

import base64
import gzip

import pytest
from livekit.protocol.rtc import JoinRequest, SignalResponse, WrappedJoinRequest

from interview_stream.sfu.io.signaling import (
    BURST_S,
    MAX_JOIN_REQUEST,
    MAX_QUEUED,
    MAX_QUEUED_BYTES,
    SHARE,
    Allowance,
    JoinError,
    WebSocketSink,
    read_join_request,
)

REQUEST = JoinRequest(metadata="ü?>~", participant_sid="PA_x")


def encoded(data: bytes, *, is_gzip: bool = False) -> str:
    compression = WrappedJoinRequest.Compression.GZIP if is_gzip else WrappedJoinRequest.Compression.NONE
    wrapped = WrappedJoinRequest(compression=compression, join_request=data)
    return base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()


@pytest.mark.parametrize("is_gzip", [False, True])
@pytest.mark.parametrize("strip", [False, True])
def test_every_encoding_of_a_join_request_is_read(is_gzip: bool, strip: bool) -> None:
    data = REQUEST.SerializeToString()
    text = encoded(gzip.compress(data) if is_gzip else data, is_gzip=is_gzip)
    assert read_join_request(text.rstrip("=") if strip else text) == REQUEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%%%",
        "ä",
        "A",
        base64.urlsafe_b64encode(b"\xff\xff").decode(),
        encoded(b"\xff\xff"),
        encoded(b"no gzip", is_gzip=True),
        encoded(gzip.compress(bytes(MAX_JOIN_REQUEST + 1)), is_gzip=True),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(JoinError):
        read_join_request(text)


async def test_a_client_that_reads_nothing_is_cut_off() -> None:
    sink = WebSocketSink(None)  # type: ignore[arg-type]
    for _ in range(MAX_QUEUED + 10):
        sink.send(SignalResponse(pong=1))
    sink.close("again")
    assert sink._queue.qsize() == MAX_QUEUED + 1


def test_a_client_gets_its_share_of_the_time_and_pauses_for_more() -> None:
    allowance = Allowance(100.0)
    for number in range(1000):  # ten short messages a second
        assert allowance.pause(0.001, 100.0 + number * 0.1) == 0.0
    assert allowance.pause(BURST_S, 300.0) == 0.0
    assert allowance.pause(0.3, 300.3) == pytest.approx(0.27 / SHARE)


async def test_long_messages_for_a_client_that_reads_nothing_do_not_pile_up() -> None:
    sink = WebSocketSink(None)  # type: ignore[arg-type]
    for _ in range(100):
        sink.send(SignalResponse(refresh_token="x" * 1_000_000))
    assert sink._queue.qsize() <= MAX_QUEUED_BYTES // 1_000_000 + 2
