"""Webhooks: which certificate is trusted, waiting for a server that is away, and events that are refused."""

import socket
import ssl
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from livekit.protocol.models import Room
from livekit.protocol.webhook import WebhookEvent

from interview_stream.sfu.auth import Tokens
from interview_stream.sfu.core.dtls import Certificate
from interview_stream.sfu.io import webhooks
from interview_stream.sfu.io.webhooks import Webhooks
from tests.integration.engine import KEY, SECRET, until
from tests.product import free_port

TOKENS = Tokens(KEY, SECRET)


def event(name: str, room: str = "room") -> WebhookEvent:
    return WebhookEvent(event=name, room=Room(name=room))


async def at_once(event: WebhookEvent) -> None:
    """Nothing to wait for."""


class Receiver:
    """Answers each request with the next status, the last one for good."""

    def __init__(self, statuses: list[int]) -> None:
        self.statuses = statuses
        self.bodies: list[dict[str, object]] = []
        self.port = free_port(socket.SOCK_STREAM)
        self._runner: web.AppRunner | None = None

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        app = web.Application()
        app.router.add_post("/", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context).start()

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status)

    def names(self) -> list[object]:
        return [body["event"] for body in self.bodies]


def files_of(certificate: Certificate, folder: Path) -> tuple[Path, ssl.SSLContext]:
    """The certificate as PEM, and a server's context that uses it."""
    chain, key = folder / "cert.pem", folder / "key.pem"
    chain.write_bytes(certificate.certificate.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        certificate.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return chain, context


async def test_samples_carry_what_they_tell_and_hold_up_nothing_else() -> None:
    """Other receivers read them as an event without more; of many that wait, the newest are kept."""
    receiver = Receiver([500, 200])
    hooks = Webhooks(f"http://127.0.0.1:{receiver.port}/", TOKENS, lambda: 1.0, ready=at_once)
    for number in range(webhooks.MAX_WAITING_SAMPLES + 5):
        hooks.sampled(event("connections_sampled"), [{"number": number}])
    hooks.happened(event("room_finished"))
    await receiver.start()
    hooks.start()
    await until(lambda: len(receiver.bodies) == webhooks.MAX_WAITING_SAMPLES + 2, "all")
    await hooks.stop(0)
    await receiver.stop()
    assert "room_finished" in receiver.names()[:3]
    assert receiver.bodies[-1]["connections"] == [{"number": webhooks.MAX_WAITING_SAMPLES + 4}]
    assert hooks.dropped == 5


@pytest.mark.parametrize("is_trusted", [True, False])
async def test_the_given_certificate_is_trusted_and_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_trusted: bool
) -> None:
    caplog.set_level("INFO")
    (tmp_path / "other").mkdir()
    chain, context = files_of(Certificate.generate(), tmp_path)
    other, _ = files_of(Certificate.generate(), tmp_path / "other")
    receiver = Receiver([200])
    await receiver.start(context)
    url = f"https://127.0.0.1:{receiver.port}/"
    hooks = Webhooks(url, TOKENS, lambda: 1e9, ca=chain if is_trusted else other, ready=at_once)
    hooks.happened(event("room_started"))
    hooks.start()
    try:
        if is_trusted:
            await until(lambda: receiver.bodies, "the webhook")
        else:
            await until(lambda: "not reachable" in caplog.text, "the refused connection")
            assert not receiver.bodies
    finally:
        await hooks.stop(0.1)
        await receiver.stop()


async def test_events_queued_before_the_server_was_there_come_in_order() -> None:
    receiver = Receiver([200])
    hooks = Webhooks(f"http://127.0.0.1:{receiver.port}/", TOKENS, lambda: 1e9, ready=at_once)
    hooks.start()
    for name in ("room_started", "participant_joined", "room_finished"):
        hooks.happened(event(name))
    await receiver.start()
    await until(lambda: len(receiver.bodies) == 3, "all three")
    assert receiver.names() == ["room_started", "participant_joined", "room_finished"]
    await hooks.stop(0.1)
    await receiver.stop()


async def test_a_refused_event_is_given_up_and_the_next_one_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "FIRST_PAUSE_S", 0.001)
    receiver = Receiver([403] * webhooks.MAX_REFUSALS + [200])
    await receiver.start()
    hooks = Webhooks(f"http://127.0.0.1:{receiver.port}/", TOKENS, lambda: 1e9, ready=at_once)
    hooks.start()
    hooks.happened(event("room_started"))
    hooks.happened(event("room_finished"))
    await until(lambda: "room_finished" in receiver.names(), "the second event")
    assert hooks.dropped == 1
    await hooks.stop(0.1)
    await receiver.stop()


async def test_so_many_events_wait_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MAX_WAITING", 3)
    hooks = Webhooks("http://127.0.0.1:9/", TOKENS, lambda: 1e9, ready=at_once)
    for _ in range(5):
        hooks.happened(event("track_published"))
    assert hooks.dropped == 2
    await hooks.stop(0.0)


async def test_an_event_that_the_server_fails_on_again_and_again_does_not_hold_up_its_room_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(webhooks, "MAX_PAUSE_S", 0.002)
    receiver = Receiver([503] * 2 * webhooks.MAX_FAILURES + [500] * webhooks.MAX_FAILURES + [200])
    await receiver.start()
    hooks = Webhooks(f"http://127.0.0.1:{receiver.port}/", TOKENS, lambda: 1e9, ready=at_once)
    hooks.start()
    hooks.happened(event("room_started"))
    hooks.happened(event("room_finished"))
    await until(lambda: "room_finished" in receiver.names(), "the second event")
    assert receiver.names().count("room_started") == 3 * webhooks.MAX_FAILURES
    assert hooks.dropped == 1
    await hooks.stop(0.1)
    await receiver.stop()
