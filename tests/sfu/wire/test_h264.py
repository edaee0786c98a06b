"""H.264 payloads by hand, parameter sets of the real encoder and from browsers, and garbage."""

import contextlib

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.h264 import (
    NAL_IDR,
    NAL_PPS,
    NAL_SEI,
    NAL_SLICE,
    NAL_SPS,
    is_keyframe,
    keyframe_size,
    nal_types,
    nal_units,
    sps_size,
)

SPS_720P = bytes.fromhex("6742c01f8c8d402802dd80b501010140000003004000000f03c58ba8")  # constrained baseline, 1280x720
PPS = bytes.fromhex("68ce3c80")


def stap(*units: bytes) -> bytes:
    return b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


def test_single_units() -> None:
    assert nal_units(PPS) == [PPS]
    assert nal_types(PPS) == [NAL_PPS]
    assert is_keyframe(b"\x65abc")
    assert not is_keyframe(b"\x41abc")


def test_an_aggregate() -> None:
    payload = stap(b"\x06sei", SPS_720P, PPS)
    assert nal_types(payload) == [NAL_SEI, NAL_SPS, NAL_PPS]
    assert is_keyframe(payload)
    assert not is_keyframe(stap(b"\x06sei", b"\x41slice"))


def test_fragments_begin_a_unit_once() -> None:
    assert nal_types(bytes.fromhex("7c8588")) == [NAL_IDR]
    assert nal_types(bytes.fromhex("5c8188")) == [NAL_SLICE]
    assert nal_types(bytes.fromhex("7c0588")) == []
    assert nal_types(bytes.fromhex("7c4588")) == []
    assert is_keyframe(bytes.fromhex("7c8588"))
    assert not is_keyframe(bytes.fromhex("7c0588"))
    assert nal_units(bytes.fromhex("7c8588")) == []


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("", "empty"),
        ("7c85", "fragment is cut short"),
        ("7800", "aggregate is cut short"),
        ("780000", "aggregate is cut short"),
        ("78000541", "aggregate is cut short"),
        ("79000141", "another packetization mode"),
        ("60", "another packetization mode"),
        ("7d", "another packetization mode"),
    ],
)
def test_malformed(payload: str, words: str) -> None:
    data = bytes.fromhex(payload)
    with pytest.raises(MalformedPacket, match=words):
        nal_units(data)
    assert nal_types(data) == []
    assert not is_keyframe(data)
    assert keyframe_size(data) is None


def test_picture_size_from_any_payload_with_a_parameter_set() -> None:
    assert keyframe_size(SPS_720P) == (1280, 720)
    assert keyframe_size(stap(b"\x06sei", SPS_720P, PPS)) == (1280, 720)
    assert keyframe_size(stap(b"\x06sei", PPS)) is None
    assert keyframe_size(stap(SPS_720P[:6], SPS_720P)) == (1280, 720)


@pytest.mark.parametrize("profile", ["baseline", "main", "high", "high10", "high422", "high444"])
@pytest.mark.parametrize(("width", "height"), [(320, 180), (1366, 768), (1920, 1080)])
def test_parameter_sets_of_the_real_encoder(profile: str, width: int, height: int) -> None:
    for options in ({}, {"x264-params": "interlaced=1:cqm=jvt"}):
        if options and profile == "baseline":
            continue
        formats = {"high10": "yuv420p10le", "high422": "yuv422p", "high444": "yuv444p"}
        units = encode(width, height, formats.get(profile, "yuv420p"), {"profile": profile, **options})
        sizes = [sps_size(unit) for unit in units if unit and unit[0] & 31 == NAL_SPS]
        assert sizes == [(width, height)]


def encode(width: int, height: int, pixels: str, options: dict[str, str]) -> list[bytes]:
    codec = av.CodecContext.create("libx264", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt, codec.framerate = width, height, pixels, 30  # type: ignore[assignment]
    codec.options = {"preset": "ultrafast", "tune": "zerolatency", **options}
    frame = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="rgb24").reformat(format=pixels)
    stream = b"".join(bytes(packet) for packet in codec.encode(frame))
    return [unit.rstrip(b"\0") for unit in stream.split(b"\0\0\1")]


def bits(text: str) -> bytes:
    text = text.replace(" ", "")
    return int(text.ljust(-len(text) % 8 + len(text), "0"), 2).to_bytes((len(text) + 7) // 8, "big")


# Baseline; id 0, frame number of 4 bits: 1 1; then what follows.
HEAD = "01000010 00000000 00011111 1 1"


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        # order type 1 with two offsets; 16x16, frames only, no cropping
        (f"{HEAD} 010 0 1 1 011 1 1  1 0  1 1  1 1 0", (16, 16)),
        # order type 2
        (f"{HEAD} 011  1 0  1 1  1 1 0", (16, 16)),
        # order type 0, interlaced: 16 rows are 32 lines
        (f"{HEAD} 1 1  1 0  1 1  0 0 1 0", (16, 32)),
        # cropped away
        (f"{HEAD} 1 1  1 0  1 1  1 1 1 0001000 0001000 1 1", None),
        # impossible number
        (f"{HEAD} 1 1  1 0 {'0' * 40} 1", None),
        # high profile with one scaling list, of which only the first number is coded: -8 ends it
        ("01100100 00000000 00011111 1  010 1 1 0 1 1 000010001 0000000 1 1 1  1 0  1 1  1 1 0", (16, 16)),
        # high profile 4:4:4 with a flag for separate planes
        ("11110100 00000000 00011111 1  00100 0 1 1 0 0 1 1 1  1 0  1 1  1 1 0", (16, 16)),
    ],
)
def test_parameter_sets_by_hand(fields: str, size: tuple[int, int] | None) -> None:
    assert sps_size(b"\x67" + bits(fields) + b"\x80") == size


def test_what_is_no_parameter_set_has_no_size() -> None:
    assert sps_size(PPS) is None
    assert sps_size(b"\x67") is None
    assert sps_size(SPS_720P[:8]) is None


@given(st.binary(max_size=60))
def test_garbage_is_malformed_or_units(payload: bytes) -> None:
    is_keyframe(payload)
    keyframe_size(payload)
    sps_size(b"\x67" + payload)
    sps_size(b"\x67\x64" + payload)
    with contextlib.suppress(MalformedPacket):
        assert all(nal_units(payload))
