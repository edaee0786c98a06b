"""Several tracks to one file through the server API: what is in it, who is not, and what the server is told of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import pytest
from livekit import api, rtc
from livekit.protocol.egress import EgressInfo, EgressStatus, EncodedFileType, EncodingOptionsPreset

from interview_stream.sfu.io.composites import PREFIX
from tests.e2e.media_probe import probe
from tests.integration.engine import Engine, gathering, leave_cut_capture, running_engine, until

pytestmark = pytest.mark.integration

CONSENTS_NOT = {"recording": "none"}


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with running_engine(tmp_path) as engine:
        yield engine


def to_file(path: str, **output: Any) -> list[api.EncodedFileOutput]:
    return [api.EncodedFileOutput(filepath=path, **output)]


def told(engine: Engine, egress_id: str) -> list[str]:
    return [event.event for event in engine.hooks.events if event.egress_info.egress_id == egress_id]


async def ended(engine: Engine) -> EgressInfo:
    """The first egress to end, as the server is told of it."""
    await until(lambda: "egress_ended" in engine.hooks.names(), "the end")
    return next(event.egress_info for event in engine.hooks.events if event.event == "egress_ended")


def titles(path: Path) -> list[tuple[str, str]]:
    with av.open(str(path)) as container:
        return [(stream.type, stream.metadata.get("title", "")) for stream in container.streams]


async def captured(engine: Engine, egress_id: str, tracks: int) -> None:
    """Wait until so many tracks of a composite have some seconds of media."""
    folder = engine.config.captures / PREFIX / egress_id
    enough = {"V": 60_000, "A": 6_000}

    def is_enough() -> bool:
        files = [path for path in folder.glob("*.rtp") if path.stat().st_size > enough[path.stem.split("TR_")[1][0]]]
        return len(files) >= tracks

    await until(is_enough, f"{tracks} captured tracks")


async def test_a_room_is_one_file_of_all_who_consent_also_of_what_comes_later(engine: Engine) -> None:
    joining = [engine.join("alice"), engine.join("bob"), engine.join("dana", attributes=CONSENTS_NOT)]
    async with gathering(*joining) as (alice, bob, dana), engine.api() as server:
        await alice.film()
        await dana.film()
        request = api.RoomCompositeEgressRequest(room_name="room", file_outputs=to_file("calls/{room_name}.mp4"))
        info = await server.egress.start_room_composite_egress(request)
        assert info.status == EgressStatus.EGRESS_STARTING
        await until(lambda: bob.room.is_recording, "everyone to be told")
        await alice.speak()
        await bob.speak()
        await dana.speak()
        await captured(engine, info.egress_id, 3)
        listed = await server.egress.list_egress(api.ListEgressRequest(active=True))
        assert [(item.egress_id, item.status) for item in listed.items] == [
            (info.egress_id, EgressStatus.EGRESS_ACTIVE)
        ]
        stopping = await server.egress.stop_egress(api.StopEgressRequest(egress_id=info.egress_id))
        assert stopping.status == EgressStatus.EGRESS_ENDING
        await until(lambda: not bob.room.is_recording, "everyone to be told of the end")
        done = await ended(engine)
        with pytest.raises(api.TwirpError) as again:
            await server.egress.stop_egress(api.StopEgressRequest(egress_id=info.egress_id))
        assert again.value.code == "failed_precondition"
        finished = await server.egress.list_egress(api.ListEgressRequest(room_name="room"))
        assert [item.status for item in finished.items] == [EgressStatus.EGRESS_COMPLETE]
        nothing = await server.egress.list_egress(api.ListEgressRequest(room_name="other"))
        assert not nothing.items
    assert told(engine, info.egress_id) == ["egress_started", "egress_updated", "egress_updated", "egress_ended"]
    assert engine.hooks.names().count("egress_started") == 1
    (result,) = done.file_results
    # Chromium's VP8 is no MP4, so the file is what holds it.
    assert result.filename == "calls/room.webm"
    path = engine.config.captures / result.filename
    assert result.size == path.stat().st_size
    assert titles(path) == [("video", "alice (camera)"), ("audio", "Everybody")]
    media = probe(path)
    assert media.frames > 10
    assert media.duration_s == pytest.approx(result.duration / 1e9, abs=0.1)
    assert result.duration == result.ended_at - result.started_at
    assert not list((engine.config.captures / PREFIX).iterdir())


async def test_consent_withdrawn_and_given_again_holds_for_a_room_that_is_recorded(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana), engine.api() as server:
        hers, voice = await alice.speak(), await dana.speak()
        request = api.RoomCompositeEgressRequest(room_name="room", file_outputs=to_file("room"), audio_only=True)
        info = await server.egress.start_room_composite_egress(request)
        await captured(engine, info.egress_id, 2)
        folder = engine.config.captures / PREFIX / info.egress_id

        async def consent(scope: str) -> None:
            change = api.UpdateParticipantRequest(room="room", identity="dana", attributes={"recording": scope})
            await server.room.update_participant(change)

        def of_dana() -> list[Path]:
            return sorted(folder.glob(f"*{voice}.rtp"))

        await consent("none")
        (first,) = of_dana()
        size = await until(lambda: first.stat().st_size, "the capture")
        (alices,) = folder.glob(f"*{hers}.rtp")
        before = alices.stat().st_size
        await until(lambda: alices.stat().st_size > before + 6_000, "more of Alice")
        assert first.stat().st_size < size + 3_000  # what was under way, and the end mark
        assert len(of_dana()) == 1
        await consent("all")
        await until(lambda: len(of_dana()) == 2 and of_dana()[1].stat().st_size > 6_000, "more of Dana")
        await server.egress.stop_egress(api.StopEgressRequest(egress_id=info.egress_id))
        done = await ended(engine)
    assert done.file_results[0].filename == "room.ogg"
    assert titles(engine.config.captures / "room.ogg")[0][0] == "audio"


async def test_two_named_tracks_are_one_file_and_their_end_is_its_end(engine: Engine) -> None:
    async with gathering(engine.join("alice")) as (alice,), engine.api() as server:
        camera, voice = await alice.film(codec=rtc.VideoCodec.H264), await alice.speak()
        await until(lambda: engine.hooks.names().count("track_published") == 2, "the tracks")
        request = api.TrackCompositeEgressRequest(
            room_name="room",
            audio_track_id=voice,
            video_track_id=camera,
            file=api.EncodedFileOutput(filepath="{publisher_identity}/"),
        )
        info = await server.egress.start_track_composite_egress(request)
        await captured(engine, info.egress_id, 2)
        await alice.room.local_participant.unpublish_track(camera)
        await alice.room.local_participant.unpublish_track(voice)
        done = await ended(engine)
    assert done.status == EgressStatus.EGRESS_COMPLETE
    assert done.file == done.file_results[0]
    path = engine.config.captures / done.file.filename
    assert path.parent.name == "alice"
    assert path.suffix == ".mp4"
    assert titles(path) == [("video", ""), ("audio", "")]  # MP4 has no place for names
    assert probe(path).frames > 10


async def test_one_person_is_one_file_and_no_media_is_none(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("bob")) as (alice, bob), engine.api() as server:
        await alice.speak()
        await bob.speak()
        for identity, is_screen in (("alice", False), ("bob", True)):
            request = api.ParticipantEgressRequest(
                room_name="room", identity=identity, screen_share=is_screen, file_outputs=to_file(identity)
            )
            info = await server.egress.start_participant_egress(request)
            if not is_screen:
                await captured(engine, info.egress_id, 1)
        await alice.leave()
        done = await ended(engine)
        await server.egress.stop_egress(api.StopEgressRequest(egress_id=info.egress_id))
        await until(lambda: engine.hooks.names().count("egress_ended") == 2, "the end of the other")
    assert done.status == EgressStatus.EGRESS_COMPLETE
    assert titles(engine.config.captures / "alice.ogg")[0][0] == "audio"
    empty = [event.egress_info for event in engine.hooks.events if event.event == "egress_ended"][-1]
    assert empty.status == EgressStatus.EGRESS_ABORTED
    assert "nothing was recorded" in empty.error
    assert not empty.file_results


async def test_the_next_process_makes_the_file_that_this_one_could_not(engine: Engine, tmp_path: Path) -> None:
    async with gathering(engine.join("alice")) as (alice,), engine.api() as server:
        await alice.speak()
        request = api.RoomCompositeEgressRequest(room_name="room", file_outputs=to_file("room"))
        info = await server.egress.start_room_composite_egress(request)
        await captured(engine, info.egress_id, 1)
        await engine.server.stop()
    async with running_engine(tmp_path) as second:
        done = await ended(second)
    assert done.egress_id == info.egress_id
    assert done.status == EgressStatus.EGRESS_COMPLETE
    assert (second.config.captures / done.file_results[0].filename).is_file()


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"file_outputs": []}, "invalid_argument", "one file"),
        ({"file_outputs": to_file("../out.mp4")}, "invalid_argument", "not a path inside"),
        ({"file_outputs": to_file("/out.mp4")}, "invalid_argument", "not a path inside"),
        ({"file_outputs": to_file(f"{PREFIX}/x")}, "invalid_argument", "media engine itself"),
        ({"file_outputs": to_file("kept.mp4")}, "invalid_argument", "kept.webm already"),
        ({"file_outputs": to_file("x", s3=api.S3Upload(bucket="b"))}, "unimplemented", "not to s3"),
        ({"file_outputs": to_file("x", file_type=EncodedFileType.MP3)}, "unimplemented", "MP3"),
        ({"file_outputs": to_file("x", file_type=EncodedFileType.OGG)}, "invalid_argument", "audio_only"),
        ({"stream_outputs": [api.StreamOutput(urls=["rtmp://x"])]}, "unimplemented", "ask for a file"),
        ({"segment_outputs": [api.SegmentedFileOutput()]}, "unimplemented", "ask for a file"),
        ({"custom_base_url": "https://example.org"}, "unimplemented", "custom_base_url"),
        ({"layout": "grid"}, "unimplemented", "leave layout empty"),
        ({"preset": EncodingOptionsPreset.H264_1080P_30}, "unimplemented", "PASSTHROUGH"),
        ({"advanced": api.EncodingOptions(width=100)}, "unimplemented", "PASSTHROUGH"),
        ({"audio_only": True, "video_only": True}, "invalid_argument", "one of them"),
        ({"room_name": "nowhere"}, "not_found", "room"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_what_can(
    hall: Engine, change: dict[str, Any], code: str, says: str
) -> None:
    request = {"room_name": "hall", "file_outputs": to_file("x")} | change
    async with hall.api() as server:
        with pytest.raises(api.TwirpError) as refusal:
            await server.egress.start_room_composite_egress(api.RoomCompositeEgressRequest(**request))
    assert refusal.value.code == code
    assert says in refusal.value.message


@pytest.fixture
async def hall(engine: Engine) -> AsyncIterator[Engine]:
    """With a room in which nobody is, and a file that is there."""
    (engine.config.captures / "kept.webm").write_bytes(b"precious")
    async with engine.api() as server:
        await server.room.create_room(api.CreateRoomRequest(name="hall"))
    yield engine


async def test_tracks_that_are_not_there_or_may_not_be_recorded_are_refused(engine: Engine) -> None:
    e2ee = rtc.E2EEOptions(key_provider_options=rtc.KeyProviderOptions(shared_key=b"secret"))
    joining = [
        engine.join("alice"),
        engine.join("dana", attributes=CONSENTS_NOT),
        engine.join("eve", options=rtc.RoomOptions(encryption=e2ee)),
    ]
    async with gathering(*joining) as (alice, dana, eve), engine.api() as server:
        voice, camera = await alice.speak(), await alice.film()
        silent, hidden = await dana.speak(), await eve.speak()
        await until(lambda: engine.hooks.names().count("track_published") == 4, "the tracks")

        async def refusal(**tracks: str) -> tuple[str, str]:
            names: dict[str, Any] = dict(tracks)
            request = api.TrackCompositeEgressRequest(room_name="room", file_outputs=to_file("x.mp4"), **names)
            with pytest.raises(api.TwirpError) as refused:
                await server.egress.start_track_composite_egress(request)
            return refused.value.code, refused.value.message

        assert (await refusal())[0] == "invalid_argument"
        assert (await refusal(audio_track_id="TR_none"))[0] == "not_found"
        assert (await refusal(audio_track_id=camera)) == ("invalid_argument", f"track {camera} is video")
        assert (await refusal(audio_track_id=silent))[0] == "permission_denied"
        code, message = await refusal(audio_track_id=hidden)
        assert (code, "end-to-end encrypted" in message) == ("failed_precondition", True)
        mp4 = api.TrackCompositeEgressRequest(
            room_name="room", video_track_id=camera, file_outputs=to_file("x", file_type=EncodedFileType.MP4)
        )
        with pytest.raises(api.TwirpError) as vp8:
            await server.egress.start_track_composite_egress(mp4)
        assert "cannot hold VP8" in vp8.value.message
        direct = api.DirectFileOutput(filepath="x.rtp", s3=api.S3Upload(bucket="b"))
        track = api.TrackEgressRequest(room_name="room", track_id=voice, file=direct)
        with pytest.raises(api.TwirpError) as upload:
            await server.egress.start_track_egress(track)
        assert upload.value.code == "unimplemented"
        with pytest.raises(api.TwirpError) as page:
            await server.egress.start_web_egress(api.WebEgressRequest(url="https://example.org"))
        assert page.value.code == "unimplemented"


async def test_a_composite_of_a_killed_process_is_made_of_what_there_is(tmp_path: Path) -> None:
    folder = tmp_path / "captures" / PREFIX / "EG_killed"
    folder.mkdir(parents=True)
    leave_cut_capture(folder / "0-TR_A.rtp", "EG_part", "TR_A")
    (folder / "egress.json").write_text(
        '{"target": "room", "outcome": "EGRESS_COMPLETE", "info": {"egressId": "EG_killed", "roomName": "room",'
        ' "roomComposite": {"roomName": "room"}, "status": "EGRESS_ACTIVE"}}'
    )
    async with running_engine(tmp_path) as engine:
        done = await ended(engine)
        assert (done.egress_id, done.status) == ("EG_killed", EgressStatus.EGRESS_ABORTED)
        assert done.error == "the media engine stopped unexpectedly"
        assert "egress_started" not in engine.hooks.names()
        assert engine.hooks.names().count("egress_ended") == 1
        await until(lambda: not folder.exists(), "the captures to be gone")
