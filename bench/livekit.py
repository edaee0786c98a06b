"""The product's own media engine, reached as any LiveKit client reaches it: protobuf over one WebSocket."""

import asyncio
import base64
import secrets
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web
from livekit import api
from livekit.protocol import models, rtc

from bench.descriptions import Source, describe, receiving_section, sending_section
from bench.processes import ServerProcess
from bench.traffic import Publisher, Subscriber
from bench.webrtc_client import Client, Remote
from interview_stream.keys import load_keys
from interview_stream.sfu.wire.sdp import Section, SessionDescription

SIGNAL_PORT, WEBHOOK_PORT, MEDIA_PORT = 4880, 4881, 4882
_SOURCES = {"audio": models.TrackSource.MICROPHONE, "video": models.TrackSource.CAMERA}
_TYPES = {"audio": models.TrackType.AUDIO, "video": models.TrackType.VIDEO}


class OwnEngine:
    """The running engine; rooms are made on it one after the other."""

    def __init__(self, folder: Path, python: str, *, is_plain: bool = False) -> None:
        """`is_plain` runs it as plain Python even where it is compiled."""
        self.name = "interview-stream" + " plain" * is_plain
        self._keys = load_keys(folder)
        settings = {
            "INTERVIEW_STREAM_DATA": str(folder),
            "INTERVIEW_STREAM_SFU_PORT": str(SIGNAL_PORT),
            "INTERVIEW_STREAM_MEDIA_PORT": str(MEDIA_PORT),
            "INTERVIEW_STREAM_MEDIA_TCP_PORT": "0",
            "INTERVIEW_STREAM_WEBHOOK_URL": f"http://127.0.0.1:{WEBHOOK_PORT}/",
            "INTERVIEW_STREAM_LOG_LEVEL": "error",
        }
        self.process = ServerProcess(
            [python, "-m", "interview_stream.sfu", *["--plain"] * is_plain], folder / "log", settings
        )
        self._webhooks: web.AppRunner | None = None

    async def open_room(self) -> "EngineRoom":
        """Waits for the engine if it has only just been started."""
        if self._webhooks is None:
            await self._listen_to_webhooks()
        http = aiohttp.ClientSession()
        answer = await self.process.first_answer(lambda: http.get(f"http://127.0.0.1:{SIGNAL_PORT}/healthz"), 60)
        answer.release()
        return EngineRoom(http, self._keys.media_key, self._keys.media_secret)

    async def _listen_to_webhooks(self) -> None:
        """Without an answer the engine would go on trying, round after round, while we measure."""

        async def accept(request: web.Request) -> web.Response:
            return web.Response()

        application = web.Application()
        application.router.add_post("/", accept)
        self._webhooks = web.AppRunner(application, access_log=None)
        await self._webhooks.setup()
        await web.TCPSite(self._webhooks, "127.0.0.1", WEBHOOK_PORT).start()

    def close(self) -> None:
        self.process.close()


class EngineRoom:
    """One room; closing it makes every participant leave."""

    def __init__(self, http: aiohttp.ClientSession, key: str, secret: str) -> None:
        self._http, self._key, self._secret = http, key, secret
        self._name = secrets.token_hex(8)
        self._signals: list[_Signal] = []
        self._publishers = 0

    async def publish(self, publisher: Publisher) -> None:
        signal = await self._join("publisher")
        self._publishers += 1
        for source in (publisher.audio, publisher.video):
            await signal.add_track(source)
        sections = [sending_section(publisher.audio), sending_section(publisher.video)]
        await publisher.client.connect(Remote.of(await signal.offer(publisher.client, sections)))

    async def subscribe(self, subscriber: Subscriber) -> None:
        signal = await self._join("subscriber")
        kinds = ["audio", "video"] * self._publishers
        sections = [receiving_section(kind, str(mid)) for mid, kind in enumerate(kinds)]
        answer = await signal.offer(subscriber.client, sections)
        if any(section.direction != "sendonly" for section in answer.sections):
            raise RuntimeError("The engine's first answer does not send all tracks.")
        await subscriber.client.connect(Remote.of(answer))

    async def close(self) -> None:
        for signal in self._signals:
            await signal.close()
        await self._http.close()

    async def _join(self, role: str) -> "_Signal":
        identity = f"{role}-{secrets.token_hex(4)}"
        grants = api.VideoGrants(room_join=True, room=self._name)
        token = api.AccessToken(self._key, self._secret).with_identity(identity).with_grants(grants).to_jwt()
        join = rtc.JoinRequest(
            client_info=models.ClientInfo(sdk=models.ClientInfo.SDK.PYTHON, protocol=17),
            # A publisher that is asked to offer sections for others, and does not, would be sent away.
            connection_settings=rtc.ConnectionSettings(auto_subscribe=role == "subscriber"),
        )
        wrapped = rtc.WrappedJoinRequest(join_request=join.SerializeToString())
        query = {
            "access_token": token,
            "join_request": base64.urlsafe_b64encode(wrapped.SerializeToString()).decode(),
        }
        socket = await self._http.ws_connect(f"http://127.0.0.1:{SIGNAL_PORT}/rtc/v1", params=query)
        signal = _Signal(socket)
        await signal.start()
        self._signals.append(signal)
        return signal


class _Signal:
    """One participant's signalling connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._offers = 0
        self._pings: asyncio.Task[None] | None = None

    async def start(self) -> Self:
        await self._wait_for("join")
        return self

    async def add_track(self, source: Source) -> None:
        request = rtc.AddTrackRequest(
            cid=source.track_id,
            name=source.track_id,
            type=_TYPES[source.kind],
            source=_SOURCES[source.kind],
            width=1280 if source.kind == "video" else 0,
            height=720 if source.kind == "video" else 0,
        )
        await self._send(rtc.SignalRequest(add_track=request))
        await self._wait_for("track_published")

    async def offer(self, client: Client, sections: list[Section]) -> SessionDescription:
        """The server's answer to these sections; from here on the connection is kept alive and otherwise ignored."""
        self._offers += 1
        text = describe(client, sections, setup="actpass")
        await self._send(rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=text, id=self._offers)))
        answer = await self._wait_for("answer")
        description = SessionDescription.parse(answer.answer.sdp)
        if not any(section.candidates for section in description.sections):
            raise RuntimeError("The answer carries no candidates.")
        self._pings = asyncio.create_task(self._keep_alive())
        return description

    async def close(self) -> None:
        if self._pings:
            self._pings.cancel()
        leave = rtc.LeaveRequest(reason=models.DisconnectReason.CLIENT_INITIATED)
        await self._send(rtc.SignalRequest(leave=leave))
        await self._socket.close()

    async def _keep_alive(self) -> None:
        """A ping every 5 s, as clients do; answers and notices are read and dropped."""
        while True:
            await self._send(rtc.SignalRequest(ping_req=rtc.Ping(timestamp=1)))
            try:
                async with asyncio.timeout(5):
                    while not self._socket.closed:
                        await self._socket.receive()
                    return
            except TimeoutError:
                continue

    async def _send(self, request: rtc.SignalRequest) -> None:
        await self._socket.send_bytes(request.SerializeToString())

    async def _wait_for(self, case: str) -> rtc.SignalResponse:
        async with asyncio.timeout(10):
            while True:
                response = rtc.SignalResponse.FromString(await self._socket.receive_bytes())
                if response.HasField("leave"):
                    raise RuntimeError(f"The engine ends the session: {response.leave}")
                if response.WhichOneof("message") == case:
                    return response
