"""Garbage on every door while two browsers hold a call: it gets a clear answer or is counted, and the call goes on."""

import gzip
import json
import os
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from livekit import api
from livekit.protocol.models import VideoLayer
from livekit.protocol.rtc import (
    AddTrackRequest,
    ConnectionSettings,
    JoinRequest,
    LeaveRequest,
    MuteTrackRequest,
    Ping,
    PublishDataTrackRequest,
    SessionDescription,
    SignalRequest,
    SignalResponse,
    SimulateScenario,
    SubscriptionPermission,
    SyncState,
    TrickleRequest,
    UpdateParticipantMetadata,
    UpdateSubscription,
    UpdateTrackSettings,
    WrappedJoinRequest,
)
from playwright.sync_api import Browser
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.e2e.attacks import DICE, broken_datagrams, meanwhile, send_as, send_as_stranger
from tests.e2e.conftest import SCREENSHOTS, Call, hold_call, seating
from tests.e2e.measuring import goes_on_decoding, keeps_decoding
from tests.product import Client, Product, wait_for

# Lets the test see from where a browser sends.
KEEP_PEERS = """
window.peers = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    peers.push(this);
  }
};
"""
TRANSPORT = """(async () => {
  const peer = peers.find((one) => one.connectionState === "connected");
  const report = await peer.getStats();
  const all = [...report.values()];
  const pair = report.get(all.find((one) => one.type === "transport").selectedCandidatePairId);
  return {
    local: [report.get(pair.localCandidateId).address, report.get(pair.localCandidateId).port],
    remote: [report.get(pair.remoteCandidateId).address, report.get(pair.remoteCandidateId).port],
    ufrag: peer.remoteDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1],
    ssrc: all.find((one) => one.type === "outbound-rtp" && one.kind === "video").ssrc,
  };
})()"""


@pytest.fixture(scope="module")
def call(chromium: Browser, product: Product, alice: Client) -> Iterator[Call]:
    """One call for all that is thrown at it."""
    with seating(chromium, SCREENSHOTS / "test_bad_input") as invite:
        call = hold_call(invite, product, alice, "bad input", script=KEEP_PEERS)
        keeps_decoding(call.alice)
        keeps_decoding(call.dana)
        yield call
    assert "Traceback" not in product.output()


def goes_on(call: Call) -> None:
    """Both ways, whatever is thrown at the server meanwhile."""
    goes_on_decoding(call.alice, call.dana)
    goes_on_decoding(call.dana, call.alice)


def engine_health(product: Product) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{product.sfu_port}/healthz", timeout=10) as answer:
        health: dict[str, Any] = json.load(answer)
        return health


def drops(product: Product) -> dict[str, int]:
    counted: dict[str, int] = engine_health(product)["drops"]
    return counted


def test_garbage_on_the_media_port_is_counted(call: Call, product: Product) -> None:
    transport = call.alice.evaluate(TRANSPORT)
    garbage = broken_datagrams(transport["ufrag"], transport["ssrc"])
    door = ("127.0.0.1", product.media_port)
    with meanwhile(lambda: send_as_stranger(garbage, to=door)):
        goes_on(call)
    before = drops(product)
    send_as_stranger(garbage, to=door)
    wait_for(
        lambda: sum(drops(product).values()) - sum(before.values()) >= len(garbage), "every datagram to be counted"
    )
    after = drops(product)
    for cause in ("unknown source", "unknown user", "stun refused"):
        assert after[cause] > before[cause]


@pytest.mark.skipif(os.geteuid() != 0, reason="sending from another's address needs root")
def test_garbage_from_a_participants_own_address_is_counted(call: Call, product: Product) -> None:
    transport = call.alice.evaluate(TRANSPORT)
    garbage = broken_datagrams(transport["ufrag"], transport["ssrc"])
    browser, door = tuple(transport["local"]), tuple(transport["remote"])
    with meanwhile(lambda: send_as(browser, garbage, to=door)):
        goes_on(call)
    before = drops(product)
    send_as(browser, garbage, to=door)
    wait_for(
        lambda: sum(drops(product).values()) - sum(before.values()) >= len(garbage), "every datagram to be counted"
    )
    after = drops(product)
    for cause in ("not authentic", "dtls without data", "short", "stun refused", "unknown protocol", "unknown user"):
        assert after[cause] > before[cause]


