"""Recording through the server API: what reaches the capture files, and what the server is told of it."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from livekit import api
from livekit.protocol.egress import EgressStatus

from interview_stream.capture.format import EventKind, read_capture
from interview_stream.sfu.wire.rtp import RtpPacket, seq_diff, timestamp_diff
from interview_stream.sfu.wire.vp8 import Vp8Descriptor
from tests.integration.engine import Engine, Person, gathering, leave_cut_capture, running_engine, until

pytestmark = pytest.mark.integration


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with running_engine(tmp_path) as engine:
        yield engine


def start(sid: str, path: str) -> api.TrackEgressRequest:
    return api.TrackEgressRequest(room_name="room", track_id=sid, file=api.DirectFileOutput(filepath=path))


def packets_of(path: Path) -> list[RtpPacket]:
    return [RtpPacket.parse(packet) for packet in read_capture(path).packets()]


async def test_a_track_is_captured_from_start_to_stop(engine: Engine) -> None:
    folder = engine.config.captures
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana), engine.api() as server:
        sid, voice = await alice.film(1280, 720), await alice.speak()
        await until(lambda: dana.frames.get(sid, 0) > 5, "a picture")
        await dana.told("track_subscribed", voice)
        video = await server.egress.start_track_egress(start(sid, "one/camera.rtp"))
        audio = await server.egress.start_track_egress(start(voice, "one/microphone.rtp"))
        await until(lambda: dana.room.is_recording, "everyone to be told")
        path = folder / "one" / "camera.rtp"
        await until(lambda: path.stat().st_size > 200_000, "some seconds of video")
        await until(lambda: read_capture(path).sender_reports, "the publisher's clock")
        listed = await server.egress.list_egress(api.ListEgressRequest(room_name="room", active=True))
        assert {item.egress_id: item.status for item in listed.items} == {
            video.egress_id: EgressStatus.EGRESS_ACTIVE,
            audio.egress_id: EgressStatus.EGRESS_ACTIVE,
        }
        stopped = await server.egress.stop_egress(api.StopEgressRequest(egress_id=video.egress_id))
        assert stopped.status == EgressStatus.EGRESS_COMPLETE
        assert stopped.file_results[0].filename == "one/camera.rtp"
        assert stopped.file_results[0].duration == stopped.ended_at - stopped.started_at > 0
        capture = read_capture(path)
        assert capture.end is not None
        assert capture.lost_bytes == 0
        assert stopped.file_results[0].size == path.stat().st_size
        assert capture.header.participant_identity == "alice"
        with pytest.raises(api.TwirpError) as again:
            await server.egress.stop_egress(api.StopEgressRequest(egress_id=video.egress_id))
        assert again.value.code == "failed_precondition"
        await server.egress.stop_egress(api.StopEgressRequest(egress_id=audio.egress_id))
        await until(lambda: not dana.room.is_recording, "everyone to be told of the end")
    packets = packets_of(path)
    assert Vp8Descriptor.parse(packets[0].payload).is_keyframe
    assert all(seq_diff(b.sequence_number, a.sequence_number) == 1 for a, b in pairwise(packets))
    assert all(timestamp_diff(b.timestamp, a.timestamp) >= 0 for a, b in pairwise(packets))
    assert packets_of(folder / "one" / "microphone.rtp")
    names = [event.event for event in engine.hooks.events if event.egress_info.egress_id == video.egress_id]
    await until(lambda: engine.hooks.names().count("egress_ended") == 2, "the last webhooks")
    assert names == ["egress_started", "egress_updated", "egress_ended"]


async def test_a_recording_alone_keeps_the_top_layer_and_asks_for_key_frames(engine: Engine) -> None:
    async with gathering(engine.join("alice")) as (alice,), engine.api() as server:
        sid = await alice.film(1280, 720)
        await until(lambda: "track_published" in engine.hooks.names(), "the track")
        info = await server.egress.start_track_egress(start(sid, "alone.rtp"))
        path = engine.config.captures / "alone.rtp"
        await until(lambda: path.stat().st_size > 0 and len(key_frames(path)) >= 3, "three key frames")
        await server.egress.stop_egress(api.StopEgressRequest(egress_id=info.egress_id))
    moments = key_frames(path)
    # The picture never changes scene, so these were asked for; a request a second late is still in time.
    assert all(timestamp_diff(b, a) <= 6 * 90000 for a, b in pairwise(moments))


async def test_muting_is_noted_and_the_end_of_the_track_ends_the_recording(engine: Engine) -> None:
    async with gathering(engine.join("alice")) as (alice,), engine.api() as server:
        sid = await alice.speak()
        await until(lambda: "track_published" in engine.hooks.names(), "the track")
        info = await server.egress.start_track_egress(start(sid, "voice.rtp"))
        path = engine.config.captures / "voice.rtp"
        await until(lambda: path.stat().st_size > 5000, "some sound")
        mute(alice, sid, True)
        await until(lambda: EventKind.MUTED in kinds(path), "the mute in the file")
        mute(alice, sid, False)
        await until(lambda: EventKind.UNMUTED in kinds(path), "the unmute in the file")
        await alice.room.local_participant.unpublish_track(sid)
        await until(lambda: "egress_ended" in engine.hooks.names(), "the end")
        ended = next(event.egress_info for event in engine.hooks.events if event.event == "egress_ended")
        assert ended.egress_id == info.egress_id
        assert ended.status == EgressStatus.EGRESS_COMPLETE
        assert read_capture(path).end is not None


@pytest.mark.parametrize("path", ["../outside.rtp", "/outside.rtp", "", "a/../../b.rtp", "link/file.rtp"])
async def test_no_file_is_written_outside_the_captures_folder(engine: Engine, tmp_path: Path, path: str) -> None:
    (engine.config.captures / "link").symlink_to(tmp_path)
    async with gathering(engine.join("alice")) as (alice,), engine.api() as server:
        sid = await alice.speak()
        await until(lambda: "track_published" in engine.hooks.names(), "the track")
        with pytest.raises(api.TwirpError) as refusal:
            await server.egress.start_track_egress(start(sid, path))
        assert refusal.value.code == "invalid_argument"


async def test_an_existing_file_is_never_overwritten_and_unknown_things_are_not_found(engine: Engine) -> None:
    (engine.config.captures / "kept.rtp").write_bytes(b"precious")
    async with gathering(engine.join("alice")) as (alice,), engine.api() as server:
        sid = await alice.speak()
        await until(lambda: "track_published" in engine.hooks.names(), "the track")
        with pytest.raises(api.TwirpError) as refusal:
            await server.egress.start_track_egress(start(sid, "kept.rtp"))
        assert refusal.value.code == "invalid_argument"
        with pytest.raises(api.TwirpError) as missing:
            await server.egress.start_track_egress(start("TR_unknown", "new.rtp"))
        assert missing.value.code == "not_found"
        with pytest.raises(api.TwirpError) as unknown:
            await server.egress.stop_egress(api.StopEgressRequest(egress_id="EG_unknown"))
        assert unknown.value.code == "not_found"
    assert (engine.config.captures / "kept.rtp").read_bytes() == b"precious"


async def test_a_capture_left_open_by_a_kill_is_closed_and_reported(tmp_path: Path) -> None:
    left = tmp_path / "captures" / "rec" / "voice.rtp"
    left.parent.mkdir(parents=True)
    leave_cut_capture(left, "EG_lost", "TR_x")
    async with running_engine(tmp_path) as engine:
        await until(lambda: engine.hooks.events, "the report")
        (event,) = engine.hooks.events
        assert event.event == "egress_ended"
        assert event.egress_info.status == EgressStatus.EGRESS_ABORTED
        assert event.egress_info.egress_id == "EG_lost"
        assert event.egress_info.track.file.filepath == "rec/voice.rtp"
    assert read_capture(left).end is not None


async def test_the_end_of_the_engine_ends_its_recordings(engine: Engine) -> None:
    async with gathering(engine.join("alice")) as (alice,), engine.api() as server:
        sid = await alice.speak()
        await until(lambda: "track_published" in engine.hooks.names(), "the track")
        await server.egress.start_track_egress(start(sid, "voice.rtp"))
        path = engine.config.captures / "voice.rtp"
        await until(lambda: path.stat().st_size > 2000, "some sound")
        await engine.server.stop()
        assert read_capture(path).end is not None
        assert "egress_ended" in engine.hooks.names()


def key_frames(path: Path) -> list[int]:
    found: list[int] = []
    for packet in packets_of(path):
        if Vp8Descriptor.parse(packet.payload).is_keyframe and packet.timestamp not in found[-1:]:
            found.append(packet.timestamp)
    return found


def kinds(path: Path) -> list[EventKind]:
    return [event.kind for event in read_capture(path).events]


def mute(person: Person, sid: str, muted: bool) -> None:
    track = person.room.local_participant.track_publications[sid].track
    assert track is not None
    track.mute() if muted else track.unmute()
