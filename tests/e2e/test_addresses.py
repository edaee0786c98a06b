"""Ways to the media: each address offered answers from itself; TCP does where UDP does not; else the page says so."""

from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import SCREENSHOTS, Invite, hold_call, join_from_lobby, seating
from tests.e2e.measuring import keeps_decoding
from tests.e2e.people import ARGUMENTS, CHROMIUM, Person
from tests.e2e.ways import WATCH_CONNECTIONS
from tests.product import Client, Product, wait_for

PAIRS = """async () => {
  const pairs = [];
  for (const connection of window.connections) {
    const report = await connection.getStats();
    for (const one of report.values())
      if (one.type === "candidate-pair" && one.requestsSent > 0)
        pairs.push({
          remote: report.get(one.remoteCandidateId).address,
          protocol: report.get(one.remoteCandidateId).protocol,
          received: one.bytesReceived,
          answers: one.responsesReceived,
        });
  }
  return pairs;
}"""


def answering(person: Person) -> tuple[set[str], set[str]]:
    """The server's addresses that the browser has asked, and those of them that answered."""
    pairs: list[dict[str, Any]] = person.evaluate(PAIRS)
    return {pair["remote"] for pair in pairs}, {pair["remote"] for pair in pairs if pair["answers"]}


def is_over_tcp(person: Person) -> bool:
    pairs: list[dict[str, Any]] = person.evaluate(PAIRS)
    assert {pair["protocol"] for pair in pairs} == {"tcp"}
    return max(int(pair["received"]) for pair in pairs) > 100_000


def test_every_address_that_is_offered_answers(tmp_path: Path, invite: Invite) -> None:
    product = Product(tmp_path / "data", arguments=["--public-ip", "127.0.0.2"]).start()
    try:
        call = hold_call(invite, product, product.owner(), "addresses", script=WATCH_CONNECTIONS)

        def all_answered() -> bool:
            asked, answered = answering(call.alice)
            assert "127.0.0.2" in asked  # the preferred one; others may have been given up for it
            assert asked == answered, f"asked {asked}, answered {answered}"
            return True

        wait_for(all_answered, "an answer from each address")
        keeps_decoding(call.alice)
        keeps_decoding(call.dana)
    finally:
        product.stop()


def test_where_no_udp_gets_through_the_call_goes_over_tcp(product: Product, alice: Client, chromium: Browser) -> None:
    without_udp = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, without_udp])
    try:
        with seating(browser, SCREENSHOTS / "over-tcp") as invite:
            call = hold_call(invite, product, alice, "over TCP", script=WATCH_CONNECTIONS)
            for person in (call.alice, call.dana):
                keeps_decoding(person)
                wait_for(partial(is_over_tcp, person), "media that came over TCP alone")
    finally:
        browser.close()


# Only a relay would do, and there is none.
NO_WAY = """
const only = (settings) => (window.isOpen ? settings : { ...settings, iceTransportPolicy: "relay" });
const Connection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(settings) { super(only(settings)); }
  setConfiguration(settings) { super.setConfiguration(only(settings)); }
};
"""


def test_where_nothing_gets_through_the_page_says_so_and_goes_on_trying(
    product: Product, alice: Client, invite: Invite
) -> None:
    interview = alice.post("/api/interviews", {"title": "No way through"})
    person = invite(product, "alice", alice)
    person.context.add_init_script(NO_WAY)
    person.goto(f"/interviews/{interview['id']}/room")
    join_from_lobby(person)
    person.sees("no-way-through")
    person.evaluate("window.isOpen = true")
    expect(person.page.get_by_test_id("connection-state")).to_contain_text("Connected")
    expect(person.page.get_by_test_id("no-way-through")).to_be_hidden()
