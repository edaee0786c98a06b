"""VP8 descriptors by hand as browsers send them, key frames of the real encoder, and garbage."""

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.sfu.errors import MalformedPacket
from interview_stream.sfu.wire.vp8 import Vp8Descriptor, is_keyframe, keyframe_size, rewrite

KEY = bytes.fromhex("1002009d012a80026801")  # first bytes of a 640x360 key frame
DELTA = b"\x31"


def parse(descriptor: str, data: bytes = KEY) -> Vp8Descriptor:
    return Vp8Descriptor.parse(bytes.fromhex(descriptor) + data)


def test_a_bare_descriptor() -> None:
    descriptor = parse("10")
    assert descriptor.size == 1
    assert descriptor.is_start
    assert descriptor.is_keyframe
    assert descriptor.is_reference
    assert descriptor.picture_id is descriptor.tl0_index is descriptor.temporal_id is descriptor.key_index is None
    assert descriptor.picture_id_bits == 0


def test_all_fields_with_a_long_picture_id() -> None:
    descriptor = parse("b0" "f0" "9234" "56" "a7", DELTA)  # fmt: skip
    assert descriptor.size == 6
    assert descriptor.is_start
    assert not descriptor.is_keyframe
    assert not descriptor.is_reference
    assert (descriptor.picture_id, descriptor.picture_id_bits) == (0x1234, 15)
    assert descriptor.tl0_index == 0x56
    assert (descriptor.temporal_id, descriptor.layer_sync) == (2, True)
    assert descriptor.key_index == 7


def test_a_short_picture_id_alone() -> None:
    descriptor = parse("90" "80" "11")  # fmt: skip
    assert (descriptor.size, descriptor.picture_id, descriptor.picture_id_bits) == (3, 0x11, 7)


def test_a_temporal_layer_without_key_index() -> None:
    descriptor = parse("90" "20" "47")  # fmt: skip
    assert (descriptor.temporal_id, descriptor.layer_sync, descriptor.key_index) == (1, False, None)


def test_a_key_index_without_temporal_layer() -> None:
    descriptor = parse("90" "10" "e7")  # fmt: skip
    assert (descriptor.temporal_id, descriptor.layer_sync, descriptor.key_index) == (None, False, 7)


@pytest.mark.parametrize("first", ["00", "11", "12"])
def test_later_packets_and_partitions_begin_no_frame(first: str) -> None:
    descriptor = parse(first)
    assert not descriptor.is_start
    assert not descriptor.is_keyframe


@pytest.mark.parametrize("data", ["", "10", "90", "9080", "908080", "90f0920134", "9040", "9020", "80"])
def test_cut_short(data: str) -> None:
    payload = bytes.fromhex(data)
    with pytest.raises(MalformedPacket, match="cut short"):
        Vp8Descriptor.parse(payload)
    assert not is_keyframe(payload)
    assert keyframe_size(payload) is None


def test_picture_size() -> None:
    assert is_keyframe(b"\x10" + KEY)
    assert keyframe_size(b"\x10" + KEY) == (640, 360)
    assert keyframe_size(b"\x10" + KEY[:7] + b"\x42" + KEY[8:]) == (640, 360)  # upscaling is ignored
    assert keyframe_size(b"\x10" + KEY[:9]) is None
    assert keyframe_size(b"\x10" + KEY[:3] + bytes(7)) is None
    assert keyframe_size(b"\x10" + DELTA + KEY[1:]) is None


@pytest.mark.parametrize(("width", "height"), [(320, 180), (1366, 768), (1920, 1080)])
def test_frames_of_the_real_encoder(width: int, height: int) -> None:
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt, codec.framerate = width, height, "yuv420p", 30  # type: ignore[assignment]
    codec.options = {"deadline": "realtime", "lag-in-frames": "0"}
    packets = []
    for shade in (0, 1, 2):
        picture = np.full((height, width, 3), shade * 40, np.uint8)
        packets += codec.encode(av.VideoFrame.from_ndarray(picture, format="rgb24"))
    first, *later = [b"\x10" + bytes(packet) for packet in packets]
    assert keyframe_size(first) == (width, height)
    assert later
    assert not any(is_keyframe(payload) for payload in later)


fields = st.fixed_dictionaries(
    {},
    optional={
        "picture_id": st.integers(0, 0xFFFF),
        "tl0_index": st.integers(0, 0xFFF),
        "key_index": st.integers(0, 0xFF),
    },
)
descriptors = st.sampled_from(["10", "9080" "11", "9080" "9234", "90f0" "9234" "56" "a7", "90f0" "12" "56" "a7",
                               "9040" "56", "9010" "e7", "9020" "47", "9060" "56" "47", "9050" "56" "e7"])  # fmt: skip

FIELDS = (
    *("is_keyframe", "is_reference", "is_start", "key_index", "layer_sync"),
    *("picture_id", "picture_id_bits", "size", "temporal_id", "tl0_index"),
)


@given(descriptors, fields)
def test_rewriting_changes_what_is_there_and_nothing_else(head: str, values: dict[str, int]) -> None:
    payload = bytes.fromhex(head) + KEY
    before = Vp8Descriptor.parse(payload)
    written = rewrite(payload, before, **values)
    after = Vp8Descriptor.parse(written)
    assert len(written) == len(payload)
    assert written[after.size :] == KEY
    widths = {"picture_id": before.picture_id_bits, "tl0_index": 8, "key_index": 5}
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if name in values and old is not None:
            assert new == values[name] % (1 << widths[name])
        else:
            assert new == old


@given(st.binary(max_size=20))
def test_garbage_is_malformed_or_a_descriptor(payload: bytes) -> None:
    is_keyframe(payload)
    keyframe_size(payload)
    try:
        descriptor = Vp8Descriptor.parse(payload)
    except MalformedPacket:
        return
    assert rewrite(payload, descriptor) == payload
    assert len(rewrite(payload, descriptor, picture_id=1, tl0_index=2, key_index=3)) == len(payload)
