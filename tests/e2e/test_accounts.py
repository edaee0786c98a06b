"""Accounts as people meet them: inviting, joining, roles, leaving."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.e2e.people import Person
from tests.product import PASSWORD, Client, Product, wait_for

PHONE = {"width": 390, "height": 844}


def mailed(product: Product, pattern: str) -> str:
    """The newest match in the e-mails, which go to the log while no mail server is set."""
    return str(wait_for(lambda: re.findall(pattern, product.output()), f"an e-mail with {pattern}")[-1])


def invite_by_page(owner: Person, *emails: str, role: str = "Interviewer") -> None:
    page = owner.page
    owner.goto("/settings/members")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("E-mail addresses").fill(", ".join(emails))
    page.get_by_label("Role", exact=True).click()
    page.get_by_role("option", name=role).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Invite")).click()
    for email in emails:
        expect(page.get_by_text(email, exact=True)).to_be_visible()


def join_by_page(person: Person, link: str, name: str) -> None:
    page = person.page
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name.split()[0])


def test_a_team_is_invited_joins_and_is_changed(invite: Invite, product: Product, alice: Client) -> None:
    owner, nora = invite(product, "alice", alice), invite(product, "nora", viewport=PHONE)
    invite_by_page(owner, "nora@example.org", "ole@example.org")
    link = mailed(product, r"(?s)To: nora@example.org.*?(http\S+/invitation/\S+)")
    join_by_page(nora, link, "Nora Novák")
    row = owner.page.get_by_role("listitem").filter(has_text="Nora Novák")
    row.get_by_label("Role of Nora").click()
    owner.page.get_by_role("option", name="Admin").click()
    expect(owner.page.get_by_text("Nora Novák is now admin", exact=True)).to_be_visible()

    nora.goto("/settings/members")
    expect(nora.page.get_by_role("listitem").filter(has_text="Alice Adler")).to_contain_text("Owner")
    nora.page.get_by_role("button", name="Revoke the invitation of ole@example.org").click()
    nora.page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(owner.page.get_by_text("No open invitations")).to_be_visible()

    row.get_by_role("button", name="Remove").click()
    owner.page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    nora.page.wait_for_url(re.compile("/sign-in"))
    nora.goto(link)
    expect(nora.page.get_by_role("heading", level=1)).to_have_text("This invitation has been accepted")


def test_who_has_an_account_joins_with_it(invite: Invite, product: Product, alice: Client) -> None:
    """A former member is invited anew: signed out, they sign in on the way."""
    owner, omar = invite(product, "alice", alice), invite(product, "omar")
    invite_by_page(owner, "omar@example.org", role="Admin")
    join_by_page(omar, mailed(product, r"(?s)To: omar@example.org.*?(http\S+/invitation/\S+)"), "Omar Haddad")
    omar.goto("/settings/members")
    omar.page.get_by_role("button", name="Leave").click()
    omar.page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    expect(omar.page.get_by_role("heading", level=1)).to_contain_text("Technical interviews")

    invite_by_page(owner, "omar@example.org")
    again = alice.get("/api/member-invitations")[0]["link_url"]
    omar.context.clear_cookies()
    omar.goto(again)
    omar.page.get_by_role("link", name="Sign in to accept").click()
    omar.page.get_by_label("E-mail").fill("omar@example.org")
    omar.page.get_by_label("Password", exact=True).fill(PASSWORD)
    omar.page.get_by_role("button", name="Sign in", exact=True).click()
    omar.page.get_by_role("button", name="Accept").click()
    expect(omar.page.get_by_role("heading", level=1)).to_contain_text("Omar")


def test_the_only_owner_cannot_leave(invite: Invite, product: Product, alice: Client) -> None:
    owner = invite(product, "alice", alice)
    owner.goto("/settings/members")
    owner.page.get_by_role("button", name="Leave").click()
    owner.page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    expect(owner.page.get_by_text("Make somebody else an owner first").first).to_be_visible()
