"""Media made by code: it decodes, moves, and its flashes and beeps coincide."""

from pathlib import Path

import av
import pytest

from interview_stream.synthetic import INK, WHITE, Canvas, camera_webm, screen_webm, voice_webm
from tests.e2e.media_probe import probe, sync_offsets


def lumas(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(frame.planes[0]) for frame in container.decode(video=0)]


def test_flashes_and_beeps_coincide_at_each_full_second(tmp_path: Path) -> None:
    camera_webm(tmp_path / "camera.webm", name="Dana Novak", seconds=4, flashes=True)
    voice_webm(tmp_path / "voice.webm", seconds=4, beeps=True)
    seen, heard = probe(tmp_path / "camera.webm"), probe(tmp_path / "voice.webm")
    assert seen.flashes == pytest.approx(range(4), abs=0.002)
    assert len(heard.beeps) == 4
    assert max(map(abs, sync_offsets(seen.flashes, heard.beeps))) < 0.01
    assert (seen.duration_s, heard.duration_s) == pytest.approx((4, 4), abs=0.03)


def test_a_camera_shows_a_person_who_moves(tmp_path: Path) -> None:
    camera_webm(tmp_path / "camera.webm", name="Ana", seconds=2, size=(320, 180))
    media = probe(tmp_path / "camera.webm")
    assert (media.frames, media.size, media.flashes) == (30, (320, 180), ())
    assert len(set(lumas(tmp_path / "camera.webm"))) > 20


def test_a_screen_fills_with_code(tmp_path: Path) -> None:
    screen_webm(tmp_path / "screen.webm", seconds=80, size=(320, 180), rate=2)
    means = [sum(luma) / len(luma) for luma in lumas(tmp_path / "screen.webm")]
    assert max(means) > means[0] + 1
    assert probe(tmp_path / "screen.webm").duration_s == pytest.approx(80, abs=0.5)


def test_a_voice_is_heard_and_pauses(tmp_path: Path) -> None:
    voice_webm(tmp_path / "voice.webm", seconds=8)
    assert probe(tmp_path / "voice.webm").beeps


def test_drawing_is_cut_at_the_borders() -> None:
    canvas = Canvas.filled(32, 16, INK)
    canvas.rectangle(-5, -5, 7, 7, WHITE)
    canvas.rectangle(30, 14, 50, 50, WHITE)
    canvas.rectangle(40, 40, 5, 5, WHITE)
    assert canvas.y.count(WHITE.y) == 2 * 2 + 2 * 2
    assert canvas.frame().planes[0].height == 16


def test_letters_are_drawn_and_other_characters_leave_a_space() -> None:
    canvas = Canvas.filled(64, 16, INK)
    canvas.text("?", 32, 8, 1, WHITE)
    assert WHITE.y not in canvas.y
    canvas.text("I", 32, 8, 1, WHITE)
    assert canvas.y.count(WHITE.y) == 11
