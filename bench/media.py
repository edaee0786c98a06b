"""What the load generator sends: real VP8 and Opus, encoded once and packetised as browsers do."""

import itertools
import random
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

STAMP_SIZE = 8
MAX_PAYLOAD = 1100
VIDEO_FPS = 30
VIDEO_STEP = 90_000 // VIDEO_FPS
AUDIO_FRAME_S = 0.02
AUDIO_STEP = 960
_VIDEO_SIZE = (1280, 720)
_VP8_START, _VP8_CONTINUED = 0x90, 0x80  # RFC 7741 4.2: X always, S on the first packet of the frame
_VP8_FIELDS = 0xE0  # I, L and T: what browsers send for a simulcast layer


@dataclass(frozen=True, slots=True)
class Trace:
    """A loop of encoded frames; a video frame is the list of its parts, cut to packet size, without descriptors."""

    video: list[list[bytes]]
    audio: list[bytes]
    video_bps: int


def make_trace(seconds: float, video_bps: int) -> Trace:
    """Encode `seconds` of a moving picture and of noise-like sound; the first video frame is the only key frame."""
    video = [_split(data) for data in _encode_video(round(seconds * VIDEO_FPS), video_bps)]
    return Trace(video=video, audio=_encode_audio(round(seconds / AUDIO_FRAME_S)), video_bps=video_bps)


def vp8_descriptor(*, is_first: bool, picture_id: int, tl0_index: int) -> bytes:
    """RFC 7741 4.2 with a 15-bit PictureID, TL0PICIDX and temporal layer 0."""
    head = _VP8_START if is_first else _VP8_CONTINUED
    return bytes((head, _VP8_FIELDS, 0x80 | picture_id >> 8 & 0x7F, picture_id & 0xFF, tl0_index & 0xFF, 0x00))


def _split(frame: bytes) -> list[bytes]:
    """Cut evenly, as libwebrtc does: the last are one byte larger. None is shorter than the stamp at its end."""
    count = -(-len(frame) // MAX_PAYLOAD)
    size, larger = divmod(len(frame), count)
    sizes = [size] * (count - larger) + [size + 1] * larger
    edges = [0, *itertools.accumulate(sizes)]
    return [frame[start:end].ljust(STAMP_SIZE, b"\0") for start, end in itertools.pairwise(edges)]


def _encode_video(frames: int, bps: int) -> list[bytes]:
    width, height = _VIDEO_SIZE
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.bit_rate, encoder.time_base, encoder.gop_size = bps, Fraction(1, VIDEO_FPS), frames + 1
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "-8",  # a fixed effort; positive ones depend on how busy the machine is
        "lag-in-frames": "0",
        "auto-alt-ref": "0",
        "minrate": str(bps),
        "maxrate": str(bps),
        "bufsize": str(bps),
        "kf-max-dist": str(frames + 1),
    }
    random_bytes = np.random.default_rng(1)
    shapes = np.kron(random_bytes.integers(32, 208, (height // 16, width // 16)), np.ones((32, 32), dtype=np.int64))
    picture_source = (shapes + random_bytes.integers(0, 12, shapes.shape)).astype(np.uint8)
    encoded: list[bytes] = []
    for index in range(frames):
        picture = av.VideoFrame(width, height, "yuv420p")
        for plane in picture.planes:
            shift = index * 3 % (height // 2)
            rows = picture_source[shift : shift + plane.height, index % width :][:, : plane.line_size]
            plane.update(np.ascontiguousarray(rows).tobytes())
        picture.pts = index
        encoded += [bytes(packet) for packet in encoder.encode(picture)]
    return encoded + [bytes(packet) for packet in encoder.encode(None)]


def _encode_audio(frames: int) -> list[bytes]:
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "s16"
    encoder.bit_rate = 32_000
    sound = random.Random(1)
    encoded: list[bytes] = []
    for index in range(frames):
        frame = av.AudioFrame("s16", "stereo", AUDIO_STEP)
        frame.planes[0].update(sound.randbytes(AUDIO_STEP * 4))
        frame.sample_rate, frame.pts = 48_000, index * AUDIO_STEP
        encoded += [bytes(packet).ljust(STAMP_SIZE * 2, b"\0") for packet in encoder.encode(frame)]
    return encoded
