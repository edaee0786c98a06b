"""Calls between real SDK clients through a real engine: media, mute, leaving, resuming, and who may do what."""

import socket
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from livekit import api, rtc
from livekit.protocol.rtc import JoinRequest, WrappedJoinRequest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from interview_stream.sfu.io.server import MediaServer
from tests.integration.engine import KEY, SECRET, Engine, Person, gathering, running_engine, until

pytestmark = pytest.mark.integration


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with running_engine(tmp_path) as engine:
        yield engine


async def test_two_people_see_and_hear_each_other(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        tracks = [await alice.speak(), await alice.film(), await dana.speak(), await dana.film()]
        await until(lambda: all(dana.frames.get(sid, 0) > 20 for sid in tracks[1:2]), "alice's picture at dana")
        await until(lambda: all(alice.frames.get(sid, 0) > 20 for sid in tracks[3:4]), "dana's picture at alice")
        await until(lambda: dana.loudness.get(tracks[0], 0) > 1000, "alice's tone at dana")
        await until(lambda: alice.loudness.get(tracks[2], 0) > 1000, "dana's tone at alice")
        await until(lambda: dana.sizes[tracks[1]] == (640, 360), "the full picture")
        async with aiohttp.ClientSession() as http, http.get(f"{engine.http}/metrics") as answer:
            figures = (await answer.text()).splitlines()
        assert "interview_stream_participants_active 2" in figures
        assert 'interview_stream_tracks{kind="video"} 2' in figures
        assert "interview_stream_subscriptions 4" in figures
        received = next(line for line in figures if 'packets_received_total{protocol="udp"}' in line)
        assert int(received.split()[-1]) > 100
        measured = await until(lambda: _measured(engine, "dana", tracks[1]), "a sample with all figures")
        assert measured
        sample, seen = measured
        assert (sample["transport"], sample["is_connected"], sample["name"]) == ("udp", True, "dana")
        assert (seen["publisher"], seen["source"], seen["codec"], seen["height"]) == ("alice", "camera", "vp8", 360)
        camera = next(track for track in sample["sent"] if track["track"] == tracks[3])
        assert sum(layer["packets"] for layer in camera["layers"]) > 10
        assert [layer["rid"] for layer in camera["layers"]] == ["q", "h"]


def _measured(engine: Engine, identity: str, track: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A person's newest sample in which everything has been measured, and what it says of a track that they get."""
    for sample in reversed(engine.hooks.samples):
        for seen in sample["received"]:
            if sample["identity"] == identity and seen["track"] == track and seen["packets"] > 10 and seen["height"]:
                return (sample, seen) if sample["rtt_ms"] is not None and sample["quality"] else None
    return None


async def test_a_token_that_was_taken_back_leads_nobody_in_again(engine: Engine) -> None:
    """Saved before; refused at the next join and at a resume, also by the process that comes after this one."""
    saved = engine.token("dana")
    dana = Person(rtc.Room())
    await dana.room.connect(engine.url, saved)
    async with engine.api() as server:
        made_before = int(datetime.now(UTC).timestamp()) + 1
        identity = api.RoomParticipantIdentity(room="room", identity="dana", revoke_token_ts=made_before)
        await server.room.remove_participant(identity)
    await dana.told("disconnected", "PARTICIPANT_REMOVED")
    join = WrappedJoinRequest(join_request=JoinRequest(reconnect=True, participant_sid="PA_x").SerializeToString())
    resume = f"{engine.url}/rtc/v1?join_request={urlsafe_b64encode(join.SerializeToString()).decode()}"
    for _ in range(2):
        with pytest.raises(rtc.ConnectError, match="taken back"):
            await rtc.Room().connect(engine.url, saved)
        with pytest.raises(InvalidStatus) as refusal:
            await connect(resume, additional_headers={"Authorization": f"Bearer {saved}"}, proxy=None)
        assert refusal.value.response.status_code == 401
        await engine.server.stop()
        engine.server = MediaServer(engine.config)
        await engine.server.start()
    async with gathering(engine.join("erin")):
        pass


async def test_h264_arrives_too(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        sid = await alice.film(codec=rtc.VideoCodec.H264)
        await until(lambda: dana.frames.get(sid, 0) > 20, "alice's picture at dana")
        publication = dana.room.remote_participants["alice"].track_publications[sid]
        assert publication.mime_type.lower() == "video/h264"


async def test_mute_stops_media_and_unmute_brings_it_back(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        sid = await alice.film()
        await dana.sees(sid)
        track = alice.room.local_participant.track_publications[sid].track
        assert isinstance(track, rtc.LocalVideoTrack)
        track.mute()
        await dana.told("track_muted", sid)
        track.unmute()
        await dana.told("track_unmuted", sid)
        seen = dana.frames[sid]
        await until(lambda: dana.frames[sid] > seen + 10, "pictures again")


async def test_an_unpublished_track_is_gone_and_its_section_serves_the_next(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        for _ in range(3):
            sid = await alice.film()
            await dana.sees(sid)
            await alice.room.local_participant.unpublish_track(sid)
            await dana.told("track_unpublished", sid)


async def test_a_late_comer_gets_what_is_there(engine: Engine) -> None:
    async with gathering(engine.join("alice")) as (alice,):
        sids = [await alice.film() for _ in range(5)]
        async with gathering(engine.join("dana")) as (dana,):
            await until(lambda: all(dana.frames.get(sid, 0) > 2 for sid in sids), "five pictures")


async def test_the_same_identity_takes_over(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana"), engine.join("alice")) as (first, dana, second):
        await first.told("disconnected", "DUPLICATE_IDENTITY")
        sid = await second.film()
        await dana.sees(sid)
        assert list(dana.room.remote_participants) == ["alice"]


async def test_media_goes_on_while_signalling_is_cut_and_resumes(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        sid = await alice.film()
        await dana.sees(sid)
        for connection in list(engine.server.signaling.sockets):
            await connection.close(code=1001)
        await until(
            lambda: ("reconnected", "") in alice.events and ("reconnected", "") in dana.events, "both to resume"
        )
        seen = dana.frames[sid]
        await until(lambda: dana.frames[sid] > seen + 20, "pictures after the resume")
        assert ("track_unpublished", sid) not in dana.events
        late = await dana.film()
        await until(lambda: alice.frames.get(late, 0) > 5, "a new picture after the resume")


async def test_a_viewer_publishes_nothing_and_the_hidden_are_not_seen(engine: Engine) -> None:
    async with gathering(
        engine.join("alice"), engine.join("viewer", can_publish=False), engine.join("ghost", hidden=True)
    ) as (alice, viewer, ghost):
        sid = await alice.film()
        await until(lambda: viewer.frames.get(sid, 0) > 5 and ghost.frames.get(sid, 0) > 5, "the picture")
        with pytest.raises(rtc.participant.PublishTrackError):
            await viewer.film()
        assert set(alice.room.remote_participants) == {"viewer"}


async def test_the_server_looks_into_rooms_and_changes_them(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana), engine.api() as server:
        sid = await alice.speak()
        await dana.told("track_subscribed", sid)
        rooms = await server.room.list_rooms(api.ListRoomsRequest())
        assert [(room.name, room.num_participants) for room in rooms.rooms] == [("room", 2)]
        people = await server.room.list_participants(api.ListParticipantsRequest(room="room"))
        assert {p.identity: [track.sid for track in p.tracks] for p in people.participants} == {
            "alice": [sid],
            "dana": [],
        }
        muted = await server.room.mute_published_track(
            api.MuteRoomTrackRequest(room="room", identity="alice", track_sid=sid, muted=True)
        )
        assert muted.track.muted
        await dana.told("track_muted", sid)
        with pytest.raises(api.TwirpError) as unmuting:
            await server.room.mute_published_track(
                api.MuteRoomTrackRequest(room="room", identity="alice", track_sid=sid, muted=False)
            )
        assert unmuting.value.code == "failed_precondition"
        await server.room.update_participant(
            api.UpdateParticipantRequest(room="room", identity="dana", name="Dana", attributes={"role": "candidate"})
        )
        await until(lambda: alice.room.remote_participants["dana"].name == "Dana", "the new name")
        await server.room.update_room_metadata(api.UpdateRoomMetadataRequest(room="room", metadata="{}"))
        await until(lambda: alice.room.metadata == "{}", "the metadata")
        await server.room.remove_participant(api.RoomParticipantIdentity(room="room", identity="dana"))
        await dana.told("disconnected", "PARTICIPANT_REMOVED")
        await server.room.delete_room(api.DeleteRoomRequest(room="room"))
        await alice.told("disconnected", "ROOM_DELETED")
        with pytest.raises(api.TwirpError) as missing:
            await server.room.delete_room(api.DeleteRoomRequest(room="room"))
        assert missing.value.code == "not_found"


async def test_the_server_is_told_what_happens_in_order_even_if_it_was_away(engine: Engine) -> None:
    engine.hooks.is_away = True
    async with gathering(engine.join("alice")) as (alice,):
        sid = await alice.speak()
        await until(lambda: engine.hooks.refused > 1, "a second attempt")
        engine.hooks.is_away = False
        await alice.room.local_participant.unpublish_track(sid)
    async with engine.api() as server:
        await server.room.delete_room(api.DeleteRoomRequest(room="room"))
    await until(lambda: "room_finished" in engine.hooks.names(), "all events")
    assert engine.hooks.names() == [
        "room_started",
        "participant_joined",
        "track_published",
        "track_unpublished",
        "participant_left",
        "room_finished",
    ]
    assert len({event.id for event in engine.hooks.events}) == 6


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 401), ("?access_token=nonsense", 401), ("?access_token={token}", 200), ("?access_token={no_room}", 400)],
)
async def test_refusals_come_as_http_with_a_reason(engine: Engine, query: str, status: int) -> None:
    query = query.format(token=engine.token("alice"), no_room=_token_without_room())
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{engine.http}/rtc/v1/validate{query}") as answer:
            assert answer.status == status
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert await answer.text()
        async with session.get(f"{engine.http}/rtc/v1{query}") as answer:
            assert answer.status == 404  # no WebSocket


async def test_a_join_without_or_with_a_broken_join_request_is_refused(engine: Engine) -> None:
    async with aiohttp.ClientSession() as session:
        for join_request in ("", "&join_request=%25%25", "&join_request=CAESBGFiY2Q="):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await session.ws_connect(f"{engine.url}/rtc/v1?access_token={engine.token('alice')}{join_request}")
            assert refusal.value.status == 400


async def test_garbage_on_the_media_port_and_in_signalling_is_counted_and_the_call_goes_on(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana):
        sid = await alice.film()
        await dana.sees(sid)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for first in range(0, 256, 5):
                stranger.sendto(bytes([first]) * 40, ("127.0.0.1", engine.config.media_port))
        async with aiohttp.ClientSession() as session:
            url = f"{engine.url}/rtc/v1?access_token={engine.token('mallory')}&join_request=CAA="
            async with session.ws_connect(url) as connection:
                for _ in range(30):
                    await connection.send_bytes(b"\xff\xff\xff")
                while not connection.closed:
                    await connection.receive()
            async with session.get(f"{engine.http}/healthz") as answer:
                health = await answer.json()
        assert health["ignored_messages"]["malformed"] > 20
        assert sum(health["drops"].values()) > 20
        seen = dana.frames[sid]
        await until(lambda: dana.frames[sid] > seen + 10, "pictures as before")


async def test_grants_that_are_taken_away_end_what_they_allowed(engine: Engine) -> None:
    async with gathering(engine.join("alice"), engine.join("dana")) as (alice, dana), engine.api() as server:
        sid = await alice.film()
        await dana.sees(sid)
        permission = api.ParticipantPermission(can_subscribe=True, can_publish=False)
        await server.room.update_participant(
            api.UpdateParticipantRequest(room="room", identity="alice", permission=permission)
        )
        await dana.told("track_unpublished", sid)


def _token_without_room() -> str:
    claims = {"iss": KEY, "sub": "alice", "exp": 4_000_000_000, "video": {"roomJoin": True}}
    return jwt.encode(claims, SECRET, algorithm="HS256")
