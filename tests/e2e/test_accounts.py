"""Accounts as people meet them: inviting, joining, roles, leaving."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.e2e.people import Person, press_by_keyboard, type_by_keyboard
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
        expect(page.get_by_role("listitem").filter(has_text=email)).to_be_visible()


def join_by_page(person: Person, link: str, name: str) -> None:
    page = person.page
    page.goto(link)
    # By keyboard alone.
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
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


def new_member(invite: Invite, product: Product, alice: Client, name: str) -> Person:
    """Somebody with an account of their own, so that one test's changes are not another's."""
    email = f"{name.split()[0].lower()}@example.org"
    alice.post("/api/member-invitations", {"emails": [email], "role": "interviewer"})
    person = invite(product, name)
    link = next(each for each in alice.get("/api/member-invitations") if each["email"] == email)["link_url"]
    join_by_page(person, link, name)
    return person


def sign_in_as(person: Person, email: str, password: str) -> None:
    page = person.page
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_a_session_ended_elsewhere_ends_at_once(invite: Invite, product: Product, alice: Client) -> None:
    sara, phone = new_member(invite, product, alice, "Sara Santos"), invite(product, "phone", viewport=PHONE)
    sign_in_as(phone, "sara@example.org", PASSWORD)
    phone.goto("/interviews")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Interviews")

    sara.goto("/settings/security")
    rows = sara.page.get_by_role("listitem").filter(has_text="Chrome on Linux")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("This one")
    sara.page.get_by_role("button", name="End the session of Chrome").click()
    sara.page.get_by_role("alertdialog").get_by_role("button", name="End session").click()
    phone.page.wait_for_url(re.compile("/sign-in"))
    expect(rows).to_have_count(1)


def test_a_new_password_keeps_this_browser_and_ends_the_others(invite: Invite, product: Product, alice: Client) -> None:
    pavel, other = new_member(invite, product, alice, "Pavel Petrov"), invite(product, "other")
    sign_in_as(other, "pavel@example.org", PASSWORD)
    other.goto("/interviews")
    tab = pavel.context.new_page()
    tab.goto("/settings/security")
    expect(tab.get_by_text("This one")).to_be_visible()

    pavel.goto("/settings/security")
    page = pavel.page
    page.get_by_label("Current password").fill("not the password")
    page.get_by_label("New password").fill("a whole new sentence")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    meter = page.get_by_test_id("strength")
    expect(meter).to_contain_text("Very strong.")
    page.get_by_label("New password").fill("password12")
    expect(meter).to_contain_text("Easy to guess. This is a commonly used password.")
    page.get_by_label("New password").fill("a whole new sentence")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed", exact=True)).to_be_visible()
    other.page.wait_for_url(re.compile("/sign-in"))
    for own in (page, tab):
        expect(own.get_by_role("listitem").filter(has_text="This one")).to_have_count(1)
        expect(own.get_by_role("listitem").filter(has_text="Chrome on Linux")).to_have_count(1)
    sign_in_as(other, "pavel@example.org", "a whole new sentence")


def test_a_profile_is_changed(invite: Invite, product: Product, alice: Client) -> None:
    person = new_member(invite, product, alice, "Petra Pop")
    person.goto("/settings/profile")
    person.page.get_by_label("Name").fill("Petra Popescu")
    person.page.get_by_label("Time zone").fill("Europe/Bucharest")
    person.page.get_by_label("Language").click()
    person.page.get_by_role("option", name="English (Ireland)").click()
    expect(person.page.get_by_text("Days and times are written as")).to_contain_text(re.compile(r"day \d+ [A-Z]"))
    person.page.get_by_role("button", name="Save").click()
    expect(person.page.get_by_role("button", name="Petra Popescu")).to_be_visible()
    reminders = person.page.get_by_role("switch", name="Reminders")
    reminders.press("Space")
    expect(reminders).not_to_be_checked()
    expect(person.page.get_by_role("switch", name="Safety of your account")).to_be_disabled()
    person.page.reload()
    expect(reminders).not_to_be_checked()
    expect(person.page.get_by_label("Time zone")).to_have_value("Europe/Bucharest")
    expect(person.page.locator("html")).to_have_attribute("lang", "en-IE")

    page = person.page
    page.get_by_role("button", name="Add address").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("petra@home.example")
    dialog.get_by_label("E-mail").press("Enter")
    dialog.get_by_label("Code").fill("WRONG")
    dialog.get_by_label("Code").press("Enter")
    expect(dialog.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    code = mailed(product, r"(?s)To: petra@home.example.*?add this address:.*?([A-Z0-9-]{6,})\n")
    dialog.get_by_label("Code").fill(code)
    dialog.get_by_label("Code").press("Enter")
    page.get_by_role("button", name="Make petra@home.example primary").click()
    primary = page.get_by_role("listitem").filter(has=page.get_by_text("Primary", exact=True))
    expect(primary).to_contain_text("petra@home.example")
    page.get_by_role("button", name="Remove petra@example.org").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Remove petra@example.org")).to_have_count(0)
    page.context.clear_cookies()
    sign_in_as(person, "petra@home.example", PASSWORD)

    person.goto("/settings/profile")
    page.get_by_role("button", name="Delete my account").click()
    confirm = dialog.get_by_role("button", name="Delete my account")
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type petra@home.example").fill("petra@home.example")
    dialog.get_by_label("Type petra@home.example").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is deleted")
    person.goto("/settings/profile")
    page.wait_for_url(re.compile("/sign-in"))


def test_a_forgotten_password_is_replaced_by_code(invite: Invite, product: Product, alice: Client) -> None:
    new_member(invite, product, alice, "Rosa Ruiz")
    person = invite(product, "rosa", viewport=PHONE)
    page = person.page
    person.goto("/sign-in")
    press_by_keyboard(page.get_by_role("link", name="Forgotten the password?"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    type_by_keyboard(page.get_by_label("E-mail"), "rosa@example.org")
    press_by_keyboard(page.get_by_role("button", name="Send the code"))
    type_by_keyboard(page.get_by_label("Code"), "WRONG")
    type_by_keyboard(page.get_by_label("New password"), "a whole new sentence")
    press_by_keyboard(page.get_by_role("button", name="Save and sign in"))
    expect(page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Code").fill(
        mailed(product, r"(?s)To: rosa@example.org.*?choose a new password:.*?([A-Z0-9-]{6,})\n")
    )
    press_by_keyboard(page.get_by_role("button", name="Save and sign in"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rosa")


def test_a_code_signs_in_without_a_password(invite: Invite, product: Product, alice: Client) -> None:
    new_member(invite, product, alice, "Rui Rocha")
    person = invite(product, "rui")
    page = person.page
    person.goto("/sign-in?next=/recordings")
    press_by_keyboard(page.get_by_role("link", name="Sign in by e-mailed code"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in by code")
    type_by_keyboard(page.get_by_label("E-mail"), "rui@example.org")
    press_by_keyboard(page.get_by_role("button", name="Send the code"))
    type_by_keyboard(
        page.get_by_label("Code"), mailed(product, r"(?s)To: rui@example.org.*?to sign in:.*?([A-Z0-9-]{6,})\n")
    )
    press_by_keyboard(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Recordings")


def test_who_asks_too_often_sees_how_long_to_wait(invite: Invite, product: Product, alice: Client) -> None:
    person = invite(product, "impatient")
    page = person.page
    person.goto("/sign-in/code")
    page.get_by_label("E-mail").fill("impatient@example.org")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_role("button", name="Another address").click()
    page.get_by_label("E-mail").fill("impatient@example.org")
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_role("alert")).to_contain_text("Too many attempts")
    clock = page.get_by_test_id("retry-after")
    expect(clock).to_contain_text("Time left: 0:")
    shown = clock.text_content() or ""
    expect(clock).not_to_have_text(shown)


def test_the_log_tells_who_did_what(invite: Invite, product: Product, alice: Client) -> None:
    owner = invite(product, "alice", alice)
    new_member(invite, product, alice, "Lena Lind")
    owner.goto("/settings/audit")
    rows = owner.page.get_by_role("listitem")
    expect(rows.filter(has_text="Lena Lind joined")).to_be_visible()
    owner.page.get_by_role("combobox", name="Kind").click()
    owner.page.get_by_role("option", name="Invitations").click()
    expect(rows.filter(has_text="invited · lena@example.org")).to_be_visible()
    expect(rows.filter(has_text="Lena Lind joined")).to_be_hidden()
