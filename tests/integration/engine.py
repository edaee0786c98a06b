"""A media engine inside the test's own event loop, a receiver of its webhooks, and people with the `livekit` SDK."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from aiohttp import web
from livekit import api, rtc
from livekit.protocol.webhook import WebhookEvent

from interview_stream.capture.format import CaptureHeader, encode_header
from interview_stream.sfu.config import Config
from interview_stream.sfu.core.services import Timeouts
from interview_stream.sfu.io.server import MediaServer
from tests.product import free_port

T = TypeVar("T")

KEY, SECRET = "ISkey", "a-secret-that-is-long-enough-for-hs256"
PATIENCE_S = 60.0
SAMPLE_RATE = 48000


async def until(condition: Callable[[], T], what: str) -> T:
    """Poll until `condition` gives something true."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while asyncio.get_running_loop().time() < deadline:
        value = condition()
        if value:
            return value
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE_S:.0f} s for {what}")


def leave_cut_capture(path: Path, egress_id: str, track_sid: str) -> None:
    """What a process that was killed leaves of alice's voice: the header, and the beginning of a record."""
    header = CaptureHeader(
        egress_id=egress_id,
        room="room",
        participant_identity="alice",
        participant_name="Alice",
        track_sid=track_sid,
        kind="audio",
        source="microphone",
        codec="opus",
        clock_rate=48000,
        payload_type=111,
        started_at_ns=1_700_000_000_000_000_000,
    )
    path.write_bytes(encode_header(header) + b"\x00\x01cut")


class WebhookServer:
    """Receives webhooks as the product's server does: with the vendor's own verification."""

    def __init__(self, port: int) -> None:
        self.events: list[WebhookEvent] = []
        self.samples: list[dict[str, Any]] = []
        """Of connections; they come beside the other events."""
        self.refused = 0
        self.is_away = False
        self._port = port
        self._receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))
        app = web.Application()
        app.router.add_post("/hook", self._receive)
        self._runner = web.AppRunner(app)

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    def names(self) -> list[str]:
        return [event.event for event in self.events]

    async def _receive(self, request: web.Request) -> web.Response:
        if self.is_away:
            self.refused += 1
            return web.Response(status=503)
        body = (await request.read()).decode()
        event = self._receiver.receive(body, request.headers["Authorization"])
        if event.event == "connections_sampled":
            self.samples += json.loads(body)["connections"]
        else:
            self.events.append(event)
        return web.Response()


class Engine:
    """A running media engine and what a test needs to talk to it."""

    def __init__(self, config: Config, hooks: WebhookServer, timeouts: Timeouts | None = None) -> None:
        self.config = config
        self.hooks = hooks
        self.server = MediaServer(config, timeouts)
        self.http = f"http://127.0.0.1:{config.port}"
        self.url = f"ws://127.0.0.1:{config.port}"

    def token(
        self, identity: str, room: str = "room", attributes: dict[str, str] | None = None, **grants: object
    ) -> str:
        video = api.VideoGrants(room_join=True, room=room, **grants)  # type: ignore[arg-type]
        token = api.AccessToken(KEY, SECRET).with_identity(identity).with_name(identity).with_grants(video)
        return token.with_attributes(attributes or {}).to_jwt()

    def api(self) -> api.LiveKitAPI:
        return api.LiveKitAPI(self.http, KEY, SECRET)

    async def join(
        self,
        identity: str,
        room: str = "room",
        options: rtc.RoomOptions | None = None,
        attributes: dict[str, str] | None = None,
        **grants: object,
    ) -> "Person":
        """Connect a real client."""
        person = Person(rtc.Room())
        token = self.token(identity, room, attributes, **grants)
        await person.room.connect(self.url, token, options or rtc.RoomOptions())
        return person


