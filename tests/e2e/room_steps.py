"""What people do to each other in a room, step by step; whoever has no mouse does it by keyboard (people.py)."""

import re

from playwright.sync_api import Locator, expect

from tests.e2e.measuring import keeps_decoding
from tests.e2e.people import Person, press_by_keyboard, tab_to
from tests.product import wait_for


def announced(person: Person, text: str) -> None:
    """A screen reader says it: a live region of the page has it."""
    expect(person.page.get_by_role("log").filter(has_text=text)).to_have_count(1)


def told(person: Person, text: str) -> Locator:
    """What floats above the stage and is read out as well."""
    notice = person.page.get_by_role("status").filter(has_text=text)
    expect(notice).to_be_visible()
    return notice


def write(person: Person, tab: str, text: str) -> None:
    if not person.page.get_by_test_id("side-panel").is_visible():
        person.press("chat-toggle")
    person.press(f"tab-{tab}")
    person.type_in(person.page.get_by_test_id("chat-input"), text)
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_test_id("message").filter(has_text=text.splitlines()[-1])).to_be_visible()


def note(person: Person, text: str) -> None:
    """A private one, beside the people."""
    if not person.page.get_by_test_id("side-panel").is_visible():
        person.press("people-toggle")
    person.type_in(person.page.get_by_test_id("new-note"), text)
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("region", name="My notes")).to_contain_text(text)


def about(host: Person, act: str) -> None:
    """Open the menu of the candidate among the people and choose an act of it."""
    if not host.page.get_by_test_id("people-panel").is_visible():
        host.press("people-toggle")
    row = host.page.get_by_test_id("person").filter(has_text="Dana")
    host.press_on(row.get_by_test_id("person-menu"))
    host.press(act)


def look_at_layouts(host: Person) -> None:
    stage = host.page.get_by_test_id("stage")
    large = host.page.locator('[data-testid="tile"][data-large]')
    expect(stage).to_have_attribute("data-arrangement", "grid")
    host.press("layout")
    host.press("layout-speaker")
    expect(large).to_have_count(1)
    expect(host.page.get_by_role("menu")).to_have_count(0)
    host.page.keyboard.press("l")
    expect(large).to_have_count(2)
    host.page.keyboard.press("l")
    expect(stage).to_have_attribute("data-arrangement", "grid")
    # By key, whoever it is: tiles glide, and a press by coordinates may come too late.
    press_by_keyboard(host.page.get_by_role("button", name="Pin Dana Díaz"))
    expect(large).to_have_attribute("data-identity", re.compile("^guest-"))
    press_by_keyboard(host.page.get_by_role("button", name="Unpin Dana Díaz"))
    expect(large).to_have_count(0)
    host.page.keyboard.press("?")
    host.sees("shortcut-sheet")
    host.page.keyboard.press("Escape")
    expect(host.page.get_by_test_id("shortcut-sheet")).to_have_count(0)


def use_what_is_for_oneself(host: Person) -> None:
    """Full screen, the loudness of one person, what the browser does to sound and picture."""
    page = host.page
    page.keyboard.press("f")
    wait_for(lambda: page.evaluate("document.fullscreenElement !== null"), "full screen")
    page.keyboard.press("f")
    wait_for(lambda: page.evaluate("document.fullscreenElement === null"), "the end of full screen")
    if not page.get_by_test_id("people-panel").is_visible():
        host.press("people-toggle")
    host.press_on(page.get_by_role("button", name="How loud Dana Díaz is for me"))
    tab_to(page.get_by_role("slider", name="Loudness of Dana Díaz"))
    page.keyboard.press("Home")
    wait_for(
        lambda: page.evaluate("[...document.querySelectorAll('audio')].some(({ volume }) => volume === 0)"), "less"
    )
    page.keyboard.press("End")
    page.keyboard.press("Escape")
    host.press("more")
    host.press("media-item")
    dialog = page.get_by_test_id("media-dialog")
    expect(dialog).to_contain_text("cannot blur the background")
    host.press_on(dialog.get_by_role("switch", name="Noise suppression"))
    expect(dialog.get_by_role("switch", name="Noise suppression")).not_to_be_checked()
    page.keyboard.press("Escape")
    microphone_is(host, "true")


def raise_and_lower_a_hand(host: Person, dana: Person) -> None:
    dana.press("more")
    dana.press("hand-item")
    expect(host.page.get_by_test_id("tile").filter(has=host.page.get_by_test_id("hand"))).to_contain_text("Dana")
    announced(host, "Dana Díaz raised a hand")
    about(host, "lower-hand")
    expect(dana.page.get_by_test_id("hand")).to_have_count(0)
    announced(host, "Dana Díaz lowered the hand")
    host.press("react")
    host.press("react-clap")
    expect(dana.page.get_by_test_id("reaction")).to_have_attribute("data-kind", "clap")


def microphone_is(person: Person, state: str) -> None:
    toggle = person.page.get_by_test_id("mic-toggle")
    expect(toggle).to_have_attribute("data-state-on", state)
    expect(toggle).to_have_accessible_name("Mute" if state == "true" else "Unmute")


def mute_and_ask_to_unmute(host: Person, dana: Person) -> None:
    about(host, "mute-person")
    told(dana, "Alice Adler muted you")
    microphone_is(dana, "false")
    about(host, "ask-unmute")
    told(dana, "Alice Adler asks you to unmute")
    dana.press("ask-accept")
    microphone_is(dana, "true")
    # Held, the space bar opens a closed microphone.
    dana.press("mic-toggle")
    microphone_is(dana, "false")
    dana.page.get_by_test_id("stage").click()
    dana.page.keyboard.down(" ")
    microphone_is(dana, "true")
    dana.page.keyboard.up(" ")
    microphone_is(dana, "false")
    dana.press("mic-toggle")
    microphone_is(dana, "true")


def take_out_and_let_back_in(host: Person, dana: Person) -> None:
    about(host, "remove-person")
    host.press("may-return")
    host.press("remove-confirm")
    expect(dana.page.locator('[data-departure="removed"]')).to_be_visible()
    announced(host, "Dana Díaz left")
    expect(host.page.get_by_test_id("sent-away")).to_contain_text("may not knock again")
    dana.press("return")
    dana.sees("barred")
    host.press("readmit")
    dana.press("join")
    dana.sees("room")
    announced(host, "Dana Díaz joined")
    keeps_decoding(host)


def give_focus_time(host: Person, dana: Person) -> None:
    host.press("more")
    host.press("focus-item")
    host.press("focus-3")
    host.press("begin-focus")
    dana.sees("focus-bar")
    announced(dana, "Focus time, ")
    for device in ("mic-toggle", "camera-toggle"):
        expect(dana.page.get_by_test_id(device)).to_have_attribute("data-state-on", "false")
        expect(dana.page.get_by_test_id(device)).to_have_attribute("aria-disabled", "true")
    expect(host.page.get_by_test_id("veil")).to_contain_text("unwatched")
    dana.press("end-focus")
    dana.press("focus-resume")
    expect(host.page.get_by_test_id("veil")).to_have_count(0)
    keeps_decoding(host)
