"""The router before two real engines: lists are joined, strangers place nothing, operators are let in."""

import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from livekit import api

from interview_stream.environment import read_environment
from interview_stream.keys import Keys
from interview_stream.sfu.config import make_config
from interview_stream.sfu.io.server import MediaServer
from interview_stream.sfu.router import nodes as conversations
from interview_stream.sfu.router.placement import State
from interview_stream.sfu.router.server import Router
from tests.product import free_port

KEYS = Keys(django="d", media_key="ISkey", media_secret="a-secret-that-is-long-enough-for-hs256")
LISTED = "livekit.RoomService/ListRooms"


@dataclass
class Running:
    router: Router
    servers: list[MediaServer]
    url: str
    http: aiohttp.ClientSession

    def token(self, secret: str = KEYS.media_secret, **grants: Any) -> str:
        made = api.AccessToken(KEYS.media_key, secret).with_identity("alice")
        return made.with_grants(api.VideoGrants(**(grants or {"room_create": True, "room_list": True}))).to_jwt()

    async def call(self, method: str, body: object, token: str = "", path: str = "/twirp") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        async with self.http.post(f"{self.url}{path}/{method}", json=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith(("{", "[")) else text

    def rooms(self) -> list[list[str]]:
        return [list(server.engine.rooms) for server in self.servers]


@pytest.fixture
async def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """Nothing changes by itself: the processes are asked once."""
    monkeypatch.setattr(conversations, "ASK_S", 3600.0)
    ports = {
        "SFU_PORT": free_port(then=[101, 102]),
        "MEDIA_PORT": free_port(socket.SOCK_DGRAM, [1]),
        "MEDIA_TCP_PORT": 0,
        "SFU_PROCESSES": 2,
    }
    variables = {f"INTERVIEW_STREAM_{name}": str(value) for name, value in ports.items()}
    environment = read_environment({"INTERVIEW_STREAM_DATA": str(tmp_path), **variables})
    nowhere = {"INTERVIEW_STREAM_WEBHOOK_URL": "http://127.0.0.1:9/hook"}
    servers = [MediaServer(make_config(environment, KEYS, nowhere, number=number)) for number in (1, 2)]
    for server in servers:
        await server.start()
    router = Router(environment, KEYS)
    await router.start()
    async with aiohttp.ClientSession() as http:
        running = Running(router, servers, f"http://127.0.0.1:{environment.sfu_port}", http)
        while any(node.state is not State.UP for node in router.placement.nodes.values()):
            async with http.get(running.url + "/healthz"):
                pass
        yield running
    await router.stop()
    monkeypatch.setattr("interview_stream.sfu.io.server.LAST_WEBHOOKS_S", 0.0)
    for server in servers:
        await server.stop()


async def test_rooms_go_to_both_and_are_listed_as_one(running: Running) -> None:
    for name in ("a", "b"):
        status, made = await running.call("livekit.RoomService/CreateRoom", {"name": name, "metadata": f"of {name}"})
        assert (status, made["name"]) == (200, name)
    assert running.rooms() == [["a"], ["b"]]
    status, listed = await running.call(LISTED, {})
    assert status == 200
    assert [room["metadata"] for room in listed["rooms"]] == ["of a", "of b"]
    assert (await running.call("livekit.RoomService/DeleteRoom", {"room": "b"}))[0] == 200
    assert running.rooms() == [["a"], []]
    assert (await running.call("livekit.RoomService/DeleteRoom", {"room": "elsewhere"}))[0] == 404


async def test_a_list_that_would_be_short_is_none(running: Running) -> None:
    """What is missing in it would count as ended."""
    running.router.placement.silent("sfu-2")
    status, problem = await running.call(LISTED, {})
    assert (status, problem["code"]) == (503, "unavailable")
    await running.servers[1].stop()
    running.router.placement.down("sfu-2", 0.0)
    assert (await running.call(LISTED, {}))[0] == 200


async def test_a_stranger_places_no_room_and_is_told_so_by_the_engine(running: Running) -> None:
    wrong = running.token("another-secret-that-is-long-enough-too", room_create=True)
    status, problem = await running.call("livekit.RoomService/CreateRoom", {"name": "x"}, wrong)
    assert (status, problem["code"]) == (401, "unauthenticated")
    guest = running.token(room_join=True, room="y")
    assert (await running.call("livekit.RoomService/CreateRoom", {"name": "x"}, guest))[0] == 401
    assert (await running.call(LISTED, {}, guest))[0] == 401
    async with running.http.get(f"{running.url}/rtc/v1/validate", params={"access_token": wrong}) as answer:
        assert answer.status == 401
        assert "invalid token" in await answer.text()
    async with running.http.get(f"{running.url}/rtc/v1/validate", params={"access_token": guest}) as answer:
        assert (answer.status, await answer.text()) == (200, "success")
    for room in ("x", "y"):
        assert running.router.placement.find(room, 0.0) is None


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [("livekit.RoomService/Unknown", {}, 501), ("livekit.RoomService/DeleteRoom", {"room": 5}, 400)],
)
async def test_what_cannot_be_routed_is_answered_by_an_engine(
    running: Running, method: str, body: object, status: int
) -> None:
    assert (await running.call(method, body))[0] == status


