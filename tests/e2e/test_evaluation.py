"""From the call to the decision: two interviewers judge without seeing each other, and the candidate learns nothing."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Invite, Wire, come_in, join_from_lobby, open_candidate_link
from tests.product import Client, Product

MARK = "xyzzy-private"
"""In everything that is written about the candidate."""


def score(page: Page, skill: str, level: str) -> None:
    group = page.get_by_role("radiogroup", name=skill)
    group.get_by_role("radio", name=level, exact=True).click()


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit scorecard").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Submit").click()


def give_feedback(page: Page, message: str) -> None:
    page.get_by_role("button", name="Write feedback").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Message").fill(message)
    dialog.get_by_label("Problem solving").check()
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog).to_contain_text("Excellent")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_have_count(0)


def test_two_judge_blind_one_decides_and_the_candidate_learns_nothing(
    invite: Invite, product: Product, alice: Client, bob: Client
) -> None:
    ids = [person["id"] for person in alice.get("/api/interviewers")]
    wanted: dict[str, Any] = {"title": "Pairing with Dana", "candidate_name": "Dana Díaz", "kind": "pairing"}
    wanted |= {"interviewer_ids": ids, "candidate_email": "dana.diaz@example.org"}
    interview = alice.post("/api/interviews", wanted)
    first, second = invite(product, "alice", alice), invite(product, "bob", bob)
    dana = invite(product, "dana", viewport=PHONE)
    wire = Wire(dana)

    open_candidate_link(dana, interview["candidate"]["link_url"], "Dana Díaz")
    first.goto(f"/interviews/{interview['id']}/room")
    join_from_lobby(first)
    come_in(dana, first)
    first.page.keyboard.press("p")
    first.page.get_by_test_id("new-note").fill(f"Begins with a test. {MARK}")
    first.page.keyboard.press("Enter")
    expect(first.page.get_by_role("region", name="My notes")).to_contain_text("Begins with a test.")
    alice.post(f"/api/interviews/{interview['id']}/end")
    dana.sees("departure")

    address = f"/interviews/{interview['id']}/evaluation"
    for person in (first, second):
        person.goto(address)
    expect(first.page.get_by_role("region", name="My notes")).to_contain_text("Begins with a test.")
    expect(second.page.get_by_role("region", name="My notes")).not_to_contain_text("Begins")
    score(first.page, "Problem solving", "Strong yes")
    first.page.get_by_role("button", name="Cite a moment for Problem solving").click()
    first.page.get_by_role("dialog").get_by_role("button", name="Begins with a test.").click()
    score(first.page, "Overall", "Yes")
    first.page.get_by_label("In a few sentences").fill(f"Calm. {MARK} by alice")
    expect(first.page.get_by_test_id("save-state")).to_contain_text("Saved. Only you")
    first.page.reload()
    expect(first.page.get_by_label("In a few sentences")).to_have_value(f"Calm. {MARK} by alice")
    submit(first.page)

    submitted = second.page.get_by_role("listitem").filter(has_text="Alice Adler")
    expect(submitted).to_contain_text("Submitted")
    assert "by alice" not in second.page.content()
    assert bob.get(f"/api/interviews/{interview['id']}/evaluation")["others"] == []
    score(second.page, "Overall", "Strong no")
    submit(second.page)
    for person in (first, second):
        debrief = person.page.get_by_test_id("debrief")
        expect(debrief).to_contain_text(re.compile("Strong no"))
        expect(debrief).to_contain_text("by alice")
        expect(debrief).to_contain_text("Begins with a test.")

    expect(second.page.get_by_role("region", name="Decision")).to_contain_text("Not decided yet")
    first.page.get_by_role("radio", name="On hold").click()
    first.page.get_by_role("region", name="Decision").get_by_label("Reason").fill(MARK)
    first.page.get_by_role("button", name="Decide").click()
    expect(second.page.get_by_test_id("outcome")).to_have_text("On hold")
    first.page.get_by_role("button", name="Reopen").click()
    expect(second.page.get_by_test_id("outcome")).to_have_count(0)
    first.page.get_by_role("button", name="Undo").last.click()
    expect(second.page.get_by_test_id("outcome")).to_have_text("On hold")

    with first.page.expect_download() as download:
        first.page.get_by_role("button", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    give_feedback(first.page, "Thank you for the afternoon.")
    dana.goto(alice.get(f"/api/interviews/{interview['id']}/evaluation")["feedback"]["url"])
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Feedback for Dana Díaz")
    expect(dana.page.get_by_role("main")).to_contain_text("Thank you for the afternoon.")
    first.page.get_by_role("button", name="Take back").click()
    expect(first.page.get_by_role("button", name="Write feedback")).to_be_visible()
    dana.page.reload()
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("This feedback was taken back")

    dana.goto(interview["candidate"]["link_url"])
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("This interview has ended")
    assert wire.texts
    for text in wire.texts:
        assert MARK not in text
        assert "decided" not in text
