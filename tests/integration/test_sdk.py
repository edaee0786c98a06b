"""The `livekit` SDK as someone else's program uses it: the product's own port, with the printed key and secret."""

import asyncio
import statistics
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from livekit import api, rtc

from tests.integration.engine import SAMPLE_RATE, Person, gathering, until
from tests.product import Product

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("sdk") / "data").start()
    yield product
    product.stop()
    assert "Traceback" not in product.output()


@pytest.fixture(scope="module")
def credentials(product: Product) -> tuple[str, str]:
    return product.media_key()


EVENTS: tuple[rtc.room.EventTypes, ...] = (
    "participant_connected",
    "participant_disconnected",
    "local_track_published",
    "local_track_unpublished",
    "track_published",
    "track_subscribed",
    "track_unsubscribed",
    "track_unpublished",
)


class Guests:
    """Lets people into one room of the product."""

    def __init__(self, product: Product, credentials: tuple[str, str], room: str) -> None:
        self.url = product.url.replace("http", "ws", 1)
        self.server_url, self.credentials, self.room = product.url, credentials, room

    def token(self, identity: str) -> str:
        grants = api.VideoGrants(room_join=True, room=self.room)
        return (
            api.AccessToken(*self.credentials).with_identity(identity).with_name(identity).with_grants(grants).to_jwt()
        )

    async def join(self, identity: str, room: rtc.Room | None = None) -> Person:
        person = Person(room or rtc.Room())
        await person.room.connect(self.url, self.token(identity))
        return person

    def server(self) -> api.LiveKitAPI:
        return api.LiveKitAPI(self.server_url, *self.credentials)


@pytest.fixture
def guests(product: Product, credentials: tuple[str, str], request: pytest.FixtureRequest) -> Guests:
    return Guests(product, credentials, request.node.name)


async def test_the_state_goes_from_disconnected_to_connected_and_back(guests: Guests) -> None:
    room = rtc.Room()
    states: list[int] = []
    room.on("connection_state_changed", states.append)
    assert room.connection_state == rtc.ConnectionState.CONN_DISCONNECTED
    async with gathering(guests.join("alice", room)):
        await until(lambda: states == [rtc.ConnectionState.CONN_CONNECTED], "the event of having connected")
        assert room.connection_state == rtc.ConnectionState.CONN_CONNECTED
    assert room.connection_state == rtc.ConnectionState.CONN_DISCONNECTED


async def test_a_published_track_is_announced_and_subscribed(guests: Guests) -> None:
    dana_room = rtc.Room()
    announced: list[tuple[str, str]] = []
    dana_room.on("track_published", lambda publication, who: announced.append((publication.sid, who.identity)))
    async with gathering(guests.join("dana", dana_room), guests.join("alice")) as (dana, alice):
        sid = await alice.speak()
        assert sid.startswith("TR_")
        await until(lambda: (sid, "alice") in announced, "the announcement")
        await dana.told("track_subscribed", sid)
        publication = dana.room.remote_participants["alice"].track_publications[sid]
        assert isinstance(publication.track, rtc.RemoteAudioTrack)
        assert publication.source == rtc.TrackSource.SOURCE_MICROPHONE


async def test_sound_arrives_as_loud_as_it_was_sent(guests: Guests) -> None:
    """A steady tone; a busy machine may hide pieces of it, so the middle of many levels counts."""
    async with gathering(guests.join("dana"), guests.join("alice")) as (dana, alice):
        sid = await alice.speak()
        await until(lambda: dana.loudness.get(sid, 0) > 1000, "a tone")
        track = dana.room.remote_participants["alice"].track_publications[sid].track
        assert isinstance(track, rtc.RemoteAudioTrack)
        stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=1)
        levels: list[float] = []
        async for event in stream:
            levels.append(float(np.abs(np.frombuffer(event.frame.data, np.int16).astype(np.float32)).mean()))
            if len(levels) == 200:
                break
        await stream.aclose()
        tone = 8000 * 2 / np.pi  # mean amplitude of a sine
        assert statistics.median(levels) == pytest.approx(tone, rel=0.1)


async def test_two_people_see_and_hear_each_other_through_the_one_port(guests: Guests) -> None:
    async with gathering(guests.join("alice"), guests.join("dana")) as (alice, dana):
        voices = [await alice.speak(), await dana.speak()]
        pictures = [await alice.film(), await dana.film()]
        await alice.sees(pictures[1], frames=30)
        await dana.sees(pictures[0], frames=30)
        await until(lambda: alice.loudness.get(voices[1], 0) > 1000, "dana's tone at alice")
        await until(lambda: dana.loudness.get(voices[0], 0) > 1000, "alice's tone at dana")
        await until(lambda: dana.sizes[pictures[0]] == alice.sizes[pictures[1]] == (640, 360), "the full pictures")


