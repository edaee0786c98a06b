"""The operators' pages at a browser: who is let in, and what is done there is seen in the audit log."""

import re
import subprocess
import sys

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Invite
from tests.e2e.test_accessibility import findings
from tests.e2e.test_accounts import new_member
from tests.e2e.test_second_factor import set_up_app
from tests.product import PASSWORD, PATIENCE_S, Client, Product


def make_staff(product: Product, email: str) -> None:
    command = [sys.executable, "-m", "interview_stream", "makestaff", email, "--data", str(product.data)]
    subprocess.run([*command, "--port", str(product.port)], check=True, capture_output=True, timeout=PATIENCE_S)


def member_at_the_api(product: Product, alice: Client, name: str, email: str) -> Client:
    alice.post("/api/member-invitations", {"emails": [email], "role": "interviewer"})
    link = next(each["link_url"] for each in alice.get("/api/member-invitations") if each["email"] == email)
    client = Client(product.url)
    client.post(f"/api/invitation-links/{link.rsplit('/', 1)[1]}", {"name": name, "password": PASSWORD})
    return client


def search(page: Page, list_name: str, text: str) -> Locator:
    """The rows that the list has left."""
    page.goto("/admin/")
    page.get_by_role("link", name=list_name, exact=True).click()
    # The other search field, beside the list, looks for lists.
    page.locator("#searchbar").fill(text)
    page.locator("#searchbar").press("Enter")
    page.wait_for_url(re.compile(r"\?q="))
    return page.locator("#result_list tbody tr")


def test_an_operator_disables_an_account_and_reads_of_it(invite: Invite, product: Product, alice: Client) -> None:
    page = new_member(invite, product, alice, "Opal Olsen").page
    disabled = member_at_the_api(product, alice, "Dirk Dahl", "dirk@example.org")
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")

    make_staff(product, "opal@example.org")
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operators' pages")
    set_up_app(page, None)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What this server holds")).to_be_visible()
    found = findings(page, "operators")

    accounts = search(page, "Users", "dirk")
    expect(accounts).to_have_count(1)
    found += findings(page, "operators-list")
    accounts.get_by_role("link", name="dirk@example.org").click()
    found += findings(page, "operators-form")
    page.get_by_role("checkbox", name="Active").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert disabled.get("/api/me")["user"] is None

    events = search(page, "Audit events", "account-disabled dirk@example.org")
    expect(events).to_have_count(1)
    expect(events).to_contain_text("Opal Olsen (operator)")
    assert not found, "\n".join(found)
