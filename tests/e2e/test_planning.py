"""The candidate chooses the time: offered on the interview's page, taken on the page behind the personal link."""

from datetime import datetime

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Invite
from tests.e2e.mails import entry_in, link_in, mail_to
from tests.product import Client, Product


def test_times_are_offered_and_one_is_taken(invite: Invite, product: Product, alice: Client) -> None:
    wanted = {"title": "A first talk", "candidate_name": "Cem Kaya", "candidate_email": "cem@example.org"}
    interview = alice.post("/api/interviews", wanted)
    host, cem = invite(product, "alice", alice), invite(product, "cem", viewport=PHONE)

    host.goto(f"/interviews/{interview['id']}")
    host.page.get_by_role("button", name="Offer times").click()
    dialog = host.page.get_by_role("dialog")
    times = dialog.get_by_role("group").nth(1).get_by_role("button")  # Of the first day there may be one left.
    times.nth(0).click()
    times.nth(1).click()
    dialog.get_by_role("button", name="Send").click()
    expect(host.page.get_by_role("region", name="Times to choose from")).to_contain_text("has not chosen yet")
    offered = alice.get(f"/api/interviews/{interview['id']}")["offered"]
    assert len(offered) == 2

    question = mail_to(product, "cem@example.org", "Choose a time: A first talk")
    cem.goto(link_in(question, "/join/"))
    choice = cem.page.get_by_role("region", name="Choose a time")
    choice.get_by_role("group").get_by_role("button").nth(1).click()
    choice.get_by_role("button", name="Take").click()

    expect(choice).to_have_count(0)
    expect(host.page.get_by_role("region", name="Times to choose from")).to_have_count(0)
    expect(host.page.get_by_text("The candidate chose")).to_be_visible()
    assert alice.get(f"/api/interviews/{interview['id']}")["scheduled_for"] == offered[1]
    for address in ("cem@example.org", "alice@example.org"):
        entry = entry_in(mail_to(product, address, "Invitation: A first talk"))
        assert (entry.method.value, entry.vevent.uid.value) == ("REQUEST", f"{interview['id']}@localhost")
        assert entry.vevent.dtstart.value == datetime.fromisoformat(offered[1])
