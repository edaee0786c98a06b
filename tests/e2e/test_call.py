"""Two browsers in one call: they see and hear each other, share a screen, reload and come back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import SCREENSHOTS, Call, Invite, come_in, hold_call, join_from_lobby, open_candidate_link
from tests.e2e.measuring import decodes_what_is_sent, hears_without_holes, inbound, keeps_decoding, streams
from tests.e2e.people import Person, claim_owner_link
from tests.e2e.room_steps import told
from tests.e2e.weak_line import weak_line
from tests.product import Client, Product, wait_for


def test_a_new_user_holds_an_interview(tmp_path: Path, invite: Invite) -> None:
    """Owner link → account → new interview → candidate link in a second browser → both see each other.

    The server is one for two people: the next call is told so, and begins when one of them has left.
    """
    product = Product(tmp_path / "data", settings={"INTERVIEW_STREAM_SFU_MAX_PARTICIPANTS": "2"}).start()
    try:
        alice, dana = invite(product, "alice"), invite(product, "dana")
        claim_owner_link(alice)
        expect(alice.page.get_by_role("heading", level=1)).to_contain_text(re.compile("Alice"))
        alice.goto("/interviews/new")
        alice.page.get_by_label("Title").fill("Back-end engineer, first round")
        alice.page.locator("form button[type=submit]").click()
        alice.page.wait_for_url(re.compile(r"/interviews/[0-9a-f-]{36}"))
        interview = alice.client().get("/api/interviews")["items"][0]
        open_candidate_link(dana, interview["candidate"]["link_url"], "Dana Díaz")
        come_in(dana, alice)
        alice.goto(f"/interviews/{interview['id']}/room")
        join_from_lobby(alice)
        keeps_decoding(alice)
        keeps_decoding(dana)
        waits_for_room(alice, dana)
    finally:
        product.stop()


def waits_for_room(alice: Person, dana: Person) -> None:
    """Alice begins a second call in another tab."""
    title = {"title": "One too many", "candidate_name": "Eve", "duration_minutes": 30}
    second = alice.client().post("/api/interviews", title)
    tab = alice.context.new_page()
    tab.goto(f"/interviews/{second['id']}/room")
    tab.get_by_test_id("join").click()
    expect(tab.get_by_test_id("server-full")).to_contain_text("The server is full right now")
    with pytest.raises(AssertionError, match=r"503 .*The server is full"):
        alice.client().post("/api/network-test")
    dana.press("leave")
    expect(tab.get_by_test_id("connection-state")).to_have_attribute("data-state", "connected")
    tab.close()


def test_each_side_decodes_what_the_other_sends(call: Call) -> None:
    for sender, receiver in ((call.alice, call.dana), (call.dana, call.alice)):
        decodes_what_is_sent(sender, receiver)
        hears_without_holes(receiver)
    watches_both_lines(call)


def watches_both_lines(call: Call) -> None:
    """In another tab, during the call: what the engine measured appears there by itself."""
    page = call.alice.context.new_page()
    page.goto(f"/interviews/{call.interview['id']}")
    page.get_by_role("link", name="Connection").click()
    expect(page.get_by_test_id("connection")).to_have_count(2)
    dana = page.locator('[data-testid="connection"][data-identity^="guest-"]')
    expect(dana.get_by_text("UDP")).to_be_visible()
    expect(dana.get_by_role("img", name=re.compile("Bit rate: received: up to .*; sent: up to .*"))).to_be_visible()
    dana.get_by_text("Each track").click()
    expect(dana.get_by_role("row", name=re.compile("Camera of "))).to_be_visible()
    expect(dana.get_by_role("row", name=re.compile("Camera sent, vp8"))).to_be_visible()
    page.close()


def test_a_shared_screen_arrives_at_its_full_resolution(call: Call) -> None:
    call.dana.press("share-toggle")
    wait_for(lambda: inbound(call.alice, "screen_share")["framesDecoded"] > 0, "the first frame of the screen")
    sent = wait_for(
        lambda: max((s["height"] or 0 for s in streams(call.dana, "outbound", "screen_share")), default=0),
        "an outbound screen",
    )
    assert sent >= 720
    wait_for(lambda: inbound(call.alice, "screen_share")["height"] == sent, f"{sent} lines of the screen")
    call.dana.press("share-toggle")
    wait_for(lambda: not streams(call.alice, "inbound", "screen_share"), "the end of the share")
    keeps_decoding(call.alice)


def test_a_reload_comes_back_by_itself(call: Call) -> None:
    keeps_decoding(call.alice)
    call.dana.page.reload()
    call.dana.sees("room")
    keeps_decoding(call.dana)
    keeps_decoding(call.alice)


def test_muting_is_seen_and_leaving_too(call: Call) -> None:
    keeps_decoding(call.alice)
    call.dana.press("camera-toggle")
    call.dana.press("mic-toggle")
    tile = call.alice.page.locator('[data-testid="tile"][data-source="camera"][data-identity^="guest-"]')
    expect(tile.get_by_label("Muted")).to_be_visible()
    call.dana.press("camera-toggle")
    call.dana.press("mic-toggle")
    keeps_decoding(call.alice)
    call.dana.press("leave")
    expect(tile).to_have_count(0)


def test_ending_the_call_ends_it_for_all(call: Call) -> None:
    call.alice.press("leave-menu")
    call.alice.press("end-call")
    call.alice.press("end-call-confirm")
    expect(call.dana.page.get_by_test_id("departure")).to_be_visible()
    wait_for(lambda: call.interview_now()["state"] == "ended", "an ended interview")


def test_on_a_weak_line_faces_give_way_to_sound_and_come_back(invite: Invite, product: Product, alice: Client) -> None:
    with weak_line(product.media_port) as line:
        call = hold_call(invite, product, alice, "Weak line", dana_script=line.script)
        keeps_decoding(call.dana)
        assert line.carried > 100, "her media takes this line"
        faces = call.dana.page.locator('[data-testid="tile"][data-identity^="member-"] video')
        expect(faces).to_have_count(1)

        line.loss = 0.25
        told(call.dana, "Your line is weak, so you have sound without faces")
        told(call.dana, "Weak connection")
        expect(faces).to_have_count(0)
        wait_for(lambda: fetches_no_pictures(call.dana), "no picture that is fetched")
        keeps_hearing(call.dana)
        call.alice.press("people-toggle")
        hers = call.alice.page.get_by_test_id("person").filter(has_text="Dana")
        expect(hers.get_by_test_id("person-words")).to_contain_text("weak connection")

        line.loss = 0.0
        expect(call.dana.page.get_by_test_id("sound-only-notice")).to_have_count(0)
        expect(faces).to_have_count(1)
        keeps_decoding(call.dana)


def keeps_hearing(person: Person) -> None:
    before = inbound(person, "microphone")["packets"]
    wait_for(lambda: inbound(person, "microphone")["packets"] > before + 50, "sound that goes on")


def fetches_no_pictures(person: Person) -> bool:
    before = [each["packets"] for each in streams(person, "inbound", "camera")]
    person.page.wait_for_timeout(1000)  # between two looks
    return before == [each["packets"] for each in streams(person, "inbound", "camera")]


# A camera as some systems have: https://www.w3.org/TR/mediacapture-extensions/#background-blur
# `blurred`: what it was asked for, as it was opened or while open; `microphones`: those that were opened.
A_CAMERA_THAT_BLURS = """
window.blurred = [];
window.microphones = [];
const supported = navigator.mediaDevices.getSupportedConstraints();
navigator.mediaDevices.getSupportedConstraints = () => ({ ...supported, backgroundBlur: true });
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (constraints) => {
  if (constraints.video?.backgroundBlur !== undefined) window.blurred.push(constraints.video.backgroundBlur);
  const stream = await open(constraints);
  window.microphones.push(...stream.getAudioTracks());
  return stream;
};
const { getCapabilities, applyConstraints } = MediaStreamTrack.prototype;
MediaStreamTrack.prototype.getCapabilities = function () {
  const own = getCapabilities.call(this);
  return this.kind === "video" ? { ...own, backgroundBlur: [false, true] } : own;
};
MediaStreamTrack.prototype.applyConstraints = function ({ backgroundBlur, ...others }) {
  if (backgroundBlur !== undefined) window.blurred.push(backgroundBlur);
  return applyConstraints.call(this, others);
};
"""


def test_what_is_done_to_sound_and_picture_lasts(invite: Invite, product: Product, alice: Client) -> None:
    host = hold_call(invite, product, alice, "Blurred", A_CAMERA_THAT_BLURS).alice
    dialog = host.page.get_by_test_id("media-dialog")
    blur = dialog.get_by_role("switch", name="Blur my background")

    def last_blur() -> object:
        return host.evaluate("window.blurred.splice(0).at(-1)")

    def open_dialog() -> None:
        host.press("more")
        host.press("media-item")

    host.press("mic-toggle")
    open_dialog()
    expect(dialog).to_contain_text("Only you stay sharp")
    expect(blur).not_to_be_checked()
    blur.click()
    wait_for(lambda: last_blur() is True, "a blurred background")
    # A closed microphone is opened anew, and stays closed.
    dialog.get_by_role("switch", name="Noise suppression").click()
    look = "(track => [track.enabled, track.getSettings().noiseSuppression])(microphones.at(-1))"
    wait_for(lambda: host.evaluate(look) == [False, False], "sound that is not cleaned, from a closed microphone")

    # The next time that a camera opens it is blurred from the start, whatever opens it.
    host.page.keyboard.press("Escape")
    for state in ("false", "true"):
        host.press("camera-toggle")
        expect(host.page.get_by_test_id("camera-toggle")).to_have_attribute("data-state-on", state)
    assert last_blur() is True
    host.page.reload()
    host.sees("room")
    wait_for(lambda: last_blur() is True, "a blurred background after a reload")
    host.press("leave")
    host.press("return")
    host.sees("lobby")
    wait_for(lambda: last_blur() is True, "a blurred background before the next call")
    host.press("join")
    open_dialog()
    expect(blur).to_be_checked()
    blur.click()
    wait_for(lambda: last_blur() is False, "a sharp background")


A_CAMERA_THAT_CAN_FREEZE = """
window.opened = 0;
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (constraints) => {
  window.opened += constraints.video ? 1 : 0;
  return open(constraints);
};
const { get } = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, "stats");
Object.defineProperty(MediaStreamTrack.prototype, "stats", {
  get() { return window.isFrozen ? { totalFrames: 100 } : get.call(this); },
});
"""


def test_a_camera_that_gives_no_pictures_is_opened_anew(invite: Invite, product: Product, alice: Client) -> None:
    call = hold_call(invite, product, alice, "Frozen", A_CAMERA_THAT_CAN_FREEZE)
    host, notice = call.alice, call.alice.page.get_by_test_id("device-notice")
    keeps_decoding(call.dana)
    before = host.evaluate("window.opened")
    host.evaluate("window.isFrozen = true")
    wait_for(lambda: host.evaluate("window.opened") > before, "another try")
    keeps_decoding(call.dana)
    expect(notice).to_contain_text("Your camera gives no picture")
    host.evaluate("window.isFrozen = false")
    expect(notice).to_be_hidden()
    keeps_decoding(call.dana)


def test_the_small_window_has_the_call_and_its_controls(call: Call) -> None:
    page = call.alice.page
    with page.context.expect_page() as opened:
        call.alice.press("layout")
        call.alice.press("small-window")
    small = opened.value
    small.set_viewport_size({"width": 340, "height": 420})  # as it is asked for; without a screen there is no small one
    expect(small.get_by_test_id("tile")).to_have_count(2)
    small.get_by_role("button", name="Mute").click()
    expect(page.get_by_test_id("mic-toggle")).to_have_attribute("data-state-on", "false")
    small.screenshot(path=SCREENSHOTS / "small-window.png")
    call.alice.press("layout")
    call.alice.press("small-window")
    expect(page.get_by_test_id("tile")).to_have_count(2)
