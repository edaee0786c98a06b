"""Makes short camera, screen and voice files by drawing and computing them: nothing needs to be shipped or recorded.

The demo shows them; tests use the flash and beep, which coincide exactly at each full second.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import cos, pi, sin, sqrt
from pathlib import Path
from random import Random
from typing import NamedTuple

import av

SAMPLE_RATE = 48_000
FRAME_SAMPLES = 960
FLASH_S = 0.1
"""How long the flash and the beep last from each full second on."""
BEEP_HZ = 1000


class Color(NamedTuple):
    """Y, U and V as in studio-range YUV."""

    y: int
    u: int
    v: int


WHITE = Color(235, 128, 128)
INK = Color(30, 132, 126)
_SHADES = (Color(150, 150, 90), Color(140, 100, 150), Color(130, 160, 120), Color(145, 110, 165), Color(135, 95, 125))
_CODE_COLORS = (Color(170, 110, 90), Color(150, 160, 110), Color(190, 90, 140), Color(120, 128, 128))

# 5 x 7 dots a letter from A on: seven rows in hexadecimal, the leftmost dot being 16.
_DOTS = (
    "0E11111F1111111E11111E11111E0E11101010110E1E11111111111E1F10101E10101F1F10101E1010100E11101711110F"
    "1111111F1111110E04040404040E0702020202120C111214181412111010101010101F111B151511111111191915131311"
    "0E11111111110E1E11111E1010100E11111115120D1E11111E1412110F10100E01011E1F0404040404041111111111110E"
    "111111110A0A041111151515150A11110A040A111111110A040404041F01020408101F"
)
_GLYPHS = {chr(65 + place // 14): bytes.fromhex(_DOTS[place : place + 14]) for place in range(0, len(_DOTS), 14)}


@dataclass(frozen=True)
class Canvas:
    """A picture in YUV 4:2:0, drawn in whole pixels. Chroma has half the resolution."""

    width: int
    height: int
    y: bytearray
    u: bytearray
    v: bytearray

    @classmethod
    def filled(cls, width: int, height: int, color: Color) -> "Canvas":
        chroma = width * height // 4
        return cls(
            width,
            height,
            bytearray([color.y]) * (width * height),
            bytearray([color.u]) * chroma,
            bytearray([color.v]) * chroma,
        )

    def copy(self) -> "Canvas":
        return replace(self, y=self.y[:], u=self.u[:], v=self.v[:])

    def rectangle(self, left: int, top: int, width: int, height: int, color: Color) -> None:
        """Fill a rectangle, cut at the borders."""
        right, bottom = min(left + width, self.width), min(top + height, self.height)
        left, top = max(left, 0), max(top, 0)
        if right <= left or bottom <= top:
            return
        for plane, value, scale in ((self.y, color.y, 1), (self.u, color.u, 2), (self.v, color.v, 2)):
            begin, end, row_bytes = left // scale, -(-right // scale), self.width // scale
            line = bytes([value]) * (end - begin)
            for row in range(top // scale, -(-bottom // scale)):
                plane[row * row_bytes + begin : row * row_bytes + end] = line

    def ellipse(self, center_x: int, center_y: int, radius_x: int, radius_y: int, color: Color) -> None:
        for dy in range(-radius_y, radius_y, 2):
            half = int(radius_x * sqrt(1 - (dy / radius_y) ** 2))
            self.rectangle(center_x - half, center_y + dy, 2 * half, 2, color)

    def text(self, letters: str, center_x: int, center_y: int, dot: int, color: Color) -> None:
        """Capital letters, each dot a square of `dot` pixels; other characters leave a space."""
        left = center_x - (len(letters) * 6 - 1) * dot // 2
        top = center_y - 7 * dot // 2
        for place, letter in enumerate(letters):
            for row, dots in enumerate(_GLYPHS.get(letter, ())):
                for column in range(5):
                    if dots & 16 >> column:
                        self.rectangle(left + (place * 6 + column) * dot, top + row * dot, dot, dot, color)

    def frame(self) -> av.VideoFrame:
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        for plane, drawn in zip(frame.planes, (self.y, self.u, self.v), strict=True):
            row_bytes = plane.width
            padding = bytes(plane.line_size - row_bytes)
            if padding:
                rows = (drawn[at : at + row_bytes] + padding for at in range(0, len(drawn), row_bytes))
                drawn = bytearray().join(rows)
            plane.update(bytes(drawn))
        return frame


def camera_webm(
    path: Path,
    *,
    name: str,
    seconds: float,
    size: tuple[int, int] = (640, 360),
    rate: int = 15,
    flashes: bool = False,
) -> None:
    """A person with initials before a plain wall, moving a little; with a white flash at each full second if asked."""
    draw = _camera(name, *size)
    white = Canvas.filled(*size, WHITE)

    def picture(at: float) -> Canvas:
        return white if flashes and at % 1 < FLASH_S - 1e-6 else draw(at)

    _write_video(path, picture, seconds, rate)


def screen_webm(
    path: Path, *, seconds: float, size: tuple[int, int] = (1280, 720), rate: int = 10, seed: int = 7
) -> None:
    """A dark editor in which lines of code appear word by word."""
    _write_video(path, _screen(*size, seed), seconds, rate)


def voice_webm(path: Path, *, seconds: float, pitch_hz: float = 140.0, beeps: bool = False) -> None:
    """Soft tones in the rhythm of speech, or a beep at each full second and nothing else."""
    wave = _beeps if beeps else _voice(pitch_hz)
    with av.open(str(path), "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono", format="s16")
        for first in range(0, round(seconds * SAMPLE_RATE), FRAME_SAMPLES):
            frame = av.AudioFrame("s16", "mono", FRAME_SAMPLES)
            samples = array(
                "h", (round(wave(place / SAMPLE_RATE) * 32767) for place in range(first, first + FRAME_SAMPLES))
            )
            frame.planes[0].update(samples.tobytes())
            frame.sample_rate, frame.pts = SAMPLE_RATE, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _write_video(path: Path, picture: Callable[[float], Canvas], seconds: float, rate: int) -> None:
    with av.open(str(path), "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=rate, options={"deadline": "realtime", "cpu-used": "8"})
        first = picture(0)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate)
        stream.codec_context.gop_size = 4 * rate
        stream.bit_rate = first.width * first.height
        for number in range(round(seconds * rate)):
            frame = picture(number / rate).frame()
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _camera(name: str, width: int, height: int) -> Callable[[float], Canvas]:
    initials = "".join(word[0] for word in name.upper().split())[:2]
    chance = Random(name)  # noqa: S311
    shade = chance.choice(_SHADES)
    wall = Canvas.filled(width, height, Color(70 + chance.randrange(30), 122, 130))
    wall.rectangle(0, height * 4 // 5, width, height, Color(55, 126, 130))
    wall.rectangle(width // 12, height // 8, width // 5, height // 3, Color(110, 120, 132))
    skin = Color(165 - chance.randrange(60), 112, 150)
    phase = chance.random() * 2 * pi

    def draw(at: float) -> Canvas:
        canvas = wall.copy()
        x = width // 2 + round(width / 60 * sin(at * 0.9 + phase))
        y = height * 9 // 20 + round(height / 90 * sin(at * 2.3 + phase))
        head = height // 6
        canvas.ellipse(x, height * 21 // 20, height * 2 // 5, height * 2 // 5, shade)
        canvas.ellipse(x, y, head, head * 5 // 4, skin)
        mouth = 2 + round(head / 8 * abs(sin(at * 7 + phase)) * max(0.0, sin(at * 0.7 + phase)))
        canvas.ellipse(x, y + head // 2, head // 3, mouth, INK)
        for side in (-1, 1):
            canvas.ellipse(x + side * head * 2 // 5, y - head // 5, head // 8, head // 8, INK)
        canvas.text(initials, x, height * 17 // 20, max(2, height // 60), WHITE)
        return canvas

    return draw


def _screen(width: int, height: int, seed: int) -> Callable[[float], Canvas]:
    words = list(_code_words(width, height, seed))
    back = Canvas.filled(width, height, INK)
    back.rectangle(0, 0, width, height // 18, Color(50, 132, 126))
    back.rectangle(0, 0, width // 6, height, Color(40, 132, 126))
    shown = 0
    drawn = back.copy()

    def draw(at: float) -> Canvas:
        nonlocal shown, drawn
        wanted = int(at * 4) % len(words)
        if wanted < shown:
            shown, drawn = 0, back.copy()
        for left, top, length, line, color in words[shown:wanted]:
            drawn.rectangle(left, top, length, line, color)
        shown = wanted
        canvas = drawn.copy()
        left, top, _, line, _ = words[wanted]
        if at % 1 < 0.5:
            canvas.rectangle(left, top - 2, 4, line + 4, WHITE)
        return canvas

    return draw


def _code_words(width: int, height: int, seed: int) -> Iterator[tuple[int, int, int, int, Color]]:
    """Places of words as in indented code: left, top, length, height, colour."""
    chance = Random(seed)  # noqa: S311
    line, indent = height // 60, 0
    for top in range(height // 12, height - height // 20, height // 30):
        left = width // 5 + indent * width // 40
        for _ in range(chance.randrange(1, 6)):
            length = chance.randrange(width // 60, width // 12)
            yield left, top, length, line, chance.choice(_CODE_COLORS)
            left += length + width // 100
        indent = max(0, min(5, indent + chance.choice((-1, 0, 0, 1))))


def _voice(pitch_hz: float) -> Callable[[float], float]:
    def wave(at: float) -> float:
        speaking = max(0.0, sin(at * 0.8)) * (0.55 - 0.45 * cos(2 * pi * 3.1 * at))
        pitch = 2 * pi * pitch_hz * at + 0.6 * sin(at * 2.1)
        return 0.12 * speaking * (sin(pitch) + 0.4 * sin(2 * pitch) + 0.15 * sin(3 * pitch))

    return wave


def _beeps(at: float) -> float:
    return 0.4 * sin(2 * pi * BEEP_HZ * at) if at % 1 < FLASH_S - 1e-9 else 0.0
