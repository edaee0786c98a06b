"""Who gets ready is connected before they join, hears nothing of the call, and is moved into it."""

from pathlib import Path

from playwright.sync_api import Request

from tests.e2e.conftest import Invite, Wire, open_candidate_link
from tests.e2e.measuring import keeps_decoding
from tests.e2e.people import Person
from tests.product import Client, Product, wait_for

WATCH_PEERS = """
window.peers = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    window.peers.push(this);
  }
};
"""
STANDING = "window.peers.map(({ connectionState }) => connectionState === 'connected')"
"""Of each connection that the page ever made."""


class Visitor:
    """Somebody in the lobby, and what the server answers when they join."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.was_moved: list[bool] = []
        """For each way in."""
        person.context.add_init_script(WATCH_PEERS)
        person.page.on("requestfinished", self._keep)

    def _keep(self, request: Request) -> None:
        response = request.response() if request.url.endswith("/join") else None
        if response is not None and response.ok:
            self.was_moved.append(response.json()["is_moved"])

    def is_connected(self, *, times: int = 1) -> None:
        """In the lobby, by the newest of at least so many connections."""
        self.person.sees("lobby")
        wait_for(
            lambda: self.person.evaluate(STANDING)[times - 1 :][-1:] == [True],
            f"a connection of {self.person.name} in the lobby",
        )


def new_interview(alice: Client, title: str) -> tuple[str, str]:
    """Where its members enter, and its candidate."""
    wanted = {"title": title, "candidate_name": "Dana Díaz", "duration_minutes": 45}
    interview = alice.post("/api/interviews", wanted)
    return f"/interviews/{interview['id']}/room", interview["candidate"]["link_url"]


def test_both_are_moved_into_the_call_and_a_second_time_too(invite: Invite, product: Product, alice: Client) -> None:
    room, link = new_interview(alice, "Moved")
    host, guest = Visitor(invite(product, "alice", alice)), Visitor(invite(product, "dana"))
    wire = Wire(guest.person)
    host.person.goto(room)
    host.is_connected()
    host.person.press("join")
    host.person.sees("room")

    open_candidate_link(guest.person, link, "Dana Díaz")
    guest.is_connected()
    guest.person.press("consent-all")
    guest.person.press("join")
    host.person.sees("admit")
    told = [text for source, text in wire.heard if "/rtc" in source or source == "channel"]
    assert told
    assert not [text for text in told if "member-" in text or "Alice" in text]
    host.person.press("admit")
    guest.person.sees("room")
    for person in (host.person, guest.person):
        keeps_decoding(person)
        assert person.evaluate(STANDING) == [True], "the connection of the lobby is the call's"
    assert (host.was_moved, guest.was_moved) == ([True], [True])

    guest.person.press("leave")
    guest.person.press("return")
    guest.is_connected(times=2)
    guest.person.press("join")
    keeps_decoding(guest.person)
    guest.person.page.reload()
    keeps_decoding(guest.person)
    keeps_decoding(host.person)
    assert guest.was_moved == [True, True, False], "after a reload one comes straight back"


def test_an_engine_that_dies_before_the_call_keeps_nobody_out(tmp_path: Path, invite: Invite) -> None:
    """One joins while it is away; who waits is connected again when it is back, in whichever of its processes."""
    product = Product(tmp_path / "data", nodes=2).start()
    try:
        owner = product.owner()
        room, link = new_interview(owner, "Away")
        host, guest = Visitor(invite(product, "alice", owner)), Visitor(invite(product, "dana"))
        host.person.goto(room)
        host.is_connected()
        open_candidate_link(guest.person, link, "Dana Díaz")
        guest.is_connected()
        for name in ("sfu-1", "sfu-2"):
            product.kill(name)
        host.person.press("join")
        host.person.sees("room")
        guest.is_connected(times=2)
        guest.person.press("consent-all")
        guest.person.press("join")
        host.person.press("admit")
        for person in (host.person, guest.person):
            keeps_decoding(person)
        assert not host.was_moved[0]
    finally:
        product.stop()
