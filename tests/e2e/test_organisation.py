"""Owners and admins look after their organisation; what they change shows at once on everybody's pages."""

import re
import urllib.error

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Invite, join_from_lobby
from tests.e2e.people import Person
from tests.e2e.test_accounts import new_member, sign_in_as
from tests.product import PASSWORD, Client, Product


@pytest.fixture
def owner(invite: Invite, product: Product, alice: Client) -> Person:
    """alice in a session of its own: what is dangerous asks for the password once a sign-in is ten minutes old."""
    owner = invite(product, "alice")
    sign_in_as(owner, "alice@example.org", PASSWORD)
    return owner


def test_an_organisation_is_changed_handed_over_deleted_and_kept(
    invite: Invite, product: Product, alice: Client, owner: Person
) -> None:
    ivo = new_member(invite, product, alice, "Ivo Ivanov")
    ivo.goto("/settings/organisation")
    expect(ivo.page.get_by_text("Owners and admins change its settings.")).to_be_visible()

    # A role that somebody else gives shows at once in what one is offered.
    owner.goto("/settings/members")
    row = owner.page.get_by_role("listitem").filter(has_text="ivo@example.org")
    row.get_by_role("combobox").click()
    owner.page.get_by_role("option", name="Admin").click()
    zone = ivo.page.get_by_label("Time zone")
    zone.fill("Europe/Lisbon")
    ivo.page.get_by_role("button", name="Save", exact=True).first.click()
    expect(ivo.page.get_by_text("Saved").first).to_be_visible()

    owner.goto("/settings/organisation")
    expect(owner.page.get_by_label("Time zone")).to_have_value("Europe/Lisbon")
    owner.page.get_by_label(re.compile("Type .Acme. to confirm")).fill("Acme")
    owner.page.get_by_role("button", name="Delete", exact=True).click()
    expect(owner.page.get_by_text("Acme will be erased on")).to_be_visible()
    owner.page.get_by_role("button", name="Keep the organisation").click()
    expect(owner.page.get_by_text("It stays").first).to_be_visible()

    owner.goto("/settings/audit")
    rows = owner.page.get_by_role("listitem")
    expect(rows.filter(has_text="deleted the organisation").first).to_be_visible()
    owner.page.get_by_label("Search names, subjects, addresses").fill("europe/lisbon")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Ivo Ivanov changed the organisation")
    owner.page.get_by_role("button", name="Export").click()
    with owner.page.expect_download() as download:
        owner.page.get_by_role("menuitem", name="CSV").click()
    assert "europe/lisbon" in download.value.path().read_text().lower()


def test_who_has_an_address_of_a_verified_domain_joins(
    invite: Invite, product: Product, owner: Person, dns_records: dict[str, str | None]
) -> None:
    owner.goto("/settings/organisation")
    owner.page.get_by_label("Domain", exact=True).fill("gmail.com")
    owner.page.get_by_role("button", name="Add", exact=True).click()
    expect(owner.page.get_by_text("Everybody can have an address there")).to_be_visible()
    owner.page.get_by_label("Domain", exact=True).fill("acme.example")
    owner.page.get_by_role("button", name="Add", exact=True).click()
    row = owner.page.get_by_role("list", name="Domains").get_by_role("listitem")
    row.get_by_role("button", name="Verify").click()
    expect(row.get_by_text("The record is not there yet")).to_be_visible()
    name, value = row.locator("dd").all_inner_texts()
    dns_records[name] = value
    row.get_by_role("button", name="Verify").click()
    expect(row.get_by_text("Verified", exact=True)).to_be_visible()

    nora, developer = invite(product, "nora", viewport=PHONE), invite(product, "developer")
    developer.goto("/development/mailbox")
    nora.goto("/sign-in")
    nora.page.get_by_role("link", name="Join it").click()
    expect(nora.page.get_by_role("heading", level=1)).to_have_text("Join your organisation")
    nora.page.get_by_label("E-mail").fill("nora@acme.example")
    nora.page.get_by_role("button", name="Send the code").click()
    mail = developer.page.get_by_role("article").filter(has_text="to nora@acme.example")
    expect(mail).to_contain_text("Enter this code to join your organisation:")
    (code,) = re.findall(r"^[A-Z0-9-]{6,}$", mail.inner_text(), re.MULTILINE)
    assert "Acme" not in nora.page.locator("body").inner_text()
    nora.page.get_by_label("Code").fill(code)
    nora.page.get_by_role("button", name="Go on").click()
    expect(nora.page.get_by_role("heading", level=1)).to_have_text("Join Acme")
    nora.page.get_by_label("Your name").fill("Nora Nilsson")
    nora.page.get_by_label("Password").first.fill(PASSWORD)
    nora.page.get_by_role("button", name="Create account and join").click()
    expect(nora.page.get_by_role("link", name="New").first).to_be_visible()
    owner.goto("/settings/members")
    member = owner.page.get_by_role("listitem").filter(has_text="nora@acme.example")
    expect(member).to_contain_text("Interviewer")


def test_a_key_is_made_copied_used_and_revoked(product: Product, owner: Person) -> None:
    owner.goto("/settings/keys")
    owner.page.get_by_role("button", name="New key").click()
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Careers page")
    dialog.get_by_role("radiogroup", name="Organisation").get_by_role("radio", name="Read").click()
    dialog.get_by_role("button", name="Make key").click()
    token = owner.page.get_by_test_id("api-key").inner_text()
    owner.page.get_by_role("button", name="I have it").click()
    row = owner.page.get_by_role("listitem").filter(has_text="Careers page")
    expect(row).to_contain_text("never used")

    key = {"Authorization": f"Bearer {token}"}
    anyone = Client(product.url)
    assert b"alice@example.org" in anyone.fetch("/api/members", key)
    expect(row).to_contain_text("used just now")
    row.get_by_role("button", name="Revoke Careers page").click()
    owner.page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    # While the question is asked nothing else of the page has a role, so that the row is not found says nothing yet.
    expect(owner.page.get_by_text("The key is revoked", exact=True)).to_be_visible()
    expect(row).to_have_count(0)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        anyone.fetch("/api/members", key)

    owner.goto("/api-reference")
    owner.page.get_by_label("Search operations").fill("/api/members")
    owner.page.locator("summary").filter(has_text="GET").click()
    expect(owner.page.get_by_text("200: MemberOut[]")).to_be_visible()


def test_a_session_ended_elsewhere_leaves_the_call_at_once(invite: Invite, product: Product, alice: Client) -> None:
    """The same person's other device stays in it."""
    laptop, phone = new_member(invite, product, alice, "Tom Tanaka"), invite(product, "phone")
    interview = alice.post("/api/interviews", {"title": "Two devices", "candidate_name": "Dana Díaz"})
    sign_in_as(phone, "tom@example.org", PASSWORD)
    for person in (laptop, phone):
        person.goto(f"/interviews/{interview['id']}/room")
        join_from_lobby(person)
    other = invite(product, "desktop")
    sign_in_as(other, "tom@example.org", PASSWORD)
    other.goto("/settings/security")
    other.page.get_by_role("button", name="End the session of Chrome").last.click()
    other.page.get_by_role("alertdialog").get_by_role("button", name="End session").click()
    expect(laptop.page.get_by_role("heading", level=1)).to_have_text("You were taken out of the call")
    phone.sees("room")
