"""Processes die in the middle of a recorded call; nobody has to click anything."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import Invite, hold_call
from tests.e2e.measuring import inbound, keeps_decoding, layer
from tests.e2e.people import Person
from tests.e2e.test_recording import ready_recording
from tests.product import Product, wait_for


def seconds_on_clock(person: Person) -> int:
    minutes, seconds = person.page.get_by_test_id("call-clock").inner_text().partition(" ")[0].split(":")
    return int(minutes) * 60 + int(seconds)


def test_the_media_engine_dies_and_the_call_goes_on(tmp_path: Path, invite: Invite) -> None:
    """Its process is emptied, the next one killed: both browsers recover by themselves; recording and clock go on."""
    product = Product(tmp_path / "data", nodes=2).start()
    try:
        call = hold_call(invite, product, product.owner(), "engine dies")
        keeps_decoding(call.alice)
        keeps_decoding(call.dana)
        call.alice.press("record-toggle")
        call.dana.sees("recording-badge")
        keeps_decoding(call.alice, frames=60)
        place = product.place_of_call()
        code, said = product.drain(place)
        assert code == 0, said
        keeps_decoding(call.alice, frames=60)
        keeps_decoding(call.dana, frames=60)
        call.dana.sees("recording-badge")
        assert product.place_of_call() != place
        before, clock = inbound(call.alice, "camera")["trackSid"], seconds_on_clock(call.alice)
        product.kill(product.place_of_call())
        wait_for(lambda: inbound(call.alice, "camera")["trackSid"] != before, "a camera in the next process")
        assert seconds_on_clock(call.alice) >= clock, "the interview's time goes on"
        keeps_decoding(call.alice, frames=60)
        keeps_decoding(call.dana, frames=60)
        call.dana.sees("recording-badge")
        call.alice.press("record-toggle")
        recording = ready_recording(call.api)
        segments = {t["segment"] for t in recording["tracks"] if t["source"] == "camera"}
        assert len(segments) >= 3, recording["tracks"]
        assert recording["gaps"], recording
        assert all(t["duration_s"] > 0 for t in recording["tracks"])
    finally:
        product.stop()


# As real ones, and so that there is a moment between being connected and sending pictures.
A_CAMERA_THAT_OPENS_SLOWLY = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
window.opened = 0;
navigator.mediaDevices.getUserMedia = async (constraints) => {
  window.opened += 1;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return open(constraints);
};
"""


def test_the_new_engine_dies_too_before_it_has_everything(tmp_path: Path, invite: Invite) -> None:
    """It hangs and is killed while both publish on it; pictures and the shared screen come back all the same."""
    product = Product(tmp_path / "data").start()
    try:
        call = hold_call(invite, product, product.owner(), "engine dies twice", A_CAMERA_THAT_OPENS_SLOWLY)
        page = call.alice.page
        call.alice.press("share-toggle")
        for person in (call.alice, call.dana):
            keeps_decoding(person)
        keeps_decoding(call.dana, "screen_share", frames=5)
        before = call.alice.evaluate("window.opened")
        product.kill("sfu")
        wait_for(lambda: call.alice.evaluate("window.opened") > before, "devices that open anew")
        page.wait_for_timeout(1500)  # until the connection stands, while the devices still open
        product.hang("sfu")
        page.wait_for_timeout(4000)  # until the tracks are announced, to nobody
        product.kill("sfu")
        for person in (call.alice, call.dana):
            keeps_decoding(person, frames=60)
        keeps_decoding(call.dana, "screen_share", frames=5)
    finally:
        product.stop()


def test_the_web_process_dies_and_media_does_not_notice(tmp_path: Path, invite: Invite) -> None:
    """kill -9 of web, and a line without signalling: decoding and capture go on without a gap, pages resume."""
    product = Product(tmp_path / "data").start()
    try:
        call = hold_call(invite, product, product.owner(), "web dies")
        keeps_decoding(call.alice)
        call.alice.press("record-toggle")
        call.dana.sees("recording-badge")
        before = inbound(call.alice, "camera")
        context, banner = call.alice.page.context, call.alice.page.get_by_test_id("reconnecting-banner")
        context.set_offline(True)
        expect(banner).to_be_visible()
        context.set_offline(False)
        expect(banner).to_be_hidden()
        product.kill("web")
        keeps_decoding(call.alice, frames=60)
        product.wait_until_healthy()
        expect(call.alice.page.get_by_test_id("connection-state")).to_contain_text("Connected")
        after = inbound(call.alice, "camera")
        assert after["trackSid"] == before["trackSid"]
        assert layer(call.dana, "camera", after["height"])
        call.alice.press("record-toggle")
        recording = ready_recording(call.api)
        assert {t["segment"] for t in recording["tracks"]} == {recording["tracks"][0]["segment"]}
        assert not recording["gaps"]
    finally:
        product.stop()
