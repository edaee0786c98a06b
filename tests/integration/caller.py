"""People in a call by LiveKit's own SDK, in a thread of their own, sending flashes and beeps at each full second."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

import numpy as np
from livekit import rtc

T = TypeVar("T")

PATIENCE_S = 60.0
"""The SDK's own is 5 s, and a resume that takes longer makes it join anew: too soon for a busy machine."""

RATE = 15
SAMPLE_RATE = 48_000
FRAME_S = 0.01
"""Without a queue the SDK takes nothing else, and sends it at once: a queue would put sound behind the picture."""
FLASH_S = 0.1
SIZES = {"camera": (640, 360), "screen_share": (1280, 720)}
SOURCES = {
    "camera": rtc.TrackSource.SOURCE_CAMERA,
    "screen_share": rtc.TrackSource.SOURCE_SCREENSHARE,
    "microphone": rtc.TrackSource.SOURCE_MICROPHONE,
}


class Caller:
    """One person. Methods block; what they start goes on until `leave`."""

    def __init__(self, joined: dict[str, Any]) -> None:
        """`joined` is the answer of POST /api/interviews/{id}/join."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=joined["identity"], daemon=True)
        self._thread.start()
        self._sending: dict[str, asyncio.Task[None]] = {}
        self.lateness_s = 0.0
        """How late a busy machine let a picture or sound be sent, at worst: no error of the recorder."""
        # In its own thread, because the SDK makes futures for whatever loop is current.
        self.room = self._run(self._join(joined))

    def publish(self, source: str) -> None:
        self._run(self._publish(source))

    def unpublish(self, source: str) -> None:
        self._run(self._unpublish(source))

    def is_recorded(self) -> bool:
        """What the red badge shows."""
        return self.room.isconnected() and bool(self.room._info.active_recording)

    def sids(self) -> dict[str, str]:
        """What the engine calls this person's tracks, by source."""
        names = {value: name for name, value in SOURCES.items()}
        return {names[one.source]: one.sid for one in self.room.local_participant.track_publications.values()}

    def decoded(self, source: str) -> dict[int, int]:
        """How many pictures were decoded here of each stream of this source, by its SSRC: a new one for a new call."""
        return self._run(self._decoded(source))

    def leave(self) -> None:
        self._run(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    async def _join(self, joined: dict[str, Any]) -> rtc.Room:
        room = rtc.Room(loop=self._loop)
        await room.connect(joined["url"], joined["token"], rtc.RoomOptions(connect_timeout=PATIENCE_S))
        return room

    async def _publish(self, source: str) -> None:
        options = rtc.TrackPublishOptions(source=SOURCES[source], simulcast=source == "camera")
        track: rtc.LocalTrack
        if source == "microphone":
            sound = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=0)
            track = rtc.LocalAudioTrack.create_audio_track(source, sound)
            send = partial(self._send_sound, sound)
        else:
            picture = rtc.VideoSource(*SIZES[source], is_screencast=source == "screen_share")
            track = rtc.LocalVideoTrack.create_video_track(source, picture)
            send = partial(self._send_picture, picture, *SIZES[source])
        await self.room.local_participant.publish_track(track, options)
        self._sending[source] = self._loop.create_task(send())

    async def _unpublish(self, source: str) -> None:
        self._sending.pop(source).cancel()
        for publication in list(self.room.local_participant.track_publications.values()):
            if publication.source == SOURCES[source]:
                await self.room.local_participant.unpublish_track(publication.sid)

    async def _decoded(self, source: str) -> dict[int, int]:
        people = self.room.remote_participants.values()
        published = [one for person in people for one in person.track_publications.values()]
        tracks = [one.track for one in published if one.source == SOURCES[source] and one.track is not None]
        reports = [report for track in tracks for report in await track.get_stats()]
        streams = [report.inbound_rtp for report in reports if report.HasField("inbound_rtp")]
        return {one.stream.ssrc: one.inbound.frames_decoded for one in streams}

    async def _leave(self) -> None:
        for task in self._sending.values():
            task.cancel()
        await self.room.disconnect()

    async def _until(self, at: float) -> None:
        await asyncio.sleep(at - self._loop.time())
        self.lateness_s = max(self.lateness_s, self._loop.time() - at)

    async def _send_picture(self, source: rtc.VideoSource, width: int, height: int) -> None:
        dark = np.full(width * height * 3 // 2, 128, np.uint8)
        dark[: width * height] = 40
        white = dark.copy()
        white[: width * height] = 235
        number = int(self._loop.time() * RATE)
        while True:
            number += 1
            at = number / RATE
            await self._until(at)
            data = (white if at % 1 < FLASH_S else dark).copy()
            data[number % 64 * (width // 64) : width * (height // 3) : width] ^= 20  # something that moves
            source.capture_frame(
                rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data.tobytes()), timestamp_us=int(at * 1e6)
            )

    async def _send_sound(self, source: rtc.AudioSource) -> None:
        samples = int(SAMPLE_RATE * FRAME_S)
        number = int(self._loop.time() / FRAME_S)
        while True:
            number += 1
            at = number * FRAME_S
            await self._until(at)
            times = at + np.arange(samples) / SAMPLE_RATE
            wave = np.where(times % 1 < FLASH_S, 0.4 * np.sin(2 * np.pi * 1000 * times), 0.0)
            frame = rtc.AudioFrame((wave * 32767).astype(np.int16).tobytes(), SAMPLE_RATE, 1, samples)
            await source.capture_frame(frame)
