"""The pages around the call: changes show everywhere, bad links say so, and nothing typed is lost offline."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.conftest import Invite
from tests.e2e.people import Person, sign_in
from tests.product import Client, Product

INTERVIEW_ADDRESS = re.compile(r"/interviews/[0-9a-f-]{36}$")


class Network:
    """The line between a page and the server: an open WebSocket outlives the browser's own offline mode."""

    def __init__(self, person: Person) -> None:
        self._context = person.context
        self._is_cut = False
        self._sockets: list[WebSocketRoute] = []
        person.page.route_web_socket(re.compile("/live$"), self._relay)

    def _relay(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            socket.close()
            return
        socket.connect_to_server()
        self._sockets.append(socket)

    def cut(self) -> None:
        self._is_cut = True
        self._context.set_offline(True)
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()

    def mend(self) -> None:
        self._is_cut = False
        self._context.set_offline(False)


def test_a_change_shows_in_another_window_and_can_be_undone(invite: Invite, product: Product, alice: Client) -> None:
    writing, watching = invite(product, "alice", alice), invite(product, "alice again", alice)
    watching.goto("/interviews")
    writing.goto("/interviews/new")
    writing.page.get_by_label("Title").fill("Mobile engineer, first round")
    writing.page.get_by_role("button", name="Schedule interview").click()
    writing.page.wait_for_url(INTERVIEW_ADDRESS)
    listed = watching.page.get_by_role("link", name="Mobile engineer", exact=False)
    expect(listed).to_have_text("Mobile engineer, first round")

    writing.page.get_by_role("button", name="Edit").click()
    writing.page.get_by_label("Title").fill("Mobile engineer, second round")
    writing.page.get_by_role("button", name="Save").click()
    expect(listed).to_have_text("Mobile engineer, second round")
    writing.page.get_by_role("button", name="Undo").click()
    expect(listed).to_have_text("Mobile engineer, first round")

    watching.goto("/interviews?q=mobile+engineer&kind=debugging")
    expect(watching.page.get_by_role("heading", name="No interview is left by these filters")).to_be_visible()
    watching.page.reload()
    watching.page.get_by_role("button", name="Without Debugging").click()
    expect(listed).to_have_text("Mobile engineer, first round")
    watching.page.get_by_role("button", name="Clear filters").click()
    watching.page.wait_for_url(re.compile("/interviews$"))


def test_the_name_a_candidate_gives_reaches_the_interviewer(invite: Invite, product: Product, alice: Client) -> None:
    interview = alice.post("/api/interviews", {"title": "Asked once"})
    member, dana = invite(product, "alice", alice), invite(product, "dana", viewport={"width": 390, "height": 844})
    member.goto(f"/interviews/{interview['id']}")
    expect(member.page.get_by_text("Not named yet")).to_be_visible()
    dana.goto(interview["candidate"]["link_url"])
    expect(dana.page.get_by_role("heading", name="Asked once")).to_be_visible()
    dana.page.get_by_label("Your name").fill("Dana Díaz")
    dana.press("get-ready")
    dana.sees("lobby")
    expect(member.page.get_by_text("Dana Díaz")).to_be_visible()
    dana.page.reload()
    dana.sees("lobby")


def test_home_begins_a_call_in_one_click_and_leads_where_a_link_does(
    invite: Invite, product: Product, alice: Client
) -> None:
    member = invite(product, "alice", alice, permissions=["clipboard-read", "clipboard-write"])
    page = member.page
    member.goto("/")
    page.get_by_role("button", name="New call").click()
    page.wait_for_url(INTERVIEW_ADDRESS)
    made = alice.get(f"/api/interviews/{page.url.rsplit('/', 1)[1]}")
    expect(page.get_by_text("on your clipboard").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == made["candidate"]["link_url"]

    member.goto("/")
    open_call = alice.post("/api/interviews", {"title": "By its code"})
    page.get_by_role("button", name="Join", exact=False).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Interview link").fill("no link")
    dialog.get_by_role("button", name="Join").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not an interview link")
    dialog.get_by_label("Interview link").fill(open_call["id"])
    dialog.get_by_role("button", name="Join").click()
    member.sees("lobby")


def test_links_that_are_no_good_say_what_to_do(invite: Invite, product: Product, alice: Client) -> None:
    interview = alice.post("/api/interviews", {"title": "Three links"})
    first = interview["candidate"]["link_url"]
    second = alice.post(f"/api/interviews/{interview['id']}/candidate-link")["candidate"]["link_url"]
    dana = invite(product, "dana")
    heading = dana.page.get_by_role("heading", level=1)
    dana.goto(first)
    expect(heading).to_have_text("There is a newer link")
    dana.goto(second[:-4])
    expect(heading).to_have_text("This link does not lead to an interview")
    _let_expire(product, interview["id"])
    dana.goto(second)
    expect(heading).to_have_text("This link has expired")
    dana.goto(alice.post(f"/api/interviews/{interview['id']}/candidate-link")["candidate"]["link_url"])
    expect(heading).to_have_text("Three links")
    alice.post(f"/api/interviews/{interview['id']}/end")
    expect(heading).to_have_text("This interview has ended")
    dana.goto("/welcome/nonsense")
    expect(heading).to_have_text("This owner link is not known here")
    dana.goto("/nowhere")
    expect(heading).to_have_text("There is nothing at this address")


def _let_expire(product: Product, interview: str) -> None:
    """What two weeks after the planned time do."""
    with closing(sqlite3.connect(product.data / "db.sqlite3", timeout=30)) as database, database:
        changed = database.execute(
            "UPDATE interviews_invitation SET link_expires_at = '2026-01-01' WHERE interview_id = ?",
            [interview.replace("-", "")],
        )
        assert changed.rowcount == 1


@pytest.mark.usefixtures("alice")
def test_signing_out_clears_every_tab(invite: Invite, product: Product) -> None:
    person = invite(product, "alice")
    sign_in(person)
    other = person.context.new_page()
    other.goto("/interviews")
    expect(other.get_by_role("heading", name="Interviews", level=1)).to_be_visible()
    person.page.get_by_role("button", name="Alice").click()
    person.page.get_by_role("menuitem", name="Sign out").click()
    expect(person.page.get_by_role("heading", level=1)).to_contain_text("Technical interviews")
    other.wait_for_url(re.compile("/sign-in"))


@pytest.mark.usefixtures("alice")
def test_a_wrong_password_is_told_without_telling_more(invite: Invite, product: Product) -> None:
    person = invite(product, "alice")
    for email in ("alice@example.org", "nobody@example.org"):
        person.goto("/sign-in?next=/recordings")
        person.page.get_by_label("E-mail").fill(email)
        person.page.get_by_label("Password").first.fill("not the right words")
        person.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(person.page.get_by_role("alert")).to_contain_text("are not correct")
    sign_in(person)


def test_what_is_typed_survives_a_lost_connection(invite: Invite, product: Product, alice: Client) -> None:
    person = invite(product, "alice", alice)
    network = Network(person)
    person.goto("/interviews/new")
    person.page.get_by_label("Title").fill("Typed before the break")
    expect(person.page.get_by_label("The day's interviews")).to_contain_text("planned")
    network.cut()
    person.sees("offline-banner")
    person.page.get_by_role("button", name="Schedule interview").click()
    expect(person.page.get_by_role("alert")).to_contain_text("cannot be reached")
    network.mend()
    expect(person.page.get_by_test_id("offline-banner")).to_be_hidden()
    person.page.get_by_role("button", name="Schedule interview").click()
    person.page.wait_for_url(INTERVIEW_ADDRESS)
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Typed before the break")
