"""The media engine's process: puts sockets, rooms and services together, and drives time."""

import asyncio
import ipaddress
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from livekit.protocol.models import ServerInfo
from livekit.protocol.webhook import WebhookEvent

from interview_stream.metrics import CONTENT_TYPE
from interview_stream.sfu.auth import Tokens
from interview_stream.sfu.config import Config
from interview_stream.sfu.core.dtls import Certificate
from interview_stream.sfu.core.engine import Engine
from interview_stream.sfu.core.peer import PeerTable
from interview_stream.sfu.core.relays import Relays
from interview_stream.sfu.core.revocations import Revocations
from interview_stream.sfu.core.services import PROTOCOL, SERVER_VERSION, Services, Timeouts
from interview_stream.sfu.core.sinks import Outbox
from interview_stream.sfu.io.addresses import candidates, is_address, local_addresses
from interview_stream.sfu.io.composites import Composites, is_part
from interview_stream.sfu.io.control import Control
from interview_stream.sfu.io.discovery import public_addresses
from interview_stream.sfu.io.egress import EgressService
from interview_stream.sfu.io.monitoring import Monitor
from interview_stream.sfu.io.recorder import CaptureFolder
from interview_stream.sfu.io.revoked import RevocationFile
from interview_stream.sfu.io.roomservice import RoomService
from interview_stream.sfu.io.signaling import Signaling
from interview_stream.sfu.io.streams import StreamPort
from interview_stream.sfu.io.ticker import Ticker
from interview_stream.sfu.io.twirp import TwirpService
from interview_stream.sfu.io.udp import MediaPort
from interview_stream.sfu.io.webhooks import Webhooks
from interview_stream.sfu.wire.sdp import Candidate

logger = logging.getLogger(__name__)

RESCAN_S = 10.0
DISCOVERY_S = 300.0
MAX_REQUEST_LINE = 65536
MAX_API_BODY = 10 * 1024 * 1024
LAST_WEBHOOKS_S = 2.0


