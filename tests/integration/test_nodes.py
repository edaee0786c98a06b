"""Two media processes behind one address: rooms are spread, a death harms only its own, and calls survive emptying."""

import asyncio
import contextlib
import json
import sqlite3
import urllib.request
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from livekit import api, rtc

from tests.integration.caller import Caller
from tests.integration.engine import Person, gathering, until
from tests.product import Client, Product, enter_as_guest, wait_for

pytestmark = pytest.mark.integration

TOKEN = "a token of the operators"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    settings = {"INTERVIEW_STREAM_METRICS_TOKEN": TOKEN}
    product = Product(tmp_path_factory.mktemp("nodes") / "data", nodes=2, settings=settings).start()
    yield product
    product.stop()
    assert "Traceback" not in product.output()


class Media:
    """What someone with the media key sees and does."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.credentials = product.media_key()

    async def join(self, room: str, identity: str) -> Person:
        grants = api.VideoGrants(room_join=True, room=room)
        token = api.AccessToken(*self.credentials).with_identity(identity).with_grants(grants).to_jwt()
        person = Person(rtc.Room())
        await person.room.connect(self.product.url.replace("http", "ws", 1), token)
        return person

    def server(self) -> api.LiveKitAPI:
        return api.LiveKitAPI(self.product.url, *self.credentials)

    def rooms(self) -> dict[str, set[str]]:
        """By process, as each that runs says itself."""
        token = api.AccessToken(*self.credentials).with_grants(api.VideoGrants(room_create=True)).to_jwt()
        found = {}
        for number in (1, 2):
            url = f"http://127.0.0.1:{self.product.sfu_port + 100 + number}/node"
            asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
            with contextlib.suppress(OSError), urllib.request.urlopen(asked, timeout=10) as answer:
                found[f"sfu-{number}"] = set(json.load(answer)["rooms"])
        return found

    async def open_apart(self) -> tuple[str, str]:
        """Two rooms of different processes."""
        async with self.server() as server:
            for name in (f"apart-{number}" for number in count()):
                await server.room.create_room(api.CreateRoomRequest(name=name))
                if self.place_of(name) != self.place_of("apart-0"):
                    return "apart-0", name
        raise AssertionError

    def place_of(self, room: str) -> str:
        (name,) = [name for name, rooms in self.rooms().items() if room in rooms]
        return name


@pytest.fixture(scope="module")
def media(product: Product) -> Media:
    return Media(product)


async def records_in_all_rooms(server: api.LiveKitAPI, rooms: list[str]) -> None:
    """Whichever process has the room; nobody sends anything, so that no file is made."""
    started = {}
    for room in rooms:
        request = api.RoomCompositeEgressRequest(
            room_name=room, file_outputs=[api.EncodedFileOutput(filepath="{room_name}")]
        )
        started[(await server.egress.start_room_composite_egress(request)).egress_id] = room
    listed = await server.egress.list_egress(api.ListEgressRequest(active=True))
    assert {item.egress_id: item.room_name for item in listed.items} == started
    for egress_id in started:
        stopped = await server.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
        assert stopped.room_name == started[egress_id]


async def test_rooms_are_spread_and_the_api_sees_them_all(product: Product, media: Media) -> None:
    rooms = ["spread-a", "spread-b", "spread-c", "spread-d"]
    async with gathering(*(media.join(room, "alice") for room in rooms)), gathering(media.join("spread-a", "dana")):
        placed = media.rooms()
        assert [len(names) for names in placed.values()] == [2, 2]
        assert placed["sfu-1"] | placed["sfu-2"] == set(rooms)

        async with media.server() as server:
            listed = await server.room.list_rooms(api.ListRoomsRequest())
            assert sorted(room.name for room in listed.rooms) == rooms
            for room in rooms:
                people = await server.room.list_participants(api.ListParticipantsRequest(room=room))
                assert len(people.participants) == (2 if room == "spread-a" else 1)
            with pytest.raises(api.ServerError) as refusal:
                await server.egress.stop_egress(api.StopEgressRequest(egress_id="EG_unknown"))
            assert refusal.value.code == api.ServerErrorCode.NOT_FOUND
            await records_in_all_rooms(server, rooms)
            await server.room.create_room(api.CreateRoomRequest(name="spread-e"))

        await until(lambda: "spread-e" in set().union(*media.rooms().values()), "the room that was made")
        before = media.rooms()
        product.kill("router")
        await asyncio.to_thread(product.wait_until_healthy)
        async with gathering(*(media.join(room, "erin") for room in rooms)):
            assert media.rooms() == before

        figures = figures_of(product)
        counts = {f'interview_stream_participants{{process="{name}"}}' for name in placed}
        assert sum(int(line.split()[1]) for line in figures if line.split()[0] in counts) == 5
        assert 'interview_stream_sfu_process_up{process="sfu-2"} 1' in figures


async def test_a_killed_process_harms_only_its_rooms_and_they_come_back(product: Product, media: Media) -> None:
    room, other_room = await media.open_apart()
    joining = [media.join(one, name) for one in (room, other_room) for name in ("alice", "dana")]
    async with gathering(*joining) as (alice, dana, bob, erin):
        hurt, spared = media.place_of(room), media.place_of(other_room)
        assert hurt != spared
        await dana.sees(await alice.film())
        theirs = await bob.film()
        await erin.sees(theirs)

        product.kill(hurt)

        before = set(dana.frames)
        await until(lambda: any(count > 5 for sid, count in dana.frames.items() if sid not in before), "new pictures")
        assert len([rooms for rooms in media.rooms().values() if room in rooms]) == 1
        await erin.sees(theirs, erin.frames[theirs] + 5)
        assert {event for event, _ in (*bob.events, *erin.events)} == {"track_subscribed"}
    await asyncio.to_thread(product.wait_until_healthy)


def test_a_process_is_emptied_under_a_recorded_call(product: Product, media: Media) -> None:
    alice = product.owner()
    made = alice.post("/api/interviews", {"title": "Moved", "candidate_name": "Dana"})
    path = f"/api/interviews/{made['id']}"
    guest = Client(product.url, guest=made["candidate"]["link_url"].rsplit("/", 1)[1])
    host, candidate = Caller(alice.post(f"{path}/join")), Caller(enter_as_guest(alice, guest, path))
    try:
        candidate.publish("camera")
        candidate.publish("microphone")
        recording = f"/api/recordings/{alice.post(f'{path}/recordings')['id']}"

        def tracks(state: str, segment: int) -> list[Any]:
            found = alice.get(recording)["tracks"]
            return [track for track in found if (track["state"], track["segment"]) == (state, segment)]

        wait_for(lambda: len(tracks("recording", 1)) == 2, "two captures")
        wait_for(lambda: host.decoded("camera"), "pictures")
        streams, place = set(host.decoded("camera")), media.place_of(made["id"])
        assert product.drain("sfu-3") == (1, "interview-stream: there is no media process sfu-3.\n")

        code, said = product.drain(place)

        assert code == 0, said
        assert said.splitlines()[-1] == f"{place} has started afresh."
        assert media.place_of(made["id"]) != place
        wait_for(
            lambda: any(count > 5 for ssrc, count in host.decoded("camera").items() if ssrc not in streams),
            "pictures by way of the other process",
        )
        wait_for(lambda: len(tracks("recording", 2)) == 2, "both captures to go on")
        assert len(tracks("captured", 1)) == 2
        with contextlib.closing(sqlite3.connect(product.data / "db.sqlite3")) as database:
            # It is the same call that goes on, and no part of the recording was cut off.
            assert database.execute("SELECT COUNT(*), COUNT(ended_at) FROM calls_call").fetchone() == (1, 0)
            assert database.execute("SELECT SUM(is_interrupted) FROM recordings_recordedtrack").fetchone() == (0,)
    finally:
        host.leave()
        candidate.leave()
    code, said = product.drain()
    assert (code, [line.split(",")[0] for line in said.splitlines()]) == (0, ["sfu-1: ok", "sfu-2: ok"])


def figures_of(product: Product) -> list[str]:
    asked = urllib.request.Request(product.url + "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        text: str = answer.read().decode()
        return text.splitlines()