async def test_only_operators_empty_a_process(running: Running) -> None:
    guest = running.token(room_join=True, room="y")
    assert await running.call("sfu-1/drain", {"wait_s": 0}, guest, "/nodes") == (403, {"error": "permissions denied"})
    assert (await running.call("sfu-3/drain", {"wait_s": 0}, path="/nodes"))[0] == 404
    unusable: list[object] = [{}, {"wait_s": "soon"}, {"wait_s": -1}, {"wait_s": 1e9}, []]
    for wrong in unusable:
        assert (await running.call("sfu-1/drain", wrong, path="/nodes"))[0] == 400, wrong
    status, node = await running.call("sfu-1/drain", {"wait_s": 60}, path="/nodes")
    assert (status, node["name"], node["drain_left_s"]) == (200, "sfu-1", 60)
    await running.call("livekit.RoomService/CreateRoom", {"name": "new"})
    assert running.rooms() == [[], ["new"]]
    status, problem = await running.call("sfu-2/drain", {"wait_s": 60}, path="/nodes")
    assert (status, problem["error"]) == (409, "no other media process could take the calls of sfu-2")


async def test_a_process_that_is_being_emptied_refuses_what_still_comes_to_it(running: Running) -> None:
    (first, _), door = running.servers, running.url.rsplit(":", 1)[0] + f":{running.servers[0]._config.port}"
    await running.call("livekit.RoomService/CreateRoom", {"name": "a"})
    first.engine.drain_until = 0.0
    for room, status in (("a", 200), ("b", 503)):
        token = running.token(room_join=True, room=room)
        async with running.http.get(f"{door}/rtc/v1/validate", params={"access_token": token}) as answer:
            assert answer.status == status
        headers = {"Authorization": f"Bearer {running.token()}"}
        url = f"{door}/twirp/livekit.RoomService/CreateRoom"
        async with running.http.post(url, json={"name": room}, headers=headers) as answer:
            assert answer.status == status


async def test_the_figures_of_all_processes_stand_together(running: Running) -> None:
    async with running.http.get(f"{running.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    at = lines.index("# TYPE interview_stream_rooms gauge")
    assert [line.split()[0].partition("{")[2] for line in lines[at + 1 : at + 3]] == [
        'process="sfu-1"}',
        'process="sfu-2"}',
    ]
    assert sum(line.startswith("# TYPE interview_stream_cpu_seconds_total") for line in lines) == 1
    assert 'interview_stream_sfu_process_draining{process="sfu-1"} 0' in lines


async def test_the_engines_own_door_is_for_the_router_alone(running: Running) -> None:
    door = running.url.rsplit(":", 1)[0] + f":{running.servers[0]._config.port}"
    guest = {"Authorization": f"Bearer {running.token(room_join=True, room='y')}"}
    for headers, status in (({}, 401), (guest, 403)):
        async with running.http.get(f"{door}/node", headers=headers) as answer:
            assert answer.status == status


async def test_people_are_moved_within_a_process_only(running: Running) -> None:
    for name in ("a", "b"):
        await running.call("livekit.RoomService/CreateRoom", {"name": name})
    assert running.rooms() == [["a"], ["b"]]

    async def move(destination: str, *, granted: str = "") -> tuple[int, Any]:
        token = running.token(room_admin=True, room="a", destination_room=granted or destination)
        body = {"room": "a", "identity": "dana", "destination_room": destination}
        return await running.call("livekit.RoomService/MoveParticipant", body, token)

    status, problem = await move("b")
    assert (status, problem["msg"]) == (412, "the rooms are in different media processes")
    assert (await move("c", granted="d"))[0] == 401
    assert running.router.placement.find("c", 0.0) is None
    assert (await move(""))[0] == 400
    assert (await move("a"))[1]["msg"] == "participant does not exist"
    assert (await move("c"))[0] == 404
    assert running.router.placement.find("c", 0.0) == "sfu-1"
