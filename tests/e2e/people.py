"""A person at a browser: one Chromium context of their own, its page, and what went wrong on it."""

import contextlib
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.product import PASSWORD, PATIENCE_S, Client, Product

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
]

# Runs before any script of the page, so that no violation is missed.
WATCH_CSP = """
window.cspViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.cspViolations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


# What somebody without a mouse never does; synthetic clicks of the keyboard are no pointers.
WATCH_POINTERS = 'addEventListener("pointerdown", () => window.pointerUsed(), true);'


class Person:
    """alice, dana, …: what they do, and `problems`, which must stay empty."""

    def __init__(
        self, browser: Browser, product: Product, name: str, *, has_mouse: bool = True, **context: Any
    ) -> None:
        """Who has no mouse presses everything by keyboard, and any other way is one of the problems."""
        self.name, self.product, self.has_mouse = name, product, has_mouse
        options: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "base_url": product.url} | context
        self.context = browser.new_context(**options)
        self.context.add_init_script(WATCH_CSP)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"{name}: uncaught {error}"))
        if not has_mouse:
            self.context.expose_binding("pointerUsed", lambda _: self.problems.append(f"{name}: used a mouse"))
            self.context.add_init_script(WATCH_POINTERS)

    def client(self) -> Client:
        """The same session, at the API."""
        cookies = {str(c.get("name")): str(c.get("value")) for c in self.context.cookies()}
        return Client(self.product.url, cookies=cookies)

    def goto(self, path: str) -> None:
        self.page.goto(path)

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def press(self, test_id: str) -> None:
        self.press_on(self.page.get_by_test_id(test_id).first)

    def press_on(self, target: Locator) -> None:
        if self.has_mouse:
            target.click()
        else:
            press_by_keyboard(target)

    def type_in(self, target: Locator, text: str) -> None:
        """In the place of what is there."""
        if self.has_mouse:
            target.fill(text)
        else:
            type_by_keyboard(target, text)

    def sees(self, test_id: str) -> None:
        expect(self.page.get_by_test_id(test_id).first).to_be_visible()

    def csp_violations(self) -> list[str]:
        if self.page.is_closed():
            return []
        return [f"{self.name}: {line}" for line in self.page.evaluate("window.cspViolations ?? []")]

    def close(self, screenshots: Path | None = None) -> None:
        if screenshots and not self.page.is_closed():
            screenshots.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(Exception):
                self.page.screenshot(path=screenshots / f"{self.name}.png")
        self.context.close()


NEXT_KEY = """element => {
  if (element === document.activeElement) return "";
  const among = element.closest("[role=menu], [role=listbox], [role=radiogroup]");
  return among?.contains(document.activeElement) ? "ArrowDown" : "Tab";
}"""
"""By which key one gets nearer: menus, lists and the levels of a choice are gone through by arrows."""


def tab_to(target: Locator) -> None:
    """As somebody does who has no mouse: forwards from where they are, or from the beginning of a page or dialog."""
    expect(target).to_be_enabled()
    for _ in range(150):
        key = target.evaluate(NEXT_KEY)
        if not key:
            return
        target.page.keyboard.press(key)
    raise AssertionError(f"{target} cannot be reached by keyboard")


def press_by_keyboard(target: Locator) -> None:
    tab_to(target)
    is_choice = target.evaluate("element => ['checkbox', 'radio', 'switch'].includes(element.role ?? element.type)")
    target.page.keyboard.press("Space" if is_choice else "Enter")


def type_by_keyboard(target: Locator, text: str) -> None:
    """In the place of what is there."""
    tab_to(target)
    target.page.keyboard.press("Control+a")
    target.page.keyboard.type(text)


def claim_owner_link(person: Person) -> None:
    """Open the printed owner link and make the first account, as a new user does."""
    page = person.page
    page.goto(person.product.owner_link())
    page.get_by_label("Your name").fill("Alice Adler")
    page.get_by_label("E-mail").fill("alice@example.org")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_label(re.compile("Organisation")).fill("Acme")
    page.locator("form button[type=submit]").click()


def sign_in(person: Person) -> None:
    page = person.page
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("alice@example.org")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