class MediaServer:
    """One running media engine. `start`, then `stop`."""

    def __init__(
        self, config: Config, timeouts: Timeouts | None = None, *, drained: Callable[[], None] = lambda: None
    ) -> None:
        """`drained` is called when the process was to be emptied, and is empty."""
        self._config = config
        outbox: Outbox = []
        self._peers = PeerTable()
        self._port = MediaPort(self._peers, outbox, time.monotonic)
        self._streams = StreamPort(self._peers, self._port.streams, time.monotonic, self._port.flush)
        self._candidates: list[Candidate] = []
        self._discovered: list[str] = []
        """Public addresses that STUN servers told."""
        self._bound: list[str] = []
        tokens = Tokens(config.key, config.secret)
        # Read once: a step of the machine's clock must reach neither reports nor recordings.
        unix_offset = time.time_ns() / 1e9 - time.monotonic()
        self._ticker = Ticker(self._tick)
        self._captures = CaptureFolder(config.captures, lambda: int((time.monotonic() + unix_offset) * 1e9))
        self._webhooks = Webhooks(
            config.webhook_url, tokens, lambda: time.time_ns() / 1e9, ca=config.webhook_ca, ready=self._ready
        )
        self._composites = Composites(lambda: self.engine, self._captures, self._webhooks, time.monotonic)
        services = Services(
            certificate=Certificate.generate(),
            candidates=self._candidates,
            outbox=outbox,
            peers=self._peers,
            random=secrets.SystemRandom(),
            events=self._composites,
            sign=lambda who, now, ttl_s: tokens.sign(who, now=now, ttl_s=ttl_s),
            wake=self._ticker.soon,
            unix_offset=unix_offset,
            max_uplink_bps=config.max_uplink_bps,
            server_info=ServerInfo(
                edition=ServerInfo.Edition.Standard,
                version=SERVER_VERSION,
                protocol=PROTOCOL,
                node_id=config.node_id,
            ),
            sample_s=config.connection_sample_s,
            relays=Relays(config.turn_urls, config.turn_secret, config.turn_credential_s),
            timeouts=timeouts or Timeouts(),
        )
        revoked = RevocationFile(config.revoked)
        revoked.clean(services.unix(time.monotonic()))
        self.engine = Engine(
            services, Revocations(revoked.news, revoked.keep), max_participants=config.max_participants
        )
        self.signaling = Signaling(self.engine, tokens, time.monotonic, self._port.flush)
        self._monitor = Monitor(
            engine=self.engine,
            peers=self._peers,
            udp=self._port,
            tcp=self._streams,
            signaling=self.signaling,
            webhooks=self._webhooks,
            process=config.name,
        )
        self._control = Control(
            self.engine,
            tokens,
            time.monotonic,
            flush=self._port.flush,
            is_settled=lambda: self._composites.is_idle and self._webhooks.is_idle,
            drained=drained,
        )
        room_service = RoomService(self.engine, time.monotonic)
        egress_service = EgressService(self.engine, self._captures, self._composites, time.monotonic)
        self._runner = web.AppRunner(
            self._routes(
                TwirpService(tokens, room_service.methods(), self._port.flush),
                TwirpService(tokens, egress_service.methods(), self._port.flush),
            ),
            handle_signals=False,
            max_line_size=MAX_REQUEST_LINE,
            max_field_size=MAX_REQUEST_LINE,
            shutdown_timeout=1.0,
            access_log=None,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open the ports; raises OSError when one is taken."""
        self._advertise(self._port.open(self._config.media_port, self._wanted(local_addresses())))
        if self._config.media_tcp_port:
            self._streams.open(self._config.media_tcp_port)
        self._captures.start()
        left = self._captures.files()
        self._webhooks.start()
        await self._runner.setup()
        await web.TCPSite(self._runner, self._config.host, self._config.port).start()
        self._tasks.append(asyncio.create_task(self._follow_addresses()))
        self._tasks.append(asyncio.create_task(self._control.watch()))
        self._tasks.append(asyncio.create_task(self._close_abandoned(left)))
        self._tasks.append(asyncio.create_task(self._composites.watch()))
        if self._config.stun_servers:
            self._tasks.append(asyncio.create_task(self._discover()))
        self._ticker.start()
        over_tcp = f" and TCP port {self._config.media_tcp_port}" if self._config.media_tcp_port else ""
        logger.info("media on UDP port %d%s, signalling on %d", self._config.media_port, over_tcp, self._config.port)

    async def stop(self) -> None:
        """Tell clients to come back to the next process, end recordings, close."""
        self._ticker.stop()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.engine.shut_down(time.monotonic())
        self._port.flush()
        await self._runner.cleanup()
        await self._composites.close()
        await self._captures.stop()
        await self._webhooks.stop(LAST_WEBHOOKS_S)
        self._streams.close()
        self._port.close()

    def _tick(self) -> bool:
        now = time.monotonic()
        try:
            self.engine.tick(now)
        finally:
            self._port.flush()
        return self.engine.is_urgent(now)

    async def _close_abandoned(self, files: list[Path]) -> None:
        """What a killed process left open; people who wait to come back do not wait for the reading of long files."""
        for info in await asyncio.to_thread(lambda: list(self._captures.close_abandoned(files))):
            if not is_part(info):
                self.engine.remember(info)
                self._webhooks.happened(WebhookEvent(event="egress_ended", egress_info=info))
        self._composites.recover()

    async def _follow_addresses(self) -> None:
        """Networks come and go while the process runs; clients hear of new addresses in their next answer."""
        while True:
            await asyncio.sleep(RESCAN_S)
            try:
                self._advertise(self._port.follow(self._wanted(await asyncio.to_thread(local_addresses))))
            except OSError:
                logger.exception("the machine's addresses cannot be read")

    async def _discover(self) -> None:
        """The public address may change while we run, at home each night; clients hear of it in their next answer."""
        while True:
            found = await public_addresses(self._config.stun_servers, _outward(self._bound))
            if found and found != self._discovered:  # servers that are silent for once do not take an address away
                logger.info("seen from outside as %s", ", ".join(found))
                self._discovered = found
                self._advertise(self._bound)
            await asyncio.sleep(DISCOVERY_S)

    def _wanted(self, addresses: list[str]) -> list[str]:
        """Where to listen: the public addresses too, which may be the machine's own."""
        return [*(host for host in self._config.public_ips if is_address(host)), *addresses]

    def _advertise(self, bound: list[str]) -> None:
        self._bound = bound
        public = [*self._config.public_ips, *self._discovered]
        self._candidates[:] = candidates(bound, public, self._config.media_port, self._config.media_tcp_port)

    async def _ready(self, event: WebhookEvent) -> None:
        """A recording that is said to have ended must be complete on disk."""
        if event.event == "egress_ended":
            await self._captures.closed(event.egress_info.egress_id)

    def _routes(self, room_service: TwirpService, egress_service: TwirpService) -> web.Application:
        app = web.Application(client_max_size=MAX_API_BODY, middlewares=[_allow_any_origin])
        app.router.add_get("/rtc/v1", self.signaling.connect)
        app.router.add_get("/rtc/v1/validate", self.signaling.validate)
        app.router.add_get("/rtc/validate", self.signaling.validate)
        app.router.add_post("/twirp/livekit.RoomService/{method}", room_service.handle)
        app.router.add_post("/twirp/livekit.Egress/{method}", egress_service.handle)
        self._control.add_routes(app)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/metrics", self._metrics)
        return app

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response(self._monitor.health())

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(text=self._monitor.metrics(), headers={"Content-Type": CONTENT_TYPE})


def _outward(hosts: list[str]) -> list[str]:
    return [host for host in hosts if not ipaddress.ip_address(host).is_loopback]


@web.middleware
async def _allow_any_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Without this header clients report every refusal as an unreachable server."""
    response = await handler(request)
    if not response.prepared:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
