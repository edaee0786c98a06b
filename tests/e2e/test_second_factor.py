"""Second factors as people meet them: an authenticator app, recovery codes, passkeys, and confirming who one is.

By keyboard alone, but for what is tested of an organisation's rule.
"""

import re
import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.authenticator_app import totp
from tests.e2e.conftest import Invite
from tests.e2e.people import Person, press_by_keyboard, type_by_keyboard
from tests.e2e.test_accounts import PHONE, new_member, sign_in_as
from tests.product import PASSWORD, PATIENCE_S, Client, Product, wait_for

COUNT_OFFERS = """
window.offers = 0;
const get = navigator.credentials.get.bind(navigator.credentials);
navigator.credentials.get = (options) => {
  const answer = get(options);
  window.offers += options.mediation === "conditional";
  return answer;
};
"""


def set_up_app(page: Page, path: str | None = "/settings/security") -> tuple[str, list[str]]:
    """Follows the page's steps; returns the secret and the recovery codes, which are shown once."""
    if path is not None:
        page.goto(path)
    press_by_keyboard(page.get_by_role("button", name="Set up an authenticator app"))
    dialog = page.get_by_role("dialog")
    secret = (dialog.get_by_test_id("totp-secret").text_content() or "").replace(" ", "")
    type_by_keyboard(dialog.get_by_label("Code from the app"), totp(secret))
    press_by_keyboard(dialog.get_by_role("button", name="Turn on"))
    expect(dialog.get_by_role("heading")).to_have_text("Keep your recovery codes")
    codes = dialog.get_by_role("listitem").all_text_contents()
    press_by_keyboard(dialog.get_by_role("button", name="I have kept them"))
    return secret, codes


