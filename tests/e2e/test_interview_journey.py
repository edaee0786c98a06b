"""Two interviewers, a candidate on a phone: voice only, waiting room, chat; nothing private reaches the candidate."""

import re
from typing import Any

from playwright.sync_api import expect

from interview_stream.capture.format import read_capture
from tests.e2e.conftest import PHONE, Invite, Wire, join_from_lobby, open_candidate_link
from tests.e2e.measuring import keeps_decoding
from tests.e2e.people import Person
from tests.product import Client, Product, wait_for

MARK = "between-us-6c1d"


def write(person: Person, tab: str, text: str) -> None:
    if not person.page.get_by_test_id("side-panel").is_visible():
        person.press("chat-toggle")
    person.press(f"tab-{tab}")
    person.page.get_by_test_id("chat-input").fill(text)
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_test_id("message").filter(has_text=text.splitlines()[-1])).to_be_visible()


def about(host: Person, act: str) -> None:
    """Open the menu of the candidate among the people and choose an act of it."""
    if not host.page.get_by_test_id("people-panel").is_visible():
        host.press("people-toggle")
    row = host.page.get_by_test_id("person").filter(has_text="Dana")
    row.get_by_test_id("person-menu").click()
    host.press(act)


def look_at_layouts(host: Person) -> None:
    stage = host.page.get_by_test_id("stage")
    large = host.page.locator('[data-testid="tile"][data-large]')
    expect(stage).to_have_attribute("data-arrangement", "grid")
    host.press("layout")
    host.press("layout-speaker")
    expect(large).to_have_count(1)
    expect(host.page.get_by_role("menu")).to_have_count(0)
    host.page.keyboard.press("l")
    expect(large).to_have_count(2)
    host.page.keyboard.press("l")
    expect(stage).to_have_attribute("data-arrangement", "grid")
    # By key: tiles glide, and a press by coordinates may come too late.
    host.page.get_by_role("button", name="Pin Dana Díaz").press("Enter")
    expect(large).to_have_attribute("data-identity", re.compile("^guest-"))
    host.page.get_by_role("button", name="Unpin Dana Díaz").press("Enter")
    expect(large).to_have_count(0)
    host.page.keyboard.press("?")
    host.sees("shortcut-sheet")
    host.page.keyboard.press("Escape")


def raise_and_lower_a_hand(host: Person, dana: Person) -> None:
    dana.press("more")
    dana.press("hand-item")
    expect(host.page.get_by_test_id("tile").filter(has=host.page.get_by_test_id("hand"))).to_contain_text("Dana")
    about(host, "lower-hand")
    expect(dana.page.get_by_test_id("hand")).to_have_count(0)
    host.press("react")
    host.press("react-clap")
    expect(dana.page.get_by_test_id("reaction")).to_have_attribute("data-kind", "clap")


def microphone_is(person: Person, state: str) -> None:
    expect(person.page.get_by_test_id("mic-toggle")).to_have_attribute("data-state-on", state)


def mute_and_ask_to_unmute(host: Person, dana: Person) -> None:
    about(host, "mute-person")
    dana.sees("stopped-notice")
    microphone_is(dana, "false")
    about(host, "ask-unmute")
    dana.press("ask-accept")
    microphone_is(dana, "true")
    # Held, the space bar opens a closed microphone.
    dana.press("mic-toggle")
    microphone_is(dana, "false")
    dana.page.get_by_test_id("stage").click()
    dana.page.keyboard.down(" ")
    microphone_is(dana, "true")
    dana.page.keyboard.up(" ")
    microphone_is(dana, "false")
    dana.press("mic-toggle")
    microphone_is(dana, "true")


def take_out_and_let_back_in(host: Person, dana: Person) -> None:
    about(host, "remove-person")
    host.press("may-return")
    host.press("remove-confirm")
    expect(dana.page.locator('[data-departure="removed"]')).to_be_visible()
    expect(host.page.get_by_test_id("sent-away")).to_contain_text("may not knock again")
    dana.press("return")
    dana.sees("barred")
    host.press("readmit")
    dana.press("join")
    dana.sees("room")
    keeps_decoding(host)


def give_focus_time(host: Person, dana: Person) -> None:
    host.press("more")
    host.press("focus-item")
    host.press("focus-3")
    host.press("begin-focus")
    dana.sees("focus-bar")
    for device in ("mic-toggle", "camera-toggle"):
        expect(dana.page.get_by_test_id(device)).to_have_attribute("data-state-on", "false")
        expect(dana.page.get_by_test_id(device)).to_have_attribute("aria-disabled", "true")
    expect(host.page.get_by_test_id("veil")).to_contain_text("unwatched")
    dana.press("end-focus")
    dana.press("focus-resume")
    expect(host.page.get_by_test_id("veil")).to_have_count(0)
    keeps_decoding(host)


def captured(product: Product, recording_id: str) -> set[tuple[str, str]]:
    """Whose tracks are on disk, read back from the capture files."""
    files = (product.data / "captures" / recording_id).glob("*.rtp")
    headers = [read_capture(file).header for file in files]
    return {(header.participant_identity.partition("-")[0], header.source) for header in headers}