CUT_OFF = 1006
GOOD_JOIN = JoinRequest(connection_settings=ConnectionSettings(auto_subscribe=True))


class Mallory:
    """A client with a good token and bad manners."""

    def __init__(self, product: Product, room: str) -> None:
        self.url = f"ws://localhost:{product.port}/rtc/v1"
        self.key, self.secret = product.media_key()
        self.room = room

    def token(self, *, secret: str = "", ttl_s: int = 600, **grants: Any) -> str:
        video = api.VideoGrants(**{"room_join": True, "room": self.room, **grants})
        token = api.AccessToken(self.key, secret or self.secret).with_identity("mallory").with_grants(video)
        return token.with_ttl(timedelta(seconds=ttl_s)).to_jwt()

    @contextmanager
    def join(self, token: str | None = None, join_request: str | None = None) -> Iterator[ClientConnection]:
        query = f"?access_token={self.token() if token is None else token}"
        query += f"&join_request={wrapped(GOOD_JOIN.SerializeToString()) if join_request is None else join_request}"
        with connect(self.url + query, proxy=None, max_size=None, open_timeout=60) as connection:
            yield connection


def wrapped(data: bytes, *, is_zipped: bool = False) -> str:
    kinds = WrappedJoinRequest.Compression
    compression = kinds.GZIP if is_zipped else kinds.NONE
    request = WrappedJoinRequest(compression=compression, join_request=gzip.compress(data) if is_zipped else data)
    return urlsafe_b64encode(request.SerializeToString()).decode()


def test_wrong_tokens_and_join_requests_are_refused_with_a_reason(call: Call, product: Product) -> None:
    mallory = Mallory(product, call.interview["id"])
    bomb = wrapped(b"\0" * 30_000_000, is_zipped=True)
    refusals: list[tuple[dict[str, str], int, bytes]] = [
        ({"token": ""}, 401, b"no token"),
        ({"token": "nonsense"}, 401, b"invalid token"),
        ({"token": mallory.token(secret="x" * 40)}, 401, b"invalid token"),
        ({"token": mallory.token(ttl_s=-3600)}, 401, b"expired"),
        ({"token": mallory.token(room_join=False)}, 401, b"permission"),
        ({"token": mallory.token(room="x" * 1000)}, 400, b"longer"),
        ({"join_request": ""}, 400, b"missing"),
        ({"join_request": "!!!"}, 400, b"cannot be decoded"),
        ({"join_request": urlsafe_b64encode(b"\xff" * 90).decode()}, 400, b"cannot be decoded"),
        ({"join_request": wrapped(b"\xff" * 90)}, 400, b"cannot be decoded"),
        ({"join_request": wrapped(b"\xff" * 90, is_zipped=True)}, 400, b"cannot be decoded"),
        ({"join_request": bomb}, 400, b"too large"),
    ]

    def knock() -> None:
        for given, status, reason in refusals:
            with pytest.raises(InvalidStatus) as refusal, mallory.join(**given):
                pass
            response = refusal.value.response
            assert response.status_code == status, given
            assert reason in (response.body or b""), (given, response.body)

    with meanwhile(knock):
        goes_on(call)


def unreadable_offers() -> list[SignalRequest]:
    sections = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n" * 2000
    texts = ["", "nonsense", "v=0\r\n", f"v=0\r\n{sections}", "x" * 1_000_000, "m=\r\na=\r\n=\r\n", "m=video x y z\r\n"]
    return [SignalRequest(offer=SessionDescription(type="offer", sdp=text, id=1)) for text in texts]