class Person:
    """One participant with the SDK; remembers what the SDK told."""

    def __init__(self, room: rtc.Room) -> None:
        self.room = room
        self.events: list[tuple[str, str]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._streams: list[rtc.AudioStream | rtc.VideoStream] = []
        self.frames: dict[str, int] = {}
        """Decoded video frames by track sid."""
        self.sizes: dict[str, tuple[int, int]] = {}
        self.loudness: dict[str, float] = {}
        """Largest mean amplitude heard, by track sid."""
        room.on("track_subscribed", self._subscribed)
        room.on("track_muted", lambda _, publication: self.events.append(("track_muted", publication.sid)))
        room.on("track_unmuted", lambda _, publication: self.events.append(("track_unmuted", publication.sid)))
        room.on("track_unpublished", lambda publication, _: self.events.append(("track_unpublished", publication.sid)))
        room.on("reconnected", lambda: self.events.append(("reconnected", "")))
        room.on("disconnected", self._disconnected)

    async def speak(self) -> str:
        """Publish a tone; the track's sid."""
        source = rtc.AudioSource(SAMPLE_RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        publication = await self.room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(_tone(source)))
        return publication.sid

    async def film(
        self, width: int = 640, height: int = 360, codec: "rtc.VideoCodec.ValueType" = rtc.VideoCodec.VP8
    ) -> str:
        """Publish a moving picture; the track's sid."""
        source = rtc.VideoSource(width, height)
        track = rtc.LocalVideoTrack.create_video_track("camera", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, video_codec=codec, simulcast=True)
        publication = await self.room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(_pictures(source, width, height)))
        return publication.sid

    async def sees(self, sid: str, frames: int = 6) -> None:
        """Wait until so many pictures of a track were decoded."""
        await until(lambda: self.frames.get(sid, 0) >= frames, f"pictures of {sid}")

    async def told(self, event: str, detail: str) -> None:
        """Wait for an event of the SDK."""
        await until(lambda: (event, detail) in self.events, f"{event} {detail}")

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        for stream in self._streams:
            await stream.aclose()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.room.isconnected():
            await self.room.disconnect()

    def _disconnected(self, reason: "rtc.DisconnectReason.ValueType") -> None:
        self.events.append(("disconnected", rtc.DisconnectReason.Name(reason)))

    def _subscribed(self, track: rtc.Track, publication: rtc.RemoteTrackPublication, _: object) -> None:
        self.events.append(("track_subscribed", publication.sid))
        if isinstance(track, rtc.RemoteVideoTrack):
            self._tasks.append(asyncio.create_task(self._watch(publication.sid, rtc.VideoStream(track, capacity=2))))
        else:
            self._tasks.append(asyncio.create_task(self._listen(publication.sid, rtc.AudioStream(track))))

    async def _watch(self, sid: str, stream: rtc.VideoStream) -> None:
        self._streams.append(stream)
        async for event in stream:
            self.frames[sid] = self.frames.get(sid, 0) + 1
            self.sizes[sid] = (event.frame.width, event.frame.height)

    async def _listen(self, sid: str, stream: rtc.AudioStream) -> None:
        self._streams.append(stream)
        async for event in stream:
            level = float(np.abs(np.frombuffer(event.frame.data, dtype=np.int16).astype(np.float32)).mean())
            self.loudness[sid] = max(self.loudness.get(sid, 0.0), level)


@contextlib.asynccontextmanager
async def running_engine(
    tmp_path: Path, timeouts: Timeouts | None = None, *, turn_urls: tuple[str, ...] = (), turn_secret: str = ""
) -> AsyncIterator[Engine]:
    """An engine on free ports with its files below `tmp_path`."""
    hook_port = free_port()
    hooks = WebhookServer(hook_port)
    await hooks.start()
    config = Config(
        host="127.0.0.1",
        port=free_port(),
        media_port=free_port(socket.SOCK_DGRAM),
        media_tcp_port=free_port(),
        public_ips=(),
        stun_servers=(),
        turn_urls=turn_urls,
        turn_secret=turn_secret,
        turn_credential_s=3600,
        captures=tmp_path / "captures",
        revoked=tmp_path / "revoked-tokens.jsonl",
        key=KEY,
        secret=SECRET,
        webhook_url=f"http://127.0.0.1:{hook_port}/hook",
        webhook_ca=None,
        max_uplink_bps=4_000_000,
        connection_sample_s=2,
        max_participants=0,
        name="sfu",
        node_id="ND_test",
    )
    engine = Engine(config, hooks, timeouts)
    await engine.server.start()
    try:
        yield engine
    finally:
        await engine.server.stop()
        await hooks.stop()


@contextlib.asynccontextmanager
async def gathering(*joining: Awaitable[Person]) -> AsyncIterator[list[Person]]:
    """People who leave in the end, whatever happens."""
    people = [await one for one in joining]
    try:
        yield people
    finally:
        for person in people:
            await person.leave()


async def _tone(source: rtc.AudioSource) -> None:
    samples = (np.sin(np.arange(480) * 2 * np.pi * 400 / SAMPLE_RATE) * 8000).astype(np.int16)
    while True:
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), SAMPLE_RATE, 1, 480))


async def _pictures(source: rtc.VideoSource, width: int, height: int) -> None:
    count = 0
    while True:
        picture = np.full((height, width, 4), 255, dtype=np.uint8)
        picture[:, (count * 16) % width :, :3] = (count * 5) % 256
        source.capture_frame(rtc.VideoFrame(width, height, rtc.VideoBufferType.RGBA, picture.tobytes()))
        count += 1
        await asyncio.sleep(1 / 20)