def let_in_by_a_key(first: Person, second: Person, dana: Person, room: str, link: str) -> None:
    """The second interviewer, anywhere in the app, refuses once; the first lets in from the room."""
    second.goto("/interviews")
    open_candidate_link(dana, link, "Dana Díaz")
    dana.press("network-check")
    expect(dana.page.get_by_test_id("network-verdict")).to_contain_text("UDP")
    expect(dana.page.get_by_test_id("join")).to_be_disabled()
    dana.press("consent-audio")
    dana.press("join")
    expect(dana.page.get_by_test_id("waiting-room")).to_contain_text("have been told that you are here")
    expect(second.page.get_by_text("Candidate waiting")).to_be_visible()
    second.press("refuse")
    expect(second.page.get_by_text("Candidate waiting")).to_have_count(0)
    dana.sees("refused")
    first.goto(room)
    join_from_lobby(first)
    write(first, "team", f"Begin with caching. {MARK}")
    dana.press("join")
    first.sees("waiting-guest")
    first.page.get_by_test_id("stage").click()
    first.page.keyboard.press("a")
    dana.sees("room")
    keeps_decoding(first)
    keeps_decoding(dana)


def chat_for_all_and_among_interviewers(first: Person, second: Person, dana: Person) -> None:
    write(first, "chat", "Welcome! See https://example.org/task.")
    expect(dana.page.get_by_test_id("unread")).to_contain_text("1")
    write(dana, "chat", "def area(r):\n    return 3 * r")
    expect(dana.page.get_by_role("link", name="https://example.org/task")).to_have_attribute(
        "rel", re.compile("noopener")
    )
    expect(dana.page.get_by_test_id("unread")).to_have_count(0)
    expect(dana.page.get_by_test_id("tab-team")).to_have_count(0)
    expect(first.page.locator("pre", has_text="return 3 * r")).to_be_visible()
    write(second, "team", f"Agreed. {MARK}")
    first.press("tab-team")
    expect(first.page.get_by_test_id("message").filter(has_text="Agreed")).to_be_visible()
    dana.page.get_by_test_id("chat-input").fill("Not sent yet")
    dana.page.reload()
    dana.sees("room")
    dana.press("chat-toggle")
    expect(dana.page.get_by_test_id("chat-input")).to_have_value("Not sent yet")
    dana.press("chat-toggle")


def test_a_voice_only_candidate_is_let_in_and_reads_only_what_is_for_everyone(
    invite: Invite, product: Product, alice: Client, bob: Client
) -> None:
    ids = [person["id"] for person in alice.get("/api/interviewers")]
    skill = {"name": "Caching", "anchors": [f"{level}. {MARK}" for level in ("Never", "Seldom", "Often", "Always")]}
    problem = {"title": f"LRU cache {MARK}", "statement": f"Evict the oldest. {MARK}"}
    kit = alice.post("/api/kits", {"name": "Caches", "skills": [skill], "problems": [problem]})
    wanted = {"title": "Journey", "candidate_name": "Dana Díaz", "interviewer_ids": ids, "kit_id": kit["id"]}
    interview = alice.post("/api/interviews", wanted)
    room = f"/interviews/{interview['id']}/room"
    first, second = invite(product, "alice", alice), invite(product, "bob", bob)
    dana = invite(product, "dana", viewport=PHONE)
    wire = Wire(dana)

    let_in_by_a_key(first, second, dana, room, interview["candidate"]["link_url"])
    second.goto(room)
    join_from_lobby(second)
    second.page.keyboard.press("p")
    expect(second.page.get_by_text(f"LRU cache {MARK}")).to_be_visible()
    second.page.keyboard.press("p")
    chat_for_all_and_among_interviewers(first, second, dana)

    # Who leaves the stage to whom, and when.
    second.press("leave")
    expect(first.page.get_by_test_id("tile")).to_have_count(2)
    look_at_layouts(first)
    raise_and_lower_a_hand(first, dana)
    mute_and_ask_to_unmute(first, dana)
    take_out_and_let_back_in(first, dana)
    give_focus_time(first, dana)
    second.press("return")
    join_from_lobby(second)

    # Only her voice is written.
    first.press("tab-people")
    expect(first.page.get_by_test_id("candidate-scope")).to_contain_text("voice only")
    first.press("record-toggle")
    dana.sees("recording-badge")

    def recording() -> Any:
        (found,) = [r for r in alice.get("/api/recordings")["items"] if r["interview"]["id"] == interview["id"]]
        return found

    wait_for(lambda: [t["state"] for t in recording()["tracks"]] == ["recording"] * 5, "five captures")
    keeps_decoding(first, frames=60)
    everything = {("member", "camera"), ("member", "microphone"), ("guest", "microphone")}
    assert captured(product, recording()["id"]) == everything
    alice.post(f"/api/interviews/{interview['id']}/end")
    dana.sees("departure")
    first.goto(f"/interviews/{interview['id']}")
    expect(first.page.get_by_test_id("chat-log")).to_contain_text(MARK)
    assert not [text for text in wire.texts if MARK in text]
    assert any("Welcome!" in text for text in wire.texts)
