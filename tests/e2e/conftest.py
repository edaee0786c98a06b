"""One running product and one Chromium for all end-to-end tests; a fresh interview and fresh people for each."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Request, WebSocket, expect, sync_playwright

from tests.dns_server import serving
from tests.e2e.people import ARGUMENTS, CHROMIUM, Person
from tests.product import PASSWORD, PATIENCE_S, Client, Product, wait_for

expect.set_options(timeout=PATIENCE_S * 1000)
ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "test-results"

PHONE = {"width": 390, "height": 844}

Invite = Callable[..., Person]

JOIN_AS_BOB = f"""
import django
django.setup()
from interview_stream.server.accounts.actions import create_member
from interview_stream.server.accounts.models import Organisation, Role
create_member(Organisation.objects.earliest("created_at"), role=Role.INTERVIEWER, name="Bob Brown",
              email="bob@example.org", password={PASSWORD!r})
"""


# These encode and decode video, and judge it: they need the machine for themselves. Pages mostly wait.
CALLS = {"test_bad_input", "test_call", "test_firefox", "test_interview_journey", "test_outages", "test_recorded_media"}
CALLS |= {"test_lobby", "test_recording", "test_tls"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if item.path.stem in CALLS:
                item.add_marker(pytest.mark.calls)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def identity_providers(folder: Path) -> Iterator[Path]:
    """Both run while the context lasts; gives the file that names them to the product."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.e2e.identity_providers", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    settings = folder / "providers.toml"
    wait_for(settings.exists, "the identity providers")
    yield settings
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def dns_records() -> dict[str, str | None]:
    """What the DNS server says that the product asks."""
    return {}


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, dns_records: dict[str, str | None]) -> Iterator[Product]:
    with identity_providers(tmp_path_factory.mktemp("identity")) as providers, serving(dns_records) as dns_port:
        settings = {
            "INTERVIEW_STREAM_SIGN_IN_PROVIDERS": str(providers),
            "INTERVIEW_STREAM_MAILBOX": "on",
            "INTERVIEW_STREAM_DNS_SERVERS": f"127.0.0.1:{dns_port}",
        }
        product = Product(tmp_path_factory.mktemp("product") / "data", settings=settings).start()
        yield product
        product.stop()


@pytest.fixture(scope="session")
def alice(product: Product) -> Client:
    """The owner, at the API."""
    return product.owner()


@pytest.fixture(scope="session")
def bob(product: Product, alice: Client) -> Client:
    """An interviewer of alice's organisation, at the API."""
    environment = os.environ | {
        "INTERVIEW_STREAM_DATA": str(product.data),
        "DJANGO_SETTINGS_MODULE": "interview_stream.server.settings",
    }
    subprocess.run([sys.executable, "-c", JOIN_AS_BOB], check=True, env=environment)
    client = Client(product.url)
    client.post("/_allauth/browser/v1/auth/login", {"email": "bob@example.org", "password": PASSWORD})
    return client


@contextmanager
def seating(chromium: Browser, screenshots: Path) -> Iterator[Invite]:
    """Give people a browser; at the end nobody may have met an uncaught error or a blocked resource."""
    people: list[Person] = []

    def seat(product: Product, name: str, client: Client | None = None, **context: Any) -> Person:
        person = Person(chromium, product, name, **context)
        if client:
            for cookie in client.cookies:
                person.context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": product.url}])
        people.append(person)
        return person

    yield seat
    problems = [line for person in people for line in [*person.problems, *person.csp_violations()]]
    for person in people:
        person.close(screenshots)
    assert not problems


@pytest.fixture
def invite(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Invite]:
    with seating(chromium, SCREENSHOTS / request.node.name) as invite:
        yield invite


