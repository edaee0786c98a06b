"""A call where there is no IPv4 but the machine's own loopback. Run by test_firefox.py, inside such a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.bidi import Firefox
from tests.e2e.conftest import Invite, join_from_lobby
from tests.e2e.firefox_call import WINDOW, come_in, follow_link
from tests.e2e.measuring import keeps_decoding
from tests.e2e.test_recording import ready_recording
from tests.e2e.ways import WATCH_CONNECTIONS, Way, ways
from tests.product import Client, Product

ADDRESS = "2001:db8::1"
"""Of the server and of both browsers."""


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """As somebody starts it who has nothing but the address."""
    data = tmp_path_factory.mktemp("product") / "data"
    product = Product(data, arguments=["--host", ADDRESS, "--tls-self-signed"], host=f"[{ADDRESS}]")
    product.url = product.url.replace("http:", "https:")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(data / "tls" / "certificate.pem"))
        yield product.start()
        product.stop()


def test_page_call_and_recording_need_no_ipv4(product: Product, alice: Client, invite: Invite, tmp_path: Path) -> None:
    interview = alice.post("/api/interviews", {"title": "IPv6", "duration_minutes": 45})
    host = invite(product, "alice", alice, viewport=WINDOW, ignore_https_errors=True)
    host.context.add_init_script(WATCH_CONNECTIONS)
    host.goto(f"/interviews/{interview['id']}/room")
    join_from_lobby(host)
    with Firefox(tmp_path / "firefox") as dana:
        dana.resize(**WINDOW)
        dana.run_first(WATCH_CONNECTIONS)
        follow_link(dana, interview["candidate"]["link_url"])
        come_in(dana, host)
        host.press("record-toggle")
        dana.sees("[data-testid=recording-badge]")
        for person in (host, dana):
            keeps_decoding(person, frames=60)
            assert ways(person) == {Way("udp", ADDRESS, product.media_port)}
        host.press("record-toggle")
        assert [track["state"] for track in ready_recording(alice)["tracks"]] == ["ready"] * 4
        assert not dana.problems()
