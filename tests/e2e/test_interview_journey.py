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


def captured(product: Product, recording_id: str) -> set[tuple[str, str]]:
    """Whose tracks are on disk, read back from the capture files."""
    files = (product.data / "captures" / recording_id).glob("*.rtp")
    headers = [read_capture(file).header for file in files]
    return {(header.participant_identity.partition("-")[0], header.source) for header in headers}


def test_a_voice_only_candidate_is_let_in_and_reads_only_what_is_for_everyone(
    invite: Invite, product: Product, alice: Client, bob: Client
) -> None:
    ids = [person["id"] for person in alice.get("/api/interviewers")]
    wanted = {"title": "Journey", "candidate_name": "Dana Díaz", "interviewer_ids": ids}
    interview = alice.post("/api/interviews", wanted)
    room = f"/interviews/{interview['id']}/room"
    first, second = invite(product, "alice", alice), invite(product, "bob", bob)
    dana = invite(product, "dana", viewport=PHONE)
    wire = Wire(dana)

    # bob is anywhere in the app; dana asks, is refused once, and is let in by a key.
    second.goto("/interviews")
    open_candidate_link(dana, interview["candidate"]["link_url"], "Dana Díaz")
    expect(dana.page.get_by_test_id("join")).to_be_disabled()
    dana.press("consent-audio")
    dana.press("join")
    expect(dana.page.get_by_test_id("waiting-room")).to_contain_text("have been told that you are here")
    second.press("refuse")
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

    # Chat: for all, and among the interviewers.
    second.goto(room)
    join_from_lobby(second)
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