def nonsense() -> list[SignalRequest]:
    """Messages that can be read, but ask for what is not there or cannot be."""
    long = "x" * 300_000
    return [
        SignalRequest(answer=SessionDescription(type="answer", sdp="v=0")),
        SignalRequest(trickle=TrickleRequest(candidateInit=long, target="SUBSCRIBER")),
        SignalRequest(add_track=AddTrackRequest(cid=long, name=long, width=2**32 - 1, height=2**32 - 1, sid="TR_x")),
        SignalRequest(add_track=AddTrackRequest(type="VIDEO", layers=[VideoLayer(width=1, bitrate=2**32 - 1)] * 500)),
        SignalRequest(mute=MuteTrackRequest(sid="TR_nobody", muted=True)),
        SignalRequest(subscription=UpdateSubscription(track_sids=["TR_nobody"] * 500 + [long], subscribe=True)),
        SignalRequest(track_setting=UpdateTrackSettings(track_sids=["TR_nobody"], fps=2**32 - 1, width=2**32 - 1)),
        SignalRequest(subscription_permission=SubscriptionPermission(all_participants=False)),
        SignalRequest(update_metadata=UpdateParticipantMetadata(name=long, metadata=long, attributes={long: long})),
        SignalRequest(sync_state=SyncState(track_sids_disabled=["TR_nobody"] * 1000)),
        SignalRequest(simulate=SimulateScenario(server_leave=True)),
        SignalRequest(publish_data_track_request=PublishDataTrackRequest(name=long)),
        SignalRequest(ping=-(2**63)),
        SignalRequest(),
    ]


def still_answers(connection: ClientConnection) -> bool:
    """Whether the server takes this connection for a good one: it answers a ping, unless it closes with a reason."""
    try:
        connection.send(SignalRequest(ping_req=Ping(timestamp=7)).SerializeToString())
        while True:
            answer = SignalResponse.FromString(bytes_of(connection.recv(timeout=60)))
            if answer.WhichOneof("message") == "pong_resp":
                return True
    except ConnectionClosed as closed:
        assert closed.rcvd is not None and closed.rcvd.reason
        return False


def bytes_of(frame: str | bytes) -> bytes:
    assert isinstance(frame, bytes)
    return frame


def closing(connection: ClientConnection) -> tuple[int, str]:
    """Read until the server closes; the code and the reason."""
    try:
        while True:
            connection.recv(timeout=60)
    except ConnectionClosed as closed:
        return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (CUT_OFF, "")


def test_malformed_signalling_is_counted_and_ends_only_that_connection(call: Call, product: Product) -> None:
    mallory = Mallory(product, call.interview["id"])

    def babble() -> None:
        frames: list[bytes | str] = [b"\xff" * 40, DICE.randbytes(2000) + b"\xff", "text", "{}", "\0"]
        with mallory.join() as connection:
            for frame in frames * 5:
                connection.send(frame)
            code, reason = closing(connection)
            assert (code, reason) == (1000, "too many messages that are not signalling")
        with mallory.join() as connection:
            # The server hangs up at once; what is still being sent may cost the client the close frame.
            with suppress(ConnectionClosed):
                connection.send(b"\0" * 3_000_000)
            assert closing(connection)[0] in (1009, CUT_OFF)
        for offer in unreadable_offers():
            with mallory.join() as connection:
                connection.send(offer.SerializeToString())
                still_answers(connection)
        with mallory.join() as connection:
            for message in nonsense():
                connection.send(message.SerializeToString())
            assert still_answers(connection)
            connection.send(SignalRequest(leave=LeaveRequest()).SerializeToString())
            assert closing(connection) == (1000, "CLIENT_INITIATED")

    before = engine_health(product)["ignored_messages"].get("malformed", 0)
    with meanwhile(babble):
        goes_on(call)
    assert engine_health(product)["ignored_messages"]["malformed"] - before >= 20
    wait_for(lambda: engine_health(product)["participants"] == 2, "nobody but the two")


