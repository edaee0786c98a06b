"""Firefox and Chromium in one call. Run by test_firefox.py, inside a network namespace with an address of its own."""

from collections.abc import Iterator

import pytest

from tests.e2e.bidi import Firefox
from tests.e2e.conftest import SCREENSHOTS, Invite, join_from_lobby
from tests.e2e.measuring import Browser, decodes_what_is_sent, hears_without_holes, inbound, keeps_decoding, streams
from tests.e2e.network import without_udp
from tests.e2e.people import Person
from tests.e2e.test_recording import ready_recording
from tests.e2e.ways import WATCH_CONNECTIONS, Way, ways
from tests.product import Client, Product, wait_for

ADDRESS = "198.51.100.1"
"""Of the server and of both browsers."""
WINDOW = {"width": 960, "height": 640}
"""Small, so that middle layers will do: both encoders and decoders share this machine."""

# A browser without a window finds no screen to share.
PAINTED_SCREEN = """(() => {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1920, height: 1080});
    const paint = canvas.getContext("2d");
    let count = 0;
    setInterval(() => {
      paint.fillStyle = "white";
      paint.fillRect(0, 0, 1920, 1080);
      paint.fillStyle = "black";
      paint.font = "64px monospace";
      for (let line = 0; line < 15; line++) paint.fillText(`line ${line + count / 10 | 0}`, 64, 72 * line);
      count += 1;
    }, 100);
    return canvas.captureStream(10);
  };
  return true;
})()"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with Firefox(tmp_path_factory.mktemp("firefox")) as firefox:
        firefox.resize(**WINDOW)
        firefox.run_first(WATCH_CONNECTIONS)
        yield firefox


@pytest.fixture
def dana(firefox: Firefox, invite: Invite, request: pytest.FixtureRequest) -> Iterator[Firefox]:
    """The candidate; nothing may go wrong on her page."""
    yield firefox
    folder = SCREENSHOTS / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    firefox.screenshot(folder / "dana.png")
    assert not firefox.problems()


@pytest.fixture
def host(dana: Firefox, invite: Invite, product: Product, alice: Client) -> Person:
    """alice by her session, joined; dana by her personal link, in the lobby."""
    interview = alice.post("/api/interviews", {"title": "Firefox", "duration_minutes": 45})
    person = invite(product, "alice", alice, viewport=WINDOW)
    person.context.add_init_script(WATCH_CONNECTIONS)
    person.goto(f"/interviews/{interview['id']}/room")
    join_from_lobby(person)
    follow_link(dana, interview["candidate"]["link_url"])
    return person


@pytest.fixture
def alice_at_chromium(host: Person, dana: Firefox) -> Person:
    """Both joined."""
    come_in(dana, host)
    return host


def follow_link(dana: Firefox, link: str) -> None:
    """Up to the lobby."""
    dana.goto(link)
    dana.press("main form input")
    dana.type("Dana Díaz")
    dana.press("main form button[type=submit]")
    dana.sees("[data-testid=lobby]")


def come_in(dana: Firefox, host: Person) -> None:
    dana.press("[data-testid=consent-all]")
    dana.press("[data-testid=join]")
    host.press("admit")
    dana.sees("[data-testid=room]")


def test_both_see_and_hear_each_other_and_are_recorded(alice_at_chromium: Person, dana: Firefox, alice: Client) -> None:
    both: list[Browser] = [alice_at_chromium, dana]
    for sender, receiver in (both, both[::-1]):
        decodes_what_is_sent(sender, receiver)
        hears_without_holes(receiver)
    alice_at_chromium.press("record-toggle")
    dana.sees("[data-testid=recording-badge]")
    keeps_decoding(alice_at_chromium, frames=60)
    keeps_decoding(dana, frames=60)
    alice_at_chromium.press("record-toggle")
    recording = ready_recording(alice)
    tracks = recording["tracks"]
    assert {track["state"] for track in tracks} == {"ready"}
    found = {(track["participant"]["identity"].partition("-")[0], track["source"]) for track in tracks}
    assert found == {(who, what) for who in ("member", "guest") for what in ("camera", "microphone")}
    assert len(tracks) == 4


def test_a_screen_shared_from_firefox_arrives_in_full(alice_at_chromium: Person, dana: Firefox) -> None:
    assert dana.evaluate(PAINTED_SCREEN)
    dana.press("[data-testid=share-toggle]")
    keeps_decoding(alice_at_chromium, "screen_share")
    wait_for(lambda: inbound(alice_at_chromium, "screen_share")["height"] == 1080, "all lines of the screen")
    dana.press("[data-testid=share-toggle]")
    wait_for(lambda: not streams(alice_at_chromium, "inbound", "screen_share"), "the end of the share")
    keeps_decoding(alice_at_chromium)


@pytest.fixture
def blocked(product: Product) -> Iterator[None]:
    """No datagram reaches the media engine."""
    with without_udp(product.media_port):
        yield


@pytest.mark.usefixtures("blocked")
def test_where_no_udp_gets_through_both_meet_over_tcp(host: Person, dana: Firefox, product: Product) -> None:
    dana.press("[data-testid=network-check]")
    dana.sees("[data-testid=network-verdict]")
    verdict = dana.evaluate("document.querySelector('[data-testid=network-verdict]').innerText")
    assert "This network blocks UDP" in verdict
    come_in(dana, host)
    for person in (host, dana):
        keeps_decoding(person, frames=60)
        assert ways(person) == {Way("tcp", ADDRESS, product.media_tcp_port)}