def type_password(page: Page, email: str) -> None:
    """By keyboard alone."""
    page.goto("/sign-in")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def give_authenticator(person: Person) -> Callable[[bool], None]:
    """A device that holds passkeys (WebAuthn's virtual authenticator).

    It recognises its owner by itself; what is returned says whether they are there from then on.
    """
    cdp = person.context.new_cdp_session(person.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def be_there(is_there: bool) -> None:
        cdp.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": device, "enabled": is_there})

    return be_there


def test_an_app_protects_the_account(invite: Invite, product: Product, alice: Client) -> None:
    """Set up, asked for before a dangerous act on a device that is signed in by password, and when signing in."""
    tara, phone = new_member(invite, product, alice, "Tara Tanaka"), invite(product, "phone", viewport=PHONE)
    sign_in_as(phone, "tara@example.org", PASSWORD)
    secret, codes = set_up_app(tara.page)
    assert len(codes) == 10
    expect(tara.page.get_by_text("10 of 10 left")).to_be_visible()

    phone.goto("/settings/security")
    press_by_keyboard(phone.page.get_by_role("button", name="End all others"))
    press_by_keyboard(phone.page.get_by_role("alertdialog").get_by_role("button", name="End the others"))
    dialog = phone.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Confirm that it is you")
    field = dialog.get_by_label("Code from the authenticator app")
    type_by_keyboard(field, "000000")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    type_by_keyboard(field, totp(secret, 1))
    field.press("Enter")
    expect(phone.page.get_by_text("Only this session is left", exact=True)).to_be_visible()

    tara.page.wait_for_url(re.compile("/sign-in"))
    type_password(tara.page, "tara@example.org")
    expect(tara.page.get_by_role("heading", level=1)).to_have_text("One more step")
    tara.page.reload()
    type_by_keyboard(tara.page.get_by_label("Code"), "000000")
    press_by_keyboard(tara.page.get_by_role("button", name="Sign in", exact=True))
    expect(tara.page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    press_by_keyboard(tara.page.get_by_role("button", name="Use a recovery code"))
    type_by_keyboard(tara.page.get_by_label("Recovery code"), codes[0])
    press_by_keyboard(tara.page.get_by_role("button", name="Sign in", exact=True))
    expect(tara.page.get_by_role("heading", level=1)).to_contain_text("Tara")
    expect(phone.page.get_by_text("9 of 10 left")).to_be_visible()


def test_a_passkey_signs_in_by_itself_and_as_second_step(invite: Invite, product: Product, alice: Client) -> None:
    person = new_member(invite, product, alice, "Pia Pohl")
    page = person.page
    be_there = give_authenticator(person)
    page.goto("/settings/security")
    press_by_keyboard(page.get_by_role("button", name="Add a passkey"))
    press_by_keyboard(page.get_by_role("button", name="I have kept them"))
    press_by_keyboard(page.get_by_role("button", name="Rename the passkey Chrome on Linux"))
    type_by_keyboard(page.get_by_label("Name of the passkey"), "My laptop")
    page.get_by_label("Name of the passkey").press("Enter")
    row = page.get_by_role("listitem").filter(has_text="My laptop")
    expect(row).to_contain_text("not used yet")

    # Chosen among what the browser offers beside the field, which this one does by itself.
    page.context.clear_cookies()
    page.goto("/sign-in?next=/settings/security")
    expect(row).to_contain_text("Last used")

    # By the button, while the offer still waits.
    page.context.clear_cookies()
    be_there(False)
    page.add_init_script(COUNT_OFFERS)
    page.goto("/sign-in?next=/settings/profile")
    wait_for(lambda: page.evaluate("window.offers") == 1, "the offer")
    be_there(True)
    press_by_keyboard(page.get_by_role("button", name="Sign in with a passkey"))
    page.wait_for_url("**/settings/profile")

    page.context.clear_cookies()
    be_there(False)
    type_password(page, "pia@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    be_there(True)
    press_by_keyboard(page.get_by_role("button", name="Use a passkey"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pia")
    page.goto("/settings/security")
    press_by_keyboard(page.get_by_role("button", name="Remove the passkey My laptop"))
    press_by_keyboard(page.get_by_role("alertdialog").get_by_role("button", name="Remove"))
    expect(row).to_have_count(0)
    expect(page.get_by_text("Recovery codes")).to_have_count(0)


def own_organisation(invite: Invite, product: Product, name: str, email: str) -> Person:
    """The owner of another organisation, so that its rules are not everybody's."""
    command = [sys.executable, "-m", "interview_stream", "createowner", "--data", str(product.data)]
    printed = subprocess.run(
        [*command, "--port", str(product.port)], check=True, capture_output=True, text=True, timeout=PATIENCE_S
    )
    person = invite(product, name)
    page = person.page
    page.goto(printed.stdout.splitlines()[0])
    page.get_by_label("Your name").fill("Stella Stark")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("Organisation")).fill(name)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Stella")
    return person


def test_an_organisation_may_ask_all_its_members_for_a_second_step(invite: Invite, product: Product) -> None:
    """Its owner first; a new member is led to setting one up, and then let in."""
    owner = own_organisation(invite, product, "Strict", "stella@example.org")
    page = owner.page
    page.goto("/settings/organisation")
    page.get_by_role("switch", name="Every member needs a second step").click()
    expect(page.get_by_role("alert")).to_contain_text("Set up a second step for yourself first")
    set_up_app(page)
    page.goto("/settings/organisation")
    page.get_by_role("switch", name="Every member needs a second step").click()
    expect(page.get_by_role("switch", name="Every member needs a second step")).to_be_checked()

    api = owner.client()
    api.post("/api/member-invitations", {"emails": ["mia@example.org"], "role": "interviewer"})
    mia = invite(product, "mia", viewport=PHONE)
    mia.page.goto(api.get("/api/member-invitations")[0]["link_url"])
    mia.page.get_by_label("Your name").fill("Mia Meier")
    mia.page.get_by_label("Password", exact=True).fill(PASSWORD)
    mia.page.get_by_role("button", name="Create account and join").click()
    heading = mia.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Strict asks for a second step")
    mia.goto("/interviews")
    expect(heading).to_have_text("Strict asks for a second step")
    secret, codes = set_up_app(mia.page, None)
    assert len(codes) == 10
    mia.page.get_by_role("button", name="Go on to Strict").click()
    expect(heading).to_have_text("Interviews")

    # Who does not want to stay signed in has a session that goes with the browser.
    mia.page.context.clear_cookies()
    mia.goto("/sign-in")
    mia.page.get_by_label("Stay signed in").click()
    mia.page.get_by_label("E-mail").fill("mia@example.org")
    mia.page.get_by_label("Password", exact=True).fill(PASSWORD)
    mia.page.get_by_role("button", name="Sign in", exact=True).click()
    mia.page.get_by_label("Code").fill(totp(secret, 1))
    mia.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(heading).to_contain_text("Mia")
    (cookie,) = [each for each in mia.context.cookies() if str(each.get("name")).startswith("is_session")]
    assert cookie.get("expires") == -1


def test_an_account_is_made_with_a_passkey_alone(invite: Invite, product: Product, alice: Client) -> None:
    alice.post("/api/member-invitations", {"emails": ["paul@example.org"], "role": "interviewer"})
    invitations = alice.get("/api/member-invitations")
    link = next(each["link_url"] for each in invitations if each["email"] == "paul@example.org")
    person = invite(product, "paul", viewport=PHONE)
    page = person.page
    give_authenticator(person)
    page.goto(link)
    type_by_keyboard(page.get_by_label("Your name"), "Paul Peeters")
    press_by_keyboard(page.get_by_role("button", name="Use a passkey instead of a password"))
    press_by_keyboard(page.get_by_role("button", name="Create account with a passkey"))
    press_by_keyboard(page.get_by_role("button", name="I have kept them"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Paul")
    page.goto("/settings/security")
    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    expect(page.get_by_label("Current password")).to_have_count(0)
