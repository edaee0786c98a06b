"""From the plan to the decision as three people; the host has no mouse, the candidate a phone.

The candidate's browser is listened to the whole time: nothing private reaches it.
"""

import re
from datetime import datetime
from typing import Any

from playwright.sync_api import expect

from interview_stream.capture.format import read_capture
from tests.e2e.conftest import PHONE, Invite, Wire, join_from_lobby, open_candidate_link
from tests.e2e.evaluation_steps import cite_a_note, decide, give_feedback, score, submit
from tests.e2e.mails import entry_in, link_in, mail_to, text_of
from tests.e2e.measuring import keeps_decoding
from tests.e2e.people import Person
from tests.e2e.room_steps import (
    about,
    announced,
    give_focus_time,
    look_at_layouts,
    mute_and_ask_to_unmute,
    note,
    raise_and_lower_a_hand,
    take_out_and_let_back_in,
    told,
    use_what_is_for_oneself,
    write,
)
from tests.product import Client, Product, wait_for

MARK = "between-us-6c1d"
"""In everything that is written about the candidate, or for the interviewers only."""
CANDIDATE = "dana.diaz@example.org"
PRIVATE = {"name": "Caching", "anchors": [f"{level}. {MARK}" for level in ("Never", "Seldom", "Often", "Always")]}
TELLABLE = {"name": "Talking", "anchors": ["Silent", "Brief", "Clear", "Excellent"]}
PROBLEM = {"title": f"LRU cache {MARK}", "statement": f"Evict the oldest. {MARK}"}


def schedule(host: Person, colleague: str, kit: str) -> None:
    page = host.page
    page.goto("/interviews/new")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("Journey")
    host.press_on(page.get_by_label("Kit"))
    host.press_on(page.get_by_role("option", name=kit, exact=True))
    expect(page.get_by_label("Kit")).to_contain_text(kit)
    host.press_on(page.get_by_role("button", name="Add an interviewer"))
    page.keyboard.type(colleague)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"Remove {colleague}")).to_be_visible()
    host.type_in(page.get_by_label("Candidate's name"), "Dana Díaz")
    host.type_in(page.get_by_label("E-mail"), CANDIDATE)
    host.press_on(page.get_by_role("button", name="Schedule interview"))
    page.wait_for_url(re.compile(r"/interviews/[0-9a-f-]{36}"))


def read_invitations(product: Product, interview: dict[str, Any]) -> str:
    """All three have a mail with a calendar entry; gives the candidate's link, which only the candidate's has."""
    start = datetime.fromisoformat(interview["scheduled_for"])
    mails = {
        who: mail_to(product, who, "Invitation: Journey") for who in ("alice@example.org", "bob@example.org", CANDIDATE)
    }
    for who, mail in mails.items():
        entry = entry_in(mail)
        assert (entry.method.value, entry.vevent.uid.value) == ("REQUEST", f"{interview['id']}@localhost")
        assert (entry.vevent.dtstart.value, entry.vevent.summary.value) == (start, "Journey")
        assert entry.vevent.attendee.value == f"mailto:{who}"
        said = text_of(mail) + entry.serialize().replace("\r\n ", "")
        assert ("/join/" in said) == (who == CANDIDATE)
        assert MARK not in said
    return link_in(mails[CANDIDATE], "/join/")


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
    expect(second.page.get_by_role("alert").filter(has_text="is waiting to be let in")).to_be_visible()
    expect(second.page.get_by_text("Candidate waiting")).to_be_visible()
    expect(second.page).to_have_title("Dana Díaz is waiting")
    second.press("refuse")
    expect(second.page.get_by_text("Candidate waiting")).to_have_count(0)
    dana.sees("refused")
    first.goto(room)
    join_from_lobby(first)
    write(first, "team", f"Begin with caching. {MARK}")
    dana.press("join")
    first.sees("waiting-guest")
    # Out of the message, where letters are letters.
    first.page.keyboard.press("Tab")
    first.page.keyboard.press("a")
    dana.sees("room")
    announced(first, "Dana Díaz joined")
    keeps_decoding(first)
    keeps_decoding(dana)
    assert dana.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


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


def record_only_her_voice(first: Person, dana: Person, product: Product, alice: Client, interview_id: str) -> None:
    first.press("tab-people")
    expect(first.page.get_by_test_id("candidate-scope")).to_contain_text("voice only")
    first.press("record-toggle")
    dana.sees("recording-badge")
    announced(dana, "Recording started")

    def recording() -> Any:
        (found,) = [r for r in alice.get("/api/recordings")["items"] if r["interview"]["id"] == interview_id]
        return found

    wait_for(lambda: [t["state"] for t in recording()["tracks"]] == ["recording"] * 5, "five captures")
    keeps_decoding(first, frames=60)
    about(first, "ask-screen")
    told(dana, "Alice Adler asks you to share your screen")
    dana.press("ask-decline")
    everything = {("member", "camera"), ("member", "microphone"), ("guest", "microphone")}
    assert captured(product, recording()["id"]) == everything


