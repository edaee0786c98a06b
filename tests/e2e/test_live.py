"""Pages that stay what they show: two browsers, broken lines, and rights that end."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.e2e.people import Person
from tests.product import Client, Product

PAGE = 50


def rows(person: Person) -> list[str]:
    return person.page.get_by_role("listitem").filter(has_text="renamed the organisation").all_inner_texts()


def test_pages_of_a_list_stay_live_and_do_not_move(invite: Invite, product: Product, alice: Client) -> None:
    owner = invite(product, "alice", alice)
    for number in range(PAGE + 10):
        alice.patch("/api/organisation", {"name": f"Acme {number % 2}"})
    owner.goto("/settings/audit")
    entries = owner.page.get_by_role("main").get_by_role("listitem")
    expect(entries).to_have_count(PAGE)
    owner.press("show-more")
    expect(owner.page.get_by_test_id("show-more")).to_have_count(0)
    shown = rows(owner)
    assert len(shown) >= PAGE + 10

    owner.page.evaluate("window.sameDocument = true")
    alice.patch("/api/organisation", {"name": "Acme again"})
    expect(entries.first).to_contain_text("Acme again")
    assert len(rows(owner)) == len(shown) + 1, "what is below stays, and nothing is shown twice"
    assert rows(owner)[2:] == shown[1:]
    assert owner.evaluate("window.sameDocument")
    alice.patch("/api/organisation", {"name": "Acme"})


def test_a_change_in_one_browser_appears_in_the_other(invite: Invite, product: Product, alice: Client) -> None:
    interview = alice.post("/api/interviews", {"title": "Seen twice", "candidate_name": "Dana Díaz"})
    desk, laptop = invite(product, "desk", alice), invite(product, "laptop", alice)
    for person in (desk, laptop):
        person.goto(f"/interviews/{interview['id']}")
        expect(person.page.get_by_role("heading", level=1)).to_have_text("Seen twice")
        person.page.evaluate("window.sameDocument = true")
    alice.patch(f"/api/interviews/{interview['id']}", {"title": "Changed elsewhere"})
    for person in (desk, laptop):
        expect(person.page.get_by_role("heading", level=1)).to_have_text(re.compile("Changed elsewhere"))
    desk.goto("/interviews")
    expect(desk.page.get_by_text("Changed elsewhere").first).to_be_visible()
    assert laptop.evaluate("window.sameDocument"), "without loading anew"