async def test_everything_that_happens_in_a_room_is_told(guests: Guests) -> None:
    told: list[str] = []

    def listen(room: rtc.Room, whose: str) -> None:
        for event in EVENTS:
            room.on(event, partial(lambda event, *_: told.append(f"{whose} {event}"), event))

    first, second = rtc.Room(), rtc.Room()
    listen(first, "alice")
    listen(second, "dana")
    async with gathering(guests.join("alice", first)) as (alice,):
        async with gathering(guests.join("dana", second)):
            await until(lambda: "alice participant_connected" in told, "dana at alice")
            assert "alice" in second.remote_participants
            sid = await alice.speak()
            await until(lambda: {"alice local_track_published", "dana track_subscribed"} <= {*told}, "the track")
            await first.local_participant.unpublish_track(sid)
            await until(lambda: {"alice local_track_unpublished", "dana track_unpublished"} <= {*told}, "its end")
        await until(lambda: "alice participant_disconnected" in told, "dana's leaving at alice")
        assert not first.remote_participants
    mine = [line.partition(" ")[2] for line in told if line.startswith("alice")]
    assert mine == [
        "participant_connected",
        "local_track_published",
        "local_track_unpublished",
        "participant_disconnected",
    ]
    hers = [line.partition(" ")[2] for line in told if line.startswith("dana")]
    assert hers[:2] == ["track_published", "track_subscribed"]
    assert sorted(hers[2:]) == ["track_unpublished", "track_unsubscribed"]


async def test_the_server_api_answers_on_the_same_port(guests: Guests) -> None:
    async with gathering(guests.join("alice")) as (alice,), guests.server() as server:
        people = await server.room.list_participants(api.ListParticipantsRequest(room=guests.room))
        assert [person.identity for person in people.participants] == ["alice"]
        await server.room.remove_participant(api.RoomParticipantIdentity(room=guests.room, identity="alice"))
        await alice.told("disconnected", "PARTICIPANT_REMOVED")


async def test_messages_streams_and_calls_reach_those_they_are_for(guests: Guests) -> None:
    def hear(person: Person, heard: list[tuple[str, bytes, str]]) -> None:
        def received(packet: rtc.DataPacket) -> None:
            heard.append((packet.participant.identity if packet.participant else "", packet.data, packet.topic or ""))

        person.room.on("data_received", received)

    async with gathering(guests.join("alice"), guests.join("dana"), guests.join("carol")) as (alice, dana, carol):
        hers: list[tuple[str, bytes, str]] = []
        theirs: list[tuple[str, bytes, str]] = []
        hear(dana, hers)
        hear(carol, theirs)
        speaker = alice.room.local_participant
        await speaker.publish_data(b"to dana", destination_identities=["dana"], topic="aside")
        await speaker.publish_data("to all")
        await until(lambda: ("alice", b"to all", "") in hers and theirs, "the message to all")
        assert hers[0] == ("alice", b"to dana", "aside")
        assert theirs == [("alice", b"to all", "")]

        texts: list[str] = []
        tasks: list[asyncio.Task[None]] = []

        async def read(reader: rtc.TextStreamReader) -> None:
            texts.append(await reader.read_all())

        dana.room.register_text_stream_handler(
            "notes", lambda reader, _: tasks.append(asyncio.create_task(read(reader)))
        )
        long_text = "a line of text\n" * 20_000  # many messages of many packets
        await speaker.send_text(long_text, topic="notes", destination_identities=["dana"])
        await until(lambda: texts == [long_text], "the text")

        async def shout(call: rtc.RpcInvocationData) -> str:
            return f"{call.caller_identity}: {call.payload.upper()}"

        dana.room.local_participant.register_rpc_method("shout", shout)
        answer = await speaker.perform_rpc(destination_identity="dana", method="shout", payload="hi")
        assert answer == "alice: HI"

        async with guests.server() as server:
            request = api.SendDataRequest(room=guests.room, data=b"from the server", kind=api.DataPacket.Kind.RELIABLE)
            await server.room.send_data(request)
        await until(lambda: ("", b"from the server", "") in theirs, "the server's message")


async def test_another_secret_lets_nobody_in(guests: Guests) -> None:
    guests.credentials = (guests.credentials[0], "x" * 40)
    with pytest.raises(rtc.ConnectError, match="invalid token"):
        await asyncio.wait_for(guests.join("mallory"), 60)
