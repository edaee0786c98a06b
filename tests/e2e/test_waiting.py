"""Who waits to be let in is noticed by an interviewer who looks at something else; one of them has no mouse."""

from typing import Any

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Invite, open_candidate_link
from tests.e2e.people import Person
from tests.product import Client, Product, wait_for

# What the desktop shows, and how loud what is played is. Timers of pages behind others come once a second, so each look
# at the sound goes back most of a second.
WATCH_ATTENTION = """
window.notices = [];
window.loudest = 0;
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    const notice = { title, body: options.body, state: "made" };
    window.notices.push(notice);
    for (const state of ["show", "close"]) this.addEventListener(state, () => { notice.state = state; });
  }
};
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 32768 });
  context.createMediaStreamSource(this.srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    window.loudest = Math.max(window.loudest, ...samples.map(Math.abs));
  }, 100);
  setTimeout(() => { clearInterval(timer); void context.close(); }, 3000);
  return play.call(this);
};
"""


def notices(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.evaluate("window.notices")
    return found


def look_at_something_else(person: Person) -> None:
    """Playwright lets every page think that it is looked at."""
    person.context.new_cdp_session(person.page).send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    person.context.new_page().bring_to_front()
    assert not person.evaluate("document.hasFocus()")


def ask_to_join(person: Person, link: str, name: str) -> None:
    open_candidate_link(person, link, name)
    person.press("consent-all")
    person.press("join")
    person.sees("waiting-room")


def write_and_leave(person: Person) -> None:
    person.sees("room")
    person.press("chat-toggle")
    person.type_in(person.page.get_by_test_id("chat-input"), "Is anybody there?")
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_test_id("message")).to_contain_text("Is anybody there?")
    person.press("leave")
    person.sees("departure")


def test_who_waits_is_heard_and_seen_by_who_looks_elsewhere(invite: Invite, product: Product, alice: Client) -> None:
    names = {"dana": "Dana Díaz", "emil": "Emil Egger"}
    links = {
        who: alice.post("/api/interviews", {"title": f"Door of {who}", "candidate_name": name})["candidate"]["link_url"]
        for who, name in names.items()
    }
    host = invite(product, "alice", alice)
    host.context.grant_permissions(["notifications"])
    host.context.add_init_script(WATCH_ATTENTION)
    host.goto("/interviews")
    host.page.get_by_role("heading", level=1).click()  # browsers are silent before
    title = host.page.title()
    look_at_something_else(host)

    dana, emil = invite(product, "dana", has_mouse=False), invite(product, "emil", viewport=PHONE)
    ask_to_join(dana, links["dana"], names["dana"])
    told = {"title": "Dana Díaz is waiting", "body": "Door of dana", "state": "show"}
    wait_for(lambda: notices(host) == [told], "a notice on the desktop")
    wait_for(lambda: host.evaluate("window.loudest") > 0.05, "a sound")
    expect(host.page).to_have_title("Dana Díaz is waiting")
    expect(host.page).to_have_title(title)

    host.evaluate("window.loudest = 0")
    ask_to_join(emil, links["emil"], names["emil"])
    wait_for(
        lambda: (
            [(each["title"], each["state"]) for each in notices(host)]
            == [("Dana Díaz is waiting", "close"), ("Dana Díaz and 1 more are waiting", "show")]
        ),
        "news of the second",
    )
    wait_for(lambda: host.evaluate("window.loudest") > 0.05, "a sound for the second")

    host.page.bring_to_front()
    for name, answer in ((names["dana"], "admit"), (names["emil"], "refuse")):
        guest = host.page.get_by_test_id("waiting-guest").filter(has_text=name)
        guest.get_by_test_id(answer).click()
        expect(guest).to_have_count(0)
    wait_for(lambda: {each["state"] for each in notices(host)} == {"close"}, "notices that go")
    expect(host.page).to_have_title(title)
    emil.sees("refused")
    write_and_leave(dana)
