"""Opus on an unbroken timeline: durations, silence that decoders accept, and no drift."""

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.capture.opus import MOST_DRIFT, STEP, Sound, fill, is_stereo, lay_out, packet_samples
from tests.capture.publisher import sound

FRAME = 960
PACKET = b"\xfc" + bytes(30)


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"", 0),
        (b"\x00", 480),
        (b"\x78\x01", 960),
        (b"\x18\x01", 2880),
        (b"\x79\x01\x01", 1920),
        (b"\xe0\x01", 120),
        (b"\xfb\x06", 5760),
        (b"\xfb\x07", 0),
        (b"\xfb\x00", 0),
        (b"\xfb", 0),
    ],
)
def test_packets_say_how_long_they_sound(packet: bytes, samples: int) -> None:
    assert packet_samples(packet) == samples


@pytest.mark.parametrize("channels", [1, 2])
def test_our_reading_agrees_with_an_encoder(channels: int) -> None:
    for coded in sound(seconds=1, channels=channels):
        assert packet_samples(coded.data) == FRAME
        assert is_stereo(coded.data) == (channels == 2)


@pytest.mark.parametrize("stereo", [False, True])
@pytest.mark.parametrize("decoder", ["libopus", "opus"])
@pytest.mark.parametrize("samples", [120, 240, 480, 960, 1920, 5760])
def test_silence_decodes_to_silence_of_its_length(samples: int, decoder: str, stereo: bool) -> None:
    (placed,) = fill(0, samples, is_stereo_track=stereo)
    assert packet_samples(placed.payload) == samples
    context = av.CodecContext.create(decoder, "r")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout = 48_000, "stereo" if stereo else "mono"
    frames = context.decode(av.Packet(placed.payload))
    assert sum(frame.samples for frame in frames) == samples
    assert all(np.abs(frame.to_ndarray()).max() < 1e-3 for frame in frames)


@given(begin=st.integers(0, 10_000), length=st.integers(0, 200_000))
def test_silence_fills_up_to_the_last_step(begin: int, length: int) -> None:
    now = begin
    for placed in fill(begin, begin + length):
        assert placed.at == now
        assert packet_samples(placed.payload) == placed.samples
        now += placed.samples
    assert 0 <= begin + length - now < STEP


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-300, 300)), min_size=1, max_size=60))
def test_the_timeline_has_no_holes_and_stays_near_the_truth(steps: list[tuple[int, int]]) -> None:
    """Packets with pauses of any length between them, on a clock that runs off."""
    sounds, at, timestamp = [], 0.0, 0
    for pause, drift in steps:
        sounds.append(Sound(round(at), timestamp, PACKET))
        at += FRAME + pause * STEP + drift
        timestamp += FRAME + pause * STEP
    now, kept = 0, 0
    for placed in lay_out(sounds):
        assert placed.at == now
        assert packet_samples(placed.payload) == placed.samples
        now += placed.samples
        if placed.payload is PACKET:
            kept += 1
            assert min(abs(sound.at - placed.at) for sound in sounds) <= MOST_DRIFT
    assert kept >= 1


def test_malformed_packets_are_left_out() -> None:
    assert [placed.payload for placed in lay_out([Sound(0, 0, b""), Sound(0, 0, PACKET)])] == [PACKET]


def test_a_fast_sound_card_loses_single_packets() -> None:
    sounds = [Sound(round(number * FRAME * 0.99), number * FRAME, PACKET) for number in range(500)]
    placed = list(lay_out(sounds))
    assert len(placed) == pytest.approx(495, abs=1)


def test_a_slow_sound_card_gains_single_packets() -> None:
    sounds = [Sound(round(number * FRAME * 1.01), number * FRAME, PACKET) for number in range(500)]
    assert sum(placed.samples for placed in lay_out(sounds)) == pytest.approx(505 * FRAME, abs=MOST_DRIFT + STEP)
