"""Runs the web process: one uvicorn server on the one public TCP port."""

import logging
import os

# Read when the WebSocket library is imported: a join request puts up to 64 KiB into the request line.
MAX_REQUEST_LINE = 65_536
os.environ["WEBSOCKETS_MAX_LINE_LENGTH"] = str(MAX_REQUEST_LINE + 64)

import uvicorn  # noqa: E402
from django.conf import settings  # noqa: E402

from interview_stream.listening import handed_listeners  # noqa: E402
from interview_stream.server.live.push import PushSocket  # noqa: E402
from interview_stream.server.relay import MAX_MESSAGE  # noqa: E402


def serve() -> int:
    environment = settings.ENVIRONMENT
    config = uvicorn.Config(
        "interview_stream.server.asgi:application",
        host=environment.host,
        port=environment.port,
        # The other parser bounds neither request lines nor headers.
        http="h11",
        h11_max_incomplete_event_size=MAX_REQUEST_LINE + 16_384,
        ws=PushSocket,
        ws_max_size=MAX_MESSAGE,
        ws_ping_interval=10,
        ws_ping_timeout=20,
        # Signalling is small and live results are compressed by nobody else; a shared window costs memory per socket.
        ws_per_message_deflate=False,
        loop="uvloop",
        lifespan="on",
        # It would believe whatever a proxy on this machine passes on; proxies.py asks how many there are.
        proxy_headers=False,
        # Addresses carry tokens, so requests are not logged.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=3,
        ssl_certfile=environment.tls_cert or None,
        ssl_keyfile=environment.tls_key or None,
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    server = uvicorn.Server(config)
    server.run(handed_listeners(os.environ))
    return 0 if server.started else 1