HEAR_CHANNELS = """
(() => {
  const decode = async (data) => {
    if (typeof data === "string") return data;
    return data instanceof Blob ? data.text() : new TextDecoder().decode(data);
  };
  const listen = (channel) =>
    channel.addEventListener("message", async ({ data }) => window.heardByChannel(await decode(data)));
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      this.addEventListener("datachannel", ({ channel }) => listen(channel));
    }
    createDataChannel(...given) {
      const channel = super.createDataChannel(...given);
      listen(channel);
      return channel;
    }
  };
})();
"""


class Wire:
    """Everything that a person's browser is sent: bodies of answers, frames of sockets, messages of data channels."""

    def __init__(self, person: Person) -> None:
        self.heard: list[tuple[str, str]] = []
        """Where it came from, and what."""
        self.unread: list[str] = []
        """Answers that could not be looked at; what is asserted of the others would say nothing of these."""
        person.context.expose_binding("heardByChannel", lambda _, text: self.heard.append(("channel", text)))
        person.context.add_init_script(HEAR_CHANNELS)
        person.page.on("requestfinished", self._keep)
        person.page.on("websocket", self._listen)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.heard]

    @property
    def told(self) -> list[str]:
        """All but what the front end is made of, which is the same for everybody."""
        return [text for source, text in self.heard if "/assets/" not in source]

    def _keep(self, request: Request) -> None:
        response = request.response()
        if response is None or response.status in (204, 304) or 300 <= response.status < 400:
            return
        try:
            self.heard.append((request.url, response.body().decode(errors="replace")))
        except Error:
            if "/assets/" not in request.url:  # Chromium keeps no fonts to read again
                self.unread.append(request.url)

    def _listen(self, socket: WebSocket) -> None:
        def keep(payload: str | bytes) -> None:
            text = payload if isinstance(payload, str) else payload.decode(errors="replace")
            self.heard.append((socket.url, text))

        socket.on("framereceived", keep)


@dataclass
class Call:
    """alice and dana in the room of one interview."""

    alice: Person
    dana: Person
    api: Client
    interview: dict[str, Any]

    def interview_now(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/api/interviews/{self.interview['id']}")
        return found


def join_from_lobby(person: Person) -> None:
    person.sees("lobby")
    person.press("join")
    person.sees("room")


def come_in(candidate: Person, host: Person, scope: str = "all") -> None:
    """The candidate chooses what may be recorded and asks to join; the host, anywhere in the app, lets them in."""
    candidate.sees("lobby")
    candidate.press(f"consent-{scope}")
    candidate.press("join")
    host.press("admit")
    candidate.sees("room")


def hold_call(
    invite: Invite, product: Product, api: Client, title: str, script: str = "", dana_script: str = ""
) -> Call:
    """alice by her session, dana by her personal link, both joined; `script` runs before those of each page."""
    interview = api.post("/api/interviews", {"title": title, "candidate_name": "Dana Díaz", "duration_minutes": 45})
    alice, dana = invite(product, "alice", api), invite(product, "dana")
    for person in (alice, dana):
        person.context.add_init_script(script)
    dana.context.add_init_script(dana_script)
    alice.goto(f"/interviews/{interview['id']}/room")
    join_from_lobby(alice)
    open_candidate_link(dana, interview["candidate"]["link_url"], "Dana Díaz")
    come_in(dana, alice)
    return Call(alice, dana, api, interview)


def open_candidate_link(person: Person, link: str, name: str) -> None:
    """Follow the link up to the lobby; the name is asked once, and not at all when it is known."""
    person.page.goto(link)
    field = person.page.get_by_label("Your name")
    lobby = person.page.get_by_test_id("lobby")
    ready = person.page.get_by_role("button", name="Get ready")
    field.or_(lobby).or_(ready).first.wait_for()
    if field.is_visible():
        person.type_in(field, name)
        person.press_on(person.page.locator("form button[type=submit]"))
    elif ready.is_visible():
        person.press_on(ready)


@pytest.fixture
def call(invite: Invite, product: Product, alice: Client, request: pytest.FixtureRequest) -> Call:
    return hold_call(invite, product, alice, request.node.name)
