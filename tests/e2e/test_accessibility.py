"""Every page as axe-core judges it, in light and dark, and the way to a planned interview without a mouse."""

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from interview_stream.keys import load_keys
from tests.e2e.conftest import SCREENSHOTS, Invite
from tests.e2e.people import Person, press_by_keyboard
from tests.product import Client, Product
from tests.told_connections import received, sample, signature

AXE = (Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
# Evaluated through the debugger, the script is not the page's, so the Content-Security-Policy stays as it is.
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, ...nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`)].join("; "));
}"""
# A colour on its way from one to another is neither.
HOLD_STILL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { animation: none !important; transition: none !important; }");
  document.adoptedStyleSheets.push(sheet);
}"""
SKILL = {"name": "Care", "anchors": ["None", "Little", "Some", "Much"]}
KIT = {"name": "Back end, coding", "problems": [{"title": "Rate limiter", "minutes": 40}], "skills": [SKILL]}

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}


def measure(product: Product, alice: Client) -> str:
    """A call in which one line was measured, as the engine tells of it; its interview."""
    interview: str = alice.post("/api/interviews", {"title": "Measured"})["id"]
    keys = load_keys(product.data)
    for number, name in enumerate(("room_started", "connections_sampled", "room_finished")):
        told = {"event": name, "room": {"name": interview, "sid": f"RM_{interview}"}, "id": f"EV_{interview}_{number}"}
        samples = [sample(n, received=[received(lost=40, is_limited=True)]) for n in range(3)]
        body = json.dumps(told | {"connections": samples}).encode()
        headers = {"Authorization": signature(body.decode(), keys.media_key, keys.media_secret)}
        with urlopen(Request(f"{product.url}/webhooks/livekit", body, headers)) as answer:
            assert answer.status == 200
    return interview


@pytest.fixture
def pages(product: Product, alice: Client) -> list[str]:
    """Addresses of a member's pages, with something on each."""
    kit = alice.post("/api/kits", KIT)
    wanted = {"title": "Coding", "candidate_name": "Dana Díaz", "candidate_email": "dana@example.org"}
    planned = alice.post("/api/interviews", wanted | {"kit_id": kit["id"], "scheduled_for": "2031-03-04T09:00:00Z"})
    alice.post(f"/api/interviews/{planned['id']}/observers", {"name": "Olga"})
    held = alice.post("/api/interviews", wanted | {"title": "Held"})
    alice.post(f"/api/interviews/{held['id']}/end")
    alice.put(f"/api/interviews/{held['id']}/scorecard", {"overall": 3, "ratings": {"communication": 4}})
    scored = alice.post("/api/interviews", wanted | {"title": "Scored"})
    alice.post(f"/api/interviews/{scored['id']}/end")
    alice.put(f"/api/interviews/{scored['id']}/scorecard", {"overall": 3, "ratings": {"communication": 4}})
    alice.post(f"/api/interviews/{scored['id']}/scorecard/submit")
    alice.post(f"/api/interviews/{scored['id']}/comments", {"stars": 4, "text": "Calm."})
    alice.post(f"/api/interviews/{scored['id']}/decision", {"outcome": "pass", "reason": "Clear."})
    alice.post(f"/api/interviews/{scored['id']}/feedback", {"message": "Thank you.", "includes_outcome": True})
    undated = alice.post("/api/interviews", wanted | {"title": "A first talk"})
    free = alice.post("/api/free-slots", {"interviewer_ids": [alice.get("/api/me")["user"]["id"]]})
    alice.put(f"/api/interviews/{undated['id']}/slots", {"starts": free[:3]})
    settings = ("profile", "security", "organisation", "members", "keys", "audit", "jobs")
    return [
        "/", "/interviews", "/interviews/new", f"/interviews/{planned['id']}", f"/interviews/{held['id']}/evaluation",
        f"/interviews/{scored['id']}/evaluation", "/kits", "/kits/new", f"/kits/{kit['id']}", f"/kits/{kit['id']}/edit",
        "/recordings", "/candidates", f"/candidates/{planned['candidate']['candidate_id']}",
        f"/interviews/{undated['id']}", f"/interviews/{scored['id']}", "/my-interviews",
        f"/interviews/{measure(product, alice)}/connection", "/api-reference",
        *(f"/settings/{part}" for part in settings),
    ]  # fmt: skip


def findings(page: Page, name: str) -> list[str]:
    """What is serious in both schemes; a picture of each page is kept for people to look at."""
    found = []
    page.evaluate(HOLD_STILL)
    page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [f"{name}, {scheme}: {line}" for line in page.evaluate(RUN)]
        for width, size in (("wide", WIDE), ("phone", PHONE)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{name}, {width}: scrolls sideways")
            page.screenshot(path=SCREENSHOTS / "pages" / f"{name.strip('/').replace('/', '-')}-{scheme}-{width}.png")
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found


def settled(page: Page) -> None:
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-slot=skeleton]")).to_have_count(0)


def test_no_page_has_a_serious_finding(invite: Invite, product: Product, alice: Client, pages: list[str]) -> None:
    member, stranger, candidate = invite(product, "alice", alice), invite(product, "nobody"), invite(product, "dana")
    found: list[str] = []

    def look(person: Person, address: str, name: str) -> None:
        person.goto(address)
        settled(person.page)
        found.extend(findings(person.page, name))

    for address in ("/", "/sign-in", "/sign-in/code", "/sign-up", "/reset-password", "/join/unknown"):
        look(stranger, address, f"out{address}")
    names: dict[str, int] = {}
    for address in pages:
        name = "-".join(part for part in address.split("/") if len(part) < 30) or "home"
        names[name] = names.get(name, 0) + 1
        look(member, address, f"{name}-{names[name]}")
    by_title: dict[str, Any] = {each["title"]: each for each in alice.get("/api/interviews")["items"]}
    feedback = alice.get(f"/api/interviews/{by_title['Scored']['id']}/evaluation")["feedback"]
    look(stranger, feedback["url"], "feedback")
    look(candidate, by_title["A first talk"]["candidate"]["link_url"], "candidate-times")
    planned = by_title["Coding"]
    look(candidate, planned["candidate"]["link_url"], "candidate-link")
    candidate.page.get_by_role("button", name="Get ready").click()
    candidate.sees("lobby")
    found += findings(candidate.page, "candidate-lobby")
    candidate.press("consent-all")
    candidate.press("join")
    candidate.sees("waiting-room")
    found += findings(candidate.page, "candidate-waiting")
    member.press("admit")
    candidate.sees("room")
    found += findings(candidate.page, "candidate-room")
    assert not found, "\n".join(found)


def test_an_interview_is_planned_without_a_mouse(invite: Invite, product: Product, alice: Client) -> None:
    page = invite(product, "alice", alice).page
    page.goto("/")
    settled(page)
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").wait_for()
    page.keyboard.type("Schedule an interview")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New interview")).to_be_visible()
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("By keyboard alone")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keyboard alone")).to_be_visible()
    press_by_keyboard(page.get_by_test_id("join-room"))
    page.get_by_test_id("lobby").wait_for()
    page.keyboard.press("m")
    expect(page.get_by_test_id("lobby-mic-toggle")).to_have_attribute("aria-label", "Turn microphone on")
