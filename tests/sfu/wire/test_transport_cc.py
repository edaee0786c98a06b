"""Transport-wide feedback: written by us, read back by the words of the draft."""

from struct import unpack_from

from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.wire.rtcp import TransportFeedback, parse_compound
from interview_stream.sfu.wire.transport_cc import TICK_S, feedback


def read(message: TransportFeedback) -> tuple[int, int, list[float | None]]:
    """First number, count of the feedback, and the arrival or None for each packet."""
    body = message.body
    first, count, head = unpack_from("!HHI", body)
    symbols: list[int] = []
    at = 8
    while len(symbols) < count:
        (chunk,) = unpack_from("!H", body, at)
        at += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        else:
            assert chunk & 0x4000
            symbols += [chunk >> 12 - 2 * place & 3 for place in range(7)]
    ticks = (head >> 8) * 256
    arrivals: list[float | None] = []
    for symbol in symbols[:count]:
        if symbol == 0:
            arrivals.append(None)
            continue
        delta = body[at] if symbol == 1 else unpack_from("!h", body, at)[0]
        at += symbol
        ticks += delta
        arrivals.append(ticks * TICK_S)
    assert not any(body[at:])
    assert len(body) - at < 4
    return first, head & 0xFF, arrivals


@given(st.dictionaries(st.integers(0, 60), st.floats(5.0, 6.0), min_size=1), st.integers(0, 300))
def test_what_is_written_says_when_each_packet_came(arrivals: dict[int, float], count: int) -> None:
    last = max(arrivals)
    numbers = {65530 + number: at for number, at in arrivals.items()}
    first, counted, found = read(feedback(1, 2, 65530, 65530 + last, numbers, count))
    assert (first, counted) == (65530, count & 0xFF)
    assert len(found) == last + 1
    for number, at in enumerate(found):
        expected = arrivals.get(number)
        assert (at is None) == (expected is None)
        if at is not None and expected is not None:
            assert abs(at - expected) <= TICK_S


def test_a_long_pause_is_cut_and_a_long_loss_is_one_run() -> None:
    message = feedback(1, 2, 10, 9010, {10: 1.0, 9010: 100.0}, 0)
    _, _, found = read(message)
    assert found[1:-1] == [None] * 8999
    assert found[-1] == found[0] + 0x7FFF * TICK_S  # type: ignore[operator]
    assert parse_compound(message.serialize()) == [message]
