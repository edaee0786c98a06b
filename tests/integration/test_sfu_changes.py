"""What people change while they talk: what they get, who they are, what they may; all with real SDK clients."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from livekit import api, rtc
from livekit.rtc._proto.track_publication_pb2 import VideoQuality

from tests.integration.engine import PATIENCE_S, Engine, Person, gathering, running_engine, until

pytestmark = pytest.mark.integration


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with running_engine(tmp_path) as engine:
        yield engine


def seen(viewer: Person, publisher: str, sid: str) -> rtc.RemoteTrackPublication:
    return viewer.room.remote_participants[publisher].track_publications[sid]


async def nothing_more_comes(viewer: Person, sid: str) -> int:
    """Wait until no picture of a track has come for two seconds; how many came before."""
    count = -1
    async with asyncio.timeout(PATIENCE_S):
        while count != viewer.frames[sid]:
            count = viewer.frames[sid]
            await asyncio.sleep(2)
    return count


async def test_a_viewer_chooses_what_to_get_and_how_large(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        sid = await alice.film(1280, 720)
        await until(lambda: dana.sizes.get(sid) == (1280, 720), "the full picture")
        picture = seen(dana, "alice", sid)
        for quality, size in (
            (VideoQuality.VIDEO_QUALITY_LOW, (320, 180)),
            (VideoQuality.VIDEO_QUALITY_MEDIUM, (640, 360)),
            (VideoQuality.VIDEO_QUALITY_HIGH, (1280, 720)),
        ):
            picture.set_video_quality(quality)
            await until(lambda size=size: dana.sizes[sid] == size, f"a picture of {size}")  # type: ignore[misc]
        picture.set_subscribed(False)
        await until(lambda: picture.track is None, "the end of the picture")
        before = dana.frames[sid]
        picture.set_subscribed(True)
        await dana.sees(sid, before + 6)


async def test_what_people_say_of_themselves_reaches_others_if_they_may(engine: Engine) -> None:
    joining = engine.join("alice", can_update_own_metadata=True), engine.join("dana")
    async with gathering(*joining) as (alice, dana):
        told: list[dict[str, str]] = []
        dana.room.on("participant_attributes_changed", lambda changed, _: told.append(dict(changed)))
        speaker = alice.room.local_participant
        await speaker.set_attributes({"hand": "up", "seat": "1"})
        await speaker.set_metadata("notes")
        await speaker.set_name("Alice A.")
        other = dana.room.remote_participants["alice"]
        await until(lambda: (other.name, other.metadata) == ("Alice A.", "notes"), "her name and metadata")
        assert other.attributes == {"hand": "up", "seat": "1"}
        await speaker.set_attributes({"hand": ""})
        await until(lambda: other.attributes == {"seat": "1"}, "her hand taken down")
        assert told[0] == {"hand": "up", "seat": "1"}
        await dana.room.local_participant.set_attributes({"role": "host"})
        await speaker.set_metadata("later notes")
        await until(lambda: other.metadata == "later notes", "what was said after that")
        assert not alice.room.remote_participants["dana"].attributes


async def test_what_people_may_do_changes_during_the_call(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana), engine.api() as server:

        async def permit(**permission: bool) -> None:
            everything = {"can_subscribe": True, "can_publish": True, "can_publish_data": True} | permission
            request = api.UpdateParticipantRequest(room="room", identity="dana")
            for name, value in everything.items():
                setattr(request.permission, name, value)
            await server.room.update_participant(request)

            def is_told() -> bool:
                mine = dana.room.local_participant.permissions
                return mine is not None and all(getattr(mine, name) == value for name, value in everything.items())

            await until(is_told, f"what dana is told: {permission}")

        hers, his = await alice.film(), await dana.film()
        await dana.sees(hers)
        await alice.sees(his)
        await permit(can_publish=False)
        await alice.told("track_unpublished", his)
        await permit(can_subscribe=False)
        before = await nothing_more_comes(dana, hers)
        await permit()
        await dana.sees(hers, before + 6)
        await alice.sees(await dana.film())

        heard: list[bytes] = []
        alice.room.on("data_received", lambda packet: heard.append(packet.data))
        await permit(can_publish_data=False)
        await dana.room.local_participant.publish_data(b"not allowed")
        await permit()
        await dana.room.local_participant.publish_data(b"allowed")
        await until(lambda: heard, "a message")
        assert heard == [b"allowed"]


async def test_a_publisher_chooses_who_gets_a_track(engine: Engine) -> None:
    joining = engine.join("alice"), engine.join("dana"), engine.join("carol")
    async with gathering(*joining) as (alice, dana, carol):
        sid = await alice.film()
        await dana.sees(sid)
        await carol.sees(sid)
        only_dana = rtc.ParticipantTrackPermission(participant_identity="dana", allow_all=True)
        speaker = alice.room.local_participant
        speaker.set_track_subscription_permissions(allow_all_participants=False, participant_permissions=[only_dana])
        before = await nothing_more_comes(carol, sid)
        await dana.sees(sid, dana.frames[sid] + 6)
        assert carol.frames[sid] == before
        speaker.set_track_subscription_permissions(allow_all_participants=True)
        await carol.sees(sid, before + 6)


async def test_lossy_messages_files_and_calls_that_fail(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        heard: list[tuple[bytes, rtc.DataPacketKind.ValueType]] = []
        dana.room.on("data_received", lambda packet: heard.append((packet.data, packet.kind)))
        speaker = alice.room.local_participant
        await speaker.publish_data(b"arrives", reliable=True)
        await until(lambda: (b"arrives", rtc.DataPacketKind.KIND_RELIABLE) in heard, "the reliable message")
        while (b"may be lost", rtc.DataPacketKind.KIND_LOSSY) not in heard:
            await speaker.publish_data(b"may be lost", reliable=False)
            await asyncio.sleep(0.05)

        files: dict[str, bytes] = {}

        async def read(reader: rtc.ByteStreamReader) -> None:
            files[reader.info.name] = b"".join([chunk async for chunk in reader])

        reading: list[asyncio.Task[None]] = []
        dana.room.register_byte_stream_handler(
            "files", lambda reader, _: reading.append(asyncio.create_task(read(reader)))
        )
        content = bytes(range(256)) * 2000
        writer = await speaker.stream_bytes("solution.bin", topic="files", total_size=len(content))
        await writer.write(content)
        await writer.aclose()
        await until(lambda: files == {"solution.bin": content}, "the whole file")

        with pytest.raises(rtc.RpcError, match="not supported") as refusal:
            await speaker.perform_rpc(destination_identity="dana", method="nothing", payload="")
        assert refusal.value.code == rtc.RpcError.ErrorCode.UNSUPPORTED_METHOD


async def test_somebody_is_moved_to_another_room_and_the_call_goes_on_there(engine: Engine) -> None:
    joining = engine.join("alice"), engine.join("dana", "room~1")
    async with gathering(*joining) as (alice, dana), engine.api() as server:
        hers = await alice.film()
        moved: list[bool] = []
        dana.room.on("moved", lambda: moved.append(True))
        request = api.UpdateParticipantRequest(room="room~1", identity="dana", name="Dana D.")
        await server.room.update_participant(request)
        await server.room.move_participant(
            api.MoveParticipantRequest(room="room~1", identity="dana", destination_room="room")
        )
        await until(lambda: moved, "the news of it")
        await dana.sees(hers)
        await until(lambda: alice.room.remote_participants["dana"].name == "Dana D.", "the name")
        await alice.sees(await dana.film())
        with pytest.raises(api.TwirpError, match="participant does not exist"):
            await server.room.get_participant(api.RoomParticipantIdentity(room="room~1", identity="dana"))
