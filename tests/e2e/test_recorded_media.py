"""Muxed captures in a real browser, over the server's own byte ranges: length, seeking, and what is seen and heard."""

import io
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, Page

from interview_stream.capture.format import Codec
from interview_stream.capture.mux import MuxedTrack, mux
from interview_stream.server.lib.ranges import file_response
from tests.capture.publisher import Machine, Packet, Sender, record, sound, video

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

SECONDS = 12.0


class FileServer:
    """Nothing but an empty page and the files of one folder, by the product's own ranges."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        name = Path(scope["path"]).name
        response: HttpResponseBase = HttpResponse("<!doctype html><title>player</title><body></body>")
        if (self.folder / name).is_file():
            content_type = "video/mp4" if name.endswith("mp4") else "video/webm"
            request = ASGIRequest(scope, io.BytesIO())
            response = file_response(request, self.folder / name, content_type=content_type)
        headers = [(key.lower().encode(), value.encode()) for key, value in response.items()]
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        try:
            if isinstance(response, StreamingHttpResponse):
                async for chunk in response:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            rest = response.content if isinstance(response, HttpResponse) else b""
            await send({"type": "http.response.body", "body": rest})
        finally:
            response.close()


OPEN = """async (address) => {
  const player = document.createElement("video");
  document.body.replaceChildren(player);
  Object.assign(player, {muted: true, preload: "auto", src: address});
  window.player = player;
  window.until = (name) => new Promise((resolve, reject) => {
    player.addEventListener(name, resolve, {once: true});
    player.addEventListener("error", () => reject(player.error.message), {once: true});
  });
  await window.until("loadeddata");
  return {duration: player.duration, seekable: player.seekable.end(0),
          width: player.videoWidth, height: player.videoHeight};
}"""
SEEK = """async (at) => {
  const {player} = window;
  const shown = new Promise((resolve) => player.requestVideoFrameCallback((_, frame) => resolve(frame.mediaTime)));
  const sought = window.until("seeked");
  player.currentTime = at;
  await sought;
  const frame = await shown;
  const canvas = new OffscreenCanvas(16, 9).getContext("2d");
  canvas.drawImage(player, 0, 0, 16, 9);
  const pixels = canvas.getImageData(0, 0, 16, 9).data;
  let sum = 0;
  for (let place = 0; place < pixels.length; place += 4) sum += pixels[place + 1];
  return {at: player.currentTime, frame, brightness: sum / pixels.length * 4, width: player.videoWidth};
}"""
PLAY = """async (from) => {
  const {player} = window;
  player.currentTime = from;
  player.playbackRate = 4;
  const ended = window.until("ended");
  await player.play();
  await ended;
  return player.currentTime;
}"""
LISTEN = """async (address) => {
  const bytes = await (await fetch(address)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const beeps = [];
  let last = -48000;
  for (let place = 0; place < samples.length; place++) {
    if (Math.abs(samples[place]) < 0.08) continue;
    if (place - last > 4800) beeps.push(place / 48000);
    last = place;
  }
  return {duration: sound.duration, beeps};
}"""


@pytest.fixture
def player(tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """A page beside the files of tmp_path/out."""
    app = FileServer(tmp_path / "out")
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", ws="none", interface="asgi3")
    server, socket = uvicorn.Server(config), config.bind_socket()
    thread = Thread(target=server.run, args=([socket],))
    thread.start()
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{socket.getsockname()[1]}/")
    yield page
    page.close()
    server.should_exit = True
    thread.join()


def made(folder: Path, sender: Sender, packets: list[Packet], stopped_at: float = SECONDS) -> MuxedTrack:
    capture = record(folder / "a.rtp", sender, packets, report_times=range(1, round(stopped_at)), stopped_at=stopped_at)
    return mux(capture, folder / "out")


def opened(page: Page, track: MuxedTrack) -> dict[str, Any]:
    state: dict[str, Any] = page.evaluate(OPEN, f"/media/{track.path.name}")
    return state


def sought(page: Page, at: float) -> dict[str, Any]:
    state: dict[str, Any] = page.evaluate(SEEK, at)
    assert state["at"] == pytest.approx(at, abs=0.001)
    return state


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_a_browser_seeks_to_any_moment(player: Page, tmp_path: Path, codec: Codec) -> None:
    sender = Sender(Machine(), codec)
    track = made(tmp_path, sender, sender.packets(video(codec, seconds=SECONDS)))
    state = opened(player, track)
    assert state["duration"] == state["seekable"] == pytest.approx(SECONDS, abs=0.05)
    for second in (9, 3, 11, 0):
        for at, is_white in [(second + 0.05, True), (second + 0.5, False)]:
            state = sought(player, at)
            assert state["frame"] == pytest.approx(at, abs=0.034)
            assert (state["brightness"] > 170) == is_white
    assert player.evaluate(PLAY, 6) == pytest.approx(track.duration_s, abs=0.05)


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_a_browser_follows_a_change_of_size_and_a_gap(player: Page, tmp_path: Path, codec: Codec) -> None:
    """Four seconds small, four seconds nothing, then large, as after a pause on a better line."""
    sender = Sender(Machine(), codec)
    small = sender.packets(video(codec, seconds=4))
    lost = len(sender.packets([one._replace(at=one.at + 4) for one in video(codec, seconds=4)]))
    large = sender.packets([one._replace(at=one.at + 8) for one in video(codec, seconds=4, size=(640, 360))])
    track = made(tmp_path, sender, small + large)
    assert track.lost_packets == lost
    state = opened(player, track)
    assert state["duration"] == pytest.approx(SECONDS, abs=0.05)
    for second, width in [(10, 640), (2, 320), (11, 640)]:
        state = sought(player, second + 0.05)
        assert (state["width"], state["brightness"] > 170) == (width, True)
    state = sought(player, 6)
    assert (state["width"], state["frame"]) == (320, pytest.approx(4, abs=0.04))
    assert player.evaluate(PLAY, 3) == pytest.approx(track.duration_s, abs=0.05)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_browser_hears_each_beep_in_its_place(player: Page, tmp_path: Path, channels: int) -> None:
    """With silence that was never sent, lost packets and late ones."""
    sender = Sender(Machine(jitter_s=0.1), "opus")
    packets = sender.packets(sound(seconds=SECONDS, dtx=True, channels=channels))
    track = made(tmp_path, sender, packets[:60] + packets[63:])
    state = player.evaluate(LISTEN, f"/media/{track.path.name}")
    assert state["duration"] == pytest.approx(track.duration_s, abs=0.02)
    assert state["beeps"] == pytest.approx(range(12), abs=0.015)
    state = opened(player, track)
    assert state["duration"] == pytest.approx(SECONDS, abs=0.05)
    for at in (10.02, 0.5, 7.77):
        assert player.evaluate(
            "async (at) => { const done = window.until('seeked'); window.player.currentTime = at; await done;"
            " return window.player.currentTime; }",
            at,
        ) == pytest.approx(at, abs=0.001)
    assert player.evaluate(PLAY, 4) == pytest.approx(track.duration_s, abs=0.05)
