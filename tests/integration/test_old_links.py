"""Whom the real media engine lets in: nobody without a good token, or after a new personal link or a lockdown."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import jwt
import pytest
from livekit import rtc

from tests.integration.caller import Caller
from tests.integration.test_serve import refused, request
from tests.product import Client, Product, enter_as_guest, wait_for

pytestmark = pytest.mark.integration

ROOM_METHODS = {
    "RoomService/ListRooms": (),
    "RoomService/CreateRoom": ("name",),
    "RoomService/DeleteRoom": ("room",),
    "RoomService/ListParticipants": ("room",),
    "RoomService/RemoveParticipant": ("room",),
    "RoomService/UpdateParticipant": ("room",),
    "RoomService/SendData": ("room",),
    "Egress/ListEgress": (),
    "Egress/StartTrackEgress": ("roomName",),
}
"""With the fields that name the room."""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("links") / "data").start()
    yield product
    product.stop()


@pytest.fixture(scope="module")
def alice(product: Product) -> Client:
    return product.owner()


def _lock_down(product: Product) -> None:
    """On the command line, which knows no more of the running server than its data folder."""
    command = [sys.executable, "-m", "interview_stream", "lockdown", "--yes", "--data", str(product.data)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def test_no_signalling_address_opens_without_a_good_token(product: Product, alice: Client) -> None:
    """Neither a session nor a personal link counts there, and a participant's token does not manage rooms."""
    made = alice.post("/api/interviews", {"title": "Third round", "candidate_name": "Dana"})
    path = f"/api/interviews/{made['id']}"
    link = made["candidate"]["link_url"].rsplit("/", 1)[1]
    candidate = enter_as_guest(alice, Client(product.url, guest=link), path)["token"]
    renewed = alice.post(f"{path}/candidate-link")["candidate"]["link_url"].rsplit("/", 1)[1]
    member, key = alice.post(f"{path}/join")["token"], product.media_key()
    claims = jwt.decode(member, options={"verify_signature": False})
    bad = {
        "nothing": "",
        "a personal link": renewed,
        "no token": "a.b.c",
        "another installation's": jwt.encode(claims, "x" * 40, algorithm="HS256"),
        "an unsigned one": jwt.encode(claims, "", algorithm="none"),
        "an expired one": jwt.encode(claims | {"exp": 1_000_000_000}, key[1], algorithm="HS256"),
        "one for no room": jwt.encode(claims | {"video": {}}, key[1], algorithm="HS256"),
    }
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in alice.cookies)
    for what, token in bad.items():
        address = f"/rtc/v1?access_token={token}&join_request=CAA="
        assert request(product, "GET", f"/rtc/v1/validate?access_token={token}", cookie=cookies)[0] in (401, 403), what
        assert refused(f"ws://127.0.0.1:{product.port}{address}", cookie=cookies) in (401, 403), what
    assert request(product, "GET", f"/rtc/v1/validate?access_token={member}")[0] == 200
    for method, body in ROOM_METHODS.items():
        for what, token in {**bad, "a candidate's": candidate, "a member's": member}.items():
            wanted = json.dumps(dict.fromkeys(body, made["id"])).encode()
            headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "cookie": cookies}
            status = request(product, "POST", f"/twirp/livekit.{method}", wanted, **headers)[0]
            assert status in (401, 403), (method, what, status)


def test_a_new_link_puts_out_who_holds_the_old_one_and_keeps_them_out(product: Product, alice: Client) -> None:
    """Ends with the lockdown, after which nobody is signed in."""
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