def judge_blind_and_debrief(first: Person, second: Person, bob: Client, interview_id: str) -> None:
    for person in (first, second):
        person.goto(f"/interviews/{interview_id}/evaluation")
    expect(first.page.get_by_role("region", name="My notes")).to_contain_text("Begins with a test.")
    expect(second.page.get_by_role("region", name="My notes")).not_to_contain_text("Begins")
    score(first, "Caching", "Strong yes")
    cite_a_note(first, "Caching", "Begins with a test.")
    score(first, "Talking", "Strong yes")
    score(first, "Overall", "Yes")
    first.type_in(first.page.get_by_label("In a few sentences"), f"Calm. {MARK} by alice")
    expect(first.page.get_by_role("status").filter(has_text="Saved. Only you")).to_be_visible()
    first.page.reload()
    expect(first.page.get_by_label("In a few sentences")).to_have_value(f"Calm. {MARK} by alice")
    submit(first)

    submitted = second.page.get_by_role("listitem").filter(has_text="Alice Adler")
    expect(submitted).to_contain_text("Submitted")
    assert "by alice" not in second.page.content()
    assert bob.get(f"/api/interviews/{interview_id}/evaluation")["others"] == []
    score(second, "Overall", "Strong no")
    submit(second)
    for person in (first, second):
        debrief = person.page.get_by_test_id("debrief")
        expect(debrief).to_contain_text(re.compile("Strong no"))
        expect(debrief).to_contain_text("by alice")
        expect(debrief).to_contain_text("Begins with a test.")


def decide_and_tell(first: Person, second: Person, dana: Person, alice: Client, interview_id: str) -> None:
    expect(second.page.get_by_role("region", name="Decision")).to_contain_text("Not decided yet")
    decide(first, "On hold", MARK)
    expect(second.page.get_by_test_id("outcome")).to_have_text("On hold")
    first.press_on(first.page.get_by_role("button", name="Reopen"))
    expect(second.page.get_by_test_id("outcome")).to_have_count(0)
    first.press_on(first.page.get_by_role("button", name="Undo").last)
    expect(second.page.get_by_test_id("outcome")).to_have_text("On hold")

    with first.page.expect_download() as download:
        first.press_on(first.page.get_by_role("button", name="PDF"))
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    give_feedback(first, "Thank you for the afternoon.", skill="Talking", meaning="Excellent")
    dana.goto(alice.get(f"/api/interviews/{interview_id}/evaluation")["feedback"]["url"])
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Feedback for Dana Díaz")
    expect(dana.page.get_by_role("main")).to_contain_text("Thank you for the afternoon.")
    first.press_on(first.page.get_by_role("button", name="Take back"))
    expect(first.page.get_by_role("button", name="Write feedback")).to_be_visible()
    dana.page.reload()
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("This feedback was taken back")


def test_from_the_plan_to_the_decision(invite: Invite, product: Product, alice: Client, bob: Client) -> None:
    alice.post("/api/kits", {"name": "Caches", "skills": [PRIVATE, TELLABLE], "problems": [PROBLEM]})
    first = invite(product, "alice", alice, has_mouse=False)
    second = invite(product, "bob", bob)
    dana = invite(product, "dana", viewport=PHONE, timezone_id="America/New_York")
    wire = Wire(dana)

    schedule(first, "Bob Brown", "Caches")
    interview_id = first.page.url.rsplit("/", 1)[1]
    room = f"/interviews/{interview_id}/room"
    link = read_invitations(product, alice.get(f"/api/interviews/{interview_id}"))
    let_in_by_a_key(first, second, dana, room, link)
    second.goto(room)
    join_from_lobby(second)
    announced(first, "Bob Brown joined")
    second.page.keyboard.press("p")
    expect(second.page.get_by_text(f"LRU cache {MARK}")).to_be_visible()
    second.page.keyboard.press("p")
    chat_for_all_and_among_interviewers(first, second, dana)
    note(first, f"Begins with a test. {MARK}")

    # Who leaves the stage to whom, and when.
    second.press("leave")
    announced(first, "Bob Brown left")
    expect(first.page.get_by_test_id("tile")).to_have_count(2)
    first.page.keyboard.press("Tab")
    look_at_layouts(first)
    use_what_is_for_oneself(first)
    raise_and_lower_a_hand(first, dana)
    mute_and_ask_to_unmute(first, dana)
    take_out_and_let_back_in(first, dana)
    give_focus_time(first, dana)
    second.press("return")
    join_from_lobby(second)
    first.press("leave")
    announced(second, "Alice Adler left")
    first.press("return")
    join_from_lobby(first)
    first.press("people-toggle")
    record_only_her_voice(first, dana, product, alice, interview_id)

    for step in ("leave-menu", "end-call", "end-call-confirm"):
        first.press(step)
    dana.sees("departure")
    first.goto(f"/interviews/{interview_id}")
    expect(first.page.get_by_test_id("chat-log")).to_contain_text(MARK)
    judge_blind_and_debrief(first, second, bob, interview_id)
    decide_and_tell(first, second, dana, alice, interview_id)
    dana.goto(link)
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("This interview has ended")

    assert {"/live", "/rtc"} <= {path for path in ("/live", "/rtc") for source, _ in wire.heard if path in source}
    assert not wire.unread
    assert any("Welcome!" in text for text in wire.told)
    assert not [(source, text) for source, text in wire.heard if MARK in text]
    assert not [text for text in wire.told if "decided" in text]
