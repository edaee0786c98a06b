"""A new personal link during a call, and a lockdown: the real media engine sends out whoever holds an old token."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from livekit import rtc

from tests.integration.caller import Caller
from tests.product import Client, Product, enter_as_guest, wait_for

pytestmark = pytest.mark.integration


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    product = Product(tmp_path / "data").start()
    yield product
    product.stop()


def _lock_down(product: Product) -> None:
    """On the command line, which knows no more of the running server than its data folder."""
    command = [sys.executable, "-m", "interview_stream", "lockdown", "--yes", "--data", str(product.data)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def test_a_new_link_puts_out_who_holds_the_old_one_and_keeps_them_out(product: Product) -> None:
    alice = product.owner()
    made = alice.post("/api/interviews", {"title": "Second round", "candidate_name": "Dana"})
    path = f"/api/interviews/{made['id']}"

    def by_link(url: str) -> Client:
        return Client(product.url, guest=url.rsplit("/", 1)[1])

    with ExitStack() as leaving:

        def enter(joined: dict[str, str]) -> Caller:
            caller = Caller(joined)
            leaving.callback(caller.leave)
            return caller

        host_token = alice.post(f"{path}/join")
        host = enter(host_token)
        old_token = enter_as_guest(alice, by_link(made["candidate"]["link_url"]), path)
        mallory = enter(old_token)
        wait_for(lambda: old_token["identity"] in host.room.remote_participants, "mallory in the call")

        renewed = alice.post(f"{path}/candidate-link")
        wait_for(lambda: not mallory.room.isconnected(), "mallory to be put out")
        dana_token = enter_as_guest(alice, by_link(renewed["candidate"]["link_url"]), path)
        dana = enter(dana_token)

        with pytest.raises(rtc.ConnectError, match="the token was taken back"):
            enter(old_token)
        wait_for(lambda: list(host.room.remote_participants) == [dana_token["identity"]], "dana alone with alice")
        assert dana.room.isconnected()

        _lock_down(product)
        wait_for(lambda: not host.room.isconnected() and not dana.room.isconnected(), "an empty room")
        with pytest.raises(rtc.ConnectError, match="the token was taken back"):
            enter(host_token)
        assert alice.get("/api/me")["user"] is None
