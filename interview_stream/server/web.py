"""Runs the web process: one uvicorn server on the one public TCP port."""

import logging
import os

from interview_stream.server.bounded_http import MAX_REQUEST_LINE, BoundedHttp

# Read when the WebSocket library is imported.
os.environ["WEBSOCKETS_MAX_LINE_LENGTH"] = str(MAX_REQUEST_LINE + 64)

import uvicorn
from django.conf import settings

from interview_stream.listening import handed_listeners
from interview_stream.server.live.push import PushSocket
from interview_stream.server.relay import MAX_MESSAGE


def serve() -> int:
    environment = settings.ENVIRONMENT
    config = uvicorn.Config(
        "interview_stream.server.asgi:application",
        host=environment.host,
        port=environment.port,
        http=BoundedHttp,
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