def test_malformed_live_frames_are_refused_with_a_reason(call: Call, product: Product) -> None:
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in call.api.cookies)
    headers = {"Origin": product.url, "Cookie": cookies}
    hello = '{"type":"hello","guest":null}'
    fatal: list[list[str | bytes]] = [
        [b"\xff\xfe"],
        ["not json"],
        ["[" * 10_000],
        ['{"type":"watch","queries":[{"id":1,"query":"interviews.list","args":{}}]}'],
        [hello, hello],
        [hello, '{"type":"dance"}'],
        [hello, '{"type":"watch","queries":[{"id":-1,"query":"interviews.list"}]}'],
        [hello, '{"type":"watch","queries":[{"id":1e400,"query":"interviews.list"}]}'],
        [hello, '{"type":"watch","queries":[{"id":1,"query":"interviews.list","args":[]}]}'],
        [hello, '{"type":"ping","x":"' + "x" * 100_000 + '"}'],
    ]
    asked = {
        "nothing.here": "not-found",
        "interviews.get": "invalid",
        "recordings.get": "invalid",
    }

    def babble() -> None:
        url = f"ws://localhost:{product.port}/live"
        for frames in fatal:
            with connect(url, additional_headers=headers, proxy=None, open_timeout=60) as page:
                for frame in frames:
                    page.send(frame)
                code, reason = closing(page)
                assert code == 4400, frames
                assert reason, frames
        with connect(url, additional_headers=headers, proxy=None, open_timeout=60) as page:
            page.send(hello)
            for number, (query, problem) in enumerate(asked.items()):
                wanted = {"id": number, "query": query, "args": {"nonsense": 1}}
                page.send(json.dumps({"type": "watch", "queries": [wanted]}))
                (answer,) = json.loads(page.recv(timeout=60))["results"]
                assert answer["id"] == number
                assert answer["problem"]["type"] == f"/problems/{problem}", answer

    with meanwhile(babble):
        goes_on(call)


def test_bad_requests_get_problem_details(call: Call, product: Product) -> None:
    token = next(cookie.value for cookie in call.api.cookies if cookie.name.endswith("csrftoken"))
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in call.api.cookies)
    signed_in = {
        "Cookie": cookies,
        "Origin": product.url,
        "X-CSRFToken": token or "",
        "Content-Type": "application/json",
    }
    interview = f"/api/interviews/{call.interview['id']}"
    title = b'{"title": "x"}'
    requests: list[tuple[str, str, bytes, dict[str, str], int]] = [
        ("POST", "/api/interviews", b"x" * 10_000_000, {}, 413),
        ("POST", "/webhooks/livekit", b"x" * 10_000_000, {}, 413),
        ("POST", "/api/interviews", b"{", {}, 400),
        ("POST", "/api/interviews", b"\xff\xfe\x00", {}, 400),
        ("POST", "/api/interviews", b"[" * 100_000, {}, 400),
        ("POST", "/api/interviews", b'{"title": 7, "duration_minutes": "long"}', {}, 422),
        ("POST", "/api/interviews", b'{"title": "x", "duration_minutes": 1e400}', {}, 422),
        ("POST", "/api/interviews", title, {"X-CSRFToken": "x" * 32}, 403),
        ("POST", "/api/interviews", title, {"X-CSRFToken": ""}, 403),
        ("POST", "/api/interviews", title, {"Origin": "https://evil.example"}, 403),
        ("POST", f"{interview}/join", b"{}", {"Cookie": ""}, 403),
        ("POST", f"{interview}/join", b"{}", {"Authorization": "Guest nonsense"}, 404),
        ("POST", f"{interview}/recordings/x", b"{}", {}, 404),
        ("DELETE", "/api/interviews", b"", {}, 405),
        ("GET", "/api/interviews/not-an-id", b"", {}, 404),
        ("GET", "/api/recordings/00000000-0000-4000-8000-000000000000", b"", {}, 404),
        ("POST", "/webhooks/livekit", b"{}", {"Authorization": "nonsense"}, 401),
        ("POST", "/webhooks/livekit", b"\xff", {}, 401),
    ]

    def ask() -> None:
        for method, path, body, headers, expected in requests:
            status, kind, answer = answer_to(product.url + path, method, body, {**signed_in, **headers})
            assert status == expected, (method, path, body[:80], answer)
            assert kind == "application/problem+json", (method, path, body[:80], kind)
            assert answer["status"] == status
            assert answer["type"].startswith("/problems/")

    with meanwhile(ask):
        goes_on(call)


def answer_to(url: str, method: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, dict[str, Any]]:
    request = urllib.request.Request(url, body or None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], {}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], json.load(error)
